"""Mails before a license ends: 180, 90, 30 and 7 days, each of which can be switched off.

One mail per license, end and step. The license's row notes the step that was written last, so the
sweep finds only what it still owes; the mail's cause makes sure that two sweeps write it once.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from ce_platform.accounts.models import User, zone_named
from ce_platform.core.mail import write_mail
from ce_platform.core.mail_preferences import switch, switched_off
from ce_platform.core.models import MailPreference, Provider
from ce_platform.licensing.mail_kinds import KINDS, STEPS, reminder_code
from ce_platform.licensing.models import License
from ce_platform.licensing.planner.page import cards_of
from ce_platform.licensing.planner.plans import plans_of

LATEST: Final = 7
"""A step is written up to so many days late, say after an outage. Whoever notes a license later
than that gets the next step: a mail about a day long past would only puzzle."""
FROM_HOUR: Final = 9
"""Where the provider is. From here on it is the same day in every state, Hawaii included."""
MOST_IN_A_SWEEP: Final = 100


def step_due(days_left: int) -> int | None:
    """The step whose mail belongs to this day; None between the steps."""
    return next((step for step in STEPS if step - LATEST <= days_left <= step), None)


def sweep_reminders(now: datetime) -> int:
    """Write the reminders that are due. Bounded; what is left follows in a minute."""
    today = _reminding_day(now)
    count = 0
    for license_id, days in _due(today):
        count += _remind(license_id, days=days, today=today, now=now)
    return count


def switches(user: User) -> list[tuple[int, bool]]:
    """(days, whether its mail is written) for each step; one query."""
    off = switched_off(user.pk)
    return [(days, reminder_code(days) not in off) for days in STEPS]


def switch_reminders(user: User, *, wanted: Sequence[int], by: User | None, now: datetime) -> None:
    """Of all steps, these are written from now on. Doing it twice changes nothing."""
    switch(
        user.pk,
        among=[kind for kind in KINDS if kind.template == "license_ends"],
        wanted={reminder_code(days) for days in wanted},
        by=by,
        now=now,
    )


# ---------------------------------------------------------------- what is due


def _reminding_day(now: datetime) -> date:
    provider = Provider.objects.filter(pk=1).only("time_zone").first()
    local = now.astimezone(zone_named(provider.time_zone if provider else "America/New_York"))
    return (local - timedelta(hours=FROM_HOUR)).date()


def _due(today: date) -> list[tuple[int, int]]:
    """(license id, step), what ends first before what ends later; one query per step."""
    found: list[tuple[int, int]] = []
    for days in sorted(STEPS):
        unwanted = MailPreference.objects.filter(
            user_id=OuterRef("user_id"), kind=reminder_code(days)
        )
        ids = (
            License.objects.filter(
                removed_at__isnull=True,
                expires_on__gte=today + timedelta(days=max(days - LATEST, 0)),
                expires_on__lte=today + timedelta(days=days),
                user__is_active=True,
                user__closed_at__isnull=True,
            )
            # Steps go down: a later one was written already when the number is smaller.
            .exclude(Q(reminded_of=F("expires_on")) & Q(reminded_days__lte=days))
            .filter(~Exists(unwanted))
            .order_by("expires_on", "pk")
            .values_list("pk", flat=True)[: MOST_IN_A_SWEEP - len(found)]
        )
        found += [(pk, days) for pk in ids]
        if len(found) >= MOST_IN_A_SWEEP:
            break
    return found


def _remind(license_id: int, *, days: int, today: date, now: datetime) -> bool:
    """Write one mail and note the step, together. False when somebody else was first."""
    with transaction.atomic():
        row = (
            License.objects.select_for_update(of=("self",))
            .select_related("body", "user")
            .get(pk=license_id)
        )
        if not _is_still_due(row, days=days, today=today):
            return False
        user = row.user
        (planned,) = plans_of(
            user, today=user.local_date(now), licenses=[row], with_suggestions=False
        )
        write_mail(
            reminder_code(days),
            to_email=user.email,
            to_user_id=user.pk,
            cause=f"license-ends:{row.uid.hex}:{row.expires_on}:{days}",
            now=now,
            name=user.name_on_certificates,
            license=row,
            days=days,
            days_left=(row.expires_on - user.local_date(now)).days if row.expires_on else 0,
            card=cards_of([planned])[0],
            planner_path=reverse("licensing:planner"),
        )
        row.reminded_of, row.reminded_days = row.expires_on, days
        row.save(update_fields=["reminded_of", "reminded_days"])
    return True


def _is_still_due(row: License, *, days: int, today: date) -> bool:
    if row.removed_at is not None or row.expires_on is None:
        return False
    is_written = (
        row.reminded_of == row.expires_on
        and row.reminded_days is not None
        and row.reminded_days <= days
    )
    return not is_written and step_due((row.expires_on - today).days) == days
