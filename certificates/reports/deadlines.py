"""Until when a completion is reported. Pure: days in, a day out."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

# The body must have the hours before it looks whether the license may be renewed.
BEFORE_LICENSE_ENDS: Final = timedelta(days=7)
# Without a deadline of the body, a license that ends later than this is not "renewing soon".
SOON: Final = timedelta(days=90)


@dataclass(frozen=True)
class Deadline:
    due_on: date | None
    """None: no deadline is known. None is ever made up."""
    is_renewing_soon: bool
    """The end of the license decides, not the deadline of the body."""


def deadline_of(
    completed_on: date, *, deadline_days: int | None, license_ends_on: date | None
) -> Deadline:
    """The earlier of the body's deadline and seven days before the license ends.

    `completed_on` is the learner's local date; `deadline_days` are days after it (Florida 30,
    Georgia 7: domain notes of 2026-11-20), None where the rule says none. A license that had
    ended before the course was completed decides nothing.
    """
    by_rule = completed_on + timedelta(days=deadline_days) if deadline_days is not None else None
    if license_ends_on is None or license_ends_on < completed_on:
        return Deadline(by_rule, is_renewing_soon=False)
    by_license = max(completed_on, license_ends_on - BEFORE_LICENSE_ENDS)
    if by_rule is None:
        return Deadline(by_license, is_renewing_soon=license_ends_on - completed_on <= SOON)
    if by_license < by_rule:
        return Deadline(by_license, is_renewing_soon=True)
    return Deadline(by_rule, is_renewing_soon=False)
