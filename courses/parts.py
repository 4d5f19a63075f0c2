"""How the apps above take part in a course without being imported here.

An app that rests on courses (quizzes, licensing, certificates) registers one `CoursePart` in its
`AppConfig.ready()`. All calls are plain calls inside the caller's transaction. Methods about
enrollments or versions take a list, so that query counts stay constant.

"What is unmet" and "what is missing" are lists of `Item`, never a bare no.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from ce_platform.accounts.models import User
from courses.models import Course, CourseVersion, Enrollment

if TYPE_CHECKING:
    from courses.package.source import PackageSource


@dataclass(frozen=True)
class Item:
    """One thing that is unmet or missing."""

    code: str
    """For programs and tests, e.g. `quiz-not-passed`."""
    sentence: str
    """For the person: "You still need: the lymphatic drainage quiz (80 % to pass)"."""
    url: str = ""
    """Where it is mended; empty when there is nothing to click."""
    module_id: int | None = None
    """The module it ends: it stands right after the lessons of that module. None: after all."""
    is_blocking: bool = True
    """Of what is missing before publishing: False is advice, and publishing goes on without."""


@dataclass(frozen=True)
class ChecklistLine:
    """One line of what a learner must do, met or not, in the order of the course."""

    code: str
    text: str
    is_met: bool
    url: str = ""
    detail: str = ""


@dataclass(frozen=True)
class OutlineLine:
    """Something that stands in the outline beside lessons: a quiz."""

    title: str
    detail: str
    url: str
    """Empty where the learner cannot go (yet)."""
    is_done: bool
    module_id: int | None
    """The module it ends; None: it ends the whole course."""
    kind: str = "quiz"


@dataclass(frozen=True)
class StudioLine:
    """Something of a part in the outline an author works on."""

    title: str
    detail: str
    url: str
    """Where it is edited."""
    module_id: int | None
    """The module it ends; None: it ends the whole course."""


class Fate(StrEnum):
    """What becomes of one thing when its learner takes a newer version."""

    KEPT = "kept"
    """It was done and stays done."""
    AGAIN = "again"
    """It was done, and is another thing now."""
    NEW = "new"
    GONE = "gone"
    AHEAD = "ahead"
    """It was not done, and is not."""


@dataclass(frozen=True)
class MovingLine:
    """Something of a part, when its learner takes a newer version: a quiz."""

    title: str
    fate: Fate
    detail: str = ""
    kind: str = "quiz"


@dataclass(frozen=True)
class Statement:
    """A text of a part, and whether the course stands behind it."""

    line: StudioLine
    """Where it stands."""
    text: str
    is_question: bool = False
    """It asks: what ends with a question mark in it asserts nothing."""
    is_wrong: bool = False
    """A wrong answer to choose."""
    verdict: str = ""
    """What learners are told about a wrong answer."""


@dataclass(frozen=True)
class Panel:
    """A piece of the course page: a template with what it needs, already fetched."""

    template: str
    context: Mapping[str, Any]
    order: int = 50
    is_first: bool = False
    """On the course page: right below its title, before anything else is said."""


@dataclass(frozen=True)
class Assumption:
    """What a preview may assume of its learner: a license. It lives in the query string only."""

    name: str
    """The query parameter; it may stand there several times."""
    label: str
    choices: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    """By group: (value, label) of what may be assumed besides."""
    chosen: Sequence[tuple[str, str]] = ()
    """(value, short label)"""
    nothing: str = ""
    """What is said when nothing is assumed."""


@dataclass(frozen=True)
class QuizResult:
    """How learners did in one quiz; graded attempts only."""

    title: str
    pass_percent: Decimal
    attempt_count: int
    first_count: int
    """Attempts that were the first of their learner."""
    passed_first_count: int
    mean_percent: Decimal | None
    url: str = ""
    """Where its questions are looked at one by one."""
    is_practice: bool = False
    """Nobody passes it."""


@dataclass(frozen=True)
class QuestionResult:
    """A question that learners got wrong at the first try."""

    key: UUID
    quiz_titles: Sequence[str]
    text: str
    """In plain text, shortened."""
    asked_count: int
    right_count: int
    wrong_choice: str = ""
    """The wrong choice that was taken most; empty where nobody took one."""
    wrong_choice_count: int = 0
    url: str = ""
    """Where it is edited; empty where it is not."""

    @property
    def wrong_count(self) -> int:
        return self.asked_count - self.right_count

    @property
    def right_percent(self) -> int:
        return 100 * self.right_count // self.asked_count if self.asked_count else 0


@dataclass(frozen=True)
class LearnerResults:
    """What a part knows of how learners did. No person is in it."""

    quizzes: Sequence[QuizResult] = ()
    questions: Sequence[QuestionResult] = ()
    """The most often wrong first."""


@dataclass(frozen=True)
class CatalogueFilter:
    """One choice above the catalogue. `name` is the query parameter."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    chosen: str = ""


