"""The figures of a quiz and of its questions, worked out from the running sums. Pure.

Everything about questions comes from first tries: whoever takes a quiz again has seen it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from quizzes.analysis import statistics
from quizzes.domain.increments import ASKED, BANDS, LAST_NUMBER, OTHER, RIGHT, WHOLE
from quizzes.models import QuestionTally, QuizTally
from quizzes.question_types.base import Counted

# With 30 answers a share is known to some 18 percentage points: below that it is a guess.
FEWEST_ANSWERS: Final = 30


@dataclass(frozen=True)
class TryFigures:
    """Attempts of one number."""

    number: int
    is_last: bool
    """This number or a later one."""
    count: int
    passed_count: int
    mean_percent: float


@dataclass(frozen=True)
class QuizFigures:
    tries: list[TryFigures]
    first_count: int
    mean_percent: float | None
    """Of first tries, like everything below."""
    spread: float | None
    """Standard deviation, in percentage points."""
    is_same_for_all: bool
    """Every learner was asked the same questions."""
    reliability: float | None
    """Cronbach's alpha (KR-20 where answers are right or wrong). None: `why_no_reliability`."""
    error: float | None
    """Standard error of measurement, in percentage points."""

    @property
    def attempt_count(self) -> int:
        return sum(each.count for each in self.tries)

    @property
    def passed_first_count(self) -> int:
        return sum(each.passed_count for each in self.tries if each.number == 1)


@dataclass(frozen=True)
class ChoiceFigures:
    key: str
    label: str
    is_right: bool
    count: int
    share: float
    """Of all who were asked."""
    weak: float | None
    """Share among the lower 27 %. None: nobody is stronger than another."""
    strong: float | None


@dataclass(frozen=True)
class BandFigures:
    """Learners who earned about the same in all other questions."""

    band: int
    asked: int
    right: int


@dataclass(frozen=True)
class QuestionFigures:
    asked: int = 0
    answered: int = 0
    later_asked: int = 0
    """In tries after the first; in nothing else below."""
    facility: float | None = None
    """Mean share of the points, 0 to 1."""
    discrimination: float | None = None
    """Correlation with the share of the points in all other questions."""
    discrimination_interval: tuple[float, float] = (-1.0, 1.0)
    mean_seconds: int | None = None
    timed_count: int = 0
    choices: Sequence[ChoiceFigures] = ()
    bands: Sequence[BandFigures] = ()
    strong_count: float = 0.0
    """Learners in the upper 27 %."""
    chance: float | None = None
    """The share that is right by guessing. None: there is not one answer to choose."""
    counted: Counted = Counted.OFFERED
    right_keys: frozenset[str] = field(default_factory=frozenset)

    @property
    def unanswered(self) -> int:
        return self.asked - self.answered

    @property
    def unanswered_share(self) -> float:
        return self.unanswered / self.asked if self.asked else 0.0

    @property
    def is_enough(self) -> bool:
        return self.asked >= FEWEST_ANSWERS


def quiz_figures(
    tallies: Sequence[QuizTally], questions: Sequence[QuestionTally], points: Mapping[int, int]
) -> QuizFigures:
    """`points`: revision id → points of a question, in hundredths."""
    first = next((each for each in tallies if each.attempt_number == 1), None) or QuizTally()
    asked = [each for each in questions if each.is_first and each.asked_count]
    is_same = all(each.asked_count == first.attempt_count for each in asked)
    spread = statistics.deviation(first.attempt_count, first.percent_sum, first.percent_square_sum)
    spread = None if spread is None else spread / 100
    reliability = None
    if is_same and spread is not None and first.attempt_count >= FEWEST_ANSWERS:
        reliability = _reliability(asked, points, spread)
    mean = statistics.mean(first.attempt_count, first.percent_sum)
    return QuizFigures(
        tries=[
            TryFigures(
                number=each.attempt_number,
                is_last=each.attempt_number == LAST_NUMBER,
                count=each.attempt_count,
                passed_count=each.passed_count,
                mean_percent=each.percent_sum / each.attempt_count / 100,
            )
            for each in sorted(tallies, key=lambda each: each.attempt_number)
            if each.attempt_count
        ],
        first_count=first.attempt_count,
        mean_percent=None if mean is None else mean / 100,
        spread=spread,
        is_same_for_all=is_same,
        reliability=reliability,
        error=None
        if reliability is None or spread is None
        else statistics.measurement_error(spread, reliability),
    )


