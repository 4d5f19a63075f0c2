"""License numbers as a board pastes them: cleaned, and found again whatever their spelling."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db.models import Count, F, Value
from django.db.models.functions import Replace, Upper

from ce_platform.accounts.models import User
from ce_platform.core.text import clean
from ce_platform.licensing.models import License
from certificates.models import CertificateBody

Item = TypeVar("Item")
MOST_NUMBERS: Final = 2_000
LONGEST_NUMBER: Final = 60
_PIECE: Final = 500
# What people put into a number or leave out.
_SIGNS: Final = (" ", "-", ".", "/", "#")


def bare(number: str) -> str:
    """“ma 10-001” and “MA10001” are one number."""
    text = number.upper()
    for sign in _SIGNS:
        text = text.replace(sign, "")
    return text


def numbers_in(text: str) -> list[str]:
    """One number a line, in the order of the list, each once; commas and semicolons part too."""
    found: dict[str, str] = {}
    for line in clean(text).replace(",", "\n").replace(";", "\n").splitlines():
        number = " ".join(line.split())
        if bare(number):
            found.setdefault(bare(number), number)
    return list(found.values())


@dataclass(frozen=True)
class Holder:
    """A person who has, or once had, a number; by which license."""

    user: User
    certificate_count: int
    places: tuple[str, ...]
    """Of which states the licenses are."""


@dataclass(frozen=True)
class Found:
    number: str
    holders: Sequence[Holder]

    @property
    def is_clear(self) -> bool:
        return len(self.holders) == 1


def look_up(numbers: Iterable[str], *, body_code: str = "") -> list[Found]:
    """Who holds each number, removed licenses included, in the order given.

    Also by what certificates printed: a number that was mended since is still that person's. Two
    queries for each 500 numbers, and one for the people.
    """
    numbers = list(numbers)
    holders: dict[str, dict[int, set[str]]] = {}
    for piece in _pieces([bare(number) for number in numbers]):
        for number, user_id, place in _of_licenses(piece, body_code):
            holders.setdefault(number, {}).setdefault(user_id, set()).add(place)
        for number, user_id, place in _of_certificates(piece, body_code):
            holders.setdefault(number, {}).setdefault(user_id, set()).add(place)
    people = _people({user_id for found in holders.values() for user_id in found})
    return [
        Found(
            number,
            [
                Holder(*people[user_id], tuple(sorted(places)))
                for user_id, places in sorted(holders.get(bare(number), {}).items())
            ],
        )
        for number in numbers
    ]


def _of_licenses(numbers: Sequence[str], body_code: str) -> Iterator[tuple[str, int, str]]:
    rows = _with_bare(License.objects.all(), "number").filter(bare__in=numbers)
    if body_code:
        rows = rows.filter(body__code=body_code)
    yield from rows.values_list("bare", "user_id", "body__jurisdiction")


def _of_certificates(numbers: Sequence[str], body_code: str) -> Iterator[tuple[str, int, str]]:
    rows = _with_bare(CertificateBody.objects.filter(is_own=True), "license_number").filter(
        bare__in=numbers
    )
    if body_code:
        rows = rows.filter(body_code=body_code)
    yield from rows.values_list("bare", "certificate__user_id", "jurisdiction").distinct()


def _with_bare(rows: Any, column: str) -> Any:
    """The same as `bare`, said to the database."""
    text: Any = Upper(F(column))
    for sign in _SIGNS:
        text = Replace(text, Value(sign), Value(""))
    return rows.annotate(bare=text).order_by()


def _people(user_ids: set[int]) -> Mapping[int, tuple[User, int]]:
    found: dict[int, tuple[User, int]] = {}
    for piece in _pieces(sorted(user_ids)):
        people = User.objects.filter(pk__in=piece).annotate(count=Count("certificates"))
        found |= {user.pk: (user, user.count) for user in people}
    return found


def _pieces(rows: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(rows), _PIECE):
        yield rows[start : start + _PIECE]
