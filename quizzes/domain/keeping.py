"""Two questions that say nearly the same and are meant to: said once, they are not pointed out any
more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from courses.domain.drafting import locked_draft
from courses.models import CourseVersion
from quizzes.domain.errors import Elsewhere
from quizzes.models import KeptPair, Question

Pair = tuple[UUID, UUID]


def pair_of(one: UUID, other: UUID) -> Pair:
    """The same for both orders, as the database stores it."""
    return (one, other) if one < other else (other, one)


def kept_pairs(course_id: int) -> set[Pair]:
    """One query."""
    rows = KeptPair.objects.filter(course=course_id).values_list("lower_key", "upper_key")
    return {(lower, upper) for lower, upper in rows}


@transaction.atomic
def keep_both(
    version: CourseVersion, one: Question, other: Question, *, by: User, now: datetime
) -> KeptPair:
    """Twice is once, in either order. Errors: NotADraft, Elsewhere."""
    version = locked_draft(version)
    lower, upper = _keys(version, one, other)
    pair, is_new = KeptPair.objects.get_or_create(
        course=version.course,
        lower_key=lower,
        upper_key=upper,
        defaults={"kept_at": now, "kept_by_id": by.pk},
    )
    if is_new:
        _note("questions.kept-both", version, lower, upper, by=by, now=now)
    return pair


@transaction.atomic
def point_out_again(
    version: CourseVersion, one: Question, other: Question, *, by: User, now: datetime
) -> None:
    """Undo `keep_both`. Errors: NotADraft, Elsewhere."""
    version = locked_draft(version)
    lower, upper = _keys(version, one, other)
    gone, _ = KeptPair.objects.filter(
        course=version.course, lower_key=lower, upper_key=upper
    ).delete()
    if gone:
        _note("questions.pointed-out-again", version, lower, upper, by=by, now=now)


def _keys(version: CourseVersion, one: Question, other: Question) -> Pair:
    if {one.course_id, other.course_id} != {version.course_id}:
        raise Elsewhere("One of these questions belongs to another course.")
    if one.pk == other.pk:
        raise Elsewhere("This is one question, not two.")
    return pair_of(one.key, other.key)


def _note(
    action: str, version: CourseVersion, lower: UUID, upper: UUID, *, by: User, now: datetime
) -> None:
    audit.record(
        action,
        subject_type="question",
        subject_id=lower,
        by=by,
        now=now,
        course=version.course.slug,
        other=str(upper),
    )
