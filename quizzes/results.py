"""How learners did in the quizzes of a version: what an instructor learns from, nobody's name."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.text import Truncator

from courses.markdown import render_inline
from courses.models import CourseVersion
from courses.parts import LearnerResults, QuestionResult, QuizResult
from quizzes import wording
from quizzes.models import Attempt, AttemptItem, QuestionRevision, Quiz
from quizzes.queries import quizzes_by_version
from quizzes.question_types import type_named

MOST_QUESTIONS: Final = 10
# An attempt asks some ten questions; this many answers are looked at per attempt on average.
ITEMS_PER_ATTEMPT: Final = 10
LONGEST_TEXT: Final = 160


@dataclass
class _Tally:
    """How one question fared."""

    quiz_ids: set[int] = field(default_factory=set)
    asked: int = 0
    right: int = 0
    wrong_keys: Counter[str] = field(default_factory=Counter)


def learner_results(versions: Sequence[CourseVersion], *, newest: int) -> dict[int, LearnerResults]:
    """Per version id, out of the newest graded attempts of all of them, at most `newest`, and the
    newest answers, ten for each attempt. Three queries, one more until the quizzes are kept.

    Right means all points. A question without an answer was not right.
    """
    quizzes = quizzes_by_version(versions)
    every = {quiz.pk: quiz for of_version in quizzes.values() for quiz in of_version}
    if not every:
        return {version.pk: LearnerResults() for version in versions}
    attempts = _attempts(every, newest=newest + 1)
    given = Counter(
        AttemptItem.objects.filter(
            attempt__quiz__in=every,
            attempt__status=Attempt.Status.GRADED,
            attempt__gte=attempts[-1].id if attempts else 0,
        )
        .order_by("-attempt_id", "position")
        .values_list("attempt__quiz_id", "revision_id", "response")[: newest * ITEMS_PER_ATTEMPT]
    )
    revisions = QuestionRevision.objects.select_related("question__course").in_bulk(
        {revision_id for _, revision_id, _ in given}
    )
    tallies = _tallies(given, revisions, every)
    return {
        version.pk: LearnerResults(
            quizzes=[
                _quiz_result(quiz, [row for row in attempts[:newest] if row.quiz_id == quiz.pk])
                for quiz in quizzes[version.pk]
            ],
            questions=_questions(tallies.get(version.pk, {}), revisions, every),
            is_cut=len(attempts) > newest,
        )
        for version in versions
    }


@dataclass(frozen=True)
class _Attempt:
    id: int
    quiz_id: int
    percent: Decimal
    is_passed: bool
    is_first: bool


def _attempts(quiz_ids: Collection[int], *, newest: int) -> list[_Attempt]:
    graded = Attempt.objects.filter(status=Attempt.Status.GRADED)
    before = graded.filter(
        enrollment=OuterRef("enrollment"),
        quiz__key=OuterRef("quiz__key"),
        number__lt=OuterRef("number"),
    )
    return [
        _Attempt(pk, quiz_id, percent or Decimal(0), is_passed, is_first)
        for pk, quiz_id, percent, is_passed, is_first in graded.filter(quiz__in=quiz_ids)
        # One that the office set aside leaves the first place to the next.
        .annotate(is_first=~Exists(before))
        .order_by("-pk")
        .values_list("pk", "quiz_id", "percent", "is_passed", "is_first")[:newest]
    ]


def _quiz_result(quiz: Quiz, attempts: Sequence[_Attempt]) -> QuizResult:
    first = [each for each in attempts if each.is_first]
    return QuizResult(
        title=quiz.title,
        pass_percent=quiz.pass_percent,
        attempt_count=len(attempts),
        first_count=len(first),
        passed_first_count=sum(each.is_passed for each in first),
        median_percent=median(each.percent for each in attempts) if attempts else None,
    )


def _tallies(
    given: Mapping[tuple[int, int, str], int],
    revisions: Mapping[int, QuestionRevision],
    quizzes: Mapping[int, Quiz],
) -> dict[int, dict[int, _Tally]]:
    """Version id → revision id → how it fared.

    `given` counts (quiz id, revision id, stored answer): few different answers are given to a
    question, so each of them is graded once.
    """
    contents = {pk: revision.data for pk, revision in revisions.items()}
    found: dict[int, dict[int, _Tally]] = {}
    for (quiz_id, revision_id, text), count in given.items():
        kind, content = type_named(revisions[revision_id].type), contents[revision_id]
        response = json.loads(text) if text else None
        of_version = found.setdefault(quizzes[quiz_id].version_id, {})
        tally = of_version.setdefault(revision_id, _Tally())
        tally.quiz_ids.add(quiz_id)
        tally.asked += count
        if kind.grade(content, response) == 1:
            tally.right += count
            continue
        right_keys = set(kind.statistic_keys(content, kind.right_response(content)))
        for key in set(kind.statistic_keys(content, response)) - right_keys:
            tally.wrong_keys[key] += count
    return found


def _questions(
    tallies: Mapping[int, _Tally],
    revisions: Mapping[int, QuestionRevision],
    quizzes: Mapping[int, Quiz],
) -> list[QuestionResult]:
    # Two right answers more are taken for granted: one wrong answer of one learner must not
    # stand before forty of a hundred.
    wrong = sorted(
        (
            (Fraction(tally.asked - tally.right, tally.asked + 2), revision_id)
            for revision_id, tally in tallies.items()
            if tally.right < tally.asked
        ),
        key=lambda each: (-each[0], each[1]),
    )
    return [
        _question(tallies[revision_id], revisions[revision_id], quizzes)
        for _, revision_id in wrong[:MOST_QUESTIONS]
    ]


def _question(
    tally: _Tally, revision: QuestionRevision, quizzes: Mapping[int, Quiz]
) -> QuestionResult:
    kind, content = type_named(revision.type), revision.data
    # The same most taken one, however the rows came.
    taken = sorted(tally.wrong_keys.items(), key=lambda each: (-each[1], each[0]))
    choice, choice_count = taken[0] if taken else ("", 0)
    of_quizzes = sorted((quizzes[quiz_id] for quiz_id in tally.quiz_ids), key=_place)
    return QuestionResult(
        key=revision.question.key,
        quiz_titles=[quiz.title for quiz in of_quizzes],
        text=_plain(content["stem"]),
        asked_count=tally.asked,
        right_count=tally.right,
        wrong_choice=_plain(kind.statistic_labels(content).get(choice, choice)),
        wrong_choice_count=choice_count,
        url=reverse(
            "quizzes:studio-quiz-bank-question",
            args=[revision.question.course.slug, revision.question.key],
        ),
    )


def _place(quiz: Quiz) -> tuple[int, int]:
    return quiz.position, quiz.pk


def _plain(text: str) -> str:
    """Markdown without its marks and without numbers of sources, shortened."""
    return Truncator(wording.without_marks(render_inline(text))).chars(LONGEST_TEXT)
