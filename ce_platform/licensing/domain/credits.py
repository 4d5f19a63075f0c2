"""Hours earned elsewhere: added, changed, removed and put back by the therapist alone.

They are the therapist's own notes and prove nothing by themselves: the certificate of the other
provider does, and its picture can be attached.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.models import StoredFile
from ce_platform.licensing.domain.errors import CreditRefused
from ce_platform.licensing.models import (
    ExternalCredit,
    ExternalCreditApproval,
    ExternalCreditHours,
    LicensingBody,
)

MOST_CREDITS: Final = 300
"""More than a working life holds; a person who has them notes no more."""
UNDO: Final = timedelta(days=30)
"""How long a removed credit can be put back."""
LARGEST_HOURS: Final = Decimal(500)

OWN_FIELDS: Final = (
    "title",
    "provider",
    "completed_on",
    "delivery",
    "has_exam",
    "hands_on_percent",
    "notes",
)
"""Facts that stand in the row itself."""


@dataclass(frozen=True)
class CreditFacts:
    """What the certificate of the other provider says."""

    title: str
    provider: str
    completed_on: date
    delivery: str
    """A value of CourseVersion.Delivery."""
    has_exam: bool
    hands_on_percent: int | None
    """0 to 100; None: not known."""
    notes: str
    hours: Sequence[tuple[str, Decimal]]
    """(subject, CE hours); each subject once."""
    approvals: Sequence[tuple[LicensingBody, str]]
    """(body, its number of the course or the provider); each body once."""


def credits_of(user: User) -> QuerySet[ExternalCredit]:
    """What the person has noted, newest first, with hours and approvals; three queries."""
    return ExternalCredit.objects.filter(user=user, removed_at__isnull=True).prefetch_related(
        "hours", "approvals__body"
    )


def removed_credits(user: User, *, now: datetime) -> QuerySet[ExternalCredit]:
    """What can still be put back, removed last first."""
    return ExternalCredit.objects.filter(user=user, removed_at__gte=now - UNDO).order_by(
        "-removed_at"
    )


def credit_of(user: User, uid: UUID) -> ExternalCredit | None:
    return ExternalCredit.objects.filter(user=user, uid=uid, removed_at__isnull=True).first()


@transaction.atomic
def add_credit(
    *,
    user: User,
    uid: UUID,
    facts: CreditFacts,
    proof: StoredFile | None,
    by: User,
    now: datetime,
) -> ExternalCredit:
    """Note a course of another provider. The form's `uid` makes a second press find the first.

    Who goes back, mends the form and sends it again gets what it says now; a file that was
    attached before stays. Errors: CreditRefused, also when it was removed meanwhile.
    """
    _check(facts, today=user.local_date(now))
    # Two presses at once: the second waits here and then finds what the first wrote.
    User.objects.select_for_update().get(pk=user.pk)
    known = ExternalCredit.objects.filter(uid=uid).first()
    if known is not None:
        if known.user_id != user.pk:
            raise CreditRefused("Open the form again and note it once more.")
        kept = known.proof if proof is None else proof
        if kept == known.proof and _facts_of(known) == facts:
            return known
        return change_credit(known, facts=facts, proof=kept, by=by, now=now)
    if ExternalCredit.objects.filter(user=user, removed_at__isnull=True).count() >= MOST_CREDITS:
        raise CreditRefused(f"You have {MOST_CREDITS} courses here. Remove one first.")
    made = ExternalCredit(user=user, uid=uid, proof=proof, created_at=now)
    _write(made, facts)
    _say("external-credit.added", made, by=by, now=now)
    return made


@transaction.atomic
def change_credit(
    row: ExternalCredit,
    *,
    facts: CreditFacts,
    proof: StoredFile | None,
    by: User,
    now: datetime,
) -> ExternalCredit:
    """`proof` None takes the file off. Errors: CreditRefused, also when it was removed."""
    fresh = ExternalCredit.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if fresh.removed_at is not None:
        raise CreditRefused("This course was removed. Put it back first.")
    _check(facts, today=fresh.user.local_date(now))
    fresh.proof = proof
    fresh.hours.all().delete()
    fresh.approvals.all().delete()
    _write(fresh, facts)
    _say("external-credit.changed", fresh, by=by, now=now)
    return fresh


@transaction.atomic
def remove_credit(row: ExternalCredit, *, by: User, now: datetime) -> ExternalCredit:
    fresh = ExternalCredit.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if fresh.removed_at is None:
        fresh.removed_at = now
        fresh.save(update_fields=["removed_at"])
        _say("external-credit.removed", fresh, by=by, now=now)
    return fresh


@transaction.atomic
def restore_credit(row: ExternalCredit, *, by: User, now: datetime) -> ExternalCredit:
    """Undo a removal. Errors: CreditRefused after thirty days."""
    fresh = ExternalCredit.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if fresh.removed_at is None:
        return fresh
    if fresh.removed_at < now - UNDO:
        raise CreditRefused("This was removed more than 30 days ago. Note it again.")
    fresh.removed_at = None
    fresh.save(update_fields=["removed_at"])
    _say("external-credit.restored", fresh, by=by, now=now)
    return fresh


def _facts_of(row: ExternalCredit) -> CreditFacts:
    return CreditFacts(
        **{name: getattr(row, name) for name in OWN_FIELDS},
        hours=tuple((line.subject, line.credit_hours) for line in row.hours.order_by("position")),
        approvals=tuple(
            (each.body, each.number) for each in row.approvals.select_related("body").order_by("pk")
        ),
    )


def _check(facts: CreditFacts, *, today: date) -> None:
    if facts.completed_on > today:
        raise CreditRefused("Note a course when it is completed: this day is still to come.")
    if not facts.hours:
        raise CreditRefused("Say how many hours, at least for one subject.")
    if sum((hours for _, hours in facts.hours), Decimal(0)) > LARGEST_HOURS:
        raise CreditRefused(f"One course of more than {LARGEST_HOURS} hours? Check the hours.")


def _write(row: ExternalCredit, facts: CreditFacts) -> None:
    for name in OWN_FIELDS:
        setattr(row, name, getattr(facts, name))
    row.save()
    ExternalCreditHours.objects.bulk_create(
        ExternalCreditHours(credit=row, position=position, subject=subject, credit_hours=hours)
        for position, (subject, hours) in enumerate(facts.hours, 1)
    )
    ExternalCreditApproval.objects.bulk_create(
        ExternalCreditApproval(credit=row, body=body, number=number)
        for body, number in facts.approvals
    )


def _say(action: str, row: ExternalCredit, *, by: User, now: datetime) -> None:
    audit.record(
        action,
        subject_type="external-credit",
        subject_id=row.uid,
        by=by,
        now=now,
        title=row.title,
        completed_on=row.completed_on.isoformat(),
        proof=row.proof.sha256 if row.proof else None,
    )
