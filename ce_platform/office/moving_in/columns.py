"""Columns of our tables, and how headings of others find them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ce_platform.core.text import fold
from ce_platform.office.moving_in.profiles import PROFILES, Profile

IGNORED: Final = ""


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    """As our template heads it."""
    help: str
    example: str
    is_required: bool = False
    can_be_fixed: bool = False
    """One value for all lines may be written into the form instead."""
    also: tuple[str, ...] = ()
    """Further headings that mean it."""


@dataclass(frozen=True)
class Recognized:
    columns: tuple[str, ...]
    """Our column of each of theirs, in their order; empty: not wanted or not known."""
    unknown: tuple[str, ...]
    """Headings that nobody knows yet."""
    missing: tuple[str, ...]
    """Labels of columns that must be there and are not."""
    profile: Profile | None


def recognize(
    headings: Sequence[str],
    columns: Sequence[Column],
    *,
    kind: str,
    named: Mapping[str, str],
    fixed: Mapping[str, str],
) -> Recognized:
    """`named`: what the office said earlier, by folded heading; it goes before all else."""
    folded = [fold(heading) for heading in headings]
    profile = next((each for each in PROFILES if each.fits(kind, folded)), None)
    ours = {
        fold(word): column.name
        for column in columns
        for word in (column.label, column.name.replace("_", " "), *column.also)
    }
    known = ours | (dict(profile.columns) if profile else {}) | dict(named)
    found: list[str] = []
    for heading in folded:
        name = known.get(heading, IGNORED)
        # The first of two columns of one name counts; the other is told as unknown.
        found.append(name if name not in found else IGNORED)
    unknown = [
        headings[place]
        for place, heading in enumerate(folded)
        if heading
        and not found[place]
        and heading not in known
        and not (profile and heading in profile.ignored)
    ]
    return Recognized(
        columns=tuple(found),
        unknown=tuple(unknown),
        missing=missing_among(found, columns, fixed=fixed),
        profile=profile,
    )


def missing_among(
    found: Sequence[str], columns: Sequence[Column], *, fixed: Mapping[str, str]
) -> tuple[str, ...]:
    have = {*found, *(name for name, value in fixed.items() if value)}
    if "first_name" in have and "last_name" in have:
        have.add("name")
    return tuple(
        column.label for column in columns if column.is_required and column.name not in have
    )
