"""Publishing in the studio: what is missing, what is put on sale by whom."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.domain.drafting import begin_draft
from courses.models import Course, CourseVersion, Lesson
from tests.conftest import NOW
from tests.courses.marked import marked
from tests.factories.certificates import BodyFactory, SubmissionFactory
from tests.factories.courses import VersionFactory, publish, publishable
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def ready(instructor: User) -> CourseVersion:
    version = publishable(course__owner=instructor)
    quiz_with(1, version=version)
    return version


def url(name: str, version: CourseVersion, *more: str) -> str:
    return reverse(f"courses:studio-{name}", args=[version.course.slug, *more])


def on_sale(version: CourseVersion) -> str:
    found = Course.objects.select_related("on_sale_version").get(pk=version.course_id)
    return found.on_sale_version.label if found.on_sale_version else ""


def test_missing_things_are_listed_and_stop_publishing(
    instructor: User, client_of: ClientOf
) -> None:
    version = ready(instructor)
    version.objectives.all().delete()

    page = client_of(instructor).get(url("publish", version)).content.decode()
    answer = client_of(instructor).post(url("publish", version))

    assert "The course has no learning objectives." in page
    assert answer.status_code == 422
    version.refresh_from_db()
    assert version.status == "draft"


def test_first_edition_goes_on_sale_at_once(instructor: User, client_of: ClientOf) -> None:
    version = ready(instructor)

    client_of(instructor).post(url("publish", version))

    assert on_sale(version) == "edition 1.0"


def test_new_edition_waits_for_the_office(
    instructor: User, registrar: User, client_of: ClientOf
) -> None:
    first = publish(ready(instructor))
    second = begin_draft(first.course, is_typo=False, by=instructor, now=NOW)

    client_of(instructor).post(url("publish", second))
    assert on_sale(second) == "edition 1.0"
    refused = client_of(instructor).post(url("version-on-sale", second), {"version": second.pk})
    assert refused.status_code == 403
    client_of(registrar).post(url("version-on-sale", second), {"version": second.pk})

    assert on_sale(second) == "edition 2.0"
    first.refresh_from_db()
    assert first.status == "retired"


def test_office_may_put_a_new_edition_on_sale_while_publishing(
    instructor: User, registrar: User, client_of: ClientOf
) -> None:
    first = publish(ready(instructor))
    second = begin_draft(first.course, is_typo=False, by=instructor, now=NOW)

    client_of(registrar).post(url("publish", second), {"on_sale": "yes"})

    assert on_sale(second) == "edition 2.0"


def test_instructor_cannot_put_a_new_edition_on_sale_by_the_form(
    instructor: User, client_of: ClientOf
) -> None:
    first = publish(ready(instructor))
    second = begin_draft(first.course, is_typo=False, by=instructor, now=NOW)

    client_of(instructor).post(url("publish", second), {"on_sale": "yes"})

    assert on_sale(second) == "edition 1.0"


def test_corrected_typo_takes_the_place_of_its_edition(
    instructor: User, client_of: ClientOf
) -> None:
    first = publish(ready(instructor))
    fixed = begin_draft(first.course, is_typo=True, by=instructor, now=NOW)

    client_of(instructor).post(url("publish", fixed))

    assert on_sale(fixed) == "edition 1.1"


def test_bodies_that_must_be_told_are_named(instructor: User, client_of: ClientOf) -> None:
    first = publish(ready(instructor))
    SubmissionFactory(course=first.course, body=BodyFactory(name="Florida Board"))
    begin_draft(first.course, is_typo=False, by=instructor, now=NOW)

    page = client_of(instructor).get(url("publish", first)).content.decode()
    assert "Florida Board" in page
    client_of(instructor).post(url("draft-kind", first), {"kind": "typo"})
    page = client_of(instructor).get(url("publish", first)).content.decode()

    assert "Florida Board" not in page
    assert "Edition 1.1" in page


def test_differences_are_shown_lesson_by_lesson(instructor: User, client_of: ClientOf) -> None:
    first = publish(ready(instructor))
    second = begin_draft(first.course, is_typo=False, by=instructor, now=NOW)
    Lesson.objects.filter(version=second).update(body="Some better text.\n")

    page = client_of(instructor).get(url("differences", first, "1.0", "2.0")).content.decode()

    assert "<ins>better</ins> " in marked(page)
    assert client_of(instructor).get(url("differences", first, "1.0", "9.0")).status_code == 404


def test_draft_is_thrown_away_only_by_its_title(instructor: User, client_of: ClientOf) -> None:
    version = ready(instructor)
    client = client_of(instructor)

    client.post(url("draft-discard", version), {"title": "yes"})
    assert CourseVersion.objects.filter(pk=version.pk).exists()
    client.post(url("draft-discard", version), {"title": version.title.upper()})

    assert not CourseVersion.objects.filter(pk=version.pk).exists()


def test_retired_version_keeps_its_learners(instructor: User, client_of: ClientOf) -> None:
    version = publish(ready(instructor))

    client_of(instructor).post(url("version-retire", version), {"version": version.pk})

    version.refresh_from_db()
    assert (version.status, on_sale(version)) == ("retired", "")


def test_version_of_another_course_is_not_retired(instructor: User, client_of: ClientOf) -> None:
    mine, other = publish(ready(instructor)), publish(publishable())

    answer = client_of(instructor).post(url("version-retire", mine), {"version": other.pk})

    assert answer.status_code == 404
    other.refresh_from_db()
    assert other.status == "published"


def test_first_edition_is_told_nothing_of_earlier_learners(
    instructor: User, client_of: ClientOf
) -> None:
    VersionFactory(status="draft", course__slug="first", course__owner=instructor)

    page = client_of(instructor).get(reverse("courses:studio-publish", args=["first"]))

    assert b"Publishing freezes every word, the questions and the hours.<" in page.content
