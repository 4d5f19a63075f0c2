from typing import Any

import pytest

from ce_platform.accounts.models import User
from courses.domain import glossary
from courses.domain.errors import NotADraft, TermRefused
from courses.models import CourseVersion, GlossaryTerm
from tests.conftest import NOW
from tests.factories.courses import (
    GlossaryTermFactory,
    LessonFactory,
    VersionFactory,
    publish,
    publishable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


@pytest.fixture
def draft() -> CourseVersion:
    return VersionFactory(status="draft")


def add(version: CourseVersion, by: User, **changes: Any) -> GlossaryTerm:
    told = {"term": "Fascia", "definition": "A sheet.", "language": ""} | changes
    return glossary.add_term(version, **told, by=by, now=NOW)


def test_term_is_added_with_a_slug_of_its_own(draft: CourseVersion, instructor: User) -> None:
    add(draft, instructor)
    add(draft, instructor, term="Fascia (deep)", language="la")
    add(draft, instructor, term="气 🙂", language="zh")
    add(draft, instructor, term="经络")
    add(draft, instructor, term="Ab_c " + "l" * 100)

    assert sorted(draft.glossary.values_list("slug", "language")) == [
        ("ab-c-" + "l" * 49, ""),
        ("fascia", ""),
        ("fascia-deep", "la"),
        ("term", "zh"),
        ("term-2", ""),
    ]


def test_slug_stays_when_the_word_changes(draft: CourseVersion, instructor: User) -> None:
    term = add(draft, instructor)

    glossary.save_term(
        draft, term.key, term="Fasciae", definition="Sheets.", language="", by=instructor, now=NOW
    )

    term.refresh_from_db()
    assert (term.slug, term.term, term.definition) == ("fascia", "Fasciae", "Sheets.")


@pytest.mark.parametrize(
    "change",
    [
        {"term": " "},
        {"definition": "\n"},
        {"term": "x" * 121},
        {"definition": "x" * 1_001},
        {"language": "not a language"},
        {"term": "known"},
        {"term": "KNÓWN"},
    ],
)
def test_term_is_refused(draft: CourseVersion, instructor: User, change: dict[str, Any]) -> None:
    GlossaryTermFactory(version=draft, term="Known")

    with pytest.raises(TermRefused):
        add(draft, instructor, **change)

    assert draft.glossary.count() == 1


def test_used_term_is_not_removed(draft: CourseVersion, instructor: User) -> None:
    used, idle = add(draft, instructor), add(draft, instructor, term="Idle")
    LessonFactory(module__version=draft, title="Skin", body="The [sheets](glossary:fascia).")

    with pytest.raises(TermRefused, match="still used: “Skin”"):
        glossary.remove_term(draft, used.key, by=instructor, now=NOW)
    glossary.remove_term(draft, idle.key, by=instructor, now=NOW)

    assert list(draft.glossary.values_list("slug", flat=True)) == ["fascia"]


def test_published_glossary_is_not_changed(instructor: User) -> None:
    draft = publishable()
    term = GlossaryTermFactory(version=draft)
    version = publish(draft)

    with pytest.raises(NotADraft):
        glossary.remove_term(version, term.key, by=instructor, now=NOW)
    with pytest.raises(NotADraft):
        add(version, instructor)
