"""Co-authors and reviewers, and who sees a course in the studio."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail
from courses.domain import members
from courses.domain.errors import MemberRefused, WrongState
from courses.models import Course, CourseMember, CourseVersion, ReviewComment
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.courses import LessonFactory, VersionFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    lesson = LessonFactory(
        module__version__status="draft", module__version__course__owner=instructor
    )
    version: CourseVersion = lesson.version
    return version


@pytest.fixture
def colleague() -> User:
    user = UserFactory(email="colleague@example.com", name_on_certificates="Cora Colleague")
    user.groups.add(Group.objects.get(name="instructor"))
    return user


def ask(course: Course, email: str, role: str, by: User) -> CourseMember:
    return members.add_member(course, email=email, role=role, by=by, now=NOW)


def status(client: Client, name: str, version: CourseVersion, *, post: bool = False) -> int:
    url = reverse(f"courses:{name}", args=[version.course.slug])
    return (client.post(url, {"title": "New"}) if post else client.get(url)).status_code


@pytest.mark.parametrize(
    ("role", "reads", "writes", "manages"),
    [("", 404, 404, 404), ("reviewer", 200, 403, 403), ("co-author", 200, 302, 403)],
)
def test_what_a_role_may_do(
    role: str,
    reads: int,
    writes: int,
    manages: int,
    draft: CourseVersion,
    instructor: User,
    colleague: User,
    client_of: ClientOf,
) -> None:
    if role:
        ask(draft.course, colleague.email, role, instructor)
    client = client_of(colleague)

    assert status(client, "studio-outline", draft) == reads
    assert status(client, "studio-module-add", draft, post=True) == writes
    assert status(client, "studio-publish", draft, post=True) == manages
    assert status(client, "studio-people", draft, post=True) == manages


def test_asked_person_gets_a_mail_once(
    draft: CourseVersion, instructor: User, colleague: User
) -> None:
    ask(draft.course, " Colleague@Example.com ", "reviewer", instructor)
    ask(draft.course, colleague.email, "co-author", instructor)

    assert CourseMember.objects.get().role == "co-author"
    mail = OutgoingMail.objects.get()
    assert mail.to_email == colleague.email
    assert reverse("courses:studio-outline", args=[draft.course.slug]) in mail.body


def test_only_instructors_are_found(draft: CourseVersion, instructor: User, stranger: User) -> None:
    for email in (stranger.email, "nobody@example.com"):
        with pytest.raises(MemberRefused, match="No instructor has this e-mail"):
            ask(draft.course, email, "reviewer", instructor)
    with pytest.raises(MemberRefused, match="owner"):
        ask(draft.course, instructor.email, "reviewer", instructor)
    with pytest.raises(MemberRefused):
        ask(draft.course, "colleague@example.com", "emperor", instructor)

    assert not CourseMember.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_removed_person_no_longer_sees_the_course(
    draft: CourseVersion, instructor: User, colleague: User, client_of: ClientOf
) -> None:
    ask(draft.course, colleague.email, "co-author", instructor)

    members.remove_member(draft.course, user_id=colleague.pk, by=instructor, now=NOW)

    assert status(client_of(colleague), "studio-outline", draft) == 404


def test_reviewer_comments_and_author_settles(
    draft: CourseVersion, instructor: User, colleague: User, client_of: ClientOf
) -> None:
    ask(draft.course, colleague.email, "reviewer", instructor)
    lesson = draft.lessons.get()
    url = reverse("courses:studio-lesson-comment-add", args=[draft.course.slug, lesson.key])

    client_of(colleague).post(url, {"text": "The artery lies deeper."})

    comment = ReviewComment.objects.get()
    assert (comment.by, comment.lesson_key) == (colleague, lesson.key)
    page = client_of(instructor).get(reverse("courses:studio-comments", args=[draft.course.slug]))
    assert "The artery lies deeper." in page.content.decode()

    members.settle_comment(comment.pk, draft, by=instructor, now=NOW)
    members.settle_comment(comment.pk, draft, by=colleague, now=NOW)

    comment.refresh_from_db()
    assert comment.settled_by_id == instructor.pk


def test_remark_on_what_is_published_is_refused(instructor: User) -> None:
    with pytest.raises(WrongState):
        members.comment(VersionFactory(), text="Late", lesson_key=None, by=instructor, now=NOW)


def test_remark_that_is_too_long_is_refused_whole(draft: CourseVersion, instructor: User) -> None:
    with pytest.raises(WrongState, match="Make two of it"):
        members.comment(draft, text="x" * 4_001, lesson_key=None, by=instructor, now=NOW)

    assert not ReviewComment.objects.exists()


def test_remark_of_another_course_is_not_settled(
    draft: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    other = ReviewComment.objects.create(
        version=VersionFactory(status="draft"), text="Else", at=NOW, by=instructor
    )

    client_of(instructor).post(
        reverse("courses:studio-comment-settle", args=[draft.course.slug, other.pk])
    )

    other.refresh_from_db()
    assert other.settled_at is None
