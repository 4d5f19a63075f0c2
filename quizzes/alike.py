"""Questions of a course that say nearly the same: pointed out, never refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from ce_platform.core.text import fold
from courses.models import CourseVersion
from quizzes.domain.keeping import Pair, kept_pairs, pair_of
from quizzes.domain.revising import newest_revisions
from quizzes.models import QuestionRevision
from quizzes.question_types import type_named
from quizzes.studio_queries import stem_line

# Percent. The 32 questions of the course in `content/` are 58 percent alike at most; one sentence
# in slightly other words is some 83 percent the same.
ALIKE: Final = 80
# The same question with other choices; stems have few letters, so more of them must be the same.
ALIKE_STEMS: Final = 85
_FEWEST_LETTERS: Final = 20
MOST_PAIRS: Final = 100
_MOST_TOLD: Final = 3
# Comparing takes the square of the length.
_MOST_LETTERS: Final = 1_200


@dataclass(frozen=True)
class Alike:
    one: QuestionRevision
    other: QuestionRevision
    percent: int
    one_stem: str
    other_stem: str

    @property
    def keys(self) -> Pair:
        return pair_of(self.one.question.key, self.other.question.key)


@dataclass(frozen=True)
class AlikePairs:
    """The most alike first, at most a hundred of each."""

    open: list[Alike]
    kept: list[Alike]
    """Said to be meant so."""


def alike_pairs(version: CourseVersion) -> AlikePairs:
    """Two queries.

    Five hundred questions are a hundred thousand pairs: some tenths of a second, for most of
    them are left at the first look because of their lengths.
    """
    revisions = _in_use(version)
    wholes = [_whole(revision) for revision in revisions]
    stems = [_stem(revision) for revision in revisions]
    found = []
    for place, revision in enumerate(revisions):
        rest = slice(place + 1, None)
        near = _near(wholes[place], wholes[rest], stems[place], stems[rest])
        for index, percent in near.items():
            found.append(_alike(revision, revisions[place + 1 + index], percent))
    found.sort(key=lambda pair: -pair.percent)
    kept = kept_pairs(version.course_id)
    return AlikePairs(
        open=[pair for pair in found if pair.keys not in kept][:MOST_PAIRS],
        kept=[pair for pair in found if pair.keys in kept][:MOST_PAIRS],
    )


def alike_to(version: CourseVersion, revision: QuestionRevision) -> list[Alike]:
    """The few most alike to one question, but for those meant so; two queries."""
    others = [each for each in _in_use(version) if each.question_id != revision.question_id]
    near = _near(
        _whole(revision),
        [_whole(other) for other in others],
        _stem(revision),
        [_stem(other) for other in others],
    )
    found = [_alike(revision, others[index], percent) for index, percent in near.items()]
    kept = kept_pairs(version.course_id)
    found = [pair for pair in found if pair.keys not in kept]
    found.sort(key=lambda pair: -pair.percent)
    return found[:_MOST_TOLD]


def _near(whole: str, wholes: Sequence[str], stem: str, stems: Sequence[str]) -> dict[int, float]:
    """Place among the others → percent, of those that are alike as a whole or in their stems."""
    found = _close(whole, wholes, ALIKE)
    if stem:
        for index, percent in _close(stem, stems, ALIKE_STEMS).items():
            found[index] = max(percent, found.get(index, 0))
    return found


def _close(text: str, others: Sequence[str], percent: float) -> dict[int, float]:
    return {
        index: ratio
        for _text, ratio, index in process.extract_iter(
            text, others, scorer=fuzz.ratio, processor=None, score_cutoff=percent
        )
    }


def _in_use(version: CourseVersion) -> list[QuestionRevision]:
    return list(
        newest_revisions(version.course_id)
        .filter(question__retired_at__isnull=True)
        .select_related("question")
        .order_by("question_id")
    )


def _whole(revision: QuestionRevision) -> str:
    """Its own words: all questions of one case share that of the case."""
    return fold(type_named(revision.type).search_text(revision.data))[:_MOST_LETTERS]


def _stem(revision: QuestionRevision) -> str:
    """Empty when it is too short to say what is asked: “Which is right?”"""
    stem = fold(str(revision.data["stem"]))[:_MOST_LETTERS]
    return stem if len(stem) >= _FEWEST_LETTERS else ""


def _alike(one: QuestionRevision, other: QuestionRevision, percent: float) -> Alike:
    return Alike(one, other, int(percent), stem_line(one), stem_line(other))
