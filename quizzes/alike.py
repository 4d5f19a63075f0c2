"""Questions of a course that say nearly the same: pointed out, never refused."""

from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from ce_platform.core.text import fold
from courses.models import CourseVersion
from quizzes.domain.revising import newest_revisions
from quizzes.models import QuestionRevision
from quizzes.question_types import type_named
from quizzes.studio_queries import stem_line

# Percent. The 32 questions of the course in `content/` are 58 percent alike at most; one sentence
# in slightly other words is some 83 percent the same.
ALIKE: Final = 80
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


def alike_pairs(version: CourseVersion) -> list[Alike]:
    """The most alike first, at most a hundred; one query.

    Five hundred questions are a hundred thousand pairs: a tenth of a second, for most of them are
    left at the first look because of their lengths.
    """
    revisions = _in_use(version)
    texts = [_compared(revision) for revision in revisions]
    found = []
    for place, text in enumerate(texts):
        rest = texts[place + 1 :]
        for _text, percent, index in process.extract_iter(
            text, rest, scorer=fuzz.ratio, processor=None, score_cutoff=ALIKE
        ):
            found.append(_alike(revisions[place], revisions[place + 1 + index], percent))
    found.sort(key=lambda pair: -pair.percent)
    return found[:MOST_PAIRS]


def alike_to(version: CourseVersion, revision: QuestionRevision) -> list[Alike]:
    """The few most alike to one question; one query."""
    text = _compared(revision)
    others = [each for each in _in_use(version) if each.question_id != revision.question_id]
    found = process.extract(
        text,
        [_compared(other) for other in others],
        scorer=fuzz.ratio,
        processor=None,
        score_cutoff=ALIKE,
        limit=_MOST_TOLD,
    )
    return [_alike(revision, others[index], percent) for _text, percent, index in found]


def _in_use(version: CourseVersion) -> list[QuestionRevision]:
    return list(
        newest_revisions(version.course_id)
        .filter(question__retired_at__isnull=True)
        .select_related("question")
        .order_by("question_id")
    )


def _compared(revision: QuestionRevision) -> str:
    """Its own words: all questions of one case share that of the case."""
    return fold(type_named(revision.type).search_text(revision.data))[:_MOST_LETTERS]


def _alike(one: QuestionRevision, other: QuestionRevision, percent: float) -> Alike:
    return Alike(one, other, int(percent), stem_line(one), stem_line(other))
