"""The one interface of all question types.

A type is one file in this folder and a template for answering and reviewing. It is a set of pure
functions over three shapes:

- **content**: what the author wrote and everything it shows (see `embed`), canonical (see `clean`);
  stored in a `QuestionRevision`;
- **raw**: what a form sent for one question, field name → values; no script is needed to make it;
- **response**: the answer in canonical form; stored in an `AttemptItem`; None when unanswered.

Nothing here reads the clock, the database or the request.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Any, ClassVar, Final, TypeVar

from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean as clean_text
from courses.domain.figure_uses import named_in
from quizzes.cases import read_case
from quizzes.question_types.figures import FIGURE_KEYS, PictureChoices, Pictures, clean_figures
from quizzes.references import texts_of

Content = dict[str, Any]
Response = dict[str, Any]
Fields = dict[str, list[str]]
Raw = Mapping[str, Sequence[str]]
Shown = dict[str, Any]
Value = TypeVar("Value")

# An item with this seed keeps the order in which the author wrote.
AUTHORED_ORDER: Final = 0
# For what must be mixed all the same; a drawn seed is never below zero.
_MIXED_ORDER: Final = -1
LONGEST_TEXT: Final = 8_000
LONGEST_LINE: Final = 1_000
# What is counted of an answer that the type has no name for.
OTHER_ANSWER: Final = "*"


class Counted(Enum):
    """What the keys of the statistics stand for."""

    OFFERED = "offered"
    """Each for one answer that the question offers; one that nobody takes does no work."""
    COMBINED = "combined"
    """Each for two things that a learner put together; most of all that could be never are."""
    TYPED = "typed"
    """Each for one answer that the author wrote down, and learners write what they like."""


class Block(str):
    """Markdown of the author that may hold paragraphs; rendered before it reaches a page."""


class Line(str):
    """Markdown of the author that stays within one line; rendered before it reaches a page."""


class Plain(str):
    """The same where only letters can stand, as in a drop-down list: its marks are taken off."""


class BadResponse(DomainError):
    """The form sent something that is no answer to this question."""


@dataclass(frozen=True)
class ContentProblem:
    where: tuple[str | int, ...]
    """Path inside the content, e.g. ("choices", 2, "text"); empty for the question as a whole."""
    sentence: str


@dataclass(frozen=True)
class Said:
    """One line of what a question says."""

    key: str
    """The same in every revision, e.g. `choices.b.text`."""
    label: str
    text: str


@dataclass(frozen=True)
class Told:
    """A text of a question as a learner takes it."""

    text: str
    is_question: bool = False
    is_wrong: bool = False
    """A wrong answer to choose."""
    verdict: str = ""
    """What the review says about a wrong one."""


@dataclass(frozen=True)
class Cleaned:
    content: Content
    problems: list[ContentProblem]


def first(raw: Raw, name: str) -> str:
    """The one value of a form field; empty when it was not sent."""
    values = raw.get(name) or [""]
    return values[0]


def told_apart(text: str) -> str:
    """What two texts must differ in. Accents count: some words of pinyin differ in nothing else."""
    return " ".join(text.casefold().split())


def said_figures(content: Content) -> list[Said]:
    """A figure that was replaced has other hashes: nobody reads them, but it is seen to differ."""
    return [
        Said(f"figures.{name}", f"Figure {name}", f"{record['alt']} ({_mark(record['sizes'])})")
        for name, record in content.get("figures", {}).items()
    ]


def _mark(sizes: Mapping[str, str]) -> str:
    return " ".join(sha256[:8] for _, sha256 in sorted(sizes.items()))


def is_of_answers(problem: ContentProblem) -> bool:
    """Not of the fields that all types share."""
    return problem.where[:1] not in (("stem",), ("explanation",), ("case",))


def ordered_by_seed(values: Sequence[Value], seed: int, *, names: Sequence[str]) -> list[Value]:
    """A shuffle that is the same for one seed for ever, on every Python and machine.

    `names` are what each value is called: the order depends on the seed and on them alone.
    """
    if seed == AUTHORED_ORDER:
        return list(values)

    def place(name: str) -> bytes:
        return hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=16).digest()

    pairs = sorted(zip(names, values, strict=True), key=lambda pair: place(pair[0]))
    return [value for _, value in pairs]


def mixed_by_seed(texts: Sequence[str], seed: int) -> list[int]:
    """The indexes of the texts in an order that says nothing about the order of the author, even
    where choices stay in it.

    All texts have a say in it: were it the same in every question of five items, whoever knows one
    such question knew the others.
    """
    names = [f"{index}:{texts}" for index in range(len(texts))]
    return ordered_by_seed(range(len(texts)), seed or _MIXED_ORDER, names=names)


@dataclass
class TableReader:
    """Takes the known keys out of a table and remembers what is wrong with it, and where."""

    table: Mapping[str, Any]
    problems: list[ContentProblem]
    where: tuple[str | int, ...] = ()
    known: set[str] = field(default_factory=set)

    def problem(self, key: str | None, sentence: str) -> None:
        where = self.where if key is None else (*self.where, key)
        self.problems.append(ContentProblem(where, sentence))

    def text(self, key: str, *, is_required: bool = False, most: int = LONGEST_TEXT) -> str:
        self.known.add(key)
        given = self.table.get(key, "")
        if not isinstance(given, str):
            self.problem(key, f"“{key}” must be text in quotation marks.")
            return ""
        value = clean_text(given)
        if is_required and not value:
            self.problem(key, f"“{key}” is missing or empty.")
        if len(value) > most:
            self.problem(key, f"“{key}” is longer than {most:,} characters.")
        return value

    def flag(self, key: str, *, default: bool | None) -> bool:
        """A yes or no; `default=None`: it must be there."""
        self.known.add(key)
        value = self.table.get(key, default)
        if not isinstance(value, bool):
            self.problem(key, f"“{key}” must be true or false.")
            return False
        return value

    def word(self, key: str, *, of: Sequence[str], default: str) -> str:
        self.known.add(key)
        value = self.table.get(key, default)
        if value not in of:
            self.problem(key, f"“{key}” must be one of {', '.join(of)}.")
            return default
        return str(value)

    def texts(self, key: str, *, most: int = LONGEST_LINE) -> list[str]:
        """A list of texts; empty ones are left out."""
        self.known.add(key)
        given = self.table.get(key, [])
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            self.problem(key, f"“{key}” must be a list of texts in quotation marks.")
            return []
        values = [" ".join(clean_text(each).split()) for each in given]
        if any(len(value) > most for value in values):
            self.problem(key, f"A text in “{key}” is longer than {most:,} characters.")
        return [value for value in values if value]

    def tables(self, key: str) -> list["TableReader"]:
        self.known.add(key)
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self.problem(key, f"“{key}” must be a list of tables.")
            return []
        return [
            TableReader(each, self.problems, (*self.where, key, index))
            for index, each in enumerate(value)
        ]

    def nothing_else(self) -> None:
        known = ", ".join(sorted(self.known))
        for key in sorted(set(self.table) - self.known):
            self.problem(key, f"“{key}” means nothing here; known are {known}.")


class QuestionType(ABC):
    """Override the abstract methods; the rest has sensible defaults."""

    name: ClassVar[str]
    """In files and in the database, e.g. `single-choice`. Never changes."""
    label: ClassVar[str]
    """For people: "Single choice"."""
    form_template: ClassVar[str]
    """Answering. Context: `position`, `shown` (from `present`), `chosen` (from `raw_of`)."""
    review_template: ClassVar[str]
    """Looking back. Context: `position`, `shown` (from `review`)."""
    stylesheets: ClassVar[tuple[str, ...]] = ()
    """What pages that show such a question load beside the style of all quizzes."""
    is_right_shown_alone: ClassVar[bool] = True
    """A review without an answer says what is right; else it needs the right answer to say so."""
    scripts: ClassVar[tuple[str, ...]] = ()
    """Modules that make answering more comfortable; every answer can be given without them."""

    # ---- writing
    def clean(self, content: Mapping[str, Any]) -> Cleaned:
        """The content in canonical form, which is the form of a course package, defaults filled
        in; with everything that is wrong. Cleaning twice changes nothing more."""
        problems: list[ContentProblem] = []
        reader = TableReader(content, problems)
        canonical: Content = {
            "stem": reader.text("stem", is_required=True),
            "explanation": reader.text("explanation"),
            **clean_figures(reader),
            **self.clean_answers(reader),
            **read_case(reader),
        }
        reader.nothing_else()
        return Cleaned(canonical, problems)

    @abstractmethod
    def clean_answers(self, reader: TableReader) -> Content:
        """This type's own share of the content."""

    def embed(
        self, content: Mapping[str, Any], pictures: Pictures, *, kept: Content | None = None
    ) -> Cleaned:
        """What an author wrote, with everything it names put in: an attempt looks the same for
        ever, whatever becomes of a figure or a chart. To be cleaned afterwards.

        `kept`: the revision before. What that one showed stays as it was, also when the figure or
        the chart was changed since; without it everything is taken as it is now.
        """
        problems: list[ContentProblem] = []
        found = self.embed_answers(dict(content), pictures, kept, problems)
        before = (kept or {}).get("figures", {})
        figures = {}
        for _, text in self.texts(found):
            for name in named_in(text):
                record = before.get(name) or pictures.figure(name)
                # One that is not there is a mistake of the text, see `quizzes.references`.
                if record is not None:
                    figures[name] = {
                        key: value for key, value in record.items() if key in FIGURE_KEYS
                    }
        found.pop("figures", None)
        return Cleaned({**found, **({"figures": figures} if figures else {})}, problems)

    def embed_answers(
        self,
        content: Content,
        pictures: Pictures,
        kept: Content | None,
        problems: list[ContentProblem],
    ) -> Content:
        """The content with this type's own pictures put in."""
        return content

    def texts(self, content: Content) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every text in it that is Markdown, with its path."""
        return (each for each in texts_of(content) if each[0][:1] != ("figures",))

    def package_answers(self, content: Content) -> Content:
        """This type's own share as a package says it, in the order of the documentation: `embed`
        and `clean` give the same again. What is empty is left out by the writer; a default may
        be."""
        return {
            name: value
            for name, value in content.items()
            if name not in ("stem", "explanation", "figures", "case")
        }

    def named(self, content: Content) -> Content:
        """The whole content as an author writes it: pictures by their names."""
        written = {
            "stem": content["stem"],
            "explanation": content["explanation"],
            **self.package_answers(content),
            **({"case": content["case"]} if "case" in content else {}),
        }
        return {name: _without_none(each) for name, each in written.items() if each is not None}

    # ---- answering
    def present(self, content: Content, seed: int) -> Shown:
        """What the learner may see: never what is correct, weights or feedback."""
        return {"stem": Block(content["stem"]), **self.present_answers(content, seed)}

    @abstractmethod
    def present_answers(self, content: Content, seed: int) -> Shown:
        """This type's own share, with a `hint` that says what to do ("Choose one.")."""

    def laid_out(self, shown: Shown, fields: Fields) -> Shown:
        """What `present` gave, its Markdown rendered by now, with these fields filled in: for
        what a template cannot look up or put in order by itself."""
        return shown

    @abstractmethod
    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        """The answer in canonical form, whatever order it was given in; None: no answer.

        Errors: BadResponse with a sentence for the learner.
        """

    @abstractmethod
    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        """The form fields that stand for a stored answer: `clean_response` backwards."""

    # ---- grading and looking back
    @abstractmethod
    def grade(self, content: Content, response: Response | None) -> Fraction:
        """The share of the points, 0 to 1, exact: thirds add up to one."""

    @abstractmethod
    def right_response(self, content: Content) -> Response:
        """A stored answer that earns all points."""

    def review(self, content: Content, response: Response | None, seed: int) -> Shown:
        """What is shown when the review rule allows it: own answer, right answer, why."""
        return {
            "stem": Block(content["stem"]),
            "explanation": Block(content["explanation"]),
            "is_answered": response is not None,
            **self.review_answers(content, response, seed),
        }

    @abstractmethod
    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        """This type's own share."""

    # ---- the studio, other formats, statistics
    editor_template: ClassVar[str] = ""
    """The form an author fills in, without stem and explanation, which all types share; empty:
    the type is written in packages only. Context: `editor` (from `editor_view`)."""
    description: ClassVar[str] = ""
    """One line for the author who chooses a type."""
    stem_label: ClassVar[str] = "Question"
    """What the author's form calls the stem."""
    studio_place: ClassVar[int] = 50
    """Among the types an author chooses from: the smallest comes first."""
    author_names: ClassVar[Mapping[str, str]] = {}
    """What the names of a course package are called in the author's form."""

    def content_of_editor(self, raw: Raw) -> Content:
        """What the author's form sent, in package form, not yet cleaned."""
        return {
            "stem": first(raw, "stem"),
            "explanation": first(raw, "explanation"),
            **self.answers_of_editor(raw),
        }

    def answers_of_editor(self, raw: Raw) -> Content:
        """This type's own share of the content that the author's form sent."""
        raise NotImplementedError(f"{self.name} has no editor.")

    def raw_of_content(self, content: Content) -> Fields:
        """The author's form for this content: `content_of_editor` backwards."""
        return {
            "stem": [content["stem"]],
            "explanation": [content["explanation"]],
            **self.raw_of_answers(content),
        }

    def raw_of_answers(self, content: Content) -> Fields:
        """This type's own share of the author's form."""
        raise NotImplementedError(f"{self.name} has no editor.")

    def blank_editor(self) -> Fields:
        """The author's form for a question that is not written yet."""
        return {}

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        """What `editor_template` shows, with every problem of the answers at its field: each
        has the `id` of its field, so that a summary can lead there."""
        return {"problems": [problem for problem in problems if is_of_answers(problem)]}

    def editor_pictures(
        self, raw: Raw, pictures: PictureChoices, problems: Sequence[ContentProblem]
    ) -> Shown:
        """More for `editor_template`, of types that are about a picture."""
        return {}

    def rearranged(self, raw: Raw, step: str) -> Fields:
        """The author's form after one of its own buttons ("add", "up:2"), without a script."""
        return {name: list(values) for name, values in raw.items()}

    def said(self, content: Content) -> list["Said"]:
        """Everything the content says, line by line, for comparing two revisions."""
        return [
            Said("stem", "Question", content["stem"]),
            *self.said_answers(content),
            Said("explanation", "Explanation", content["explanation"]),
            *said_figures(content),
        ]

    def said_answers(self, content: Content) -> list["Said"]:
        return []

    def told(self, content: Content) -> list["Told"]:
        """Everything the content says, with what of it is said to be wrong. What a type does not
        know to be wrong counts as said in earnest."""
        return [
            Told(content["stem"], is_question=True),
            *self.told_answers(content),
            Told(content["explanation"]),
        ]

    def told_answers(self, content: Content) -> list["Told"]:
        return [Told(line.text) for line in self.said_answers(content)]

    def is_answerable(self, problems: Sequence[ContentProblem]) -> bool:
        """Whether content with these problems can be shown with its right answer."""
        return not any(is_of_answers(problem) for problem in problems)

    counted: ClassVar[Counted] = Counted.OFFERED

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        """What is counted for this response, e.g. the ids of the chosen choices. Never what a
        learner typed: what the author does not know is `OTHER_ANSWER`."""
        return []

    def statistic_labels(self, content: Content) -> dict[str, str]:
        """Key → what it is called in the item analysis. Answers with other keys are counted
        together there."""
        return {}

    def right_keys(self, content: Content) -> frozenset[str]:
        """The keys that count as right."""
        return frozenset(self.statistic_keys(content, self.right_response(content)))

    def answer_ids(self, content: Content) -> frozenset[str]:
        """What stored answers refer to. Two revisions that agree in it can grade each other's.

        To be overridden where an id can come to mean another text, and where answers are typed.
        """
        return frozenset(self.statistic_labels(content))

    def search_text(self, content: Content) -> str:
        """For search in the bank and for finding near-duplicates."""
        return str(content["stem"])

    def used_files(self, content: Content) -> set[str]:
        """SHA-256 of every stored file that the content shows."""
        figures = content.get("figures", {}).values()
        return {sha256 for figure in figures for sha256 in figure["sizes"].values()}


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, list) else value
