"""What the studio's pages of quizzes show, in a number of queries that does not grow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ce_platform.accounts.models import User
from ce_platform.core.paging import PAGE_SIZE
from ce_platform.core.templatetags.wording import plain_number
from ce_platform.core.text import fold
from courses.models import CourseVersion, Lesson, Module, Objective, long_texts
from quizzes.models import Question, QuestionRevision, Quiz, QuizPoolItem
from quizzes.package.model import short
from quizzes.queries import quizzes_of, unexplained_counts
from quizzes.question_types import type_named
from quizzes.question_types.base import Content, Said
from quizzes.wording import USUAL_LOWEST_PASS, points

# Letters of a stem in a list.
_STEM: Final = 140
_FIGURE: Final = re.compile(r"!\[([^\]\n]*)\]\(figure:[\w-]+\)")
_EMPHASIS: Final = re.compile(r"(\*{1,3})(\S(?:.*?\S)?)\1")


def stem_line(revision: QuestionRevision) -> str:
    """How a question is called in lists: the beginning of it, without stars of emphasis, and of
    its figures the words in brackets."""
    stem = _FIGURE.sub(r"\1", str(revision.data["stem"]))
    return short(_EMPHASIS.sub(r"\2", stem), most=_STEM)


@dataclass(frozen=True)
class DraftQuiz:
    """A line of the list of quizzes of a draft."""

    quiz: Quiz
    unexplained_count: int

    @property
    def is_short(self) -> bool:
        draw = self.quiz.draw_count
        return draw is not None and draw > self.quiz.pool_count


@dataclass(frozen=True)
class Place:
    """Where a quiz and practice questions may stand: a module, or (None) the end of the course."""

    module: Module | None
    line: DraftQuiz | None
    practice: DraftQuiz | None = None
    has_room_for_practice: bool = True
    """Only the first of several lines of one place offers it."""

    def is_free_for(self, purpose: str) -> bool:
        if purpose == Quiz.Purpose.PRACTICE:
            return self.practice is None and self.has_room_for_practice
        return self.line is None


def quiz_places(version: CourseVersion) -> list[Place]:
    """Every place of a draft with its quizzes, in the order of the course; three queries.

    A place that has more than one quiz, which only other tools can make, comes once for each.
    """
    unexplained = unexplained_counts(version)
    graded: dict[int | None, list[DraftQuiz]] = {}
    practice: dict[int | None, list[DraftQuiz]] = {}
    for quiz in quizzes_of([version.pk]):
        line = DraftQuiz(quiz, unexplained.get(quiz.pk, 0))
        lines = practice if quiz.purpose == Quiz.Purpose.PRACTICE else graded
        lines.setdefault(quiz.module_id, []).append(line)
    modules: list[Module | None] = [*Module.objects.filter(version=version), None]
    found = []
    for module in modules:
        key = module.pk if module else None
        pairs = list(zip_longest(graded.get(key, []), practice.get(key, []))) or [(None, None)]
        for number, (quiz_line, beside) in enumerate(pairs):
            found.append(Place(module, quiz_line, beside, has_room_for_practice=number == 0))
    return found


@dataclass(frozen=True)
class PooledQuestion:
    """A line of the page of a quiz."""

    item: QuizPoolItem
    place: int
    type_label: str
    stem: str
    """The beginning, in one line."""
    points: str
    objective: Objective | None
    is_explained: bool
    is_first: bool
    is_last: bool


def pooled_questions(quiz: Quiz, objectives: Mapping[UUID, Objective]) -> list[PooledQuestion]:
    """The questions of a quiz in order; one query."""
    items = list(QuizPoolItem.objects.filter(quiz=quiz).select_related("revision__question"))
    found = []
    for place, item in enumerate(items, start=1):
        item.quiz = quiz
        revision, content = item.revision, item.revision.data
        found.append(
            PooledQuestion(
                item=item,
                place=place,
                type_label=type_named(revision.type).label,
                stem=stem_line(revision),
                points=points(revision.points),
                objective=objectives.get(revision.objective_key)
                if revision.objective_key
                else None,
                is_explained=bool(content.get("explanation")),
                is_first=place == 1,
                is_last=place == len(items),
            )
        )
    return found


@dataclass(frozen=True)
class BankQuestion:
    """A question of the course with its newest revision, and where it is asked."""

    question: Question
    revision: QuestionRevision
    type_label: str
    stem: str
    objective_code: str
    here: list[QuizPoolItem]
    """In quizzes of this draft."""
    elsewhere: list[QuizPoolItem]
    """In quizzes of other versions, the newest first."""


@dataclass(frozen=True)
class BankPage:
    rows: list[BankQuestion]
    found_count: int
    older_after: int | None
    """Pass as `?after=` for the next page; None on the last one."""
    is_first: bool


def bank_page(
    version: CourseVersion, *, words: str = "", retired: bool = False, after: str | None = None
) -> BankPage:
    """The newest question first; every word must be in what the question says.

    Four queries. The texts are searched here and not by the database: what a question says is
    for its type to tell, and a bank is some hundred questions.
    """
    wanted = fold(words).split()
    newest = QuestionRevision.objects.filter(question=OuterRef("question")).order_by("-number")
    revisions = (
        QuestionRevision.objects.filter(
            question__course=version.course_id, question__retired_at__isnull=not retired
        )
        .filter(pk=Subquery(newest.values("pk")[:1]))
        .select_related("question")
        .order_by("-question_id")
    )
    found = [
        revision
        for revision in revisions
        if not wanted or _says_all(wanted, type_named(revision.type).search_text(revision.data))
    ]
    key = int(after) if after and after.isascii() and after.isdigit() and len(after) < 19 else None
    rest = [each for each in found if key is None or each.question_id < key]
    shown = rest[:PAGE_SIZE]
    uses: dict[int, list[QuizPoolItem]] = {}
    for item in _uses().filter(revision__question__in=[each.question_id for each in shown]):
        uses.setdefault(item.revision.question_id, []).append(item)
    codes = dict(Objective.objects.filter(version=version).values_list("key", "code"))
    rows = []
    for revision in shown:
        of_question = uses.get(revision.question_id, [])
        rows.append(
            BankQuestion(
                question=revision.question,
                revision=revision,
                type_label=type_named(revision.type).label,
                stem=stem_line(revision),
                objective_code=codes.get(revision.objective_key, "")
                if revision.objective_key
                else "",
                here=[item for item in of_question if item.quiz.version_id == version.pk],
                elsewhere=[item for item in of_question if item.quiz.version_id != version.pk],
            )
        )
    return BankPage(
        rows=rows,
        found_count=len(found),
        older_after=shown[-1].question_id if len(rest) > len(shown) else None,
        is_first=key is None,
    )


def _uses() -> QuerySet[QuizPoolItem]:
    return (
        QuizPoolItem.objects.select_related("revision", "quiz__version")
        .defer(*long_texts("quiz__version"))
        .order_by("-quiz__version__edition", "-quiz__version__revision", "quiz__position", "id")
    )


def _says_all(wanted: Sequence[str], text: str) -> bool:
    folded = fold(text)
    return all(word in folded for word in wanted)


def revisions_of(question: Question) -> list[QuestionRevision]:
    """The newest first."""
    return list(QuestionRevision.objects.filter(question=question).order_by("-number"))


class Names:
    """What objectives and lessons of a version are called; two queries."""

    def __init__(self, version: CourseVersion) -> None:
        self.objectives = {each.key: each for each in Objective.objects.filter(version=version)}
        self.lessons = {
            each.key: each
            for each in Lesson.objects.filter(version=version)
            .select_related("module")
            .only("key", "title", "position", "version_id", "module__title", "module__position")
        }

    def objective(self, key: UUID | None) -> str:
        if key is None:
            return ""
        found = self.objectives.get(key)
        return f"{found.code}: {found.text}" if found else "An objective that is gone"

    def lesson(self, key: UUID | None) -> str:
        if key is None:
            return ""
        found = self.lessons.get(key)
        return found.title if found else "A lesson that is gone"


def said_by(revision: QuestionRevision, names: Names) -> list[Said]:
    """Everything a revision says, its points and what it is tied to included."""
    return said(
        revision.type,
        revision.data,
        points=revision.points,
        objective_key=revision.objective_key,
        lesson_key=revision.lesson_key,
        names=names,
    )


def said(
    type_name: str,
    content: Content,
    *,
    points: Decimal,
    objective_key: UUID | None,
    lesson_key: UUID | None,
    names: Names,
) -> list[Said]:
    kind = type_named(type_name)
    return [
        Said("type", "Kind", kind.label),
        *kind.said(content),
        Said("points", "Worth", plain_number(points)),
        Said("objective", "Objective", names.objective(objective_key)),
        Said("lesson", "Read again", names.lesson(lesson_key)),
    ]


def newest_revision(question: Question) -> QuestionRevision:
    """Every question has one."""
    return QuestionRevision.objects.filter(question=question).latest("number")


def uses_of(question: Question) -> list[QuizPoolItem]:
    """Every quiz of every version that asks this question, the newest version first."""
    return list(_uses().filter(revision__question=question))


def people_of(revisions: Sequence[QuestionRevision]) -> dict[int, str]:
    """Who wrote them, by id; one query."""
    ids = {each.created_by_id for each in revisions if each.created_by_id is not None}
    return {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=ids)}


def objectives_of(version: CourseVersion) -> dict[UUID, Objective]:
    return {each.key: each for each in Objective.objects.filter(version=version)}


def lacks_of(quiz: Quiz, questions: Sequence[PooledQuestion]) -> list[str]:
    """What this quiz lacks before it can be published, as sentences; no query."""
    count = len(questions)
    if not count:
        return [_("It has no questions yet.")]
    lacks = []
    if quiz.draw_count is not None and quiz.draw_count > count:
        lacks.append(
            _("It is to draw %(draw)d questions but has only %(count)d.")
            % {"draw": quiz.draw_count, "count": count}
        )
    unexplained = sum(not line.is_explained for line in questions)
    if unexplained:
        lacks.append(
            ngettext(
                "%(count)d question has no explanation.",
                "%(count)d questions have no explanation.",
                unexplained,
            )
            % {"count": unexplained}
        )
    if quiz.purpose == Quiz.Purpose.GRADED and quiz.pass_percent < USUAL_LOWEST_PASS:
        lacks.append(
            _("Most licensing bodies ask for a pass mark of %(mark)d %% at least.")
            % {"mark": USUAL_LOWEST_PASS}
        )
    return lacks
