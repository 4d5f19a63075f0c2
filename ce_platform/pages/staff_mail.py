"""The mail of the day for whoever works here: what waits. Nothing waits, no mail."""

from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.urls import reverse

from ce_platform.accounts.models import User, zone_named
from ce_platform.accounts.rules import INSTRUCTOR, REGISTRAR
from ce_platform.core.mail import write_mail
from ce_platform.core.models import OutgoingMail, Provider
from ce_platform.core.staff_digest import StaffMember, Waiting, waiting_for
from ce_platform.pages.desks import failed_mail

FROM_HOUR: Final = 7
"""In the provider's time zone."""
KIND: Final = "staff_digest"
_DONE: Final = "staff-digest.done-on"


def sweep_staff_digest(now: datetime) -> int:
    """Write today's mails, once per person; part of the sweep.

    The day is noted when all are written. The note may be lost: the cause of each mail keeps it
    from being written twice.
    """
    provider = Provider.objects.filter(pk=1).first()
    if provider is None:
        return 0
    local = now.astimezone(zone_named(provider.time_zone))
    today = local.date()
    if local.hour < FROM_HOUR or cache.get(_DONE) == today.isoformat():
        return 0
    staff = _staff()
    if not any(REGISTRAR in roles for _, roles in staff):
        staff.append((None, frozenset({REGISTRAR})))
    causes = {
        f"{KIND}:{today}:{user.pk if user else 'office'}": (user, roles) for user, roles in staff
    }
    written = set(
        OutgoingMail.objects.filter(cause__in=list(causes)).values_list("cause", flat=True)
    )
    count = 0
    for cause, (user, roles) in causes.items():
        if cause in written:
            continue
        member = StaffMember(user.pk if user else None, roles, today, now)
        count += _write(waiting_for(member), user, cause=cause, office=provider.email, now=now)
    cache.set(_DONE, today.isoformat(), timeout=2 * 24 * 60 * 60)
    return count


def _write(
    lines: list[Waiting], user: User | None, *, cause: str, office: str, now: datetime
) -> int:
    if not lines:
        return 0
    mail = write_mail(
        KIND,
        to_email=user.email if user else office,
        to_user_id=user.pk if user else None,
        cause=cause,
        now=now,
        name=user.name_on_certificates if user else "",
        subject=", ".join(line.words for line in lines)[:150],
        lines=lines,
    )
    return int(mail is not None)


def _staff() -> list[tuple[User | None, frozenset[str]]]:
    people = (
        User.objects.filter(
            groups__name__in=[INSTRUCTOR, REGISTRAR], is_active=True, closed_at__isnull=True
        )
        .distinct()
        .prefetch_related("groups")
        .order_by("pk")
    )
    return [(user, frozenset(group.name for group in user.groups.all())) for user in people]


def mail_waiting(member: StaffMember) -> list[Waiting]:
    """Messages that could not be sent and were not sent again since."""
    failed = failed_mail() if member.is_office else []
    if not failed:
        return []
    words = "1 message" if len(failed) == 1 else f"{len(failed)} messages"
    return [
        Waiting(
            words=f"{words} not sent",
            text=f"{words} could not be sent:",
            label="Look at the mail",
            path=f"{reverse('pages:mail-list')}?status=failed",
            details=tuple(f"{mail.subject}, to {mail.to_email}" for mail in failed),
        )
    ]
