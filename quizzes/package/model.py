"""A quiz of a package, read and checked, not yet written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from uuid import UUID

from ce_platform.core.text import canonical_json, sha256_text
from quizzes.models import QuestionRevision
from quizzes.question_types.base import Content

_FIGURE: Final = re.compile(r"!\[([^\]\n]*)\]\(figure:[\w-]+\)")
_EMPHASIS: Final = re.compile(r"(\*{1,3})(\S(?:.*?\S)?)\1")


@dataclass(frozen=True)
class PackagedQuestion:
    key: UUID
    type: str
    content: Content
    points: Decimal
    objective_key: UUID | None
    lesson_key: UUID | None
    tags: Sequence[str] = ()
    """Folded and sorted."""
    difficulty: str = ""
    written: Content = field(default_factory=dict)
    """The content as the file says it, pictures by their names."""
    kept: Content | None = None
    """The revision whose pictures it goes on to show."""

    @property
    def tags_text(self) -> str:
        """What `QuestionRevision.tags` holds."""
        return canonical_json(list(self.tags))

    @property
    def content_text(self) -> str:
        return canonical_json(self.content)

    @property
    def sha256(self) -> str:
        return content_sha256(self.type, self.content_text)

    @property
    def short_stem(self) -> str:
        return short(str(self.content["stem"]))

    def equals(self, revision: QuestionRevision) -> bool:
        """Nothing that a learner or an author would notice differs."""
        return (
            revision.sha256 == self.sha256
            and revision.points == self.points
            and revision.objective_key == self.objective_key
            and revision.lesson_key == self.lesson_key
            and revision.tags == self.tags_text
            and revision.difficulty == self.difficulty
        )


@dataclass(frozen=True)
class PackagedDraw:
    key: UUID
    count: int
    tag: str
    objective_key: UUID | None


@dataclass(frozen=True)
class PackagedQuiz:
    key: UUID
    slug: str
    module_key: UUID | None
    title: str
    introduction: str
    pass_percent: Decimal
    attempts_allowed: int | None
    time_limit_seconds: int | None
    draw_count: int | None
    is_shuffled: bool
    review: str
    purpose: str
    extra_time: str
    questions: list[PackagedQuestion]
    draws: Sequence[PackagedDraw] = ()

    @property
    def settings(self) -> dict[str, object]:
        """The fields of the row, without its place."""
        return {
            "slug": self.slug,
            "title": self.title,
            "introduction": self.introduction,
            "pass_percent": self.pass_percent,
            "attempts_allowed": self.attempts_allowed,
            "time_limit_seconds": self.time_limit_seconds,
            "draw_count": self.draw_count,
            "is_shuffled": self.is_shuffled,
            "review": self.review,
            "purpose": self.purpose,
            "extra_time": self.extra_time,
        }


@dataclass(frozen=True)
class PackagedShare:
    """All that a package has of quizzes."""

    quizzes: list[PackagedQuiz]
    bank: list[PackagedQuestion]
    """Questions that no quiz asks for by themselves: they are there to be drawn."""


def content_sha256(type_name: str, content_text: str) -> str:
    """What `QuestionRevision.sha256` holds."""
    return sha256_text(f"{type_name}\n{content_text}")


def without_marks(stem: str) -> str:
    """A stem without stars of emphasis, and of its figures the words in brackets."""
    return _EMPHASIS.sub(r"\2", _FIGURE.sub(r"\1", stem))


def short(stem: str, *, most: int = 70) -> str:
    """The beginning of a stem, in one line."""
    stem = " ".join(stem.split())
    return stem if len(stem) <= most else f"{stem[: most - 3].rstrip()}…"