def _reliability(
    asked: Sequence[QuestionTally], points: Mapping[int, int], spread: float
) -> float | None:
    """In points: a question that is worth more weighs more."""
    possible = sum(points[each.revision_id] for each in asked)
    variances = []
    for each in asked:
        of_share = statistics.variance(each.asked_count, each.share_sum, each.share_square_sum)
        variances.append((of_share or 0.0) * (points[each.revision_id] / WHOLE) ** 2)
    return statistics.alpha(variances, (spread / 100 * possible) ** 2)


def question_figures(
    first: QuestionTally | None,
    later: QuestionTally | None,
    counts: Mapping[str, Sequence[int]],
    *,
    labels: Mapping[str, str],
    right_keys: frozenset[str],
    has_rest: bool,
    counted: Counted = Counted.OFFERED,
) -> QuestionFigures:
    """`counts`: key → learners by band, the weakest first; `has_rest`: there are other questions
    in the quiz, which tell the strong from the weak."""
    later_asked = later.asked_count if later else 0
    if first is None or not first.asked_count:
        return QuestionFigures(later_asked=later_asked, right_keys=right_keys, counted=counted)
    nobody = (0,) * BANDS
    asked = counts.get(ASKED, nobody)
    weights = statistics.end_weights(asked) if has_rest else None
    discrimination = statistics.correlation(
        first.asked_count,
        first.share_sum,
        first.share_square_sum,
        first.rest_sum,
        first.rest_square_sum,
        first.product_sum,
    )
    mean_share = statistics.mean(first.asked_count, first.share_sum)
    named = [*labels, *([OTHER] if OTHER in counts else [])]
    given = sum(sum(counts.get(key, nobody)) for key in named)
    is_one_answer = (
        counted is Counted.OFFERED and len(right_keys) == 1 and given <= first.answered_count
    )
    right = counts.get(RIGHT, nobody)
    return QuestionFigures(
        asked=first.asked_count,
        answered=first.answered_count,
        later_asked=later_asked,
        facility=None if mean_share is None else mean_share / WHOLE,
        discrimination=discrimination,
        discrimination_interval=(-1.0, 1.0)
        if discrimination is None
        else statistics.correlation_interval(discrimination, first.asked_count),
        mean_seconds=round(first.seconds_sum / first.timed_count) if first.timed_count else None,
        timed_count=first.timed_count,
        choices=[
            _choice(
                key,
                labels.get(key, ""),
                counts.get(key, nobody),
                asked,
                is_right=key in right_keys,
                weights=weights,
            )
            for key in named
            # Ten terms and ten answers can be put together in a hundred ways.
            if counted is not Counted.COMBINED or key in right_keys or key in counts
        ],
        bands=[BandFigures(band, asked[band], right[band]) for band in range(BANDS) if asked[band]]
        if has_rest
        else [],
        strong_count=sum(w * n for w, n in zip(weights[1], asked, strict=True)) if weights else 0.0,
        chance=1 / len(labels) if is_one_answer and len(labels) > 1 else None,
        right_keys=right_keys,
        counted=counted,
    )


def _choice(
    key: str,
    label: str,
    counts: Sequence[int],
    asked: Sequence[int],
    *,
    is_right: bool,
    weights: tuple[list[float], list[float]] | None,
) -> ChoiceFigures:
    count = sum(counts)
    return ChoiceFigures(
        key=key,
        label=label,
        is_right=is_right,
        count=count,
        share=count / sum(asked) if sum(asked) else 0.0,
        weak=statistics.weighted_share(counts, asked, weights[0]) if weights else None,
        strong=statistics.weighted_share(counts, asked, weights[1]) if weights else None,
    )
