"""Who works here: the list, roles, invitations; and the invited person's own page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.models import StaffInvitation, User
from ce_platform.accounts.rules import PersonRequest, is_staff_member, registrar_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.accounts.staff_invitations import (
    accept,
    invite_to_staff,
    is_for,
    is_open,
    is_worth_something,
    send_again,
    withdraw,
)
from ce_platform.accounts.staffing import ROLES, in_words, may_be_given_by, set_roles
from ce_platform.core.errors import DomainError
from ce_platform.core.ratelimit import Limit
from ce_platform.office.staff import areas, queries
from ce_platform.office.staff.forms import DUTIES, InvitationForm, RolesForm
from ce_platform.office.staff.permissions import ROLES as ROLE_NAMES

_TOO_MANY = _lazy("You have sent many invitations. Go on in an hour.")
INVITATIONS_AN_HOUR = Limit("staff-invitations", count=40, seconds=60 * 60)


@registrar_only
@require_safe
def staff_list(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    return render(
        request,
        "office/staff/list.html",
        {"members": queries.members(), "invitations": queries.open_invitations(now=now)},
    )


@registrar_only
@require_safe
def staff_permissions(request: PersonRequest) -> HttpResponse:
    columns = [areas.ROLE_COLUMNS[role] for role in ROLE_NAMES]
    rows = [
        {
            "area": row.area,
            "named": list(zip(columns, row.cells, strict=True)),
            "addresses": row.addresses,
        }
        for row in areas.shown()
    ]
    return render(
        request,
        "office/staff/permissions.html",
        {"columns": columns, "rows": rows, "crumbs": _crumbs(_("What each role may do"))},
    )


@registrar_only
@fresh_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def staff_invite(request: PersonRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None, may_give=may_be_given_by(request.user))
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            if INVITATIONS_AN_HOUR.is_exceeded(str(request.user.pk), now=now):
                raise DomainError(_TOO_MANY)
            row = invite_to_staff(**form.cleaned_data, by=request.user, now=now)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(email)s is invited.") % {"email": row.email})
            return redirect("office:staff-list")
    return render(
        request,
        "office/staff/invite.html",
        {"form": form, "crumbs": _crumbs(_("Invite somebody"))},
        status=422 if form.is_bound else 200,
    )


@registrar_only
@fresh_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def staff_roles(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The roles of anybody with an account; most have none."""
    person = get_object_or_404(User, uid=uid, closed_at__isnull=True)
    held = frozenset(person.groups.values_list("name", flat=True)) & frozenset(ROLES)
    may_give = may_be_given_by(request.user)
    if not person.is_active:  # A role can be taken from them, and none given.
        may_give &= held
    # A form without a ticked box is empty but for the token, and still an answer.
    sent = request.POST if request.method == "POST" else None
    form = RolesForm(sent, may_give=may_give, initial={"roles": sorted(held)})
    if sent is not None and form.is_valid():
        # What cannot be given here is not in the form: it stays.
        wanted = frozenset(form.cleaned_data["roles"]) | (held - may_give)
        try:
            changed = set_roles(person, roles=wanted, by=request.user, now=timezone.now())
        except DomainError as refusal:
            form.add_error("roles", str(refusal))
        else:
            return _after_change(request, person, changed=bool(changed), wanted=wanted)
    return render(
        request,
        "office/staff/roles.html",
        {
            "form": form,
            "person": person,
            "is_self": person.pk == request.user.pk,
            "kept": in_words(held - may_give),
            "is_changeable": bool(may_give),
            "crumbs": _crumbs(person.get_full_name()),
        },
        status=422 if form.is_bound else 200,
    )


def _after_change(
    request: PersonRequest, person: User, *, changed: bool, wanted: frozenset[str]
) -> HttpResponse:
    named = {"name": person.get_full_name(), "roles": in_words(wanted)}
    if not changed:
        messages.info(request, _("Nothing was changed."))
    elif wanted:
        messages.success(request, _("%(name)s is now: %(roles)s. They get a mail.") % named)
    else:
        messages.success(request, _("%(name)s no longer works here. They get a mail.") % named)
    # Whoever gave up the own role finds that page closed.
    is_out = person.pk == request.user.pk and "registrar" not in wanted
    return redirect("pages:home" if is_out else "office:staff-list")


@registrar_only
@fresh_sign_in
@require_POST
def invitation_send(request: PersonRequest, uid: UUID) -> HttpResponse:
    row = get_object_or_404(StaffInvitation, uid=uid)
    now = timezone.now()
    try:
        if INVITATIONS_AN_HOUR.is_exceeded(str(request.user.pk), now=now):
            raise DomainError(_TOO_MANY)
        row = send_again(row, by=request.user, now=now)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Sent again to %(email)s.") % {"email": row.email})
    return redirect("office:staff-list")


@registrar_only
@require_POST
def invitation_withdraw(request: PersonRequest, uid: UUID) -> HttpResponse:
    row = get_object_or_404(StaffInvitation, uid=uid)
    try:
        withdraw(row, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("The invitation of %(email)s is withdrawn.") % {"email": row.email}
        )
    return redirect("office:staff-list")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: PersonRequest, uid: UUID) -> HttpResponse:
    """For the invited person alone; for everybody else it is not there."""
    row = StaffInvitation.objects.select_related("invited_by").filter(uid=uid).first()
    if row is None or not is_for(row, request.user):
        raise Http404
    now = timezone.now()
    refusal = ""
    if request.method == "POST":
        try:
            accept(row, by=request.user, now=now)
        except DomainError as error:
            refusal = str(error)
        else:
            messages.success(request, _("Welcome. You work here now."))
            return redirect(_first_page(row))
    return render(
        request,
        "office/staff/invitation.html",
        {
            "invitation": row,
            "duties": [DUTIES[role] for role in ROLES if role in row.role_names],
            "is_open": is_open(row, now=now) and is_worth_something(row) and not refusal,
            "is_accepted": row.accepted_by_id == request.user.pk,
            "works_here": is_staff_member(request.user),
            "first_page": _first_page(row),
            "refusal": refusal,
        },
        status=422 if refusal else 200,
    )


def _first_page(row: StaffInvitation) -> str:
    return reverse("pages:office" if "registrar" in row.role_names else "courses:studio")


def _crumbs(here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Staff"), "url": reverse("office:staff-list")},
        {"label": here, "url": ""},
    ]
