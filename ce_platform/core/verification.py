"""Records of law that must agree with their own seals; `manage.py verify_records` looks.

An app registers a checker in `AppConfig.ready()`. A checker goes through its rows in pieces, at
any size, and yields a finding for each row that does not agree with its hash or its document.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from ce_platform.core import triggers


@dataclass(frozen=True)
class Finding:
    """One record that is not as it was sealed."""

    what: str
    """The record, e.g. `version 3 (Facial massage, edition 1.0)`."""
    sentence: str

    def __str__(self) -> str:
        return f"{self.what}: {self.sentence}"


@dataclass
class Tally:
    """How many records a checker has looked at; it counts them itself."""

    count: int = 0


Checker = Callable[[Tally], Iterable[Finding]]
_checkers: dict[str, Checker] = {}
_guards: list[triggers.Refusal] = []


def register(name: str, checker: Checker) -> None:
    _checkers[name] = checker


def register_triggers(*refusals: triggers.Refusal) -> None:
    """Triggers that must be in the database; a missing one is a finding."""
    _guards.extend(each for each in refusals if each not in _guards)


def names() -> list[str]:
    return sorted(_checkers)


def run(name: str, tally: Tally) -> Iterator[Finding]:
    yield from _checkers[name](tally)


def missing_triggers() -> list[Finding]:
    return [
        Finding(f"trigger {name}", "is missing; run the migrations again or ask an operator")
        for name in triggers.missing(connection, _guards)
    ]
