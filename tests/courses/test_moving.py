"""Taking a newer version: what becomes of each lesson, once, and never behind anybody's back."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses import frozen
from courses.domain import moving
from courses.domain.completion import unmet_items
from courses.domain.counters import recount
from courses.domain.errors import CannotMove, EnrollmentNotOpen, NotTheNewerVersion, NotYours
from courses.domain.moving import (
    Fate,
    declined_at,
    move_to_version,
    newer_version,
    stay_with_own_version,
    what_moving_changes,
)
from courses.domain.reading_matter import as_read
from courses.models import CourseVersion, DeclinedVersion, Enrollment, Lesson, LessonProgress
from courses.parts import CoursePart, Item
from tests.conftest import NOW
from tests.factories.courses import (
    ChartFactory,
    ChartPointFactory,
    EnrollmentFactory,
    FigureFactory,
    LessonFactory,
    RecordingFactory,
    VersionFactory,
    stored_file,
)
from tests.factories.moving import finished, newer_of, on_the_way, put_on_sale, twin

pytestmark = pytest.mark.django_db
POINT = UUID("6f4fb1c0-36cf-4a6d-8b8c-2f7b3a3e3f10")
LATER = NOW + timedelta(days=3)


def move(enrollment: Enrollment, version: CourseVersion) -> Enrollment:
    return move_to_version(enrollment.pk, version, by=enrollment.user, now=LATER)


def drift() -> list[str]:
    """Of enrollments; the factories do not count those of a course."""
    return [str(each) for each in recount() if each.what.startswith("enrollment")]


def fates(enrollment: Enrollment, version: CourseVersion) -> dict[str, str]:
    return {each.title: str(each.fate) for each in what_moving_changes(enrollment, version).lessons}


# ------------------------------------------------------------------------------- the rules


@pytest.mark.parametrize(
    ("edition", "body", "was_finished", "fate"),
    [
        (1, "Some text.", True, Fate.KEPT),
        (1, "Some text, mended.", True, Fate.KEPT),
        (2, "Some text.", True, Fate.KEPT),
        (2, "Some text.   \n", True, Fate.KEPT),
        (2, "Some other text.", True, Fate.AGAIN),
        (2, "Some text.", False, Fate.AHEAD),
        (2, "Some other text.", False, Fate.AHEAD),
        (2, None, True, Fate.GONE),
        (2, None, False, Fate.GONE),
    ],
)
def test_what_becomes_of_a_lesson(
    edition: int, body: str | None, was_finished: bool, fate: Fate, alone: list[CoursePart]
) -> None:
    lesson = LessonFactory(title="Points")
    enrollment = EnrollmentFactory(version=lesson.version)
    if was_finished:
        finished(enrollment, lesson)
    newer = newer_of(lesson.version, edition=edition, revision=1)
    if body is not None:
        twin(lesson, newer, body=body)

    assert fates(enrollment, newer) == {"Points": fate}

    move(enrollment, newer)

    enrollment.refresh_from_db()
    ticked = fate == Fate.KEPT
    assert enrollment.version == newer
    assert enrollment.finished_lesson_count == ticked
    assert [row.finished_at is not None for row in LessonProgress.objects.all()] == [
        ticked for _ in range(was_finished)
    ]
    assert drift() == []


def test_a_lesson_that_was_not_there_before_is_new() -> None:
    enrollment, newer = on_the_way()
    LessonFactory(module__version=newer, title="Quite new")

    assert fates(enrollment, newer)["Quite new"] == "new"


def shown(version: CourseVersion, **changes: Any) -> None:
    """A figure, a chart with a point and a recording, all with the same slugs."""
    chart = ChartFactory(version=version, slug="points", title=changes.get("chart_title", "Points"))
    place = changes.get("place", "There.")
    ChartPointFactory(chart=chart, key=POINT, code="ST3", place=place, position=1)
    FigureFactory(
        version=version,
        slug="face",
        alt=changes.get("alt", "A face."),
        credit=changes.get("credit", "Own drawing"),
        file=stored_file(changes.get("picture", b"picture")),
    )
    RecordingFactory(
        version=version, slug="film", title="Film", transcript=changes.get("transcript", "Slow.")
    )


@pytest.mark.parametrize(
    ("changes", "fate", "named"),
    [
        ({}, Fate.KEPT, []),
        ({"credit": "Somebody else"}, Fate.KEPT, []),
        ({"picture": b"another"}, Fate.AGAIN, ["figure"]),
        ({"alt": "A neck."}, Fate.AGAIN, ["figure"]),
        ({"place": "Elsewhere."}, Fate.AGAIN, ["chart"]),
        ({"transcript": "Fast."}, Fate.AGAIN, ["recording"]),
    ],
)
def test_what_a_lesson_shows_is_part_of_what_is_read(
    changes: dict[str, Any], fate: Fate, named: list[str]
) -> None:
    body = (
        "See.\n\n![](figure:face)\n\n::: chart points view=front\n:::\n\n:::recording film\n:::\n"
    )
    lesson, plain = LessonFactory(body=body), LessonFactory(body="No pictures.")
    twin(plain, lesson.version)
    enrollment = EnrollmentFactory(version=lesson.version)
    finished(enrollment, lesson)
    newer = newer_of(lesson.version)
    twin(lesson, newer)
    shown(lesson.version)
    shown(newer, **changes)

    found = what_moving_changes(enrollment, newer).lessons[0]

    assert (found.fate, [each.kind for each in found.shown_anew]) == (fate, named)


def test_words_are_shown_without_the_marks_of_their_author() -> None:
    body = (
        "## Points\n\nA **light** hand [supported: @who2008] on the [drag](glossary:drag) [@a].\n\n"
        "![](figure:face)\n\n::: try Four seconds\nOnce.\n:::\n\n| a | b |\n|---|---|\n| c | d |\n"
    )

    assert as_read(body).split("\n\n") == [
        "Points",
        "A light hand on the drag.",
        "Four seconds",
        "Once.",
        "a",
        "b",
        "c",
        "d",
    ]


def test_a_new_title_alone_takes_no_tick() -> None:
    lesson = LessonFactory(title="Old title")
    enrollment = EnrollmentFactory(version=lesson.version)
    finished(enrollment, lesson)
    newer = newer_of(lesson.version)
    twin(lesson, newer, title="New title", slug="new-slug")

    found = what_moving_changes(enrollment, newer).lessons[0]

    assert (found.fate, found.title, found.old_title) == ("kept", "New title", "Old title")


# ------------------------------------------------------------------------------- moving


def test_progress_goes_along_by_key_and_time_is_kept() -> None:
    enrollment, newer = on_the_way()
    row = LessonProgress.objects.get()
    changed = Lesson.objects.get(version=newer, key=row.lesson_key)

    moved = move(enrollment, newer)

    row.refresh_from_db()
    moved.refresh_from_db()
    assert (row.lesson, row.finished_at, row.seconds_visible, row.opened_at) == (
        changed,
        None,
        60,
        NOW,
    )
    assert (moved.version, moved.last_lesson, moved.finished_lesson_count) == (newer, changed, 0)
    assert (moved.seconds_on_task, moved.last_activity_at) == (60, LATER)
    assert moved.uid == enrollment.uid
    event = AuditEvent.objects.get(action="enrollment.moved")
    assert event.subject_id == str(enrollment.uid)
    assert json.loads(event.detail) == {
        "from_label": "edition 1.0",
        "from_version": enrollment.version_id,
        "to_label": "edition 2.0",
        "to_version": newer.pk,
        "unticked": [[str(row.lesson_key), NOW.isoformat()]],
    }
    assert drift() == []


def test_whose_last_lesson_is_gone_stands_at_the_first_open_one() -> None:
    first = LessonFactory()
    second, third, last = (LessonFactory(module=first.module) for _ in range(3))
    enrollment = EnrollmentFactory(version=first.version)
    finished(enrollment, first, last)
    newer = newer_of(first.version)
    twin(first, newer)
    here = twin(third, newer)
    twin(second, newer)

    moved = move(enrollment, newer)

    # In the order of the newer version, by position.
    assert moved.last_lesson is not None
    assert moved.last_lesson.key == min((here, second), key=lambda each: each.position).key


def test_who_has_opened_nothing_still_starts_with_the_first_lesson() -> None:
    lesson = LessonFactory()
    enrollment = EnrollmentFactory(version=lesson.version)
    newer = newer_of(lesson.version)
    twin(lesson, newer)

    assert move(enrollment, newer).last_lesson is None


def test_twice_is_once() -> None:
    enrollment, newer = on_the_way()
    move(enrollment, newer)
    again = Lesson.objects.get(version=newer, body="Another text.")
    LessonProgress.objects.update(finished_at=LATER)
    Enrollment.objects.update(finished_lesson_count=1)

    moved = move(enrollment, newer)

    assert LessonProgress.objects.get(lesson=again).finished_at == LATER
    assert moved.finished_lesson_count == 1
    assert AuditEvent.objects.filter(action="enrollment.moved").count() == 1


def test_moving_completes_nothing(alone: list[CoursePart]) -> None:
    """Even where nothing is unmet afterwards: the last step is the learner's own."""
    read, left = LessonFactory(), LessonFactory()
    left = twin(left, read.version)
    enrollment = EnrollmentFactory(version=read.version)
    finished(enrollment, read)
    newer = newer_of(read.version)
    twin(read, newer)

    moved = move(enrollment, newer)

    assert [item.code for item in unmet_items([moved])[moved.pk]] == ["evaluation-missing"]
    assert moved.status == "open"


