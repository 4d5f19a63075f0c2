"""The office keeps the records of a closed account for longer, and lets them go again."""

from datetime import datetime

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.models import RecordHold
from ce_platform.core.text import clean
from ce_platform.office.closing.closing import LONGEST_REASON, ReasonMissing
from ce_platform.office.purging.purging import CannotPurge


@transaction.atomic
def set_hold(user: User, *, reason: str, by: User, now: datetime) -> RecordHold:
    """Nothing is purged until it is lifted. Setting it twice equals once. Errors: ReasonMissing."""
    reason = clean(reason)[:LONGEST_REASON]
    if not reason:
        raise ReasonMissing
    user = _locked(user)
    known = RecordHold.objects.filter(user_id=user.pk, lifted_at__isnull=True).first()
    if known is not None:
        return known
    hold = RecordHold.objects.create(user_id=user.pk, reason=reason, set_at=now, set_by_id=by.pk)
    audit.record("records.held", subject_type="user", subject_id=user.uid, by=by, now=now)
    return hold


@transaction.atomic
def lift_hold(user: User, *, reason: str, by: User, now: datetime) -> None:
    """Errors: ReasonMissing."""
    reason = clean(reason)[:LONGEST_REASON]
    if not reason:
        raise ReasonMissing
    user = _locked(user)
    lifted = RecordHold.objects.filter(user_id=user.pk, lifted_at__isnull=True).update(
        lifted_at=now, lifted_by_id=by.pk, lifted_reason=reason
    )
    if lifted:
        audit.record("records.let_go", subject_type="user", subject_id=user.uid, by=by, now=now)


def _locked(user: User) -> User:
    found = User.objects.select_for_update().filter(pk=user.pk).first()
    if found is None:
        raise CannotPurge("The records of this account were just purged.")
    return found
