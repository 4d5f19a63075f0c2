"""What the bank of a course shows, in a number of queries that does not grow."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from ce_platform.core.paging import PAGE_SIZE
from ce_platform.core.text import fold
from courses.models import CourseVersion, Objective
from quizzes.cases import case_of
from quizzes.domain.revising import newest_revisions
from quizzes.models import Question, QuestionRevision, QuizPoolItem
from quizzes.question_types import type_named
from quizzes.studio_queries import all_uses, stem_line

# More than these nobody reads beside a field.
MOST_SUGGESTED: Final = 20


@dataclass(frozen=True)
class BankFilter:
    """What an author asks for; everything that is asked must hold."""

    words: str = ""
    tag: str = ""
    objective: UUID | None = None
    type: str = ""
    difficulty: str = ""
    is_retired: bool = False

    def takes(self, revision: QuestionRevision, wanted: Sequence[str]) -> bool:
        """`wanted`: the folded words."""
        return (
            (not self.tag or self.tag in revision.tag_list)
            and (self.objective is None or revision.objective_key == self.objective)
            and (not self.type or revision.type == self.type)
            and (not self.difficulty or revision.difficulty == self.difficulty)
            and (not wanted or _says_all(wanted, text_of(revision)))
        )


@dataclass(frozen=True)
class BankQuestion:
    """A question of the course with its newest revision, and where it is asked."""

    question: Question
    revision: QuestionRevision
    type_label: str
    stem: str
    objective_code: str
    here: list[QuizPoolItem] = field(default_factory=list)
    """Put by the author into quizzes of this draft."""
    drawn: list[QuizPoolItem] = field(default_factory=list)
    """By which quizzes of this draft it may be drawn."""
    elsewhere: list[QuizPoolItem] = field(default_factory=list)
    """In quizzes of other versions, the newest first."""


@dataclass(frozen=True)
class BankPage:
    rows: list[BankQuestion]
    found_count: int
    older_after: int | None
    """Pass as `?after=` for the next page; None on the last one."""
    is_first: bool
    tags: list[tuple[str, int]]
    """Every tag of the bank with its number of questions, in the order of the alphabet."""
    objectives: list[Objective]
    types: list[str]
    """Names of the types that are in the bank."""


def bank_page(version: CourseVersion, asked: BankFilter, *, after: str | None = None) -> BankPage:
    """The newest question first; every word must be in what the question says.

    Three queries. The texts are searched here and not by the database: what a question says is
    for its type to tell, and a bank is some hundred questions.
    """
    wanted = fold(asked.words).split()
    revisions = list(
        newest_revisions(version.course_id)
        .filter(question__retired_at__isnull=not asked.is_retired)
        .select_related("question")
        .order_by("-question_id")
    )
    found = [revision for revision in revisions if asked.takes(revision, wanted)]
    key = int(after) if after and after.isascii() and after.isdigit() and len(after) < 19 else None
    rest = [each for each in found if key is None or each.question_id < key]
    shown = rest[:PAGE_SIZE]
    objectives = list(Objective.objects.filter(version=version))
    return BankPage(
        rows=_rows(version, shown, {each.key: each.code for each in objectives}),
        found_count=len(found),
        older_after=shown[-1].question_id if len(rest) > len(shown) else None,
        is_first=key is None,
        tags=_counted(revision.tags for revision in revisions),
        objectives=objectives,
        types=sorted({revision.type for revision in revisions}),
    )


def _rows(
    version: CourseVersion, shown: Sequence[QuestionRevision], codes: dict[UUID, str]
) -> list[BankQuestion]:
    uses: dict[int, list[QuizPoolItem]] = {}
    for item in all_uses().filter(revision__question__in=[each.question_id for each in shown]):
        uses.setdefault(item.revision.question_id, []).append(item)
    rows = []
    for revision in shown:
        row = BankQuestion(
            question=revision.question,
            revision=revision,
            type_label=type_named(revision.type).label,
            stem=stem_line(revision),
            objective_code=codes.get(revision.objective_key, "") if revision.objective_key else "",
        )
        for item in uses.get(revision.question_id, []):
            if item.quiz.version_id != version.pk:
                row.elsewhere.append(item)
            elif item.draw_id is None:
                row.here.append(item)
            else:
                row.drawn.append(item)
        rows.append(row)
    return rows


def _says_all(wanted: Sequence[str], text: str) -> bool:
    folded = fold(text)
    return all(word in folded for word in wanted)


def text_of(revision: QuestionRevision) -> str:
    """What a question says, for searching and comparing, its case included."""
    content = revision.data
    case = case_of(content)
    text = type_named(revision.type).search_text(content)
    return f"{case.title}\n{case.text}\n{text}" if case else text


def tags_of_course(version: CourseVersion) -> list[str]:
    """What the questions in use are tagged with, the most used first; one query."""
    counted = _counted(
        newest_revisions(version.course_id)
        .filter(question__retired_at__isnull=True)
        .values_list("tags", flat=True)
    )
    counted.sort(key=lambda each: -each[1])
    return [tag for tag, _count in counted[:MOST_SUGGESTED]]


def _counted(texts: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(tag for text in texts for tag in json.loads(text)).items())


@dataclass(frozen=True)
class Source:
    """Where a draw may take from."""

    value: str
    """In forms: `tag:points`, `objective:<key>`."""
    label: str
    count: int
    """Questions in use that match."""


def sources_of(
    version: CourseVersion, objectives: Iterable[Objective]
) -> tuple[list[Source], list[Source]]:
    """Tags, and objectives of the version; one query."""
    rows = list(
        newest_revisions(version.course_id)
        .filter(question__retired_at__isnull=True)
        .values_list("tags", "objective_key")
    )
    tested = Counter(key for _tags, key in rows)
    return (
        [Source(f"tag:{tag}", tag, count) for tag, count in _counted(tags for tags, _key in rows)],
        [
            Source(
                f"objective:{objective.key}",
                f"{objective.code}: {objective.text}",
                tested[objective.key],
            )
            for objective in objectives
        ],
    )


def source_choices(
    tags: Sequence[Source], objectives: Sequence[Source]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """For a select of groups; a group without choices is left out."""
    groups = [(_("with the tag"), tags), (_("for the objective"), objectives)]
    return [
        (label, [(each.value, f"{each.label} ({each.count})") for each in sources])
        for label, sources in groups
        if sources
    ]


def written_revision(version: CourseVersion, key: str) -> QuestionRevision | None:
    """A question as the draft asks it, or else in its newest revision."""
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    item = (
        QuizPoolItem.objects.filter(
            quiz__version=version, draw__isnull=True, revision__question__key=wanted
        )
        .select_related("revision")
        .first()
    )
    if item is not None:
        return item.revision
    return newest_revisions(version.course_id).filter(question__key=wanted).first()
