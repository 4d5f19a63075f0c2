"""From items to what templates show. Only here is Markdown of questions turned into HTML."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ce_platform.core.text import sha256_text
from courses.domain.completion import lessons_by_version
from courses.markdown import MarkdownContext, context_for, render, render_inline
from courses.models import CourseVersion, Enrollment
from quizzes import wording
from quizzes.domain.grading import read_response
from quizzes.domain.scoring import rounded
from quizzes.models import AttemptItem, Grade
from quizzes.question_types import type_named
from quizzes.question_types.base import (
    AUTHORED_ORDER,
    Block,
    Content,
    ContentProblem,
    Fields,
    Line,
    Plain,
)
from quizzes.word import FoundQuestion

_MOST_KEPT: Final = 10_000
_MOST_LESSONS: Final = 5
# (version id, is a block, prefix of ids, text) → HTML. A published version never changes, so
# neither does this.
_kept: dict[tuple[int, bool, str, str], SafeString] = {}


def forget() -> None:
    """For tests, where a rolled-back row's id comes back for another one."""
    _kept.clear()


class Renderer:
    """Markdown of one version. References and glossary are fetched when first needed.

    A page that shows one text twice gives the second renderer another prefix for its ids.
    """

    def __init__(self, version: CourseVersion, *, prefix: str = "t") -> None:
        self._version = version
        self._prefix = prefix
        self._context: MarkdownContext | None = None

    def html(self, value: Any) -> Any:
        """The same data with every Block and Line rendered."""
        if isinstance(value, dict):
            return {name: self.html(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.html(each) for each in value]
        if isinstance(value, (Block, Line)):
            return self._render(str(value), is_block=isinstance(value, Block))
        if isinstance(value, Plain):
            return wording.without_marks(self._render(str(value), is_block=False))
        return value

    def _render(self, text: str, *, is_block: bool) -> SafeString:
        if not text:
            return SafeString("")
        key = (self._version.pk, is_block, self._prefix, text)
        html = _kept.get(key)
        if html is None:
            if self._context is None:
                # These pages do not print the list of references: a number leads to its source.
                self._context = context_for(self._version).without_list()
            draw = render if is_block else render_inline
            # Ids inside the text: the same for the same text, different for different ones.
            prefix = f"{self._prefix}{sha256_text(text)[:10]}"
            html = draw(text, version_context=self._context, prefix=prefix)
            if self._version.is_frozen:
                if len(_kept) >= _MOST_KEPT:
                    _kept.clear()
                _kept[key] = html
        return html


@dataclass(frozen=True)
class QuestionView:
    """A question to be answered. Holds nothing that says which answer is right."""

    position: str
    """A text: templates would format a number for the language, again and again."""
    heading: str
    template: str
    shown: dict[str, Any]
    chosen: Fields
    number: str
    """Of the stored response; the form sends it back."""
    is_answered: bool
    is_flagged: bool
    message: str = ""
    """Why the answer just sent was not taken."""
    revealed: "ReviewView | None" = None
    """Practice: what is right, once it has been asked for."""
    modules: tuple[str, ...] = ()
    """Scripts that make answering it easier."""


def question_views(
    items: Iterable[AttemptItem],
    version: CourseVersion,
    *,
    messages: dict[int, str] | None = None,
    sent: Mapping[int, Fields] | None = None,
) -> list[QuestionView]:
    """`sent`: by position, what is in the form and is no answer, to be mended there."""
    items = list(items)
    renderer = Renderer(version)
    views = []
    for item in items:
        kind = type_named(item.revision.type)
        content = item.revision.data
        fields = kind.raw_of(read_response(item), content, item.seed)
        fields |= (sent or {}).get(item.position, {})
        views.append(
            QuestionView(
                position=str(item.position),
                heading=_heading(item.position, len(items)),
                template=kind.form_template,
                shown=kind.laid_out(renderer.html(kind.present(content, item.seed)), fields),
                chosen=fields,
                number=str(item.response_number),
                is_answered=bool(item.response),
                is_flagged=item.is_flagged,
                message=(messages or {}).get(item.position, ""),
                revealed=_revealed(item, len(items), renderer) if item.revealed_at else None,
                modules=kind.modules,
            )
        )
    return views


def _revealed(item: AttemptItem, total: int, renderer: Renderer) -> "ReviewView":
    kind, content = type_named(item.revision.type), item.revision.data
    response = read_response(item)
    points = item.revision.points
    return ReviewView(
        position=str(item.position),
        heading=_heading(item.position, total),
        template=kind.review_template,
        shown=renderer.html(kind.review(content, response, item.seed)),
        points=rounded(kind.grade(content, response) * Fraction(points)),
        points_possible=points,
        lesson=None,
    )


def _heading(position: int, total: int) -> str:
    return _("Question %(number)d of %(total)d") % {"number": position, "total": total}


def fields_of(item: AttemptItem) -> Fields:
    """The form fields that stand for the stored answer; the item comes with its revision."""
    kind = type_named(item.revision.type)
    return kind.raw_of(read_response(item), item.revision.data, item.seed)


@dataclass(frozen=True)
class LessonLink:
    title: str
    url: str


@dataclass(frozen=True)
class ReviewView:
    """A question looked back at: own answer, right answer, why."""

    position: str
    heading: str
    template: str
    shown: dict[str, Any]
    points: Decimal
    points_possible: Decimal
    lesson: LessonLink | None

    @property
    def is_right(self) -> bool:
        return self.points == self.points_possible

    @property
    def is_partly_right(self) -> bool:
        return 0 < self.points < self.points_possible


def review_views(
    items: Iterable[AttemptItem], grade: Grade, enrollment: Enrollment, *, version: CourseVersion
) -> list[ReviewView]:
    """One query for the lessons until they are kept, two more when something was not rendered
    before. The enrollment comes with its version: lessons to read again are those of today.
    `version` is the one in which the attempt was taken."""
    items = list(items)
    renderer = Renderer(version)
    points = json.loads(grade.items_json)
    lessons = {
        lesson.key: LessonLink(
            title=lesson.title,
            url=enrollment.address("courses:lesson-detail", lesson.slug),
        )
        for lesson in lessons_by_version([enrollment.version])[enrollment.version_id]
    }
    views = []
    for item in items:
        kind = type_named(item.revision.type)
        reviewed = kind.review(item.revision.data, read_response(item), item.seed)
        views.append(
            ReviewView(
                position=str(item.position),
                heading=_heading(item.position, len(items)),
                template=kind.review_template,
                shown=renderer.html(reviewed),
                points=Decimal(points[str(item.position)]),
                points_possible=item.revision.points,
                lesson=lessons.get(item.revision.lesson_key) if item.revision.lesson_key else None,
            )
        )
    return views


def lessons_to_read_again(views: Iterable[ReviewView]) -> list[LessonLink]:
    """The lessons behind the questions that were not wholly right, the most missed first."""
    missed = Counter(view.lesson for view in views if view.lesson and not view.is_right)
    return [lesson for lesson, _ in missed.most_common(_MOST_LESSONS)]


# ------------------------------------------------------------------------------- the studio


@dataclass(frozen=True)
class Preview:
    """A question that is being written, as the learner will meet it and look back at it."""

    asked: QuestionView | None
    """None: nothing is written yet."""
    reviewed: ReviewView | None
    """None: the right answer cannot be told yet."""


def preview_of(
    type_name: str,
    content: Content,
    problems: Sequence[ContentProblem],
    version: CourseVersion,
    *,
    points: Decimal,
    lesson: LessonLink | None,
) -> Preview:
    """In the order the author wrote; two queries when something refers to a source or a term."""
    kind = type_named(type_name)
    if content == kind.clean(kind.content_of_editor(kind.blank_editor())).content:
        return Preview(None, None)
    fields = kind.raw_of(None, content, AUTHORED_ORDER)
    presented = Renderer(version).html(kind.present(content, AUTHORED_ORDER))
    asked = QuestionView(
        position="1",
        heading=_("The question"),
        template=kind.form_template,
        shown=kind.laid_out(presented, fields),
        chosen=fields,
        number="0",
        is_answered=False,
        is_flagged=False,
    )
    if not kind.is_answerable(problems):
        return Preview(asked, None)
    right = kind.right_response(content)
    reviewed = ReviewView(
        position="1",
        heading=_("Looking back"),
        template=kind.review_template,
        # The same texts stand above: ids inside them must not come twice.
        shown=Renderer(version, prefix="r").html(kind.review(content, right, AUTHORED_ORDER)),
        points=points,
        points_possible=points,
        lesson=lesson,
    )
    return Preview(asked, reviewed)


@dataclass(frozen=True)
class FoundView:
    """A question of a pasted text, as learners will see it when they look back."""

    line: int
    type_label: str
    template: str
    shown: dict[str, Any]
    is_known: bool
    """The quiz asks it already."""


def found_views(
    questions: Sequence[FoundQuestion], version: CourseVersion, *, known: Sequence[FoundQuestion]
) -> list[FoundView]:
    """In the order of the text, the right answers marked; no query, for pasted text refers to
    nothing."""
    renderer = Renderer(version)
    return [
        found_view(question, renderer, is_known=any(question is each for each in known))
        for question in sorted(questions, key=lambda each: each.line)
    ]


def found_view(question: FoundQuestion, renderer: Renderer, *, is_known: bool) -> FoundView:
    kind = type_named(question.type)
    return FoundView(
        line=question.line,
        type_label=str(kind.label),
        template=kind.review_template,
        # Nobody has answered: what is marked is what the text says is right.
        shown=renderer.html(kind.review(question.content, None, AUTHORED_ORDER)),
        is_known=is_known,
    )
