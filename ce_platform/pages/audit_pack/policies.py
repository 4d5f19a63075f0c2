"""Refund, cancellation and registration policy: NCBTMB asks for the one that was in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Policy:
    title: str
    text: str
    in_force_from: date


def policies_in_force(first: date, last: date) -> Sequence[Policy]:
    """Those that held at any time of the period. The platform keeps none yet, and the index of
    the pack says so."""
    return []
