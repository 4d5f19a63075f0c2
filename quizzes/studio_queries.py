"""What the studio's pages of quizzes show, in a number of queries that does not grow."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ce_platform.accounts.models import User
from ce_platform.core.templatetags.wording import plain_number
from courses.models import CourseVersion, Lesson, Module, Objective, long_texts
from quizzes.cases import Case, case_of
from quizzes.domain.drafting import pool_of
from quizzes.domain.revising import Facts, facts_of
from quizzes.models import Question, QuestionRevision, Quiz, QuizDraw, QuizPoolItem
from quizzes.package.model import short, without_marks
from quizzes.queries import quizzes_of, unexplained_counts
from quizzes.question_types import type_named
from quizzes.question_types.base import Content, Said
from quizzes.tags import tags_text
from quizzes.wording import USUAL_LOWEST_PASS, points, source

# Letters of a stem in a list.
_STEM: Final = 140


def stem_line(revision: QuestionRevision) -> str:
    """How a question is called in lists: the beginning of it, without stars of emphasis, and of
    its figures the words in brackets."""
    return short(without_marks(str(revision.data["stem"])), most=_STEM)


@dataclass(frozen=True)
class DraftQuiz:
    """A line of the list of quizzes of a draft."""

    quiz: Quiz
    unexplained_count: int
    has_impossible_draw: bool = False

    @property
    def is_short(self) -> bool:
        draw = self.quiz.draw_count
        return self.has_impossible_draw or (draw is not None and draw > self.quiz.fixed_count)


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


def quiz_places(version: CourseVersion, *, lacking: Container[int] = ()) -> list[Place]:
    """Every place of a draft with its quizzes, in the order of the course; three queries.
    `lacking`: ids of the quizzes that `readiness.draw_lacks` found.

    A place that has more than one quiz, which only other tools can make, comes once for each.
    """
    unexplained = unexplained_counts(version)
    graded: dict[int | None, list[DraftQuiz]] = {}
    practice: dict[int | None, list[DraftQuiz]] = {}
    for quiz in quizzes_of([version.pk]):
        line = DraftQuiz(quiz, unexplained.get(quiz.pk, 0), quiz.pk in lacking)
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
    case: Case | None
    is_first: bool
    is_last: bool


def pooled_questions(quiz: Quiz, objectives: Mapping[UUID, Objective]) -> list[PooledQuestion]:
    """The questions that the author put into a quiz, in order; one query."""
    items = pool_of(quiz)
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
                case=case_of(content),
                is_first=place == 1,
                is_last=place == len(items),
            )
        )
    return found


@dataclass(frozen=True)
class DrawLine:
    """A line of the page of a quiz."""

    draw: QuizDraw
    place: int
    source: str
    """“points”, or an objective with its text."""
    value: str
    """As the form says it."""
    match_count: int
    """Questions it may take."""
    is_first: bool
    is_last: bool

    @property
    def is_short(self) -> bool:
        return self.match_count < self.draw.count


def draw_lines(quiz: Quiz, objectives: Mapping[UUID, Objective]) -> list[DrawLine]:
    """The draws of a quiz in order; one query."""
    draws = list(QuizDraw.objects.filter(quiz=quiz).annotate(match_count=Count("pool")))
    found = []
    for place, draw in enumerate(draws, start=1):
        objective = objectives.get(draw.objective_key) if draw.objective_key else None
        found.append(
            DrawLine(
                draw=draw,
                place=place,
                source=f"{objective.code}: {objective.text}"
                if objective
                else source(draw, objectives),
                value=f"tag:{draw.tag}" if draw.tag else f"objective:{draw.objective_key}",
                match_count=draw.match_count,
                is_first=place == 1,
                is_last=place == len(draws),
            )
        )
    return found


def drawn_items(quiz: Quiz, draws: Sequence[DrawLine]) -> list[QuizPoolItem]:
    """What the draws of a quiz may take; one query when there are any."""
    if not draws:
        return []
    return list(
        QuizPoolItem.objects.filter(quiz=quiz, draw__isnull=False).select_related(
            "revision__question"
        )
    )


def all_uses() -> QuerySet[QuizPoolItem]:
    return (
        QuizPoolItem.objects.select_related("revision", "quiz__version")
        .defer(*long_texts("quiz__version"))
        .order_by("-quiz__version__edition", "-quiz__version__revision", "quiz__position", "id")
    )


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
    return said(revision.type, revision.data, facts=facts_of(revision), names=names)


def said(type_name: str, content: Content, *, facts: Facts, names: Names) -> list[Said]:
    kind = type_named(type_name)
    case = case_of(content)
    return [
        Said("type", "Kind", kind.label),
        Said("case.title", "Case", case.title if case else ""),
        Said("case.text", "What the case says", case.text if case else ""),
        *kind.said(content),
        Said("points", "Worth", plain_number(facts.points)),
        Said("objective", "Objective", names.objective(facts.objective_key)),
        Said("lesson", "Read again", names.lesson(facts.lesson_key)),
        Said("tags", "Tags", tags_text(facts.tags)),
        Said("difficulty", "Difficulty", facts.difficulty),
    ]


def newest_revision(question: Question) -> QuestionRevision:
    """Every question has one."""
    return QuestionRevision.objects.filter(question=question).latest("number")


def uses_of(question: Question) -> list[QuizPoolItem]:
    """Every quiz of every version that asks or draws this question, the newest version first."""
    return list(all_uses().filter(revision__question=question))


def people_of(revisions: Sequence[QuestionRevision]) -> dict[int, str]:
    """Who wrote them, by id; one query."""
    ids = {each.created_by_id for each in revisions if each.created_by_id is not None}
    return {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=ids)}


def objectives_of(version: CourseVersion) -> dict[UUID, Objective]:
    return {each.key: each for each in Objective.objects.filter(version=version)}


def lacks_of(
    quiz: Quiz, questions: Sequence[PooledQuestion], of_draws: Sequence[str] = ()
) -> list[str]:
    """What this quiz lacks before it can be published, as sentences; no query. `of_draws` is what
    `readiness.draw_lacks` found."""
    count = len(questions)
    if not count and not quiz.pool_count and not of_draws:
        return [_("It has no questions yet.")]
    lacks = [f"{sentence[:1].upper()}{sentence[1:]}." for sentence in of_draws]
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
