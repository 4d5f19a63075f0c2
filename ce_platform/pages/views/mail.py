"""Outgoing mail in the office: the log, one message, what came back, every kind with a sample."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import mail as outbox
from ce_platform.core import mail_bounces, mail_kinds, mail_text
from ce_platform.core.mail_page import html_page
from ce_platform.core.models import OutgoingMail, Provider
from ce_platform.core.paging import newest_first
from ce_platform.core.text import clean
from ce_platform.pages import mail_log
from ce_platform.pages.forms import BounceForm


@registrar_only
@require_safe
def mail_list(request: PersonRequest) -> HttpResponse:
    """Outgoing mail, newest first; `q` is an address or a name."""
    query = clean(request.GET.get("q", ""))[:254]
    kind, state = request.GET.get("kind", "")[:60], request.GET.get("status", "")
    mails = mail_log.found(query=query, kind=clean(kind), state=state)
    return render(
        request,
        "pages/mail_list.html",
        {
            "page": newest_first(mails, after=request.GET.get("after")),
            "query": query,
            "status": state,
            "kind": kind,
            "kinds": mail_kinds.kinds(),
            "statuses": mail_log.STATES.items(),
        },
    )


@registrar_only
@require_safe
def mail_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _detail(request, _shown(uid), BounceForm())


@registrar_only
@require_safe
def mail_html(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The message as mail programs show it, for the frame on its page."""
    mail = _shown(uid)
    return html_page(mail.subject, mail.body)


@registrar_only
@require_POST
def mail_resend(request: PersonRequest, uid: UUID) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail, uid=uid)
    try:
        copy = outbox.resend(mail, by=request.user, now=timezone.now())
    except outbox.NotSentAgain as refusal:
        messages.error(request, str(refusal))
        return redirect("pages:mail-detail", uid=mail.uid)
    messages.success(request, f"A copy is on its way to {copy.to_email}.")
    return redirect("pages:mail-detail", uid=copy.uid)


@registrar_only
@require_POST
def mail_bounce(request: PersonRequest, uid: UUID) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail, uid=uid)
    form = BounceForm(request.POST)
    if not form.is_valid():
        return _detail(request, _shown(uid), form, status=422)
    try:
        mail_bounces.note_bounce(
            mail, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
    except mail_bounces.NotABounce as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Noted. %(address)s is asked to mend the address.") % {"address": mail.to_email},
        )
    return redirect("pages:mail-detail", uid=mail.uid)


@registrar_only
@require_POST
def mail_mend(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The address of this message works again."""
    mail = get_object_or_404(OutgoingMail, uid=uid)
    count = mail_bounces.clear_bounce(mail.to_email, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("The address is used again. Messages that waited: %(count)s.") % {"count": count},
    )
    return redirect("pages:mail-detail", uid=mail.uid)


@registrar_only
@require_safe
def mail_kind_list(request: PersonRequest) -> HttpResponse:
    return render(request, "pages/mail_kind_list.html", {"kinds": mail_kinds.kinds()})


@registrar_only
@require_safe
def mail_kind(request: PersonRequest, code: str) -> HttpResponse:
    kind = _kind_or_404(code)
    subject, body = _sample(kind)
    return render(
        request,
        "pages/mail_kind.html",
        {
            "kind": kind,
            "subject": subject,
            "body": body,
            "crumbs": [
                {"label": _("Mail"), "url": reverse("pages:mail-list")},
                {"label": _("Kinds of mail"), "url": reverse("pages:mail-kind-list")},
                {"label": kind.name, "url": ""},
            ],
        },
    )


@registrar_only
@require_safe
def mail_kind_html(request: PersonRequest, code: str) -> HttpResponse:
    return html_page(*_sample(_kind_or_404(code)))


def _shown(uid: UUID) -> OutgoingMail:
    """Whoever reads a code before it is sent could sign in as somebody else."""
    mail = get_object_or_404(OutgoingMail, uid=uid)
    if mail.is_secret:
        mail.body = outbox.BLANKED
    return mail


def _detail(
    request: PersonRequest, mail: OutgoingMail, form: BounceForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "mail": mail,
        "files": list(mail.mailattachment_set.select_related("file")),
        "form": form,
        "bounced": mail_bounces.bounced_of(mail.to_email),
        "crumbs": [
            {"label": _("Mail"), "url": reverse("pages:mail-list")},
            {"label": mail.subject, "url": ""},
        ],
    }
    return render(request, "pages/mail_detail.html", context, status=status)


def _kind_or_404(code: str) -> mail_kinds.MailKind:
    kind = mail_kinds.kind_named(code)
    if kind is None:
        raise Http404
    return kind


def _sample(kind: mail_kinds.MailKind) -> tuple[str, str]:
    """(subject, body) with the data of nobody; its link to switch the kind off leads nowhere."""
    provider = Provider.objects.filter(pk=1).first()
    subject, body = mail_text.written(kind, kind.sample(), provider=provider)
    stop_url = "https://learn.example.com/mail/stop/" if kind.can_be_switched_off else ""
    return subject, mail_text.with_footer(body, kind, provider=provider, stop_url=stop_url)