# ------------------------------------------------------------------------------- refusals


def test_a_switch_of_sale_between_looking_and_taking_moves_nobody() -> None:
    enrollment, seen = on_the_way()
    newest = newer_of(enrollment.version, edition=3)

    with pytest.raises(NotTheNewerVersion):
        move(enrollment, seen)

    enrollment.refresh_from_db()
    assert enrollment.version != seen
    assert newer_version(enrollment) == newest


@pytest.mark.parametrize("what", ["nothing", "older", "own", "draft", "another course"])
def test_only_what_is_newer_and_on_sale_is_offered_or_taken(what: str) -> None:
    version = VersionFactory(edition=2)
    enrollment = EnrollmentFactory(version=version)
    asked: CourseVersion
    if what == "nothing":
        asked = newer_of(version, edition=3)
        put_on_sale(None, course=version.course)
    elif what == "older":
        asked = newer_of(version, edition=1)
    elif what == "draft":
        asked = VersionFactory(course=version.course, edition=3, status="draft")
    elif what == "own":
        asked = VersionFactory(course=version.course, edition=1)
    else:
        asked = VersionFactory(edition=3)
    enrollment.course.refresh_from_db()

    assert newer_version(enrollment) is None
    for act in (move_to_version, stay_with_own_version):
        with pytest.raises(NotTheNewerVersion):
            act(enrollment.pk, asked, by=enrollment.user, now=LATER)
    enrollment.refresh_from_db()
    assert enrollment.version == version


