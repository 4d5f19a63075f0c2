"""Writing quizzes and questions of a draft."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.domain.errors import NotADraft
from courses.models import CourseVersion, Module
from quizzes.domain.authoring import (
    QuizSettings,
    Removed,
    add_from_bank,
    add_question,
    add_quiz,
    arrange_quizzes,
    bring_back_question,
    duplicate_question,
    move_question,
    move_quiz,
    put_back_question,
    put_back_quiz,
    remove_question,
    remove_quiz,
    retire_question,
    save_question,
    save_quiz_settings,
)
from quizzes.domain.authoring_draws import DrawSettings, add_draw
from quizzes.domain.errors import (
    AlreadyAsked,
    ContentRefused,
    Elsewhere,
    PlaceTaken,
    QuestionMoved,
    QuestionRetired,
)
from quizzes.models import Question, QuestionRevision, Quiz, QuizPoolItem
from quizzes.parts import QuizzesPart
from quizzes.queries import untested_objectives
from tests.factories.courses import (
    ModuleFactory,
    ObjectiveFactory,
    ReferenceFactory,
    VersionFactory,
    publish,
    publishable,
)
from tests.factories.quizzes import (
    QuizFactory,
    RevisionFactory,
    multiple,
    quiz_with,
    single,
    true_false,
)

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db
part = QuizzesPart()


@pytest.fixture
def draft() -> CourseVersion:
    return VersionFactory(status="draft")


def items(quiz: Quiz) -> list[QuizPoolItem]:
    return list(QuizPoolItem.objects.filter(quiz=quiz).select_related("revision__question", "quiz"))


def stems(quiz: Quiz) -> list[str]:
    return [item.revision.data["stem"] for item in items(quiz)]


def lettered(draft: CourseVersion, letters: str = "ABC", **kwargs: Any) -> Quiz:
    kinds = [("single-choice", single(stem=letter)) for letter in letters]
    return quiz_with(kinds, version=draft, **kwargs)


def saved(item: QuizPoolItem, by: User, **changes: Any) -> QuizPoolItem:
    revision = item.revision
    told: dict[str, Any] = {
        "content": revision.data,
        "points": revision.points,
        "objective_key": revision.objective_key,
        "lesson_key": revision.lesson_key,
        "expected_number": revision.number,
    }
    told |= changes
    return save_question(item, told.pop("content"), **told, by=by, now=NOW)


# ---------------------------------------------------------------- quizzes


def test_a_new_quiz_stands_at_its_place_and_is_noted(
    draft: CourseVersion, instructor: User
) -> None:
    second = ModuleFactory(version=draft, position=2, slug="neck")
    first = ModuleFactory(version=draft, position=1, slug="face")

    exam = add_quiz(draft, None, title="Final exam", by=instructor, now=NOW)
    of_second = add_quiz(draft, second, title="Quiz: neck", by=instructor, now=NOW)
    of_first = add_quiz(draft, first, title="Quiz: face", by=instructor, now=NOW)

    assert list(draft.quizzes.values_list("key", "position", "slug")) == [
        (of_first.key, 1, "face"),
        (of_second.key, 2, "neck"),
        (exam.key, 3, "final-exam"),
    ]
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject_id, event.actor_id) == (
        "quiz.added",
        str(of_first.key),
        instructor.pk,
    )


def test_a_place_has_one_quiz(draft: CourseVersion, instructor: User) -> None:
    module = ModuleFactory(version=draft)
    add_quiz(draft, module, title="Quiz: face", by=instructor, now=NOW)
    exam = add_quiz(draft, None, title="Final exam", by=instructor, now=NOW)

    with pytest.raises(PlaceTaken, match="Quiz: face"):
        add_quiz(draft, module, title="Another", by=instructor, now=NOW)
    with pytest.raises(PlaceTaken, match="Quiz: face"):
        move_quiz(exam, module, by=instructor, now=NOW)
    with pytest.raises(Elsewhere):
        add_quiz(draft, ModuleFactory(), title="Another", by=instructor, now=NOW)


def test_a_moved_quiz_changes_its_address_with_its_place(
    draft: CourseVersion, instructor: User
) -> None:
    module = ModuleFactory(version=draft, slug="face")
    quiz = add_quiz(draft, None, title="Quiz", by=instructor, now=NOW)

    moved = move_quiz(quiz, module, by=instructor, now=NOW)

    assert (moved.module, moved.slug) == (module, "face")
    assert move_quiz(moved, None, by=instructor, now=NOW).slug == "final-exam"


def test_addresses_may_change_hands(draft: CourseVersion, instructor: User) -> None:
    modules = [ModuleFactory(version=draft, position=n, slug=f"m-{n}") for n in (1, 2)]
    for module in modules:
        add_quiz(draft, module, title=module.title, by=instructor, now=NOW)
    for module, slug, position in zip(modules, ("other", "m-1"), (2, 1), strict=True):
        module.slug, module.position = slug, position
        module.save()

    arrange_quizzes(draft)

    assert list(draft.quizzes.values_list("module", "position", "slug")) == [
        (modules[1].pk, 1, "m-1"),
        (modules[0].pk, 2, "other"),
    ]


def test_settings_are_saved_once(draft: CourseVersion, instructor: User) -> None:
    quiz = lettered(draft)
    settings = QuizSettings(title="Exam", pass_percent=Decimal(75), draw_count=2)

    save_quiz_settings(quiz, settings, by=instructor, now=NOW)
    save_quiz_settings(quiz, settings, by=instructor, now=NOW)

    quiz.refresh_from_db()
    assert (quiz.title, quiz.pass_percent, quiz.draw_count) == ("Exam", Decimal(75), 2)
    draft.refresh_from_db()
    assert draft.question_count == 2
    assert AuditEvent.objects.filter(action="quiz.settings-saved").count() == 1


def test_a_removed_quiz_comes_back_as_it_was(draft: CourseVersion, instructor: User) -> None:
    module = ModuleFactory(version=draft, slug="face")
    quiz = lettered(draft, module=module, draw_count=2, slug="face", position=1)
    before = part.outline_state(draft)

    state = remove_quiz(quiz, by=instructor, now=NOW)
    draft.refresh_from_db()
    assert (draft.quizzes.count(), draft.question_count) == (0, 0)
    assert Question.objects.filter(course=draft.course).count() == 3
    put_back_quiz(draft, state, by=instructor, now=NOW)
    put_back_quiz(draft, state, by=instructor, now=NOW)

    assert part.outline_state(draft) == before


def test_a_removed_quiz_comes_back_without_what_is_asked_elsewhere(
    draft: CourseVersion, instructor: User
) -> None:
    quiz = lettered(draft, module=ModuleFactory(version=draft, slug="face"), slug="face")
    exam = lettered(draft, "", title="Final exam")
    first = items(quiz)[0].revision.question
    state = remove_quiz(quiz, by=instructor, now=NOW)
    add_from_bank(exam, first, by=instructor, now=NOW)

    back = put_back_quiz(draft, state, by=instructor, now=NOW)

    assert [item.position for item in items(back)] == [1, 2]
    assert first.pk not in {item.revision.question_id for item in items(back)}


def test_a_removed_quiz_needs_its_module(draft: CourseVersion, instructor: User) -> None:
    module: Module = ModuleFactory(version=draft)
    state = remove_quiz(lettered(draft, module=module), by=instructor, now=NOW)
    module.delete()

    with pytest.raises(Elsewhere):
        put_back_quiz(draft, state, by=instructor, now=NOW)


# ---------------------------------------------------------------- questions


def test_a_new_question_stands_last_and_is_counted(draft: CourseVersion, instructor: User) -> None:
    quiz = lettered(draft)
    objective = ObjectiveFactory(version=draft)

    item = add_question(
        quiz,
        "multiple-choice",
        multiple(stem="D"),
        points=Decimal(2),
        objective_key=objective.key,
        by=instructor,
        now=NOW,
    )

    assert stems(quiz) == ["A", "B", "C", "D"]
    revision = item.revision
    assert (revision.number, revision.points, revision.objective_key, revision.created_by_id) == (
        1,
        Decimal(2),
        objective.key,
        instructor.pk,
    )
    draft.refresh_from_db()
    assert draft.question_count == 4


def test_what_is_no_question_is_refused_with_the_place(
    draft: CourseVersion, instructor: User
) -> None:
    ReferenceFactory(version=draft, slug="known")
    quiz = lettered(draft)
    content = true_false(stem="", explanation="See [@known] and [@unknown].")
    del content["answer"]

    with pytest.raises(ContentRefused) as refused:
        add_question(quiz, "true-false", content, by=instructor, now=NOW)

    assert [(each.where, each.sentence) for each in refused.value.problems] == [
        (("stem",), "Write the question."),
        (("answer",), "Say whether the statement is true or false."),
        (("explanation",), "This course has no reference “unknown”."),
    ]
    assert stems(quiz) == ["A", "B", "C"]


def test_a_changed_question_is_a_new_revision_and_the_old_one_stays(
    draft: CourseVersion, instructor: User
) -> None:
    quiz = lettered(draft)
    item = items(quiz)[1]
    old = item.revision

    changed = saved(item, instructor, content=single(stem="New"))

    assert stems(quiz) == ["A", "New", "C"]
    assert changed.revision.number == 2
    assert changed.revision.question == old.question
    assert QuestionRevision.objects.get(pk=old.pk).data["stem"] == "B"


def test_an_unchanged_save_makes_no_revision(draft: CourseVersion, instructor: User) -> None:
    item = items(lettered(draft))[0]

    assert saved(item, instructor).revision == item.revision
    assert QuestionRevision.objects.filter(question=item.revision.question).count() == 1
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("change", ["points", "objective_key", "lesson_key"])
def test_each_part_of_a_question_makes_a_revision(
    draft: CourseVersion, instructor: User, change: str
) -> None:
    item = items(lettered(draft))[0]
    value: Any = Decimal(3) if change == "points" else uuid4()

    assert getattr(saved(item, instructor, **{change: value}).revision, change) == value


def test_the_second_of_two_authors_is_told_what_is_there(
    draft: CourseVersion, instructor: User, registrar: User
) -> None:
    quiz = lettered(draft)
    mine, theirs = items(quiz)[0], items(quiz)[0]
    saved(theirs, registrar, content=single(stem="Theirs"))

    with pytest.raises(QuestionMoved) as moved:
        saved(mine, instructor, content=single(stem="Mine"))

    assert moved.value.item is not None
    assert moved.value.item.revision.data["stem"] == "Theirs"
    assert stems(quiz) == ["Theirs", "B", "C"]


def test_a_question_taken_out_meanwhile_is_told_too(draft: CourseVersion, instructor: User) -> None:
    item = items(lettered(draft))[0]
    remove_question(item, by=instructor, now=NOW)

    with pytest.raises(QuestionMoved) as moved:
        saved(item, instructor, content=single(stem="Mine"))

    assert moved.value.item is None


def test_a_revision_is_newer_than_those_of_other_versions(
    draft: CourseVersion, instructor: User
) -> None:
    item = items(lettered(draft))[0]
    RevisionFactory(question=item.revision.question, number=5)

    assert saved(item, instructor, content=single(stem="New")).revision.number == 6


def test_a_copy_stands_behind_and_is_another_question(
    draft: CourseVersion, instructor: User
) -> None:
    quiz = lettered(draft)
    item = items(quiz)[0]

    copy = duplicate_question(item, by=instructor, now=NOW)

    assert stems(quiz) == ["A", "A", "B", "C"]
    assert items(quiz)[1] == copy
    assert copy.revision.question != item.revision.question
    assert [each.position for each in items(quiz)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("which", "to", "after"),
    [
        (0, "up", "ABC"),
        (0, "down", "BAC"),
        (2, "up", "ACB"),
        (2, "down", "ABC"),
        (2, 1, "CAB"),
        (0, 3, "BCA"),
        (1, 99, "ACB"),
    ],
)
def test_questions_move(
    draft: CourseVersion, instructor: User, which: int, to: Any, after: str
) -> None:
    quiz = lettered(draft)

    move_question(items(quiz)[which], to=to, by=instructor, now=NOW)

    assert "".join(stems(quiz)) == after
    assert [item.position for item in items(quiz)] == [1, 2, 3]


def test_a_question_taken_out_goes_back_to_its_place(
    draft: CourseVersion, instructor: User
) -> None:
    quiz = lettered(draft)
    revision = items(quiz)[1].revision

    removed = remove_question(items(quiz)[1], by=instructor, now=NOW)
    assert removed == Removed(revision_id=revision.pk, position=2)
    assert stems(quiz) == ["A", "C"]
    put_back_question(quiz, removed, by=instructor, now=NOW)
    put_back_question(quiz, removed, by=instructor, now=NOW)

    assert stems(quiz) == ["A", "B", "C"]
    assert items(quiz)[1].revision == revision


def test_undo_puts_no_question_back_that_was_retired_meanwhile(
    draft: CourseVersion, instructor: User
) -> None:
    who: Any = {"by": instructor, "now": NOW}
    quiz = lettered(draft)
    item = items(quiz)[0]
    removed = remove_question(item, **who)
    retire_question(draft, item.revision.question, **who)

    with pytest.raises(QuestionRetired, match="retired meanwhile"):
        put_back_question(quiz, removed, **who)
    state = remove_quiz(quiz, **who)
    retire_question(draft, QuestionRevision.objects.get(pk=state["pool"][0][1]).question, **who)
    back = put_back_quiz(draft, state, **who)

    assert stems(back) == ["C"]


def test_a_question_that_goes_and_is_retired_in_one_click_comes_back_in_one(
    draft: CourseVersion, instructor: User
) -> None:
    who: Any = {"by": instructor, "now": NOW}
    exam = QuizFactory(version=draft)
    practice = lettered(draft, "A", purpose="practice")
    key = ObjectiveFactory(version=draft).key
    revision = saved(items(practice)[0], instructor, objective_key=key).revision
    add_draw(exam, DrawSettings(1, objective_key=key), **who)

    removed = remove_question(items(practice)[0], is_retired=True, **who)
    assert (exam.pool.count(), removed.is_retired) == (0, True)
    put_back_question(practice, removed, **who)
    assert (stems(practice), exam.pool.count()) == (["A"], 0)
    revision.question.refresh_from_db()
    assert revision.question.retired_at is None

    # Retired once more, by somebody else: that is not for this Undo to take back.
    removed = remove_question(items(practice)[0], is_retired=True, **who)
    bring_back_question(draft, revision.question, **who)
    assert exam.pool.count() == 1
    retire_question(draft, revision.question, by=instructor, now=NOW + timedelta(minutes=1))
    with pytest.raises(QuestionRetired):
        put_back_question(practice, removed, **who)


def test_a_question_stands_in_one_quiz_of_a_version(draft: CourseVersion, instructor: User) -> None:
    first, second = lettered(draft, title="First"), lettered(draft, "D")
    question = items(first)[0].revision.question

    with pytest.raises(AlreadyAsked, match="First"):
        add_from_bank(second, question, by=instructor, now=NOW)
    copy = add_from_bank(second, question, as_copy=True, by=instructor, now=NOW)

    assert stems(second) == ["D", "A"]
    assert copy.revision.question != question


def test_the_bank_gives_the_newest_revision_of_its_own_course(
    draft: CourseVersion, instructor: User
) -> None:
    quiz = lettered(draft, "A")
    old = RevisionFactory(question__course=draft.course)
    newest = RevisionFactory(question=old.question, number=2, content_data=single(stem="New"))

    assert add_from_bank(quiz, old.question, by=instructor, now=NOW).revision == newest
    with pytest.raises(Elsewhere):
        add_from_bank(quiz, RevisionFactory().question, by=instructor, now=NOW)
    stranger = Removed(revision_id=RevisionFactory().pk, position=1)
    with pytest.raises(Elsewhere):
        put_back_question(quiz, stranger, by=instructor, now=NOW)


def test_a_retired_question_is_not_taken_until_it_is_brought_back(
    draft: CourseVersion, instructor: User
) -> None:
    quiz = lettered(draft)
    item = items(quiz)[0]
    question = item.revision.question
    with pytest.raises(AlreadyAsked):
        retire_question(draft, question, by=instructor, now=NOW)
    remove_question(item, by=instructor, now=NOW)

    retire_question(draft, question, by=instructor, now=NOW)
    with pytest.raises(QuestionRetired):
        add_from_bank(quiz, question, by=instructor, now=NOW)
    bring_back_question(draft, question, by=instructor, now=NOW)
    add_from_bank(quiz, question, by=instructor, now=NOW)

    assert stems(quiz) == ["B", "C", "A"]


# ---------------------------------------------------------------- what is frozen, and review


@pytest.mark.parametrize("status", ["published", "retired"])
def test_nothing_is_written_in_what_is_published(status: str, instructor: User) -> None:
    version = VersionFactory(status=status)
    quiz = lettered(version, "AB")
    item = items(quiz)[0]
    who: Any = {"by": instructor, "now": NOW}
    settings = QuizSettings(title="Other")

    for write in (
        lambda: add_quiz(version, None, title="New", **who),
        lambda: save_quiz_settings(quiz, settings, **who),
        lambda: move_quiz(quiz, ModuleFactory(version=version), **who),
        lambda: remove_quiz(quiz, **who),
        lambda: add_question(quiz, "single-choice", single(), **who),
        lambda: saved(item, instructor, content=single(stem="New")),
        lambda: duplicate_question(item, **who),
        lambda: move_question(item, to="down", **who),
        lambda: remove_question(item, **who),
        lambda: put_back_question(quiz, Removed(item.revision_id, 1), **who),
        lambda: add_from_bank(quiz, item.revision.question, as_copy=True, **who),
        lambda: retire_question(version, item.revision.question, **who),
        lambda: bring_back_question(version, item.revision.question, **who),
    ):
        with pytest.raises(NotADraft):
            write()

    assert stems(quiz) == ["A", "B"]
    assert not AuditEvent.objects.exists()


def test_a_change_takes_the_version_out_of_review(instructor: User) -> None:
    version = VersionFactory(status="in-review")

    move_question(items(lettered(version))[0], to="down", by=instructor, now=NOW)

    version.refresh_from_db()
    assert version.status == "draft"


# ---------------------------------------------------------------- the part


def test_advice_names_untested_objectives_and_low_pass_marks() -> None:
    version = publishable()
    tested = ObjectiveFactory(version=version, code="T")
    quiz = quiz_with(1, version=version, pass_percent=Decimal("69.5"), title="Easy")
    revision = RevisionFactory(question__course=version.course, objective_key=tested.key)
    QuizPoolItem.objects.create(quiz=quiz, revision=revision, position=2)

    advice = [item for item in part.missing(version) if not item.is_blocking]

    untested = untested_objectives(version)
    assert [objective.code for objective in untested] == [
        each.code for each in version.objectives.exclude(pk=tested.pk)
    ]
    assert [(item.code, item.url) for item in advice] == [
        ("quiz-pass-mark-low", f"/studio/{version.course.slug}/quizzes/{quiz.key}/"),
        ("untested-objective", f"/studio/{version.course.slug}/quizzes/"),
    ]
    assert "69.5 %" in advice[0].sentence
    assert publish(version).status == "published"


def test_publishing_puts_quizzes_in_the_order_of_their_modules() -> None:
    version = publishable()
    module = version.modules.get()
    exam = quiz_with(1, version=version, position=1)
    quiz = quiz_with(1, version=version, position=2, module=module)

    publish(version)

    assert list(version.quizzes.all()) == [quiz, exam]


def copied_draft(old: CourseVersion) -> CourseVersion:
    new: CourseVersion = VersionFactory(course=old.course, status="draft", edition=2)
    for module in old.modules.all():
        ModuleFactory(version=new, key=module.key, slug=module.slug, position=module.position)
    return new


def make_quizzes(version: CourseVersion, count: int) -> None:
    for position in range(1, count + 1):
        module = ModuleFactory(version=version, position=position)
        lettered(version, module=module, position=position, time_limit_seconds=600)
    lettered(version, "XY", position=count + 1, draw_count=1, introduction="Calm.")


def test_a_copy_has_the_same_keys_and_revisions() -> None:
    old = VersionFactory()
    make_quizzes(old, 2)
    new = copied_draft(old)

    part.copy(old, new, now=NOW)

    assert part.canonical(new) == part.canonical(old)
    assert not {quiz.pk for quiz in new.quizzes.all()} & {quiz.pk for quiz in old.quizzes.all()}


@pytest.mark.parametrize("action", ["copy", "restore", "discard"])
def test_the_share_of_a_version_takes_the_same_queries_for_one_and_for_three(action: str) -> None:
    counts = []
    for count in (1, 3):
        old = VersionFactory()
        make_quizzes(old, count)
        new = copied_draft(old)
        part.copy(old, new, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            if action == "copy":
                part.copy(old, new, now=NOW)
            elif action == "restore":
                part.restore_outline(new, part.outline_state(new))
            else:
                part.discard(new)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_the_outline_goes_back_to_exactly_what_it_was(
    draft: CourseVersion, instructor: User
) -> None:
    make_quizzes(draft, 2)
    before = part.outline_state(draft)
    canonical = part.canonical(draft)
    quiz = draft.quizzes.get(position=1)
    move_question(items(quiz)[0], to="down", by=instructor, now=NOW)
    remove_quiz(draft.quizzes.get(position=3), by=instructor, now=NOW)
    save_quiz_settings(quiz, QuizSettings(title="Other"), by=instructor, now=NOW)

    part.restore_outline(draft, before)

    assert part.outline_state(draft) == before
    assert part.canonical(draft) == canonical


def test_a_module_can_be_left_out_of_the_outline(draft: CourseVersion) -> None:
    make_quizzes(draft, 2)
    module = draft.modules.first()
    assert module is not None

    part.restore_outline(draft, part.without_module(part.outline_state(draft), str(module.key)))

    assert [quiz.module for quiz in draft.quizzes.all()] == [draft.modules.last(), None]


def test_lines_of_the_studio_lead_to_the_quiz(draft: CourseVersion) -> None:
    quiz = lettered(draft, title="Final exam")

    assert [(line.title, line.detail, line.url) for line in part.studio_lines(draft)] == [
        (
            "Final exam",
            "3 questions, 80 % to pass",
            f"/studio/{draft.course.slug}/quizzes/{quiz.key}/",
        )
    ]
