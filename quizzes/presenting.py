"""From items to what templates show. Only here is Markdown of questions turned into HTML."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ce_platform.core.text import canonical_json, sha256_text
from courses.domain.completion import lessons_by_version
from courses.markdown import (
    MarkdownContext,
    context_for,
    render,
    render_inline,
    render_with_figures,
)
from courses.models import CourseVersion, Enrollment
from courses.reading import figure_address, figure_data
from quizzes import wording
from quizzes.cases import case_of, with_case
from quizzes.domain.grading import Mended, read_response, share_of
from quizzes.domain.mended import mended_keys
from quizzes.domain.scoring import rounded
from quizzes.embedding import NamedPictures, embedded
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
from quizzes.question_types.tap_the_point import MOST_PLACES
from quizzes.word import FoundQuestion

_MOST_KEPT: Final = 10_000
_MOST_LESSONS: Final = 5
# (version id, is a block, prefix of ids, text, figures in it) → HTML. A published version never
# changes, and a revision brings its figures along, so neither does this.
_kept: dict[tuple[int, bool, str, str, str], SafeString] = {}
Figures = Mapping[str, Mapping[str, Any]]
_NO_FIGURES: Final[Figures] = {}
# The column of questions is narrower than that of lessons.
_FIGURE_SIZES: Final = "(min-width: 50rem) 44rem, 100vw"


def forget() -> None:
    """For tests, where a rolled-back row's id comes back for another one."""
    _kept.clear()


class Renderer:
    """Markdown of one version. References and glossary are fetched when first needed.

    A page that shows one text twice gives the second renderer another prefix for its ids; one
    that shows figures before they are there, the address of their files.
    """

    def __init__(
        self,
        version: CourseVersion,
        *,
        prefix: str = "t",
        figure_address: Callable[[str, str], str] = figure_address,
    ) -> None:
        self._version = version
        self._prefix = prefix
        self._figure_address = figure_address
        self._context: MarkdownContext | None = None

    def html(self, value: Any, figures: Figures = _NO_FIGURES) -> Any:
        """The same data with every Block and Line rendered. `figures`: as the content of the
        question embeds them."""
        if isinstance(value, dict):
            return {name: self.html(each, figures) for name, each in value.items()}
        if isinstance(value, list):
            return [self.html(each, figures) for each in value]
        if isinstance(value, (Block, Line)):
            return self._render(str(value), figures, is_block=isinstance(value, Block))
        if isinstance(value, Plain):
            return wording.without_marks(self._render(str(value), figures, is_block=False))
        return value

    def _render(self, text: str, figures: Figures, *, is_block: bool) -> SafeString:
        if not text:
            return SafeString("")
        shown = canonical_json(figures) if figures and "figure:" in text else ""
        key = (self._version.pk, is_block, self._prefix, text, shown)
        html = _kept.get(key)
        if html is None:
            if self._context is None:
                # These pages do not print the list of references: a number leads to its source.
                self._context = context_for(self._version).without_list()
            # Ids inside the text: the same for the same text, different for different ones.
            prefix = f"{self._prefix}{sha256_text(text)[:10]}"
            if shown:
                html = _with_figures(
                    text,
                    self._context,
                    prefix,
                    figures,
                    is_block=is_block,
                    address=self._figure_address,
                )
            else:
                draw = render if is_block else render_inline
                html = draw(text, version_context=self._context, prefix=prefix)
            if self._version.is_frozen:
                if len(_kept) >= _MOST_KEPT:
                    _kept.clear()
                _kept[key] = html
        return html


def _with_figures(
    text: str,
    context: MarkdownContext,
    prefix: str,
    figures: Figures,
    *,
    is_block: bool,
    address: Callable[[str, str], str],
) -> SafeString:
    """A text in which figures stand between paragraphs; a line is one figure alone."""
    template = "components/_figure.html" if is_block else "quizzes/_line_figure.html"

    def figure_html(name: str, alt: str) -> str:
        record = figures.get(name)
        if record is None:
            return ""
        told = {**record, "slug": name, "caption": "", "alt": alt or record["alt"]}
        figure = figure_data(told, address=address)
        shown = replace(figure, sizes=_FIGURE_SIZES)
        return render_to_string(template, asdict(shown))

    return render_with_figures(text, version_context=context, prefix=prefix, draw=figure_html)