@pytest.mark.parametrize("status", ["completed", "withdrawn"])
def test_a_course_that_is_not_open_stays(status: str) -> None:
    enrollment, newer = on_the_way()
    done = {"completed_at": NOW, "completed_on": NOW.date(), "completed_zone": "America/New_York"}
    Enrollment.objects.update(status=status, **(done if status == "completed" else {}))

    for act in (move_to_version, stay_with_own_version):
        with pytest.raises(EnrollmentNotOpen):
            act(enrollment.pk, newer, by=enrollment.user, now=LATER)

    enrollment.refresh_from_db()
    assert newer_version(enrollment) is None
    assert enrollment.version != newer


def test_nobody_moves_or_keeps_somebody_else(stranger: User) -> None:
    enrollment, newer = on_the_way()

    for act in (move_to_version, stay_with_own_version):
        with pytest.raises(NotYours):
            act(enrollment.pk, newer, by=stranger, now=LATER)

    enrollment.refresh_from_db()
    assert enrollment.version != newer


def test_what_a_part_finds_in_the_way_is_said(alone: list[CoursePart]) -> None:
    class Hindering(CoursePart):
        def hindrances_to_moving(self, enrollment: Enrollment, *, now: Any) -> list[Item]:
            return [Item("busy", "Finish this first.")]

    alone.append(Hindering())
    enrollment, newer = on_the_way()

    with pytest.raises(CannotMove, match=r"^Finish this first\.$"):
        move(enrollment, newer)


# ------------------------------------------------------------------------------- staying


def test_staying_is_remembered_once_for_that_version() -> None:
    enrollment, newer = on_the_way()

    for _ in range(2):
        stay_with_own_version(enrollment.pk, newer, by=enrollment.user, now=LATER)

    assert declined_at(enrollment, newer) == LATER
    assert DeclinedVersion.objects.count() == 1
    assert AuditEvent.objects.filter(action="enrollment.stayed").count() == 1
    third = newer_of(enrollment.version, edition=3)
    assert declined_at(enrollment, third) is None


def test_who_stayed_may_still_move_and_then_stays_moved() -> None:
    enrollment, newer = on_the_way()
    stay_with_own_version(enrollment.pk, newer, by=enrollment.user, now=LATER)

    assert move(enrollment, newer).version == newer
    stay_with_own_version(enrollment.pk, newer, by=enrollment.user, now=LATER)

    enrollment.refresh_from_db()
    assert enrollment.version == newer


def test_comparing_asks_as_often_for_many_lessons() -> None:
    counts = []
    for number in (1, 4):
        version = VersionFactory()
        lessons = [LessonFactory(module__version=version) for _ in range(number)]
        enrollment = EnrollmentFactory(version=version)
        finished(enrollment, *lessons)
        newer = newer_of(version)
        for lesson in lessons:
            twin(lesson, newer, body="Another.")
        frozen.forget()
        with CaptureQueriesContext(connection) as asked:
            moving.what_moving_changes(enrollment, newer)
        counts.append(len(asked))

    assert counts[0] == counts[1], counts
