"""Inviting somebody to work here.

The mail holds no secret. Who is signed in and has proved exactly the invited address accepts it,
once, until its last day; for everybody else the page is not there.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.urls import reverse

from ce_platform.accounts.models import StaffInvitation, User
from ce_platform.accounts.staffing import (
    ROLES,
    change_roles,
    in_words,
    lock_roles,
    may_be_given_by,
)
from ce_platform.core import audit
from ce_platform.core.errors import DomainError, NotAllowed
from ce_platform.core.mail import write_mail

logger = logging.getLogger(__name__)
GOOD_FOR: Final = timedelta(days=7)


class InvitationRefused(DomainError):
    """It cannot be written, or is no longer open."""


def is_open(row: StaffInvitation, *, now: datetime) -> bool:
    return row.accepted_at is None and row.withdrawn_at is None and row.expires_at > now


@transaction.atomic
def invite_to_staff(
    email: str, *, roles: Iterable[str], by: User, now: datetime
) -> StaffInvitation:
    """Write the invitation and its mail; one that lay open with this address gets these roles.

    Errors: NotAllowed for a role that `by` cannot give; InvitationRefused without a role, for
    somebody who has them all, and for a closed account.
    """
    lock_roles()
    email = email.strip().lower()
    wanted = frozenset(roles) & frozenset(ROLES)
    _check(email, wanted, by=by)
    row = StaffInvitation.objects.filter(
        email=email, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).first() or StaffInvitation(email=email)
    row.roles, row.invited_by = " ".join(sorted(wanted)), by
    return _send(row, by=by, now=now)


def _check(email: str, wanted: frozenset[str], *, by: User) -> None:
    if not wanted:
        raise InvitationRefused("Choose at least one role.")
    if wanted - may_be_given_by(by):
        raise NotAllowed("You cannot give this role.")
    known = User.objects.filter(email=email).first()
    if known is None:
        return
    if known.closed_at is not None or not known.is_active:
        raise InvitationRefused("The account with this address is closed.")
    held = frozenset(Group.objects.filter(user=known.pk).values_list("name", flat=True))
    if wanted <= held:
        raise InvitationRefused(f"{known.get_full_name()} works here already in these roles.")


def _send(row: StaffInvitation, *, by: User, now: datetime) -> StaffInvitation:
    row.sent_at, row.expires_at = now, now + GOOD_FOR
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # Pressed twice at the same moment: the other one is written.
        return StaffInvitation.objects.get(
            email=row.email, accepted_at__isnull=True, withdrawn_at__isnull=True
        )
    audit.record(
        "staff-invitation.sent",
        subject_type="staff-invitation",
        subject_id=row.uid,
        by=by,
        now=now,
        roles=row.roles,
    )
    known = User.objects.filter(email=row.email).first()
    write_mail(
        "staff_invited",
        to_email=row.email,
        to_user_id=known.pk if known else None,
        # Pressed twice in the same minute is one message.
        cause=f"staff-invited:{row.uid.hex}:{now:%Y-%m-%dT%H:%M}",
        by=by,
        roles=in_words(row.role_names),
        last_day=row.expires_at,
        path=reverse("office:staff-invitation", args=[row.uid]),
        now=now,
    )
    return row


@transaction.atomic
def send_again(row: StaffInvitation, *, by: User, now: datetime) -> StaffInvitation:
    """Another mail and another seven days, also after the last day.

    Errors: NotAllowed; InvitationRefused when it was accepted or withdrawn.
    """
    lock_roles()
    fresh = StaffInvitation.objects.select_for_update().get(pk=row.pk)
    if fresh.accepted_at is not None or fresh.withdrawn_at is not None:
        raise InvitationRefused("This invitation is no longer open. Write a new one.")
    _check(fresh.email, fresh.role_names, by=by)
    fresh.invited_by = by
    return _send(fresh, by=by, now=now)


@transaction.atomic
def withdraw(row: StaffInvitation, *, by: User, now: datetime) -> None:
    """Withdrawn twice is withdrawn once. Errors: InvitationRefused when it was accepted."""
    fresh = StaffInvitation.objects.select_for_update().get(pk=row.pk)
    if fresh.accepted_at is not None:
        raise InvitationRefused("This invitation was accepted meanwhile. Change the roles instead.")
    if fresh.withdrawn_at is not None:
        return
    fresh.withdrawn_at = now
    fresh.save(update_fields=["withdrawn_at"])
    audit.record(
        "staff-invitation.withdrawn",
        subject_type="staff-invitation",
        subject_id=fresh.uid,
        by=by,
        now=now,
    )


def is_for(row: StaffInvitation, user: User) -> bool:
    """Whether this person has proved the address that was invited."""
    proved = EmailAddress.objects.filter(user=user, email__iexact=row.email, verified=True)
    return bool(proved.exists())


def is_worth_something(row: StaffInvitation) -> bool:
    """Whether its sender may give these roles now: they may have lost their own since."""
    return not row.role_names - may_be_given_by(row.invited_by)


@transaction.atomic
def accept(row: StaffInvitation, *, by: User, now: datetime) -> frozenset[str]:
    """Take the roles; returns those that are new.

    An invitation is worth what its sender may give at that moment: if they lost the role since,
    it is refused. Accepting again what one accepted oneself does nothing.

    Errors: NotAllowed for another person; InvitationRefused when it is not open any more.
    """
    lock_roles()
    fresh = (
        StaffInvitation.objects.select_for_update(of=("self",))
        .select_related("invited_by")
        .get(pk=row.pk)
    )
    if not is_for(fresh, by):
        logger.warning("Refused: invitation %s is not for account %s.", fresh.uid, by.uid)
        raise NotAllowed("This invitation is for another address.")
    if fresh.accepted_at is not None and fresh.accepted_by_id == by.pk:
        return frozenset()
    if not is_open(fresh, now=now):
        logger.warning("Refused: invitation %s is no longer open.", fresh.uid)
        raise InvitationRefused("This invitation is no longer open. Ask the office for a new one.")
    if not is_worth_something(fresh):
        raise InvitationRefused(
            "Who invited you can no longer give this role. Ask the office for a new invitation."
        )
    fresh.accepted_at, fresh.accepted_by = now, by
    fresh.save(update_fields=["accepted_at", "accepted_by"])
    audit.record(
        "staff-invitation.accepted",
        subject_type="staff-invitation",
        subject_id=fresh.uid,
        by=by,
        now=now,
        roles=fresh.roles,
    )
    held = frozenset(Group.objects.filter(user=by.pk).values_list("name", flat=True))
    given = fresh.role_names - held
    if given:
        change_roles(by, given=given, removed=frozenset(), by=by, now=now)
    return given


def erase_invitations(user: User, *, now: datetime) -> None:
    """They hold an address and nothing that a record of law needs."""
    StaffInvitation.objects.filter(accepted_by=user).delete()
    StaffInvitation.objects.filter(email__iexact=user.email).delete()


def move_invitations(old: User, into: User, *, now: datetime) -> None:
    StaffInvitation.objects.filter(accepted_by=old).update(accepted_by=into)
    StaffInvitation.objects.filter(invited_by=old).update(invited_by=into)


def export_invitations(user: User) -> dict[str, object]:
    rows = StaffInvitation.objects.filter(accepted_by=user).order_by("pk")
    found = [
        {"roles": row.roles, "sent_at": row.sent_at.isoformat(), "email": row.email} for row in rows
    ]
    return {"staff-invitations.json": found} if found else {}
