"""Credit hours: what counts as a word, what the methods make of it, and the minutes of sessions.

This is the one place of these rules; docs/hours.md tells them in words. Everything but
`shortest_session` and `worksheet_of` is pure. Hours and minutes of recordings are Decimal; minutes
are real minutes.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.db.models import Min

from courses.markdown.parser import Parsed, parse
from courses.markdown.words import counted_text
from courses.models import CourseVersion, LiveSession
from courses.parts import parts

# NCBTMB home study: 12,000 words or 60 minutes of audio or video are one CE hour, in whole or
# half hours (ncbtmb.org, home-study page and CE-hour page, seen on 2026-11-20).
NCBTMB_WORDS_PER_HOUR = Decimal(12_000)
NCBTMB_MEDIA_MINUTES_PER_HOUR = Decimal(60)
# Mergener's formula. The minus sign before 22.3 is right: a printed sheet without it does not
# reach its own example (3,774 words, 16 questions, difficulty 2.5: 61.94 minutes).
MERGENER = (Decimal("0.9"), Decimal("-22.3"), Decimal("0.00209"), Decimal("2.78"), Decimal("15.5"))
MERGENER_HOUR_MINUTES = Decimal(50)
# NCBTMB: a live hour is 50 minutes of teaching and 10 of break (N-CERT, seen on 2026-11-20). The
# states' contact hour of 50 minutes (16 TAC 117.30 and others) gives more for the same time.
NCBTMB_LIVE_MINUTES_PER_HOUR = Decimal(60)
CONTACT_HOUR_MINUTES = Decimal(50)

_WORD = re.compile(r"\S+")


def count_words(text: str | Parsed) -> int:
    """Running words of a lesson body: runs without spaces that hold a letter or a digit.

    Counted: paragraphs, list items, table cells, the text inside callouts. Not counted: titles
    and headings, citations and grades, captions, alternative texts and credits of figures and
    charts, captions and transcripts of recordings (their minutes count), glossary definitions,
    footnotes, references, code.
    """
    parsed = parse(text) if isinstance(text, str) else text
    return sum(
        1
        for word in _WORD.findall(counted_text(parsed.tokens))
        if any(letter.isalnum() for letter in word)
    )


def minutes_by_lesson(
    uses: Sequence[Sequence[str]], durations_ms: Mapping[str, int]
) -> list[Decimal | None]:
    """Minutes of audio and video per lesson, rounded down to a tenth, from the names of the
    recordings that each lesson in turn shows. None: it shows none that is known.

    A recording counts where it is shown first: who sees it again in a later lesson has seen it.
    """
    counted: set[str] = set()
    found: list[Decimal | None] = []
    for names in uses:
        known = [name for name in dict.fromkeys(names) if name in durations_ms]
        fresh = [name for name in known if name not in counted]
        counted.update(fresh)
        tenths = sum(durations_ms[name] for name in fresh) // 6_000
        found.append(Decimal(tenths) / 10 if known else None)
    return found


def ncbtmb_hours(words: int, media_minutes: Decimal | int = 0) -> Decimal:
    """Hours before rounding: words / 12,000 + minutes of audio and video / 60."""
    return (
        Decimal(words) / NCBTMB_WORDS_PER_HOUR
        + Decimal(media_minutes) / NCBTMB_MEDIA_MINUTES_PER_HOUR
    )


def mergener_minutes(words: int, questions: int, difficulty: Decimal | int) -> Decimal:
    """0.9 × (−22.3 + 0.00209 × words + 2.78 × questions + 15.5 × difficulty), never below 0."""
    factor, base, per_word, per_question, per_level = MERGENER
    minutes = factor * (
        base
        + per_word * Decimal(words)
        + per_question * Decimal(questions)
        + per_level * Decimal(difficulty)
    )
    return max(Decimal(0), minutes)


def internachi_hours(words: int, questions: int, media_minutes: Decimal | int = 0) -> Decimal:
    """(words / 140 + video minutes + 1.85 × questions) / 50. For information only."""
    minutes = (
        Decimal(words) / Decimal(140)
        + Decimal(media_minutes)
        + Decimal("1.85") * Decimal(questions)
    )
    return minutes / Decimal(50)


def half_hours_down(hours: Decimal) -> Decimal:
    """Rounded down to whole or half hours, never up."""
    doubled = (hours * 2).to_integral_value(rounding=ROUND_FLOOR)
    return (max(Decimal(0), doubled) / 2).quantize(Decimal("0.1"))


def claimable_hours(words: int, media_minutes: Decimal | int = 0) -> Decimal:
    """The most that may be claimed: the strictest method (NCBTMB), rounded down to half hours."""
    return half_hours_down(ncbtmb_hours(words, media_minutes))


def live_hours(minutes: int) -> Decimal:
    """Hours of a session before rounding: its minutes, breaks included, ÷ 60."""
    return Decimal(minutes) / NCBTMB_LIVE_MINUTES_PER_HOUR


def claimable_live_hours(minutes: int) -> Decimal:
    """The most that may be claimed for a session, rounded down to half hours."""
    return half_hours_down(live_hours(minutes))


def minutes_needed(hours: Decimal) -> int:
    """How long each session of a live course of so many CE hours is at least."""
    return math.ceil(hours * NCBTMB_LIVE_MINUTES_PER_HOUR)


@dataclass(frozen=True)
class WorksheetLine:
    """One line of the worksheet as a page shows it."""

    code: str
    label: str
    value: str
    """The figure with its unit, ready to print."""
    explanation: str = ""
    is_result: bool = False


@dataclass(frozen=True)
class HoursWorksheet:
    """How the hours of a version were worked out."""

    words: int
    media_minutes: Decimal
    questions: int
    difficulty: int
    difficulty_reason: str
    claimed: Decimal
    further: Sequence[tuple[str, str, Decimal | None]] = ()
    """Lines of the parts: label, explanation, hours."""
    live_minutes: int | None = None
    """Of a live course: the minutes of its shortest session; 0 before there is one."""

    @property
    def ncbtmb(self) -> Decimal:
        return ncbtmb_hours(self.words, self.media_minutes)

    @property
    def mergener(self) -> Decimal:
        """Minutes."""
        return mergener_minutes(self.words, self.questions, self.difficulty)

    @property
    def internachi(self) -> Decimal:
        return internachi_hours(self.words, self.questions, self.media_minutes)

    @property
    def claimable(self) -> Decimal:
        if self.live_minutes is not None:
            return claimable_live_hours(self.live_minutes)
        return claimable_hours(self.words, self.media_minutes)

    @property
    def is_within(self) -> bool:
        """Whether the claim is not above what may be claimed."""
        return self.claimed <= self.claimable

    @property
    def lines(self) -> list[WorksheetLine]:
        """For a table: what was counted, what each method makes of it, what is claimed."""
        if self.live_minutes is not None:
            return self._live_lines(self.live_minutes)
        lines = [
            WorksheetLine(
                "words",
                "Words counted",
                f"{self.words:,}",
                "Running text of the lessons; no headings, captions, references or questions.",
            ),
            WorksheetLine("media", "Audio and video", f"{_plain(self.media_minutes)} minutes"),
            WorksheetLine("questions", "Questions", str(self.questions)),
            WorksheetLine(
                "difficulty",
                "Difficulty, rated by the author",
                f"{self.difficulty} of 5",
                self.difficulty_reason,
            ),
            WorksheetLine(
                "ncbtmb",
                "NCBTMB home-study figure",
                f"{_places(self.ncbtmb, '0.001')} hours",
                "Words ÷ 12,000 + minutes of audio and video ÷ 60. The strictest: it decides.",
            ),
            WorksheetLine(
                "mergener",
                "Mergener formula",
                f"{_places(self.mergener, '0.01')} minutes",
                "0.9 × (−22.3 + 0.00209 × words + 2.78 × questions + 15.5 × difficulty); "
                f"{_places(self.mergener / MERGENER_HOUR_MINUTES, '0.01')} hours of 50 minutes. "
                "For comparison.",
            ),
            WorksheetLine(
                "internachi",
                "InterNACHI formula",
                f"{_places(self.internachi, '0.01')} hours",
                "(Words ÷ 140 + minutes of video + 1.85 × questions) ÷ 50. For comparison.",
            ),
        ]
        lines += self._further_lines()
        lines += [
            WorksheetLine(
                "claimable",
                "May be claimed",
                _ce_hours(self.claimable),
                "The NCBTMB figure, rounded down to the half hour.",
            ),
            WorksheetLine("claimed", "Claimed", _ce_hours(self.claimed), is_result=True),
        ]
        return lines

    def _live_lines(self, minutes: int) -> list[WorksheetLine]:
        """Hours of a live course are those of its sessions; lessons beside it earn nothing more."""
        return [
            WorksheetLine(
                "session",
                "Shortest session",
                f"{minutes:,} minutes" if minutes else "no session yet",
                "From the first to the last minute that counts, with ten minutes of break in "
                "each hour, without meals.",
            ),
            WorksheetLine("questions", "Questions", str(self.questions)),
            WorksheetLine(
                "ncbtmb-live",
                "NCBTMB live figure",
                f"{_places(live_hours(minutes), '0.01')} hours",
                "50 minutes of teaching and 10 of break are one hour. The strictest: it decides.",
            ),
            WorksheetLine(
                "contact-hour",
                "Contact hour of 50 minutes",
                f"{_places(Decimal(minutes) / CONTACT_HOUR_MINUTES, '0.01')} hours",
                "As in Texas, Florida, North Carolina and others. For comparison.",
            ),
            *self._further_lines(),
            WorksheetLine(
                "claimable",
                "May be claimed",
                _ce_hours(self.claimable),
                "The NCBTMB figure, rounded down to the half hour.",
            ),
            WorksheetLine("claimed", "Claimed", _ce_hours(self.claimed), is_result=True),
        ]

    def _further_lines(self) -> list[WorksheetLine]:
        return [
            WorksheetLine(
                "further",
                label,
                "" if hours is None else f"{_places(hours, '0.01')} hours",
                explanation,
            )
            for label, explanation, hours in self.further
        ]


def shortest_session(version: CourseVersion) -> int | None:
    """Minutes of the shortest session of the edition; 0: there is none; None: not a live course.

    One query for a live course, none else.
    """
    if not version.is_live:
        return None
    least: int | None = (
        LiveSession.objects.filter(course=version.course_id, edition=version.edition)
        .exclude(status=LiveSession.Status.CANCELLED)
        .aggregate(least=Min("minutes"))["least"]
    )
    return least or 0


def worksheet_of(version: CourseVersion) -> HoursWorksheet:
    """The worksheet from the figures stored with the version."""
    return HoursWorksheet(
        words=version.counted_words,
        media_minutes=version.media_minutes,
        questions=version.question_count,
        difficulty=version.difficulty,
        difficulty_reason=version.difficulty_reason,
        claimed=version.credit_hours,
        further=[line for part in parts() for line in part.worksheet_lines(version)],
        live_minutes=shortest_session(version),
    )


def _places(value: Decimal, step: str) -> str:
    return f"{value.quantize(Decimal(step), rounding=ROUND_HALF_UP):,}"


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ce_hours(value: Decimal) -> str:
    return f"{_plain(value)} CE hour{'' if value == 1 else 's'}"
