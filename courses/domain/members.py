"""Who works on a course beside its owner, and what they say of a draft."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import INSTRUCTOR
from ce_platform.core import audit
from ce_platform.core.mail import write_mail
from ce_platform.core.text import clean
from courses.domain.errors import MemberRefused, WrongState
from courses.domain.locking import locked_course
from courses.models import Course, CourseMember, CourseVersion, Lesson, ReviewComment

MOST_MEMBERS: Final = 30
LONGEST_COMMENT: Final = 4_000


@transaction.atomic
def add_member(course: Course, *, email: str, role: str, by: User, now: datetime) -> CourseMember:
    """Ask an instructor to write or to review, by mail. Doing it again changes the role.

    Errors: MemberRefused.

    Only instructors are found: the form tells nobody who else has an account here.
    """
    course = locked_course(course.pk)
    user = User.objects.filter(email__iexact=email.strip(), groups__name=INSTRUCTOR).first()
    if user is None:
        raise MemberRefused(
            "No instructor has this e-mail address here. The office gives the role of instructor."
        )
    if user.pk == course.owner_id:
        raise MemberRefused("That is the owner of the course already.")
    if role not in CourseMember.Role.values:
        raise MemberRefused("Choose what the person does.")
    if course.members.exclude(user=user).count() >= MOST_MEMBERS:
        raise MemberRefused(f"A course has at most {MOST_MEMBERS} people beside its owner.")
    member, is_new = CourseMember.objects.update_or_create(
        course=course,
        user=user,
        defaults={"role": role},
        create_defaults={"role": role, "added_at": now, "added_by_id": by.pk},
    )
    if is_new:
        _tell(member, by=by, now=now)
    audit.record(
        "member.added" if is_new else "member.changed",
        subject_type="course",
        subject_id=course.pk,
        by=by,
        now=now,
        member=user.pk,
        role=role,
    )
    return member


@transaction.atomic
def remove_member(course: Course, *, user_id: int, by: User, now: datetime) -> None:
    """What they wrote stays. Removing somebody who is not there changes nothing."""
    count, _ = CourseMember.objects.filter(course=course, user_id=user_id).delete()
    if count:
        audit.record(
            "member.removed",
            subject_type="course",
            subject_id=course.pk,
            by=by,
            now=now,
            member=user_id,
        )


@transaction.atomic
def comment(
    version: CourseVersion, *, text: str, lesson_key: UUID | None, by: User, now: datetime
) -> ReviewComment:
    """A remark on a draft or one of its lessons. Errors: WrongState."""
    text = clean(text)
    if len(text) > LONGEST_COMMENT:
        raise WrongState(f"A remark has at most {LONGEST_COMMENT:,} characters. Make two of it.")
    if not text:
        raise WrongState("Write what you want to say.")
    if version.is_frozen:
        raise WrongState("This version is published; remarks belong to a draft.")
    if lesson_key is not None and not Lesson.objects.filter(version=version, key=lesson_key):
        raise WrongState("That lesson is not there any more.")
    return ReviewComment.objects.create(
        version=version, lesson_key=lesson_key, text=text, at=now, by=by
    )


@transaction.atomic
def settle_comment(comment_id: int, version: CourseVersion, *, by: User, now: datetime) -> None:
    """The remark is dealt with. Doing it twice changes nothing."""
    ReviewComment.objects.filter(pk=comment_id, version=version, settled_at__isnull=True).update(
        settled_at=now, settled_by_id=by.pk
    )


def _tell(member: CourseMember, *, by: User, now: datetime) -> None:
    newest = member.course.versions.order_by("-edition", "-revision").first()
    write_mail(
        "course_member_added",
        to_email=member.user.email,
        to_user_id=member.user_id,
        now=now,
        asker=by.name_on_certificates or by.email,
        is_author=member.role == CourseMember.Role.CO_AUTHOR,
        course=member.course,
        course_title=newest.title if newest else member.course.slug,
    )
