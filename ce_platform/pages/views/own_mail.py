"""Which mail a person gets: a page of their own, and the link in every mail that can be stopped."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, roles_of
from ce_platform.core import mail_bounces, mail_kinds, mail_preferences


@require_http_methods(["GET", "POST"])
def my_mail(request: PersonRequest) -> HttpResponse:
    off = mail_preferences.switched_off(request.user.pk)
    theirs = _may_choose(request.user, off)
    if request.method == "POST":
        mail_preferences.switch(
            request.user.pk,
            among=theirs,
            wanted=request.POST.getlist("kind"),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("pages:my-mail")
    return render(
        request,
        "pages/my_mail.html",
        {
            "groups": _grouped(theirs, off),
            "always": [
                kind
                for kind in mail_kinds.kinds()
                if kind.is_essential and kind.audience == mail_kinds.Audience.LEARNER
            ],
            "bounced": mail_bounces.bounced_of(request.user.email),
        },
    )


@require_POST
def my_mail_works(request: PersonRequest) -> HttpResponse:
    """The person says that the address works again. If it does not, the next mail comes back."""
    mail_bounces.clear_bounce(request.user.email, by=request.user, now=timezone.now())
    messages.success(request, _("Thank you. We use this address again."))
    return redirect("pages:my-mail")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail, without signing in. Opening the link writes nothing: mail programs open links
    by themselves. What they send for their own button has no token of a form (RFC 8058); the
    address itself is the proof."""
    link = mail_preferences.read_stop_token(token)
    user = User.objects.filter(pk=link.user_id, closed_at=None).first() if link else None
    if link is None or user is None:
        raise Http404
    if request.method == "POST":
        mail_preferences.switch(user.pk, among=[link.kind], wanted=[], by=None, now=timezone.now())
    return render(
        request,
        "pages/stop_mail.html",
        {"kind": link.kind, "is_off": not mail_preferences.is_wanted(link.kind, user.pk)},
    )


def _grouped(
    theirs: list[mail_kinds.MailKind], off: set[str]
) -> list[tuple[str, list[tuple[mail_kinds.MailKind, bool]]]]:
    """(heading, (kind, whether it comes)): as a learner, as somebody who works here."""
    learner = mail_kinds.Audience.LEARNER
    groups = [
        (_("Write to me about"), [kind for kind in theirs if kind.audience == learner]),
        (_("As I work here, also about"), [kind for kind in theirs if kind.audience != learner]),
    ]
    return [
        (heading, [(kind, kind.code not in off) for kind in members])
        for heading, members in groups
        if members
    ]


def _may_choose(user: User, off: set[str]) -> list[mail_kinds.MailKind]:
    """By their roles, and whatever they switched off when they had others."""
    roles = frozenset(roles_of(user))
    theirs = mail_kinds.optional_for(roles)
    known = {kind.code for kind in theirs}
    return theirs + [
        kind for kind in mail_kinds.kinds() if kind.code in off and kind.code not in known
    ]
