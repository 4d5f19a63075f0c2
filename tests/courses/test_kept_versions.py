"""What the process keeps of a version: nothing of a draft, and nothing that a reader may spoil."""

from collections.abc import Collection

import pytest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from courses import frozen
from courses.models import CourseVersion, Enrollment
from courses.rules import enrollment_or_404
from tests.factories.courses import EnrollmentFactory, VersionFactory

pytestmark = pytest.mark.django_db


def test_only_what_is_missing_is_made_and_nothing_of_a_draft_is_kept() -> None:
    first, second, draft = VersionFactory(), VersionFactory(), VersionFactory(status="draft")
    asked: list[list[int]] = []

    def make(ids: Collection[int]) -> dict[int, str]:
        asked.append(sorted(ids))
        return {version_id: f"text {version_id}" for version_id in ids}

    frozen.remember_each([first, draft], "text", make)
    made = frozen.remember_each([first, second, draft, second], "text", make)

    assert made == {each.pk: f"text {each.pk}" for each in (first, second, draft)}
    assert asked == [[first.pk, draft.pk], [second.pk, draft.pk]]


def test_same_name_of_two_versions_is_not_mixed_up() -> None:
    first, second = VersionFactory(), VersionFactory()

    assert [frozen.remember(each, "name", lambda e=each: e.title) for each in (first, second)] == [
        first.title,
        second.title,
    ]


def test_version_by_id_asks_once_and_gives_everybody_a_copy(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    version = VersionFactory(title="Face")
    frozen.version_by_id(version.pk)

    with django_assert_num_queries(0):
        one, other = frozen.version_by_id(version.pk), frozen.version_by_id(version.pk)
        one.title = "Spoiled"
        one.course = version.course

    assert (other.title, other == version) == ("Face", True)
    assert not CourseVersion.course.is_cached(other)
    assert one.get_deferred_fields() >= {"canonical_text", "search_text"}


def test_draft_is_read_anew_each_time() -> None:
    draft = VersionFactory(status="draft", title="Face")
    frozen.version_by_id(draft.pk)
    CourseVersion.objects.filter(pk=draft.pk).update(title="Neck")

    assert frozen.version_by_id(draft.pk).title == "Neck"


def test_enrollment_comes_with_person_course_and_version(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    enrollment: Enrollment = EnrollmentFactory()
    request = RequestFactory().get("/")
    request.user = enrollment.user
    enrollment_or_404(request, enrollment.uid)

    with django_assert_num_queries(1):
        found = enrollment_or_404(request, enrollment.uid)
        shown = (found.version.title, found.course.slug, found.version.course.slug)

    course = enrollment.course
    assert shown == (enrollment.version.title, course.slug, course.slug)
    assert found.user is request.user