@dataclass(frozen=True)
class CaseView:
    """The case of a question, for one of the questions that stand under it."""

    id: str
    """Of its place in the page, e.g. `c3`."""
    title: str
    text: SafeString
    note: str
    """Which questions it is for."""
    is_first: bool
    is_last: bool


def case_views(contents: Sequence[Content], renderer: Renderer) -> list[CaseView | None]:
    """For each question in order: its case, shown above the first of those that stand together."""
    cases = [case_of(content) for content in contents]
    found: list[CaseView | None] = []
    for case, group in groupby(enumerate(cases, start=1), key=lambda each: each[1]):
        places = [place for place, _case in group]
        if case is None:
            found += [None] * len(places)
            continue
        first, last = places[0], places[-1]
        told = {"first": first, "last": last}
        note = (
            _("Question %(first)d is about this case.") % told
            if first == last
            else _("Questions %(first)d to %(last)d are about this case.") % told
        )
        text = renderer.html(Block(case.text))
        found += [
            CaseView(f"c{first}", case.title, text, note, place == first, place == last)
            for place in places
        ]
    return found


@dataclass(frozen=True)
class QuestionView:
    """A question to be answered. Holds nothing that says which answer is right."""

    position: str
    """A text: templates would format a number for the language, again and again."""
    heading: str
    type: str
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
    case: CaseView | None = None


def question_views(
    items: Iterable[AttemptItem],
    version: CourseVersion,
    *,
    messages: dict[int, str] | None = None,
    sent: Mapping[int, Fields] | None = None,
) -> list[QuestionView]:
    """`sent`: by position, what is in the form and is no answer, to be mended there. One query
    more where right answers are shown already."""
    items = list(items)
    revealed = [item.revision_id for item in items if item.revealed_at]
    mended = mended_keys(revealed) if revealed else {}
    renderer = Renderer(version)
    contents = [item.revision.data for item in items]
    views = []
    for item, content, case in zip(items, contents, case_views(contents, renderer), strict=True):
        kind = type_named(item.revision.type)
        fields = kind.raw_of(read_response(item), content, item.seed)
        fields |= (sent or {}).get(item.position, {})
        views.append(
            QuestionView(
                position=str(item.position),
                heading=_heading(item.position, len(items)),
                type=kind.name,
                template=kind.form_template,
                shown=kind.laid_out(
                    renderer.html(
                        kind.present(content, item.seed), content.get("figures", _NO_FIGURES)
                    ),
                    fields,
                ),
                chosen=fields,
                number=str(item.response_number),
                is_answered=bool(item.response),
                is_flagged=item.is_flagged,
                message=(messages or {}).get(item.position, ""),
                revealed=_revealed(item, len(items), renderer, mended)
                if item.revealed_at
                else None,
                case=case,
            )
        )
    return views


