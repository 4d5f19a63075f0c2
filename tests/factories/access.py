from datetime import date
from typing import Any

from allauth.account.models import EmailAddress

from ce_platform.accounts.models import User
from courses.domain.access import make_codes
from courses.models import AccessCode, Course, CourseInvitation
from tests.factories.accounts import UserFactory
from tests.factories.courses import NOW, VersionFactory


def closed_course(access: str = "code", **options: Any) -> Course:
    """On sale, and opened by a code or an invitation."""
    return VersionFactory(course__access=access, **options).course


def code_for(course: Course | None = None, **options: Any) -> AccessCode:
    by = options.pop("by", None) or UserFactory()
    (code,) = make_codes(course or closed_course(), by=by, now=NOW, **options)
    return code


def proved(user: User, email: str = "") -> User:
    EmailAddress.objects.create(
        user=user, email=email or user.email, verified=True, primary=not email
    )
    return user


def invitation_to(
    course: Course, email: str, *, expires_on: date | None = None
) -> CourseInvitation:
    return CourseInvitation.objects.create(
        course=course, email=email, created_at=NOW, created_by_id=1, expires_on=expires_on
    )
