"""The outline of a draft: every change, and every change taken back."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.domain import outline
from courses.domain.errors import NotADraft, OutlineRefused
from courses.domain.lessons import save_lesson
from courses.models import CourseVersion, Lesson, LessonRevision, Module
from tests.conftest import NOW
from tests.factories.courses import (
    LessonFactory,
    ModuleFactory,
    ObjectiveFactory,
    VersionFactory,
)
from tests.factories.quizzes import PoolItemFactory, quiz_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> CourseVersion:
    """Two modules: first (a, b), second (c)."""
    version: CourseVersion = VersionFactory(status="draft")
    position = 0
    for place, (slug, letters) in enumerate([("first", "ab"), ("second", "c")], start=1):
        module = ModuleFactory(version=version, slug=slug, title=slug.title(), position=place)
        for letter in letters:
            position += 1
            LessonFactory(module=module, slug=letter, title=letter.upper(), position=position)
    return version


def shape(version: CourseVersion) -> list[tuple[str, list[str]]]:
    """What a learner would see, in order; positions run through without a gap."""
    lessons = list(version.lessons.order_by("position"))
    assert [each.position for each in lessons] == list(range(1, len(lessons) + 1))
    modules = list(version.modules.order_by("position"))
    assert [each.position for each in modules] == list(range(1, len(modules) + 1))
    return [
        (module.slug, [each.slug for each in lessons if each.module_id == module.pk])
        for module in modules
    ]


def lesson(version: CourseVersion, slug: str) -> Lesson:
    return Lesson.objects.get(version=version, slug=slug)


def module(version: CourseVersion, slug: str) -> Module:
    return Module.objects.get(version=version, slug=slug)


def move(version: CourseVersion, slug: str, to: str, place: int, by: User) -> None:
    outline.move_lesson(
        version,
        lesson(version, slug).key,
        module_key=module(version, to).key,
        place=place,
        by=by,
        now=NOW,
    )


# ---------------------------------------------------------------- changes


@pytest.mark.parametrize(
    ("slug", "to", "place", "expected"),
    [
        ("a", "first", 2, [("first", ["b", "a"]), ("second", ["c"])]),
        ("b", "first", 1, [("first", ["b", "a"]), ("second", ["c"])]),
        ("a", "second", 1, [("first", ["b"]), ("second", ["a", "c"])]),
        ("a", "second", 2, [("first", ["b"]), ("second", ["c", "a"])]),
        ("a", "second", 9999, [("first", ["b"]), ("second", ["c", "a"])]),
        ("c", "first", 2, [("first", ["a", "c", "b"]), ("second", [])]),
        ("a", "first", 1, [("first", ["a", "b"]), ("second", ["c"])]),
    ],
)
def test_lesson_moves(
    slug: str,
    to: str,
    place: int,
    expected: list[tuple[str, list[str]]],
    draft: CourseVersion,
    instructor: User,
) -> None:
    move(draft, slug, to, place, instructor)

    assert shape(draft) == expected


def test_module_moves_with_its_lessons(draft: CourseVersion, instructor: User) -> None:
    outline.move_module(draft, module(draft, "second").key, place=1, by=instructor, now=NOW)

    assert shape(draft) == [("second", ["c"]), ("first", ["a", "b"])]


def test_added_lesson_stands_last_in_its_module(draft: CourseVersion, instructor: User) -> None:
    added = outline.add_lesson(
        draft,
        module(draft, "first").key,
        title="  Nodes   and flow ",
        body="Some *words* here.",
        by=instructor,
        now=NOW,
    )

    assert shape(draft) == [("first", ["a", "b", "nodes-and-flow"]), ("second", ["c"])]
    assert (added.title, added.is_free) == ("Nodes and flow", False)
    assert Lesson.objects.get(pk=added.pk).counted_words == 3


def test_first_lesson_of_a_course_is_free(instructor: User) -> None:
    only = ModuleFactory(version__status="draft")

    added = outline.add_lesson(only.version, only.key, title="One", by=instructor, now=NOW)

    assert added.is_free


def test_two_lessons_of_one_title_have_two_addresses(
    draft: CourseVersion, instructor: User
) -> None:
    for _ in range(2):
        outline.add_lesson(draft, module(draft, "second").key, title="Flow", by=instructor, now=NOW)

    assert shape(draft)[1] == ("second", ["c", "flow", "flow-2"])


def test_duplicate_lesson_stands_behind_the_lesson(draft: CourseVersion, instructor: User) -> None:
    original = lesson(draft, "a")
    original.objectives.set([ObjectiveFactory(version=draft)])

    copy = outline.duplicate_lesson(draft, original.key, by=instructor, now=NOW)

    assert shape(draft)[0] == ("first", ["a", "a-copy", "b"])
    assert copy.key != original.key
    assert (copy.title, copy.body) == ("A (copy)", original.body)
    assert set(copy.objectives.all()) == set(original.objectives.all())


def test_duplicate_module_brings_its_lessons(draft: CourseVersion, instructor: User) -> None:
    outline.duplicate_module(draft, module(draft, "first").key, by=instructor, now=NOW)

    assert shape(draft) == [
        ("first", ["a", "b"]),
        ("first-copy", ["a-2", "b-2"]),
        ("second", ["c"]),
    ]


@pytest.mark.parametrize("title", ["", "   ", "\n", "x" * 201])
def test_title_that_is_none_is_refused(title: str, draft: CourseVersion, instructor: User) -> None:
    with pytest.raises(OutlineRefused):
        outline.add_module(draft, title=title, by=instructor, now=NOW)

    assert len(shape(draft)) == 2


def test_what_is_not_there_is_refused(draft: CourseVersion, instructor: User) -> None:
    with pytest.raises(OutlineRefused, match="not there any more"):
        outline.remove_lesson(draft, uuid4(), by=instructor, now=NOW)
    with pytest.raises(OutlineRefused, match="not there any more"):
        outline.move_module(draft, uuid4(), place=1, by=instructor, now=NOW)


def test_lesson_of_another_course_is_not_there(draft: CourseVersion, instructor: User) -> None:
    other = LessonFactory(module__version__status="draft")

    with pytest.raises(OutlineRefused):
        outline.remove_lesson(draft, other.key, by=instructor, now=NOW)
    with pytest.raises(OutlineRefused):
        outline.move_lesson(
            draft,
            lesson(draft, "a").key,
            module_key=other.module.key,
            place=1,
            by=instructor,
            now=NOW,
        )


def test_published_version_is_refused(instructor: User) -> None:
    published = LessonFactory()

    with pytest.raises(NotADraft):
        outline.remove_lesson(published.version, published.key, by=instructor, now=NOW)

    assert Lesson.objects.filter(pk=published.pk).exists()


def test_change_is_audited_and_counted(draft: CourseVersion, instructor: User) -> None:
    outline.add_lesson(
        draft,
        module(draft, "first").key,
        title="New",
        body="One two three",
        by=instructor,
        now=NOW,
    )

    draft.refresh_from_db()
    assert (draft.lesson_count, draft.counted_words) == (4, 3)
    event = AuditEvent.objects.get(action="outline.changed")
    assert (event.subject_id, event.actor_id) == (str(draft.pk), instructor.pk)


def test_change_takes_the_draft_out_of_review(draft: CourseVersion, instructor: User) -> None:
    CourseVersion.objects.filter(pk=draft.pk).update(status="in-review")

    outline.add_module(draft, title="New", by=instructor, now=NOW)

    draft.refresh_from_db()
    assert draft.status == "draft"


# ---------------------------------------------------------------- undo


def test_undo_brings_a_removed_lesson_back_with_its_text(
    draft: CourseVersion, instructor: User
) -> None:
    gone = lesson(draft, "a")
    objective = ObjectiveFactory(version=draft)
    gone.objectives.set([objective])
    save_lesson(
        draft, gone.key, title="A", body="The newest text.", based_on=0, by=instructor, now=NOW
    )
    outline.remove_lesson(draft, gone.key, by=instructor, now=NOW)
    assert shape(draft)[0] == ("first", ["b"])

    step = outline.undo(draft, by=instructor, now=NOW)

    assert step is not None
    assert step.sentence == "Removed the lesson “A”"
    assert shape(draft) == [("first", ["a", "b"]), ("second", ["c"])]
    back = lesson(draft, "a")
    assert (back.key, back.body, back.counted_words) == (gone.key, "The newest text.\n", 3)
    assert "The newest text." in back.body_html
    assert list(back.objectives.all()) == [objective]


def test_undo_brings_a_removed_module_back_with_lessons_and_quiz(
    draft: CourseVersion, instructor: User
) -> None:
    quiz = quiz_with(2, version=draft, module=module(draft, "first"), slug="quiz")
    before = outline.outline_state(draft)
    outline.remove_module(draft, module(draft, "first").key, by=instructor, now=NOW)
    assert shape(draft) == [("second", ["c"])]
    assert not draft.quizzes.exists()

    outline.undo(draft, by=instructor, now=NOW)

    assert outline.outline_state(draft) == before
    assert draft.quizzes.get().key == quiz.key


def test_undo_goes_back_step_by_step(draft: CourseVersion, instructor: User) -> None:
    shapes = [shape(draft)]
    for change in (
        lambda: move(draft, "a", "second", 1, instructor),
        lambda: outline.remove_lesson(draft, lesson(draft, "c").key, by=instructor, now=NOW),
        lambda: outline.add_module(draft, title="Third", by=instructor, now=NOW),
        lambda: outline.move_module(draft, module(draft, "third").key, place=1, by=instructor,
                                    now=NOW),
    ):  # fmt: skip
        change()
        shapes.append(shape(draft))

    seen = []
    while outline.undo(draft, by=instructor, now=NOW):
        seen.append(shape(draft))

    assert seen == shapes[-2::-1]


def test_undo_keeps_what_was_written_meanwhile(draft: CourseVersion, instructor: User) -> None:
    move(draft, "a", "second", 1, instructor)
    save_lesson(
        draft, lesson(draft, "b").key, title="B", body="Since.", based_on=0, by=instructor, now=NOW
    )

    outline.undo(draft, by=instructor, now=NOW)

    assert lesson(draft, "b").body == "Since.\n"


def test_undo_keeps_what_was_written_of_quizzes_meanwhile(
    draft: CourseVersion, instructor: User
) -> None:
    quiz_with(2, version=draft, module=module(draft, "first"), slug="first")
    move(draft, "a", "second", 1, instructor)
    since = quiz_with(3, version=draft, module=module(draft, "second"), slug="second")
    PoolItemFactory(quiz=draft.quizzes.get(slug="first"), position=3)

    outline.undo(draft, by=instructor, now=NOW)

    assert shape(draft) == [("first", ["a", "b"]), ("second", ["c"])]
    assert draft.quizzes.get(slug="first").pool.count() == 3
    assert draft.quizzes.get(key=since.key).pool.count() == 3


def test_undo_of_an_added_module_takes_its_quiz_out(draft: CourseVersion, instructor: User) -> None:
    added = outline.add_module(draft, title="Third", by=instructor, now=NOW)
    quiz_with(1, version=draft, module=added, slug="third")

    outline.undo(draft, by=instructor, now=NOW)

    assert not draft.quizzes.exists()


def test_undo_asks_no_question_twice(draft: CourseVersion, instructor: User) -> None:
    quiz = quiz_with(2, version=draft, module=module(draft, "first"), slug="first")
    asked = quiz.pool.first()
    assert asked is not None
    outline.remove_module(draft, module(draft, "first").key, by=instructor, now=NOW)
    exam = quiz_with(0, version=draft, slug="final-exam")
    PoolItemFactory(quiz=exam, revision=asked.revision, position=1)

    outline.undo(draft, by=instructor, now=NOW)

    assert [each.pool.count() for each in draft.quizzes.order_by("position")] == [1, 1]


def test_undo_of_an_added_lesson_keeps_its_text_in_history(
    draft: CourseVersion, instructor: User
) -> None:
    added = outline.add_lesson(
        draft, module(draft, "first").key, title="New", by=instructor, now=NOW
    )
    save_lesson(draft, added.key, title="New", body="Written.", based_on=1, by=instructor, now=NOW)

    outline.undo(draft, by=instructor, now=NOW)

    assert not Lesson.objects.filter(key=added.key).exists()
    newest = LessonRevision.objects.filter(lesson_key=added.key).first()
    assert newest is not None
    assert newest.body == "Written.\n"


def test_nothing_to_undo_is_none(draft: CourseVersion, instructor: User) -> None:
    assert outline.undo(draft, by=instructor, now=NOW) is None


def test_change_that_changes_nothing_is_no_step(draft: CourseVersion, instructor: User) -> None:
    move(draft, "a", "first", 1, instructor)

    assert outline.last_step(draft) is None


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(["move", "remove", "duplicate", "module", "add"]),
            st.integers(0, 20),
            st.integers(0, 20),
        ),
        max_size=6,
    )
)
def test_whatever_is_done_can_be_undone(
    moves: list[tuple[str, int, int]], instructor: User
) -> None:
    draft = VersionFactory(status="draft")
    for place in (1, 2):
        home = ModuleFactory(version=draft, position=place)
        LessonFactory(module=home, position=place)
    before = outline.outline_state(draft)

    for action, one, other in moves:
        do(draft, action, one, other, by=instructor, now=NOW)
        shape(draft)
    while outline.undo(draft, by=instructor, now=NOW):
        shape(draft)

    assert outline.outline_state(draft) == before


def do(draft: CourseVersion, action: str, one: int, other: int, *, by: User, now: datetime) -> None:
    modules, lessons = list(draft.modules.all()), list(draft.lessons.all())
    some_module = modules[other % len(modules)] if modules else None
    if action == "add" and some_module:
        outline.add_lesson(draft, some_module.key, title=f"L{one}", by=by, now=now)
    elif action == "module" and some_module:
        outline.move_module(draft, some_module.key, place=one, by=by, now=now)
    elif lessons and some_module:
        some = lessons[one % len(lessons)]
        if action == "move":
            outline.move_lesson(
                draft, some.key, module_key=some_module.key, place=other, by=by, now=now
            )
        elif action == "remove":
            outline.remove_lesson(draft, some.key, by=by, now=now)
        else:
            outline.duplicate_lesson(draft, some.key, by=by, now=now)


def test_moving_asks_as_often_for_many_lessons(draft: CourseVersion, instructor: User) -> None:
    def count() -> int:
        first = draft.lessons.order_by("position").first()
        assert first is not None
        with CaptureQueriesContext(connection) as captured:
            outline.move_lesson(
                draft,
                first.key,
                module_key=module(draft, "second").key,
                place=9999,
                by=instructor,
                now=NOW,
            )
        return len(captured)

    few = count()
    for place in range(4, 60):
        LessonFactory(module=module(draft, "first"), position=place)

    assert count() == few