def _revealed(item: AttemptItem, total: int, renderer: Renderer, mended: Mended) -> "ReviewView":
    kind, content = type_named(item.revision.type), item.revision.data
    response = read_response(item)
    points = item.revision.points
    share = share_of(kind.name, content, response, keys=mended.get(item.revision_id, ()))
    return ReviewView(
        position=str(item.position),
        heading=_heading(item.position, total),
        type=kind.name,
        template=kind.review_template,
        shown=renderer.html(
            kind.review(content, response, item.seed), content.get("figures", _NO_FIGURES)
        ),
        points=rounded(share * Fraction(points)),
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
    type: str
    template: str
    shown: dict[str, Any]
    points: Decimal
    points_possible: Decimal
    lesson: LessonLink | None
    case: CaseView | None = None
    note: str = ""
    """Why its points are more than the key gave at first."""

    @property
    def is_right(self) -> bool:
        return self.points == self.points_possible

    @property
    def is_partly_right(self) -> bool:
        return 0 < self.points < self.points_possible


def review_views(
    items: Iterable[AttemptItem],
    grade: Grade,
    enrollment: Enrollment,
    *,
    version: CourseVersion,
    notes: Mapping[int, str] | None = None,
) -> list[ReviewView]:
    """One query for the lessons until they are kept, two more when something was not rendered
    before. The enrollment comes with its version: lessons to read again are those of today.
    `version` is the one in which the attempt was taken; `notes` are by revision id."""
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
    contents = [item.revision.data for item in items]
    views = []
    for item, content, case in zip(items, contents, case_views(contents, renderer), strict=True):
        kind = type_named(item.revision.type)
        reviewed = kind.review(content, read_response(item), item.seed)
        views.append(
            ReviewView(
                position=str(item.position),
                heading=_heading(item.position, len(items)),
                type=kind.name,
                template=kind.review_template,
                shown=renderer.html(reviewed, content.get("figures", _NO_FIGURES)),
                points=Decimal(points[str(item.position)]),
                points_possible=item.revision.points,
                lesson=lessons.get(item.revision.lesson_key) if item.revision.lesson_key else None,
                case=case,
                note=(notes or {}).get(item.revision_id, ""),
            )
        )
    return views


def assets_of(views: "Iterable[QuestionView | ReviewView | FoundView]") -> dict[str, list[str]]:
    """What the types on a page need beside what all quizzes need, each once."""
    kinds = [type_named(name) for name in dict.fromkeys(view.type for view in views)]
    return {
        "stylesheets": list(dict.fromkeys(path for kind in kinds for path in kind.stylesheets)),
        "scripts": list(dict.fromkeys(path for kind in kinds for path in kind.scripts)),
    }


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
    figures = content.get("figures", _NO_FIGURES)
    nothing = kind.clean(kind.content_of_editor(kind.blank_editor())).content
    if with_case(content, None) == nothing:
        return Preview(None, None)
    fields = kind.raw_of(None, content, AUTHORED_ORDER)
    renderer = Renderer(version)
    presented = renderer.html(kind.present(content, AUTHORED_ORDER), figures)
    asked = QuestionView(
        position="1",
        heading=_("The question"),
        type=kind.name,
        template=kind.form_template,
        shown=kind.laid_out(presented, fields),
        chosen=fields,
        number="0",
        is_answered=False,
        is_flagged=False,
        case=case_views([content], renderer)[0],
    )
    if not kind.is_answerable(problems):
        return Preview(asked, None)
    right = kind.right_response(content)
    reviewed = ReviewView(
        position="1",
        heading=_("Looking back"),
        type=kind.name,
        template=kind.review_template,
        # The same texts stand above: ids inside them must not come twice.
        shown=Renderer(version, prefix="r").html(
            kind.review(content, right, AUTHORED_ORDER), figures
        ),
        points=points,
        points_possible=points,
        lesson=lesson,
    )
    return Preview(asked, reviewed)


@dataclass(frozen=True)
class FoundView:
    """A question of a pasted text, as learners will see it when they look back."""

    line: int
    type: str
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
    kind, content = type_named(question.type), question.content
    # Nobody has answered: what is marked is what the text says is right.
    answer = None if kind.is_right_shown_alone else kind.right_response(content)
    reviewed = {**kind.review(content, answer, AUTHORED_ORDER), "is_found": True}
    return FoundView(
        line=question.line,
        type=kind.name,
        type_label=str(kind.label),
        template=kind.review_template,
        shown=renderer.html(reviewed, content.get("figures", _NO_FIGURES)),
        is_known=is_known,
    )


def chart_as_question(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every view of a chart as the list of places of a question; nothing is right or wrong yet."""
    kind = type_named("tap-the-point")
    found = []
    for view in record["views"]:
        points = [
            {
                "id": f"p{number}",
                "point": point["key"],
                "description": point["place"],
                "correct": True,
            }
            for number, point in enumerate(record["points"], start=1)
            if any(at["view"] == view["id"] for at in point["at"])
        ]
        written = {
            "stem": "?",
            "chart": record["key"],
            "view": view["id"],
            "alt": f"{record['title']}: {view['title']}",
            "places": points[:MOST_PLACES],
        }
        content = embedded(kind, written, NamedPictures(charts=[record])).content
        shown = kind.present(content, AUTHORED_ORDER)
        if shown["picture"] and len(points) > 1:
            found.append({"id": view["id"], "title": view["title"], "shown": shown})
    return found
