"""Saving lessons: what was saved is there, what could not be saved is kept."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.domain import lessons
from courses.domain.errors import LessonMoved, NotADraft, OutlineRefused
from courses.domain.setting_aside import MOST_ASIDE, texts_aside
from courses.models import Lesson, LessonRevision, SetAside
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.courses import LessonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson() -> Lesson:
    made: Lesson = LessonFactory(
        module__version__status="draft", title="Flow", body="As imported.\n"
    )
    return made


@pytest.fixture
def colleague() -> User:
    return UserFactory(email="colleague@example.com", name_on_certificates="Cora Colleague")


def save(lesson: Lesson, body: str, *, based_on: int, by: User, **options: Any) -> int:
    """The number after the save."""
    options = {"title": lesson.title, "now": NOW} | options
    saved = lessons.save_lesson(
        lesson.version, lesson.key, body=body, based_on=based_on, by=by, **options
    )
    return saved.revision.number


def history(lesson: Lesson) -> list[tuple[int, str, str]]:
    return [
        (row.number, row.kind, row.body)
        for row in LessonRevision.objects.filter(lesson_key=lesson.key).order_by("number")
    ]


def test_save_counts_renders_and_keeps_what_was_before(lesson: Lesson, instructor: User) -> None:
    save(lesson, "## Head\n\nTwo *words*.", based_on=0, by=instructor)

    lesson.refresh_from_db()
    assert lesson.body == "## Head\n\nTwo *words*.\n"
    assert lesson.counted_words == 2
    assert "<em>words</em>" in lesson.body_html
    lesson.version.refresh_from_db()
    assert lesson.version.counted_words == 2
    assert history(lesson) == [
        (1, "imported", "As imported.\n"),
        (2, "typed", "## Head\n\nTwo *words*.\n"),
    ]


def test_saves_in_one_go_are_one_line_of_history(lesson: Lesson, instructor: User) -> None:
    number = 0
    for second in range(0, 590, 60):
        number = save(
            lesson,
            f"Text {second}",
            based_on=number,
            by=instructor,
            now=NOW + timedelta(seconds=second),
        )
    save(lesson, "Later", based_on=number, by=instructor, now=NOW + timedelta(minutes=10))

    assert [body for _, _, body in history(lesson)] == ["As imported.\n", "Text 540\n", "Later\n"]
    assert AuditEvent.objects.filter(action="lesson.saved").count() == 2


def test_every_save_has_its_number(lesson: Lesson, instructor: User) -> None:
    numbers = []
    number = 0
    for text in ("One", "Two", "Three"):
        number = save(lesson, text, based_on=number, by=instructor)
        numbers.append(number)

    assert numbers == [2, 3, 4]


def test_stale_save_overwrites_nothing_and_is_set_aside(
    lesson: Lesson, instructor: User, colleague: User
) -> None:
    first = save(lesson, "Before", based_on=0, by=instructor)
    save(lesson, "Of the colleague", based_on=first, by=colleague)

    with pytest.raises(LessonMoved, match="Cora Colleague saved this lesson first"):
        save(lesson, "Mine", based_on=first, by=instructor)

    lesson.refresh_from_db()
    assert lesson.body == "Of the colleague\n"
    aside = SetAside.objects.get()
    assert (aside.by, aside.body, aside.based_on) == (instructor, "Mine\n", first)


def test_typing_on_into_a_conflict_keeps_the_latest_text_of_the_window(
    lesson: Lesson, instructor: User, colleague: User
) -> None:
    first = save(lesson, "Before", based_on=0, by=instructor)
    save(lesson, "Of the colleague", based_on=first, by=colleague)

    aside = ""
    for text in ("Mine", "Mine and more"):
        with pytest.raises(LessonMoved) as moved:
            save(lesson, text, based_on=first, instead_of=aside, by=instructor)
        aside = moved.value.kept.sha256

    assert [row.body for row in SetAside.objects.all()] == ["Mine and more\n"]


def test_two_windows_of_one_person_keep_a_text_each(
    lesson: Lesson, instructor: User, colleague: User
) -> None:
    first = save(lesson, "Before", based_on=0, by=instructor)
    save(lesson, "Of the colleague", based_on=first, by=colleague)

    for text in ("Of the one window", "Of the other", "Of the one window"):
        with pytest.raises(LessonMoved):
            save(lesson, text, based_on=first, by=instructor)

    kept = texts_aside(lesson.version, lesson.key, by=instructor)
    assert sorted(row.body for row in kept) == ["Of the one window\n", "Of the other\n"]


def test_text_of_somebody_else_is_not_replaced(
    lesson: Lesson, instructor: User, colleague: User
) -> None:
    first = save(lesson, "Before", based_on=0, by=instructor)
    save(lesson, "Of the colleague", based_on=first, by=colleague)
    with pytest.raises(LessonMoved) as moved:
        save(lesson, "Mine", based_on=first, by=instructor)

    with pytest.raises(LessonMoved):
        save(lesson, "Hers", based_on=1, instead_of=moved.value.kept.sha256, by=colleague)

    kept = [(row.by, row.body) for row in SetAside.objects.order_by("pk")]
    assert kept == [(instructor, "Mine\n"), (colleague, "Hers\n")]


def test_oldest_of_too_many_texts_goes_and_it_is_said(
    lesson: Lesson, instructor: User, colleague: User
) -> None:
    first = save(lesson, "Before", based_on=0, by=instructor)
    save(lesson, "Of the colleague", based_on=first, by=colleague)
    said = []
    for number in range(MOST_ASIDE + 1):
        with pytest.raises(LessonMoved) as moved:
            save(lesson, f"{number}", based_on=first, by=instructor)
        said.append("the oldest of them was let go" in str(moved.value))

    kept = texts_aside(lesson.version, lesson.key, by=instructor)
    assert [row.body for row in kept] == [f"{number}\n" for number in range(MOST_ASIDE, 0, -1)]
    assert said == [*[False] * MOST_ASIDE, True]


def test_second_tab_of_the_same_person_is_stale_too(lesson: Lesson, instructor: User) -> None:
    first = save(lesson, "Before", based_on=0, by=instructor)
    save(lesson, "Tab one", based_on=first, by=instructor)

    with pytest.raises(LessonMoved):
        save(lesson, "Tab two", based_on=first, by=instructor)

    lesson.refresh_from_db()
    assert lesson.body == "Tab one\n"


def test_same_text_sent_twice_is_saved_once(lesson: Lesson, instructor: User) -> None:
    """The confirmation of the first was lost on the way."""
    number = save(lesson, "Text", based_on=0, by=instructor)

    assert save(lesson, "Text", based_on=0, by=instructor) == number
    assert len(history(lesson)) == 2
    assert not SetAside.objects.exists()


def test_text_written_over_by_an_import_is_stale(lesson: Lesson, instructor: User) -> None:
    number = save(lesson, "Text", based_on=0, by=instructor)
    Lesson.objects.filter(pk=lesson.pk).update(body="From a package.\n")

    with pytest.raises(LessonMoved):
        save(lesson, "More", based_on=number, by=instructor)

    assert [body for _, _, body in history(lesson)][-1] == "From a package.\n"


def test_settled_text_is_no_longer_aside(lesson: Lesson, instructor: User, colleague: User) -> None:
    first = save(lesson, "Before", based_on=0, by=instructor)
    second = save(lesson, "Of the colleague", based_on=first, by=colleague)
    with pytest.raises(LessonMoved):
        save(lesson, "Mine", based_on=first, by=instructor)

    save(lesson, "Mine", based_on=second, by=instructor)

    assert texts_aside(lesson.version, lesson.key, by=instructor) == []
    assert [body for _, _, body in history(lesson)][-2:] == ["Of the colleague\n", "Mine\n"]


def test_sending_the_lesson_as_it_is_leaves_a_text_aside(
    lesson: Lesson, instructor: User, colleague: User
) -> None:
    """Whoever saves the page without a change has not dealt with the other text."""
    first = save(lesson, "Before", based_on=0, by=instructor)
    second = save(lesson, "Of the colleague", based_on=first, by=colleague)
    with pytest.raises(LessonMoved):
        save(lesson, "Mine", based_on=first, by=instructor)

    save(lesson, "Of the colleague", based_on=second, by=instructor)

    aside = texts_aside(lesson.version, lesson.key, by=instructor)
    assert [row.body for row in aside] == ["Mine\n"]


def test_restored_text_keeps_the_one_before(lesson: Lesson, instructor: User) -> None:
    save(lesson, "Second", based_on=0, by=instructor)

    lessons.restore_revision(lesson.version, lesson.key, number=1, by=instructor, now=NOW)

    lesson.refresh_from_db()
    assert lesson.body == "As imported.\n"
    assert [(kind, body) for _, kind, body in history(lesson)] == [
        ("imported", "As imported.\n"),
        ("typed", "Second\n"),
        ("restored", "As imported.\n"),
    ]


def test_typing_after_a_restore_is_a_new_line(lesson: Lesson, instructor: User) -> None:
    save(lesson, "Second", based_on=0, by=instructor)
    restored = lessons.restore_revision(
        lesson.version, lesson.key, number=1, by=instructor, now=NOW
    )

    save(lesson, "Third", based_on=restored.revision.number, by=instructor)

    assert [kind for _, kind, _ in history(lesson)] == ["imported", "typed", "restored", "typed"]


def test_unknown_state_is_refused(lesson: Lesson, instructor: User) -> None:
    with pytest.raises(OutlineRefused):
        lessons.restore_revision(lesson.version, lesson.key, number=7, by=instructor, now=NOW)


def test_title_left_empty_stays(lesson: Lesson, instructor: User) -> None:
    save(lesson, "Text", based_on=0, by=instructor, title="  ")

    lesson.refresh_from_db()
    assert lesson.title == "Flow"


def test_too_long_text_is_refused_and_changes_nothing(lesson: Lesson, instructor: User) -> None:
    with pytest.raises(OutlineRefused, match="at most"):
        save(lesson, "word " * 50_000, based_on=0, by=instructor)

    lesson.refresh_from_db()
    assert lesson.body == "As imported.\n"


def test_published_lesson_is_refused(instructor: User) -> None:
    published = LessonFactory()

    with pytest.raises(NotADraft):
        save(published, "Other", based_on=0, by=instructor)


def test_odd_characters_are_taken_out(lesson: Lesson, instructor: User) -> None:
    save(lesson, "One\r\ntwo\x00\x0b three \U0001f9d8\n\n\n", based_on=0, by=instructor)

    lesson.refresh_from_db()
    assert lesson.body == "One\ntwo\n three \U0001f9d8\n"


def test_others_at_it_are_named(lesson: Lesson, instructor: User, colleague: User) -> None:
    save(lesson, "Text", based_on=0, by=colleague)

    assert lessons.others_at_it(lesson, by=instructor, now=NOW) == ["Cora Colleague"]
    assert lessons.others_at_it(lesson, by=colleague, now=NOW) == []
    assert lessons.others_at_it(lesson, by=instructor, now=NOW + timedelta(hours=1)) == []


def test_number_beyond_all_numbers_is_refused(
    lesson: Lesson, registrar: User, client_of: Callable[[User], Client]
) -> None:
    url = reverse("courses:studio-lesson-save", args=[lesson.version.course.slug, lesson.key])
    sent = {"title": "Flow", "body": "Typed.", "based_on": "1" + "0" * 30}

    assert client_of(registrar).post(url, sent).status_code == 422


def test_objective_beyond_all_numbers_is_none(
    lesson: Lesson, registrar: User, client_of: Callable[[User], Client]
) -> None:
    url = reverse("courses:studio-lesson-settings", args=[lesson.version.course.slug, lesson.key])

    assert client_of(registrar).post(url, {"objectives": ["1" + "0" * 30]}).status_code == 302
    assert not lesson.objectives.exists()


def test_migration_gives_fingerprints_and_its_way_back_keeps_the_newest(
    lesson: Lesson, instructor: User, colleague: User
) -> None:
    migration = import_module("courses.migrations.0009_texts_aside_and_replaced_recordings")
    first = save(lesson, "Before", based_on=0, by=instructor)
    save(lesson, "Of the colleague", based_on=first, by=colleague)
    for minutes, text in enumerate(("One", "Two")):
        with pytest.raises(LessonMoved):
            save(lesson, text, based_on=first, by=instructor, now=NOW + timedelta(minutes=minutes))
    wanted = dict(SetAside.objects.values_list("body", "sha256"))
    for row in SetAside.objects.all():
        row.sha256 = str(row.pk)
        row.save()

    migration.fill_fingerprints(apps, None)
    assert dict(SetAside.objects.values_list("body", "sha256")) == wanted

    migration.settle_all_but_the_newest(apps, None)
    assert [row.body for row in texts_aside(lesson.version, lesson.key, by=instructor)] == ["Two\n"]