@dataclass(frozen=True)
class Change:
    """One line of what an import will change, for the person who decides."""

    action: str
    """add | change | remove | keep"""
    what: str


@dataclass
class ImportPlan:
    """Filled by a part when it has read its share of a package."""

    changes: list[Change] = field(default_factory=list)
    share: Any = None
    """Whatever the part wants back in `write_import`."""


@dataclass(frozen=True)
class PackagePlaces:
    """What things of a version are called in its package, for files that refer to them. By key."""

    modules: dict[UUID, str] = field(default_factory=dict)
    """Folder: `01-meridians`."""
    lessons: dict[UUID, str] = field(default_factory=dict)
    """`01-meridians/02-points-of-the-face`."""
    objectives: dict[UUID, str] = field(default_factory=dict)
    """Code."""


class CoursePart:
    """Override what the app has something to say about."""

    name: str = ""
    """Names this part's share in the canonical text of a version: never change it."""
    is_after_evaluation: bool = False
    """Its items come after the evaluation in every list: the certificate's last steps."""

    # ---- learners
    def unmet(self, enrollments: Sequence[Enrollment]) -> Mapping[int, list[Item]]:
        """Per enrollment id: what still stands between the learner and completion."""
        return {}

    def checklist(self, enrollment: Enrollment) -> list[ChecklistLine]:
        """What this part asks of the learner, met or not, before the last steps."""
        return []

    def outline_lines(
        self, version: CourseVersion, enrollment: Enrollment | None
    ) -> list[OutlineLine]:
        return []

    def completed(self, enrollment: Enrollment, *, now: datetime) -> None:
        """The enrollment has just been completed, in this transaction, with its row locked."""

    def worked_until(self, enrollment: Enrollment) -> datetime | None:
        """When this part's share of what the course asks was done; None: it asks nothing.

        Of a live course: what was done after the session makes the day of completion."""
        return None

    def enrollment_panels(self, enrollment: Enrollment) -> list[Panel]:
        """What the learner should know on the page of their own course, under the next step."""
        return []

    def enrolled(self, enrollment: Enrollment, *, now: datetime) -> None:
        """A therapist has just enrolled, in this transaction."""

    # ---- a learner who takes a newer version
    def moving_lines(self, enrollment: Enrollment, version: CourseVersion) -> list[MovingLine]:
        """What becomes of this part's share of the course when the learner goes from their version
        to this newer one. A constant number of queries."""
        return []

    def moving_panels(self, enrollment: Enrollment, version: CourseVersion) -> list[Panel]:
        """What else the learner should know before they decide, e.g. where the hours count."""
        return []

    def hindrances_to_moving(self, enrollment: Enrollment, *, now: datetime) -> list[Item]:
        """What the learner must finish first. Asked again with the row locked."""
        return []

    # ---- the course page and the catalogue
    def course_panels(
        self, request: HttpRequest, version: CourseVersion, *, assumed: QueryDict | None = None
    ) -> list[Panel]:
        """For whoever asks; in a preview for a visitor of whom this is `assumed`."""
        return []

    def assumptions(self, query: QueryDict) -> list[Assumption]:
        """What a preview may assume of its learner, and what `query` chooses of it."""
        return []

    def requirement_sentences(self, version: CourseVersion) -> list[str]:
        """For "What you must do" on the course page."""
        return []

    def catalogue_filters(
        self, query: QueryDict, *, user: User | None = None
    ) -> list[CatalogueFilter]:
        """For this person, or for a visitor."""
        return []

    def filter_catalogue(
        self, courses: "QuerySet[Course]", query: QueryDict, *, user: User | None = None
    ) -> "QuerySet[Course]":
        return courses

    def catalogue_notes(
        self, versions: Sequence[CourseVersion], query: QueryDict, *, user: User | None = None
    ) -> Mapping[int, list[str]]:
        """Per version id: short notes under a course in the catalogue, the first ones first."""
        return {}

    # ---- versions
    def missing(self, version: CourseVersion) -> list[Item]:
        """What is missing before this version may be published."""
        return []

    def publishing_notes(self, version: CourseVersion) -> list[str]:
        """What the author should know before publishing: whom it makes work for."""
        return []

    def freeze(self, version: CourseVersion, *, now: datetime) -> None:
        """The version is being published, in this transaction."""

    def copy(self, old: CourseVersion, new: CourseVersion, *, now: datetime) -> None:
        """Copy this part's share of a version into a new draft of the same course. Modules,
        lessons and objectives are there already and are found by key."""

    def discard(self, version: CourseVersion) -> None:
        """Remove this part's share of a draft that is thrown away, in this transaction."""

    def outline_state(self, version: CourseVersion) -> Any:
        """This part's share of the outline as plain data, for Undo."""
        return None

    def restore_outline(self, version: CourseVersion, state: Any) -> None:
        """Make this part's share of the outline what `outline_state` said. Modules are there."""

    def without_module(self, state: Any, module_key: str) -> Any:
        """An `outline_state` without what belongs to this module."""
        return state

    def with_modules(self, state: Any, before: Any, module_keys: Collection[str]) -> Any:
        """An `outline_state` with what `before` had of these modules, which come back."""
        return state

    def studio_lines(self, version: CourseVersion) -> list["StudioLine"]:
        """What stands in the studio's outline beside lessons: quizzes."""
        return []

    def objective_uses(self, version: CourseVersion) -> Mapping[str, Sequence["StudioLine"]]:
        """Per key of an objective: what of this part is about it, one line for every question."""
        return {}

    def studio_texts(self, version: CourseVersion) -> list[tuple["StudioLine", str]]:
        """Texts of this part that may cite references and use terms, each with its place."""
        return []

    def statements(self, version: CourseVersion) -> list["Statement"]:
        """What this part says to learners, text by text, for the check of wording."""
        return [Statement(line, text) for line, text in self.studio_texts(version)]

    def picture_uses(self, version: CourseVersion) -> Mapping[str, Sequence["StudioLine"]]:
        """What of this part shows the charts and figures of a draft, by `chart:KEY` and
        `figure:SLUG`: they are not taken away under it."""
        return {}

    def versions_showing(self, sha256: str) -> Collection[int]:
        """Ids of versions of which this part shows a stored file, also when no chart or figure
        has it any more. Whoever may see such a version may see the file."""
        return ()

    def chart_panels(self, version: CourseVersion, record: Mapping[str, Any]) -> list[Panel]:
        """What else can be made of a chart (`courses.charts.chart_record`), for its author."""
        return []

    def canonical(self, version: CourseVersion) -> Any:
        """This part's share of the canonical text: plain data, stable in order."""
        return None

    def question_count(self, version: CourseVersion) -> int:
        """Questions for the hours worksheet."""
        return 0

    def plan_import(self, source: "PackageSource", course: Course | None) -> ImportPlan:
        """Read and check this part's files. Mistakes go to `source.problem(...)`."""
        return ImportPlan()

    def write_import(
        self, version: CourseVersion, share: Any, *, source: "PackageSource", now: datetime
    ) -> None:
        """Write what `plan_import` read, in the import's transaction."""

    def export(self, version: CourseVersion, places: PackagePlaces) -> Mapping[str, str | bytes]:
        """This part's files of the package: path → what `plan_import` reads as the same.

        The same version gives the same files, in a constant number of queries. What the format
        cannot say is refused (`courses.package.exporting.ExportRefused`), never left out.
        """
        return {}

    def learner_results(
        self, versions: Sequence[CourseVersion], *, with_answers: bool = True
    ) -> Mapping[int, LearnerResults]:
        """Per version id, how learners did; also what they answered instead of what is right."""
        return {}

    def worksheet_lines(self, version: CourseVersion) -> list[tuple[str, str, Decimal | None]]:
        """Further lines of the hours worksheet: (label, explanation, hours)."""
        return []


_parts: list[CoursePart] = []


def register(part: CoursePart) -> None:
    _parts.append(part)


def parts() -> Iterable[CoursePart]:
    return tuple(_parts)
