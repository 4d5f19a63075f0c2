"""What each app keeps of a person, and what becomes of it when the account is closed or two
accounts of one person become one.

An app registers its share in `AppConfig.ready()`. A share is called inside the transaction of the
closing or merging; it must leave the records of law as they are (decision 0005).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ce_platform.accounts.models import User


class Erase(Protocol):
    def __call__(self, user: User, *, now: datetime) -> None:
        """Delete or blank what is no record of law: rows, free text, stored files."""


class Move(Protocol):
    def __call__(self, old: User, into: User, *, now: datetime) -> None:
        """Give what `old` has to `into`."""


Export = Callable[[User], Mapping[str, Any]]
"""File name (with folders) → bytes, a kept file, or lists and dictionaries of plain values (also
dates, numbers and ids), which become JSON; a flat list becomes a table (CSV) as well."""


Says = Callable[[User], Iterable[str]]
"""Longer texts of the person that messages to others, or the log, may repeat."""


def _nothing(user: User) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class Share:
    name: str
    erase: Erase
    move: Move
    export: Export
    says: Says = _nothing
    names: Says = _nothing
    """Names under which it knows the person, printed or asked for."""


_shares: dict[str, Share] = {}


def register(share: Share) -> None:
    _shares[share.name] = share


def shares() -> Iterable[Share]:
    return tuple(_shares.values())
