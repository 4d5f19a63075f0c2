"""Invitations to courses: who was asked, and whether they came."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.office.access import queries
from ce_platform.office.access.forms import InvitationsForm
from courses.domain.entering import provider_day
from courses.domain.inviting import Invited, invite_all, tell_again, withdraw_invitation
from courses.models import CourseInvitation


@registrar_only
@require_safe
def invitation_list(request: PersonRequest) -> HttpResponse:
    wanted = queries.Wanted.of(request.GET)
    today = provider_day(timezone.now())
    page = newest_first(queries.invitations(wanted, today=today), after=request.GET.get("after"))
    rows = []
    for invitation in page.rows:
        state = invitation.state_on(today)
        rows.append(
            {
                "invitation": invitation,
                "title": queries.title_on_sale(invitation.course),
                "state": state,
                "tone": queries.INVITATION_TONES[state],
            }
        )
    return render(
        request,
        "office/access/invitation_list.html",
        {
            "page": page,
            "rows": rows,
            "wanted": wanted,
            "courses": queries.course_choices(),
            "states": CourseInvitation.State.choices,
        },
    )


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_new(request: PersonRequest) -> HttpResponse:
    form = InvitationsForm(request.POST or None, initial={"course": request.GET.get("course", "")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = invite_all(**form.cleaned_data, by=request.user, now=timezone.now())
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                _say(request, done)
                return redirect("office:access-invitation-list")
    crumbs = [
        {"label": _("Access"), "url": reverse("office:access-code-list")},
        {"label": _("Invitations"), "url": reverse("office:access-invitation-list")},
        {"label": _("Invite"), "url": ""},
    ]
    return render(
        request,
        "office/access/invitation_new.html",
        {"form": form, "crumbs": crumbs},
        status=status,
    )


def _say(request: PersonRequest, done: Invited) -> None:
    count = len(done.made)
    if count:
        said = ngettext("One person is invited.", "%(count)s people are invited.", count)
        messages.success(request, said % {"count": count})
    if done.known:
        named = ", ".join(done.known[:10])
        messages.info(
            request,
            _("Invited or in the course already, and left alone: %(names)s") % {"names": named},
        )


@registrar_only
@require_POST
def invitation_again(request: PersonRequest, uid: UUID) -> HttpResponse:
    invitation = get_object_or_404(CourseInvitation.objects.select_related("course"), uid=uid)
    try:
        tell_again(invitation, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The message is on its way again to %(email)s.") % {"email": invitation.email},
        )
    return redirect("office:access-invitation-list")


@registrar_only
@require_POST
def invitation_withdraw(request: PersonRequest, uid: UUID) -> HttpResponse:
    invitation = get_object_or_404(CourseInvitation, uid=uid)
    try:
        withdraw_invitation(invitation, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is taken back."))
    return redirect("office:access-invitation-list")
