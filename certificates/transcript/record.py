"""What a transcript says: one frozen value, its canonical text and the SHA-256 of it.

The page, the PDF and the public page are all made of it, so none can read differently. Hours that
the provider certified and hours that the therapist stated are never added to one another.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from ce_platform.accounts.models import zone_named
from ce_platform.core.templatetags.wording import moment, zone_name
from ce_platform.core.text import canonical_json, fold, plain_value, sha256_text
from certificates.transcript.periods import Span

ISSUED: Final = "issued"
IMPORTED: Final = "imported"
STATED: Final = "stated"
FORMAT: Final = 1
UNDIVIDED: Final = "Not divided by category"
STATED_WORDS: Final = "As stated by the therapist; not verified by us"


@dataclass(frozen=True)
class Line:
    source: str
    """issued | imported | stated"""
    title: str
    completed_on: date
    """As printed."""
    hours: Decimal
    credits: tuple[tuple[str, Decimal], ...]
    """(category, CE hours), adding up to `hours`."""
    delivery: str
    provider: str = ""
    """Of hours earned elsewhere."""
    serial: str = ""
    verify_url: str = ""
    name: str = ""
    """As printed on this certificate, where the transcript's head has another."""
    note: str = ""
    is_counted: bool = True
    is_specimen: bool = False

    @property
    def is_stated(self) -> bool:
        return self.source == STATED

    @property
    def verify_words(self) -> str:
        return address_words(self.verify_url)


@dataclass(frozen=True)
class LeftOut:
    """A certificate that was revoked or replaced: said, not counted."""

    title: str
    completed_on: date
    serial: str
    verify_url: str
    words: str


@dataclass(frozen=True)
class Total:
    """Hours of one category, or of all."""

    category: str
    certified: Decimal
    stated: Decimal


@dataclass(frozen=True)
class Group:
    title: str
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    total: Total


@dataclass(frozen=True)
class HeldCard:
    place: str
    number: str
    expires_on: date | None


@dataclass(frozen=True)
class TranscriptRecord:
    code: str
    """Empty on the page: it is drawn when the PDF is asked for."""
    verify_url: str
    holder_name: str
    licenses: tuple[HeldCard, ...]
    period: str
    grouped_by: str
    as_of: datetime
    zone: str
    provider_name: str
    provider_address: str
    provider_email: str
    provider_website: str
    groups: tuple[Group, ...]
    totals: tuple[Total, ...]
    total: Total
    left_out: tuple[LeftOut, ...]
    has_stated: bool
    """Whether hours earned elsewhere were asked for."""
    is_specimen: bool
    format: int = FORMAT

    @property
    def as_of_words(self) -> str:
        """In the zone of the person for whoever looks: it is compared with the paper."""
        with timezone.override(zone_named(self.zone)):
            return f"{moment(self.as_of)} {zone_name(self.as_of)}"

    @property
    def lines(self) -> list[Line]:
        return [line for group in self.groups for line in group.lines]

    @property
    def verify_words(self) -> str:
        return address_words(self.verify_url)

    @property
    def has_stated_lines(self) -> bool:
        return any(line.is_stated for line in self.lines)

    def canonical_text(self) -> str:
        return canonical_json(plain_value(asdict(self)))

    def sha256(self) -> str:
        return sha256_text(self.canonical_text())


def address_words(url: str) -> str:
    """The address as one would type it."""
    return url.partition("//")[2].rstrip("/")


# ---------------------------------------------------------------- arithmetic


def totals_of(lines: Iterable[Line]) -> tuple[Total, ...]:
    """Hours by category, in the order of the alphabet. “Ethics” and “ethics” are one."""
    sums: dict[str, list[Any]] = {}
    for line in lines:
        if not line.is_counted:
            continue
        for category, hours in line.credits or ((UNDIVIDED, line.hours),):
            kept = sums.setdefault(fold(category), [category, Decimal(0), Decimal(0)])
            kept[2 if line.is_stated else 1] += hours
    return tuple(Total(*sums[key]) for key in sorted(sums))


def total_of(lines: Iterable[Line]) -> Total:
    counted = [line for line in lines if line.is_counted]
    return Total(
        category="",
        certified=sum((line.hours for line in counted if not line.is_stated), Decimal(0)),
        stated=sum((line.hours for line in counted if line.is_stated), Decimal(0)),
    )


def grouped(lines: Sequence[Line], spans: Sequence[tuple[Span, str]]) -> tuple[Group, ...]:
    """Newest group first, and within it the oldest line first, as one reads a record.

    `spans` with their titles; days in none of them are grouped by calendar year.
    """
    found: dict[str, list[Line]] = {}
    starts: dict[str, date] = {}
    for line in sorted(lines, key=_order):
        day = line.completed_on
        span, title = next(
            ((span, title) for span, title in spans if span.has(day)),
            (Span(date(day.year, 1, 1), None), outside_words(day, is_rest=bool(spans))),
        )
        found.setdefault(title, []).append(line)
        starts.setdefault(title, span.first or day)
    return tuple(
        Group(
            title=title,
            lines=tuple(found[title]),
            totals=totals_of(found[title]),
            total=total_of(found[title]),
        )
        for title in sorted(found, key=lambda title: starts[title], reverse=True)
    )


def outside_words(day: date, *, is_rest: bool) -> str:
    return f"{day.year}, outside the cycles that are known" if is_rest else str(day.year)


def _order(line: Line) -> tuple[date, bool, str, str]:
    return (line.completed_on, line.is_stated, line.title, line.serial)


# ---------------------------------------------------------------- text


def read_record(text: str) -> TranscriptRecord:
    """The record back from its canonical text. Errors: ValueError, KeyError, TypeError."""
    plain = json.loads(text)
    return TranscriptRecord(
        **plain
        | {
            "licenses": tuple(
                HeldCard(**each | {"expires_on": _day_or_none(each["expires_on"])})
                for each in plain["licenses"]
            ),
            "as_of": datetime.fromisoformat(plain["as_of"]),
            "groups": tuple(
                Group(
                    title=each["title"],
                    lines=tuple(map(_line, each["lines"])),
                    totals=tuple(map(_total, each["totals"])),
                    total=_total(each["total"]),
                )
                for each in plain["groups"]
            ),
            "totals": tuple(map(_total, plain["totals"])),
            "total": _total(plain["total"]),
            "left_out": tuple(
                LeftOut(**each | {"completed_on": date.fromisoformat(each["completed_on"])})
                for each in plain["left_out"]
            ),
        }
    )


def _line(plain: dict[str, Any]) -> Line:
    return Line(
        **plain
        | {
            "completed_on": date.fromisoformat(plain["completed_on"]),
            "hours": Decimal(plain["hours"]),
            "credits": tuple((category, Decimal(hours)) for category, hours in plain["credits"]),
        }
    )


def _total(plain: dict[str, Any]) -> Total:
    return Total(plain["category"], Decimal(plain["certified"]), Decimal(plain["stated"]))


def _day_or_none(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
