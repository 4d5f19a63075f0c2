"""Draws of a draft: what they take, how they are written, and how they are published."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.core.text import canonical_json
from courses.domain.errors import NotADraft
from courses.models import CourseVersion
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.domain.authoring import (
    add_from_bank,
    put_back_quiz,
    remove_question,
    remove_quiz,
    retire_question,
)
from quizzes.domain.authoring_bank import add_bank_question, save_bank_question
from quizzes.domain.authoring_draws import (
    DrawSettings,
    add_draw,
    move_draw,
    remove_draw,
    save_draw,
)
from quizzes.domain.errors import AlreadyAsked, DrawRefused, Elsewhere, QuestionMoved
from quizzes.domain.filling import fill_draws
from quizzes.domain.revising import Facts
from quizzes.models import (
    AttemptItem,
    Question,
    QuestionRevision,
    Quiz,
    QuizDraw,
    QuizPoolItem,
)
from quizzes.parts import QuizzesPart
from quizzes.queries import asked_count, quizzes_of, untested_objectives
from tests.factories.courses import (
    EnrollmentFactory,
    ModuleFactory,
    ObjectiveFactory,
    VersionFactory,
    publish,
    publishable,
)
from tests.factories.quizzes import PoolItemFactory, QuizFactory, RevisionFactory, quiz_with, single
from tests.factories.thaw import thawed

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db
part = QuizzesPart()
POINTS, NECK = "points", "neck"


@pytest.fixture
def draft() -> CourseVersion:
    version: CourseVersion = VersionFactory(status="draft")
    return version


def banked(version: CourseVersion, stem: str, *tags: str, **fields: Any) -> QuestionRevision:
    """A question of the bank whose newest revision has these tags."""
    revision: QuestionRevision = RevisionFactory(
        question__course=version.course,
        tags=canonical_json(sorted(tags)),
        content_data=single(stem=stem),
        **fields,
    )
    return revision


def drawing(quiz: Quiz, *draws: tuple[int, str | UUID]) -> list[QuizDraw]:
    """Rows as they are; `fill_draws` is up to the test."""
    return [
        QuizDraw.objects.create(
            quiz=quiz,
            position=position,
            count=count,
            tag=source if isinstance(source, str) else "",
            objective_key=source if isinstance(source, UUID) else None,
        )
        for position, (count, source) in enumerate(draws, start=1)
    ]


def taken(quiz: Quiz) -> list[list[str]]:
    """Per draw, the stems it may take."""
    return [
        [item.revision.data["stem"] for item in draw.pool.select_related("revision")]
        for draw in quiz.draws.all()
    ]


# ---------------------------------------------------------------- what a draw takes


@dataclass
class Bank:
    """The bank of one course, its draft with an exam and a quiz, for the table below."""

    version: CourseVersion
    exam: Quiz
    quiz: Quiz

    def retire(self, revision: QuestionRevision) -> None:
        Question.objects.filter(pk=revision.question_id).update(retired_at=NOW)

    def fix(self, quiz: Quiz, revision: QuestionRevision) -> None:
        PoolItemFactory(quiz=quiz, revision=revision)


def _plain(bank: Bank) -> None:
    banked(bank.version, "A", POINTS)
    banked(bank.version, "B", NECK)
    banked(bank.version, "C", NECK, POINTS)


def _retired(bank: Bank) -> None:
    bank.retire(banked(bank.version, "A", POINTS))
    banked(bank.version, "B", POINTS)


def _tag_taken_away(bank: Bank) -> None:
    old = banked(bank.version, "A", POINTS)
    banked(bank.version, "A without", question_id=old.question_id, number=2)
    banked(bank.version, "B", POINTS)


def _tag_given(bank: Bank) -> None:
    old = banked(bank.version, "A")
    banked(bank.version, "A tagged", POINTS, question_id=old.question_id, number=2)


def _fixed_here(bank: Bank) -> None:
    bank.fix(bank.exam, banked(bank.version, "A", POINTS))
    banked(bank.version, "B", POINTS)


def _fixed_elsewhere(bank: Bank) -> None:
    banked(bank.version, "B", POINTS)
    bank.fix(bank.quiz, banked(bank.version, "A", POINTS))


def _older_revision_fixed_elsewhere(bank: Bank) -> None:
    old = banked(bank.version, "A", POINTS)
    banked(bank.version, "A of another version", question_id=old.question_id, number=2)
    bank.fix(bank.quiz, old)


def _other_course(bank: Bank) -> None:
    banked(VersionFactory(), "A", POINTS)


@pytest.mark.parametrize(
    ("given", "draws", "found"),
    [
        (_plain, [POINTS], [["A", "C"]]),
        # What two draws match belongs to the first of them.
        (_plain, [POINTS, NECK], [["A", "C"], ["B"]]),
        (_plain, [NECK, POINTS], [["B", "C"], ["A"]]),
        (_plain, ["point"], [[]]),
        (_retired, [POINTS], [["B"]]),
        (_tag_taken_away, [POINTS], [["B"]]),
        (_tag_given, [POINTS], [["A tagged"]]),
        (_fixed_here, [POINTS], [["B"]]),
        # In the order of the course, what no quiz asks at the end.
        (_fixed_elsewhere, [POINTS], [["A", "B"]]),
        # One question says one thing in one version.
        (_older_revision_fixed_elsewhere, [POINTS], [["A"]]),
        (_other_course, [POINTS], [[]]),
    ],
)
def test_a_draw_takes_what_matches_in_the_bank(
    draft: CourseVersion,
    given: Callable[[Bank], None],
    draws: list[str],
    found: list[list[str]],
) -> None:
    quiz = QuizFactory(version=draft, position=1)
    exam = QuizFactory(version=draft, position=2)
    given(Bank(draft, exam, quiz))
    drawing(exam, *((1, tag) for tag in draws))

    fill_draws(draft)
    assert taken(exam) == found
    before = list(QuizPoolItem.objects.values())
    fill_draws(draft)

    assert list(QuizPoolItem.objects.values()) == before


def test_an_objective_is_drawn_from_too(draft: CourseVersion) -> None:
    objective = ObjectiveFactory(version=draft)
    exam = QuizFactory(version=draft)
    banked(draft, "A", objective_key=objective.key)
    banked(draft, "B", objective_key=uuid4())
    drawing(exam, (1, objective.key))

    fill_draws(draft)

    assert taken(exam) == [["A"]]
    assert untested_objectives(draft) == []


def test_one_question_is_drawn_by_several_quizzes(draft: CourseVersion) -> None:
    banked(draft, "A", POINTS)
    quizzes = [QuizFactory(version=draft, position=place) for place in (1, 2)]
    for quiz in quizzes:
        drawing(quiz, (1, POINTS))

    fill_draws(draft)

    assert [taken(quiz) for quiz in quizzes] == [[["A"]], [["A"]]]


def test_five_hundred_questions_take_as_many_queries_as_one(draft: CourseVersion) -> None:
    exam = QuizFactory(version=draft)
    drawing(exam, (1, POINTS), (1, NECK))
    counts = []
    for size in (1, 500):
        questions = Question.objects.bulk_create(Question(course=draft.course) for _ in range(size))
        model = RevisionFactory.build(question=None, tags=f'["{POINTS}"]')
        QuestionRevision.objects.bulk_create(
            QuestionRevision(
                question=question,
                number=1,
                type=model.type,
                content=model.content,
                sha256=model.sha256,
                tags=model.tags,
                created_at=NOW,
            )
            for question in questions
        )
        with CaptureQueriesContext(connection) as captured:
            fill_draws(draft)
        counts.append(len(captured))

    # SQLite takes some hundred rows at a time.
    assert (counts[0], counts[1] <= 6) == (4, True)
    assert [len(stems) for stems in taken(exam)] == [501, 0]


# ---------------------------------------------------------------- writing


def test_the_pool_follows_what_authors_do(draft: CourseVersion, instructor: User) -> None:
    who: Any = {"by": instructor, "now": NOW}
    exam = QuizFactory(version=draft, title="Exam")
    draw = add_draw(exam, DrawSettings(2, tag=POINTS), **who)
    facts = Facts(tags=(POINTS,))
    first, second, third = (
        add_bank_question(draft, "single-choice", single(stem=stem), facts=facts, **who)
        for stem in "ABC"
    )
    assert taken(exam) == [["A", "B", "C"]]

    save_bank_question(draft, first.question, first.data, facts=Facts(), expected_number=1, **who)
    assert taken(exam) == [["B", "C"]]
    retire_question(draft, third.question, **who)
    assert taken(exam) == [["B"]]
    item = add_from_bank(exam, second.question, **who)
    assert taken(exam) == [[]]
    remove_question(item, **who)
    assert taken(exam) == [["B"]]

    draft.refresh_from_db()
    assert draft.question_count == 1
    assert asked_count(quizzes_of([draft.pk])[0]) == 1
    assert [event.action for event in AuditEvent.objects.order_by("pk")][:2] == [
        "draw.added",
        "question.added-to-bank",
    ]
    remove_draw(draw, **who)
    assert not QuizPoolItem.objects.exists()


def test_a_draw_is_written_once(draft: CourseVersion, instructor: User) -> None:
    who: Any = {"by": instructor, "now": NOW}
    exam = QuizFactory(version=draft)
    first = add_draw(exam, DrawSettings(2, tag=POINTS), **who)
    second = add_draw(exam, DrawSettings(1, tag=NECK), **who)

    with pytest.raises(DrawRefused):
        add_draw(exam, DrawSettings(1, tag=POINTS), **who)
    with pytest.raises(DrawRefused):
        save_draw(second, DrawSettings(1, tag=POINTS), **who)
    with pytest.raises(Elsewhere):
        add_draw(exam, DrawSettings(1, objective_key=ObjectiveFactory().key), **who)
    with pytest.raises(DrawRefused):
        add_draw(exam, DrawSettings(1), **who)
    save_draw(first, DrawSettings(5, tag="face"), **who)
    save_draw(first, DrawSettings(5, tag="face"), **who)
    move_draw(second, to="up", **who)
    move_draw(second, to="up", **who)

    assert list(exam.draws.values_list("position", "count", "tag")) == [
        (1, 1, NECK),
        (2, 5, "face"),
    ]
    assert AuditEvent.objects.filter(action="draw.saved").count() == 1
    assert AuditEvent.objects.filter(action="draw.moved").count() == 1
    remove_draw(second, **who)
    with pytest.raises(Elsewhere):
        remove_draw(second, **who)


def test_no_draw_is_written_in_what_is_published(instructor: User) -> None:
    version = VersionFactory()
    quiz = quiz_with(1, version=version)
    with thawed("quizzes_quizdraw"):
        (draw,) = drawing(quiz, (1, POINTS))

    for write in (
        lambda: add_draw(quiz, DrawSettings(1, tag=NECK), by=instructor, now=NOW),
        lambda: save_draw(draw, DrawSettings(2, tag=POINTS), by=instructor, now=NOW),
        lambda: move_draw(draw, to="up", by=instructor, now=NOW),
        lambda: remove_draw(draw, by=instructor, now=NOW),
        lambda: add_bank_question(
            version, "single-choice", single(), facts=Facts(), by=instructor, now=NOW
        ),
    ):
        with pytest.raises(NotADraft):
            write()


def test_a_question_of_the_bank_is_written_where_it_is_asked(
    draft: CourseVersion, instructor: User
) -> None:
    who: Any = {"by": instructor, "now": NOW}
    revision = add_bank_question(draft, "single-choice", single(), facts=Facts(), **who)
    told: Any = {"facts": Facts(tags=(POINTS,)), **who}
    newer = save_bank_question(draft, revision.question, revision.data, expected_number=1, **told)

    assert (newer.number, newer.tag_list) == (2, [POINTS])
    assert (
        save_bank_question(draft, revision.question, revision.data, expected_number=2, **told)
        == newer
    )
    with pytest.raises(QuestionMoved) as moved:
        save_bank_question(draft, revision.question, single(stem="?"), expected_number=1, **told)
    assert moved.value.revision == newer
    add_from_bank(QuizFactory(version=draft), revision.question, **who)
    with pytest.raises(AlreadyAsked):
        save_bank_question(draft, revision.question, single(stem="?"), expected_number=2, **told)
    with pytest.raises(Elsewhere):
        save_bank_question(draft, RevisionFactory().question, single(), expected_number=1, **told)


# ---------------------------------------------------------------- versions


def exam_of(version: CourseVersion) -> Quiz:
    """One question by itself, two of four with a tag; one of the four is asked by a quiz."""
    module = version.modules.first() or ModuleFactory(version=version)
    quiz = QuizFactory(version=version, module=module, position=1)
    PoolItemFactory(quiz=quiz, revision=banked(version, "A", POINTS))
    for stem in "BCD":
        banked(version, stem, POINTS)
    exam: Quiz = quiz_with(1, version=version, position=2, title="Final exam")
    drawing(exam, (2, POINTS))
    fill_draws(version)
    return exam


def test_a_published_version_asks_what_it_draws(instructor: User) -> None:
    version = publishable()
    exam = exam_of(version)

    published = publish(version)
    share = part.canonical(published)[1]

    key = str(exam.draws.get().key)
    assert share["draws"] == [{"key": key, "count": 2, "tag": POINTS, "objective": ""}]
    assert [question.get("draw") for question in share["questions"]] == [None, *[key] * 4]
    assert published.question_count == 4
    enrollment = EnrollmentFactory(version=published)
    seen: list[set[int]] = []
    for _ in range(2):
        attempt = start_attempt(enrollment, exam, by=enrollment.user, now=NOW)
        ids = attempt.items.values_list("revision__question", flat=True)
        seen.append(set(ids) - {exam.pool.filter(draw=None).get().revision.question_id})
        submit_attempt(attempt, by=enrollment.user, now=NOW)
    assert AttemptItem.objects.count() == 6
    # Four may be drawn, two at a time: the second attempt brings the other two.
    assert (len(seen[0]), len(seen[1]), seen[0] & seen[1]) == (2, 2, set())


def test_versions_without_draws_say_nothing_of_draws() -> None:
    quiz = quiz_with(1)

    (share,) = part.canonical(quiz.version)

    assert "draws" not in share
    assert "draw" not in share["questions"][0]


@pytest.mark.parametrize(
    ("count", "source", "sentence"),
    [
        (5, POINTS, "In “Final exam” the draw of 5 from “points” finds only 4 questions."),
        (1, "lips", "In “Final exam” the draw of 1 from “lips” finds no question."),
        (1, UUID(int=7), "In “Final exam” the draw of 1 from an objective that is gone cannot be "
         "made."),
    ],
)  # fmt: skip
def test_a_draw_that_cannot_be_made_stops_publishing(
    draft: CourseVersion, count: int, source: str | UUID, sentence: str
) -> None:
    exam = exam_of(draft)
    exam.draws.all()[0].pool.all().delete()
    exam.draws.all().delete()
    drawing(exam, (count, source))
    fill_draws(draft)

    missing = [item for item in part.missing(draft) if item.code == "quiz-draw-impossible"]

    assert [(item.sentence, item.is_blocking) for item in missing] == [(sentence, True)]


def test_draws_go_with_a_copy_an_undo_and_a_discard(draft: CourseVersion, instructor: User) -> None:
    exam = exam_of(draft)
    before = part.outline_state(draft)
    canonical = part.canonical(draft)

    state = remove_quiz(exam, by=instructor, now=NOW)
    back = put_back_quiz(draft, state, by=instructor, now=NOW)
    assert part.canonical(draft) == canonical
    assert taken(back) == [["A", "B", "C", "D"]]
    part.restore_outline(draft, before)
    assert part.canonical(draft) == canonical

    new = VersionFactory(course=draft.course, status="draft", edition=2)
    for module in draft.modules.all():
        ModuleFactory(version=new, key=module.key)
    part.copy(draft, new, now=NOW)
    assert part.canonical(new) == canonical
    part.discard(new)
    assert not QuizDraw.objects.filter(quiz__version=new).exists()


def test_lines_of_the_studio_count_what_is_drawn(draft: CourseVersion) -> None:
    exam_of(draft)

    assert [line.detail for line in part.studio_lines(draft)] == [
        "1 question, 80 % to pass",
        "1 question and 2 drawn, 80 % to pass",
    ]
    # A question that a quiz asks by itself is not named again where it is drawn.
    assert len(part.studio_texts(draft)) == 5
