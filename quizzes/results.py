"""How learners did in the quizzes of a version: what an instructor learns from, nobody's name.

Read from the running sums, so all attempts count and none is looked at. Quiz by quiz and question
by question: `quizzes.analysis`.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.db.models import Exists, OuterRef, Subquery, Sum
from django.urls import reverse

from courses.models import CourseVersion
from courses.parts import LearnerResults, QuestionResult, QuizResult
from quizzes.analysis.reading import label_of, labels_of, right_keys_of
from quizzes.analysis.words import plain
from quizzes.domain.increments import ASKED, RIGHT
from quizzes.models import (
    ChoiceTally,
    QuestionRevision,
    QuestionTally,
    Quiz,
    QuizTally,
    Regrade,
)
from quizzes.queries import quizzes_by_version
from quizzes.question_types.base import Content

MOST_QUESTIONS: Final = 10


@dataclass
class _Fared:
    """How one question fared in first tries."""

    revision_id: int
    quiz_ids: set[int] = field(default_factory=set)
    asked: int = 0
    right: int = 0


def learner_results(
    versions: Sequence[CourseVersion], *, with_answers: bool = True
) -> dict[int, LearnerResults]:
    """Per version id. Four queries, one more until the quizzes are kept; one less without the
    answers that were taken instead of the right one.

    Right means all points, in a first try. A question without an answer was not right.
    """
    quizzes = quizzes_by_version(versions)
    every = {quiz.pk: quiz for of_version in quizzes.values() for quiz in of_version}
    if not every:
        return {version.pk: LearnerResults() for version in versions}
    tallies: dict[int, list[QuizTally]] = {}
    for tally in QuizTally.objects.filter(quiz__in=every, attempt_count__gt=0):
        tallies.setdefault(tally.quiz_id, []).append(tally)
    wrong = _most_often_wrong(every)
    shown = {each.revision_id for of_version in wrong.values() for each in of_version}
    revisions = _revisions(shown)
    taken = _taken(every, shown) if with_answers else {}
    return {
        version.pk: LearnerResults(
            quizzes=[
                _quiz_result(version, quiz, tallies.get(quiz.pk, ()))
                for quiz in quizzes[version.pk]
            ],
            questions=[
                _question(each, revisions[each.revision_id], taken, every)
                for each in wrong.get(version.pk, ())
            ],
        )
        for version in versions
    }


def _quiz_result(version: CourseVersion, quiz: Quiz, tallies: Sequence[QuizTally]) -> QuizResult:
    count = sum(tally.attempt_count for tally in tallies)
    first = [tally for tally in tallies if tally.attempt_number == 1]
    hundredths = sum(tally.percent_sum for tally in tallies)
    return QuizResult(
        title=quiz.title,
        pass_percent=quiz.pass_percent,
        attempt_count=count,
        first_count=sum(tally.attempt_count for tally in first),
        passed_first_count=sum(tally.passed_count for tally in first),
        mean_percent=Decimal(hundredths) / count / 100 if count else None,
        is_practice=quiz.purpose == Quiz.Purpose.PRACTICE,
        url=reverse(
            "quizzes:studio-quiz-analysis", args=[version.course.slug, version.number, quiz.key]
        ),
    )


def _most_often_wrong(quizzes: Mapping[int, Quiz]) -> dict[int, list[_Fared]]:
    """Version id → its questions that were wrong most often, at most ten."""
    fared: dict[tuple[int, str, int], _Fared] = {}
    for quiz_id, revision_id, asked, right in QuestionTally.objects.filter(
        quiz__in=quizzes, is_first=True, asked_count__gt=0
    ).values_list("quiz_id", "revision_id", "asked_count", "right_count"):
        each = fared.setdefault(
            # Who practices may look the answer up: that is not mixed with what counts.
            (quizzes[quiz_id].version_id, quizzes[quiz_id].purpose, revision_id),
            _Fared(revision_id=revision_id),
        )
        each.quiz_ids.add(quiz_id)
        each.asked += asked
        each.right += right
    found: dict[int, list[_Fared]] = {}
    # Two right answers more are taken for granted: one wrong answer of one learner must not
    # stand before forty of a hundred.
    for (version_id, _purpose, _revision), each in sorted(
        fared.items(),
        key=lambda pair: (
            -Fraction(pair[1].asked - pair[1].right, pair[1].asked + 2),
            pair[1].revision_id,
            pair[0],
        ),
    ):
        of_version = found.setdefault(version_id, [])
        if each.right < each.asked and len(of_version) < MOST_QUESTIONS:
            of_version.append(each)
    return found


def _revisions(revision_ids: Collection[int]) -> dict[int, QuestionRevision]:
    """With how each was graded anew last, if it was."""
    regrades = Regrade.objects.filter(revision=OuterRef("pk")).order_by("-pk")
    rows = QuestionRevision.objects.select_related("question__course").annotate(
        is_regraded=Exists(regrades),
        better_content=Subquery(regrades.values("better__content")[:1]),
    )
    return {row.pk: row for row in rows.filter(pk__in=revision_ids)}


def _taken(
    quiz_ids: Collection[int], revision_ids: Collection[int]
) -> dict[tuple[int, int], dict[str, int]]:
    """(quiz id, revision id) → how often each answer was taken."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    for quiz_id, revision_id, key, count in (
        ChoiceTally.objects.filter(quiz__in=quiz_ids, revision__in=revision_ids)
        .exclude(key__in=[ASKED, RIGHT])
        .order_by()
        .values_list("quiz_id", "revision_id", "key")
        .annotate(Sum("count"))
    ):
        if count:
            found.setdefault((quiz_id, revision_id), {})[key] = count
    return found


def _question(
    fared: _Fared,
    revision: QuestionRevision,
    taken: Mapping[tuple[int, int], Mapping[str, int]],
    quizzes: Mapping[int, Quiz],
) -> QuestionResult:
    content = revision.data
    wrong: Counter[str] = Counter()
    for quiz_id in fared.quiz_ids:
        wrong.update(taken.get((quiz_id, revision.pk), {}))
    for key in right_keys_of(revision.type, content, mended=_mended(revision)):
        wrong.pop(key, None)
    # The same most taken one, however the rows came.
    choice, choice_count = min(wrong.items(), key=lambda each: (-each[1], each[0]), default=("", 0))
    of_quizzes = sorted((quizzes[quiz_id] for quiz_id in fared.quiz_ids), key=_place)
    return QuestionResult(
        key=revision.question.key,
        quiz_titles=[quiz.title for quiz in of_quizzes],
        text=plain(content["stem"]),
        asked_count=fared.asked,
        right_count=fared.right,
        wrong_choice=label_of(choice, labels_of(revision.type, content).get(choice, choice)),
        wrong_choice_count=choice_count,
        url=reverse(
            "quizzes:studio-quiz-bank-question",
            args=[revision.question.course.slug, revision.question.key],
        ),
    )


def _mended(revision: QuestionRevision) -> list[Content | None]:
    if not getattr(revision, "is_regraded", False):
        return []
    better: str | None = getattr(revision, "better_content", None)
    return [json.loads(better) if better else None]


def _place(quiz: Quiz) -> tuple[int, int]:
    return quiz.position, quiz.pk
