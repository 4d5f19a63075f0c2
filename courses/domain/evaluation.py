"""The six questions after a course. NCBTMB asks for an evaluation after each course."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import clean
from courses.domain.completion import complete_if_met, lock_enrollment
from courses.domain.errors import EnrollmentNotOpen, EvaluationNotValid, NotYours
from courses.models import Enrollment, Evaluation

AGREEMENTS = ("objectives_met", "content_accurate", "useful_in_practice", "free_of_bias")
MOST_MINUTES = 10_000
LONGEST_COMMENT = 4_000


@transaction.atomic
def submit_evaluation(
    enrollment_id: int, *, answers: Mapping[str, Any], by: User, now: datetime
) -> Evaluation:
    """Keep the answers; it may be the last step. The first evaluation stays.

    `answers` has the four agreements (1 to 5), `minutes_taken` and perhaps `comment`.
    Errors: NotYours, EnrollmentNotOpen, EvaluationNotValid.
    """
    enrollment = lock_enrollment(enrollment_id)
    if enrollment.user_id != by.pk:
        raise NotYours
    known = Evaluation.objects.filter(enrollment=enrollment).first()
    if known is not None:
        return known
    if enrollment.status != Enrollment.Status.OPEN:
        raise EnrollmentNotOpen(enrollment.status)
    values = {name: _number(answers, name, lowest=1, highest=5) for name in AGREEMENTS}
    comment = clean(str(answers.get("comment") or ""))
    if len(comment) > LONGEST_COMMENT:
        raise EvaluationNotValid(f"Please keep the comment below {LONGEST_COMMENT:,} characters.")
    evaluation = Evaluation.objects.create(
        enrollment=enrollment,
        submitted_at=now,
        minutes_taken=_number(answers, "minutes_taken", lowest=1, highest=MOST_MINUTES),
        comment=comment,
        **values,
    )
    enrollment.last_activity_at = now
    enrollment.save(update_fields=["last_activity_at"])
    audit.record(
        "evaluation.submitted",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by,
        now=now,
    )
    complete_if_met(enrollment, now=now)
    return evaluation


def _number(answers: Mapping[str, Any], name: str, *, lowest: int, highest: int) -> int:
    try:
        value = int(answers[name])
    except (KeyError, TypeError, ValueError):
        raise EvaluationNotValid("Please answer every question but the last.") from None
    if not lowest <= value <= highest:
        raise EvaluationNotValid(f"Please choose a number from {lowest} to {highest:,}.")
    return value
