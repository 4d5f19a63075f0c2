"""What a package says, read and checked: plain data, nothing of it in the database yet."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from courses.markdown import Parsed


@dataclass
class PackagedAuthor:
    key: UUID
    name: str
    credentials: str
    biography: str
    email: str


@dataclass
class PackagedObjective:
    key: UUID
    code: str
    text: str


@dataclass
class PackagedLesson:
    key: UUID
    slug: str
    title: str
    body: str
    objectives: list[str]
    """Codes."""
    is_free: bool
    media_minutes: Decimal
    path: str
    head_lines: int
    """Lines above the body in the file."""
    parsed: Parsed
    counted_words: int


@dataclass
class PackagedModule:
    key: UUID
    folder: str
    slug: str
    title: str
    summary: str
    lessons: list[PackagedLesson] = field(default_factory=list)


@dataclass
class PackagedFigure:
    key: UUID
    slug: str
    path: str
    alt: str
    caption: str
    credit: str
    sha256: str
    """Of the file in the package."""
    source_sha256: str
    """The same, or of what we made that file from, when it comes back from an export."""
    width: int
    height: int


@dataclass
class PackagedRecording:
    key: UUID
    slug: str
    path: str
    title: str
    credit: str
    captions: str
    """WebVTT as we write it."""
    captions_language: str
    transcript: str
    kind: str
    duration_ms: int
    sha256: str
    """Of the file as it is kept."""


@dataclass
class PackagedHandout:
    key: UUID
    slug: str
    path: str
    title: str
    credit: str
    sha256: str
    """Of the file as it is kept."""


@dataclass
class PackagedView:
    slug: str
    title: str
    drawing: bytes
    """Rebuilt."""
    width: int
    height: int
    crop: tuple[float, float, float, float]


@dataclass
class PackagedPoint:
    key: UUID
    code: str
    name: str
    language: str
    layer: str
    place: str
    caution: str
    caution_level: str
    note: str
    references: list[str]
    at: list[dict[str, Any]]


@dataclass
class PackagedChart:
    key: UUID
    slug: str
    path: str
    title: str
    description: str
    credit: str
    layers: list[dict[str, Any]]
    paths: list[dict[str, Any]]
    views: list[PackagedView]
    points: list[PackagedPoint]


@dataclass
class PackagedReference:
    key: UUID
    slug: str
    text: str
    doi: str
    pmid: str
    url: str
    read: str


@dataclass
class PackagedTerm:
    key: UUID
    slug: str
    term: str
    definition: str
    language: str


@dataclass
class PackagedCourse:
    key: UUID
    slug: str
    texts: dict[str, str]
    """Fields of the version by name: title, subtitle, language, …"""
    subjects: list[str]
    difficulty: int
    credits: list[tuple[str, Decimal]]
    authors: list[PackagedAuthor]
    objectives: list[PackagedObjective]
    modules: list[PackagedModule] = field(default_factory=list)
    figures: list[PackagedFigure] = field(default_factory=list)
    charts: list[PackagedChart] = field(default_factory=list)
    recordings: list[PackagedRecording] = field(default_factory=list)
    handouts: list[PackagedHandout] = field(default_factory=list)
    references: list[PackagedReference] = field(default_factory=list)
    glossary: list[PackagedTerm] = field(default_factory=list)

    @property
    def lessons(self) -> list[PackagedLesson]:
        return [lesson for module in self.modules for lesson in module.lessons]

    @property
    def credit_hours(self) -> Decimal:
        return sum((hours for _, hours in self.credits), Decimal("0.0"))
