"""Drafts of what is published: the same in every word, and free to change."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from courses.domain import drafting
from courses.domain.canonical import canonical_data
from courses.domain.errors import DraftExists, NotADraft, WrongState
from courses.domain.lessons import save_lesson
from courses.domain.publishing import missing, publish_version
from courses.models import Course, CourseVersion, Lesson, Module
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.factories.courses import VersionFactory, publish, publishable

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(package: Package) -> CourseVersion:
    """The sample, which has one of everything."""
    version = package.load().version
    assert version is not None
    return publish(version)


def said(version: CourseVersion) -> dict[str, Any]:
    """What a version says, without its number."""
    data = canonical_data(version)
    return {name: value for name, value in data.items() if name not in ("edition", "revision")}


def test_new_course_has_one_module_and_its_author(instructor: User) -> None:
    version = drafting.begin_course(title="Jaw and neck", by=instructor, now=NOW)

    assert (version.title, version.status, version.label) == (
        "Jaw and neck",
        "draft",
        "edition 1.0",
    )
    assert (version.course.slug, version.course.owner) == ("jaw-and-neck", instructor)
    assert [each.title for each in version.modules.all()] == ["Module 1"]
    assert [each.user for each in version.authors.all()] == [instructor]


def test_new_course_does_not_show_the_address_of_who_began_it(instructor: User) -> None:
    instructor.name_on_certificates = ""

    version = drafting.begin_course(title="Jaw and neck", by=instructor, now=NOW)

    assert not version.authors.exists()
    assert "no-author" in {item.code for item in missing(version)}


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Jaw", "jaw-2"), ("Điểm huyệt", "iem-huyet"), ("🧘🧘", "course"), ("x" * 200, "x" * 76)],
)
def test_new_course_gets_a_free_address(title: str, slug: str, instructor: User) -> None:
    drafting.begin_course(title="Jaw", by=instructor, now=NOW)

    assert drafting.begin_course(title=title, by=instructor, now=NOW).course.slug == slug


def test_course_begun_at_the_same_moment_leaves_the_address(
    instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafting.begin_course(title="Jaw", by=instructor, now=NOW)
    real = drafting.free_slug
    slugs = iter(["jaw"])
    monkeypatch.setattr(drafting, "free_slug", lambda title: next(slugs, None) or real(title))

    assert drafting.begin_course(title="Jaw", by=instructor, now=NOW).course.slug == "jaw-2"


@pytest.mark.parametrize(("is_typo", "label"), [(True, "edition 1.1"), (False, "edition 2.0")])
def test_draft_says_what_is_published(
    is_typo: bool, label: str, published: CourseVersion, instructor: User
) -> None:
    draft = drafting.begin_draft(published.course, is_typo=is_typo, by=instructor, now=NOW)

    assert (draft.label, draft.status) == (label, "draft")
    assert said(draft) == said(published)
    assert draft.pk != published.pk
    # Nothing of the published version moved over.
    published.refresh_from_db()
    assert published.canonical_text != ""
    assert Lesson.objects.filter(version=published).count() == published.lesson_count


def test_change_of_a_draft_leaves_the_published_text(
    published: CourseVersion, instructor: User
) -> None:
    before = said(published)
    draft = drafting.begin_draft(published.course, is_typo=False, by=instructor, now=NOW)
    lesson = draft.lessons.first()
    assert lesson is not None

    save_lesson(
        draft, lesson.key, title="New", body="New text.", based_on=0, by=instructor, now=NOW
    )

    assert said(published) == before
    assert said(draft) != before


def test_second_draft_is_refused(published: CourseVersion, instructor: User) -> None:
    draft = drafting.begin_draft(published.course, is_typo=False, by=instructor, now=NOW)

    with pytest.raises(DraftExists) as refusal:
        drafting.begin_draft(published.course, is_typo=True, by=instructor, now=NOW)

    assert refusal.value.version == draft


def test_copying_asks_as_often_for_many_lessons(published: CourseVersion, instructor: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            draft = drafting.begin_draft(published.course, is_typo=False, by=instructor, now=NOW)
        drafting.discard_draft(draft, by=instructor, now=NOW)
        return len(captured)

    few = count()
    draft = drafting.begin_draft(published.course, is_typo=False, by=instructor, now=NOW)
    module = draft.modules.first()
    for place in range(10, 40):
        Lesson.objects.create(
            version=draft, module=module, position=place, slug=f"l{place}", title="L", body="A b.",
            body_html="<p>A b.</p>\n",
        )  # fmt: skip
    publish_version(draft, by=None, now=NOW)

    assert count() == few


def test_correction_becomes_a_new_edition_and_back(
    published: CourseVersion, instructor: User
) -> None:
    draft = drafting.begin_draft(published.course, is_typo=True, by=instructor, now=NOW)

    labels = [
        drafting.change_kind(draft, is_typo=is_typo, by=instructor, now=NOW).label
        for is_typo in (False, False, True)
    ]

    assert labels == ["edition 2.0", "edition 2.0", "edition 1.1"]


def test_first_edition_is_no_correction(instructor: User) -> None:
    draft = VersionFactory(status="draft")

    with pytest.raises(WrongState):
        drafting.change_kind(draft, is_typo=True, by=instructor, now=NOW)


def test_discarded_draft_is_gone_and_the_published_stays(
    published: CourseVersion, instructor: User
) -> None:
    draft = drafting.begin_draft(published.course, is_typo=False, by=instructor, now=NOW)
    lesson = draft.lessons.first()
    assert lesson is not None
    save_lesson(draft, lesson.key, title="N", body="New.", based_on=0, by=instructor, now=NOW)

    drafting.discard_draft(draft, by=instructor, now=NOW)

    assert list(CourseVersion.objects.filter(course=published.course)) == [published]
    again = drafting.begin_draft(published.course, is_typo=False, by=instructor, now=NOW)
    assert said(again) == said(published)


def test_published_version_cannot_be_discarded(published: CourseVersion, instructor: User) -> None:
    with pytest.raises(NotADraft):
        drafting.discard_draft(published, by=instructor, now=NOW)


def test_course_without_anything_published_has_no_draft_of_it(instructor: User) -> None:
    course = VersionFactory(status="draft").course
    CourseVersion.objects.all().delete()

    with pytest.raises(WrongState):
        drafting.begin_draft(course, is_typo=False, by=instructor, now=NOW)


def test_html_of_a_draft_is_made_anew_when_it_is_published(instructor: User) -> None:
    draft = publishable()
    Lesson.objects.filter(version=draft).update(body_html="<p>Stale.</p>")

    publish_version(draft, by=instructor, now=NOW)

    assert [each.body_html for each in draft.lessons.all()] == ["<p>Some text.</p>\n"]


def test_address_is_kept_by_module_slug(instructor: User) -> None:
    version = drafting.begin_course(title="Jaw", by=instructor, now=NOW)

    assert Module.objects.get(version=version).slug == "module-1"
    assert Course.objects.get().on_sale_version is None
