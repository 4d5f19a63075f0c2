"""Finding a person by what somebody says on the phone: name, address, license, serial or number.

What fits exactly comes first, then what begins like it, both newest first; names that are only
similar stand apart. Each of these is one query by an index, so the number of queries and their
cost do not grow with the number of people.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from ce_platform.accounts.models import User
from ce_platform.accounts.phones import digits_of
from ce_platform.core import codes
from ce_platform.core.models import BouncedAddress
from ce_platform.core.paging import newest_first
from ce_platform.core.text import clean, fold
from ce_platform.licensing.models import License
from ce_platform.office.people.models import PersonTerm, SimilarWord
from ce_platform.office.people.spelling import keys_of, meant, words_of
from certificates.reports.numbers import folded

Kind = PersonTerm.Kind
PAGE_SIZE: Final = 25
LONGEST_SEARCH: Final = 200
_MOST_WORDS: Final = 6
_MOST_CANDIDATES: Final = 400
_SHORTEST_BEGINNING: Final = 3
"""Two letters alone begin a tenth of all names; beside another word they narrow."""
_SHORTEST_PHONE: Final = 6
"""Digits: an area code alone is that of half the people."""
_SHORTEST_SERIAL: Final = 8
"""Two groups of four; one of twenty such beginnings has letters alone, and looks like a name."""
_MOST_COUNTED: Final = 4_000
_NUMBERS: Final = Q(kind__in=[Kind.LICENSE, Kind.SERIAL])
_CURSOR: Final = re.compile(r"([0-9])-([0-9]{1,18})")

Conditions = Sequence[Q]
"""Each must be met by some term of the person."""


@dataclass(frozen=True)
class Row:
    user: User
    licenses: list[License]
    is_bounced: bool

    @property
    def numbers(self) -> str:
        licenses = [f"{row.body.place} {row.number}" for row in self.licenses]
        return ", ".join([*([self.user.phone] if self.user.phone else []), *licenses])


@dataclass(frozen=True)
class Results:
    rows: list[Row] = field(default_factory=list)
    similar: list[Row] = field(default_factory=list)
    older_after: str = ""
    is_first: bool = True


def everybody(*, after: str | None) -> Results:
    """Without a word to look for: the newest accounts."""
    page = newest_first(User.objects.all(), after=after, size=PAGE_SIZE)
    return Results(
        rows=_rows([user.pk for user in page.rows]),
        older_after=str(page.older_after or ""),
        is_first=page.is_first,
    )


def search(text: str, *, after: str | None = None) -> Results:
    """At most fourteen queries, whatever is typed and however many people there are."""
    asked = Asked(text)
    cursor = _CURSOR.fullmatch(after or "")
    begin_at, below = (int(cursor[1]), int(cursor[2])) if cursor else (0, None)
    found: list[tuple[int, int]] = []
    for place, people in enumerate(asked.tiers):
        if place < begin_at or len(found) > PAGE_SIZE:
            continue
        if place == begin_at and below is not None:
            people = people.filter(user_id__lt=below)
        known = {pk for _, pk in found}
        most = PAGE_SIZE + 1 - len(found)
        found += [(place, pk) for pk in people[:most] if pk not in known]
    has_more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    ids = [pk for _, pk in found]
    similar: list[int] = []
    if cursor is None and not has_more:
        similar = [pk for pk in asked.similar(most=PAGE_SIZE + len(ids)) if pk not in set(ids)]
        similar = similar[: PAGE_SIZE - len(ids)]
    shown = {row.user.pk: row for row in _rows([*ids, *similar])}
    return Results(
        rows=[shown[pk] for pk in ids if pk in shown],
        similar=[shown[pk] for pk in similar if pk in shown],
        older_after=f"{found[-1][0]}-{found[-1][1]}" if has_more else "",
        is_first=cursor is None,
    )


class Asked:
    """What was typed, and the ways to look for it: the surest first."""

    def __init__(self, text: str) -> None:
        text = fold(clean(text)[:LONGEST_SEARCH])
        self.tiers: list[QuerySet[PersonTerm, int]] = []
        self._words: list[str] = []
        tokens = text.split()[:_MOST_WORDS]
        if not tokens:
            return
        if "@" in text:
            self._by_address(text.replace(" ", ""))
        elif any(letter.isdigit() for letter in text):
            self._by_number(text, tokens)
        else:
            self._by_name(words_of(text)[:_MOST_WORDS])
            if len(number := folded(text)) >= _SHORTEST_SERIAL:
                self.tiers.append(_people([Q(kind=Kind.SERIAL, term__begins=number)]))

    def _by_address(self, text: str) -> None:
        local = text.partition("@")[0]
        if local:
            exact = [Q(kind=Kind.EMAIL, term=text)]
            self.tiers = [_people(exact), _people([Q(kind=Kind.EMAIL, term__begins=text)])]
            # "person77" mistyped is not every other person with a number.
            if not any(letter.isdigit() for letter in local):
                self._words = words_of(local)[:_MOST_WORDS]

    def _by_number(self, text: str, tokens: list[str]) -> None:
        number = folded(text)
        serial = codes.normalize(text)
        whole = {number, number.lstrip("0"), *([serial] if serial else [])} - {""}
        phone = digits_of(text)
        is_phone = len(phone) >= _SHORTEST_PHONE
        exact, begins = _NUMBERS & Q(term__in=whole), _NUMBERS & Q(term__begins=number)
        if is_phone:
            exact |= Q(kind=Kind.PHONE, term=phone)
            begins |= Q(kind=Kind.PHONE, term__begins=phone)
        self.tiers = [_people([exact])]
        if len(number) >= _SHORTEST_BEGINNING or is_phone:
            self.tiers.append(_people([begins]))
        # A number beside a name, or an address that has digits and was not typed to its end.
        self.tiers.append(
            _people(
                [
                    Q(kind=Kind.EMAIL, term__begins=token)
                    | _NUMBERS & Q(term__begins=folded(token) or token)
                    | (
                        Q(kind=Kind.PHONE, term__begins=digits_of(token))
                        if len(digits_of(token)) >= _SHORTEST_PHONE
                        else Q(pk__in=())
                    )
                    if any(letter.isdigit() for letter in token)
                    else Q(kind=Kind.WORD, term__begins=token)
                    for token in tokens
                    if len(token) > 1 or len(tokens) > 1
                ]
            )
        )

    def _by_name(self, words: list[str]) -> None:
        words.sort(key=len, reverse=True)  # The longest is the rarest, as a rule: it leads.
        self._words = words
        if not words:
            return
        exact = [Q(kind=Kind.WORD, term=word) for word in words]
        self.tiers = [_people(exact)]
        if len(words[0]) >= _SHORTEST_BEGINNING or len(words) > 1:
            begins = _rarest_first([Q(kind=Kind.WORD, term__begins=word) for word in words])
            self.tiers.append(_people(begins, but=exact))

    def similar(self, *, most: int) -> list[int]:
        """People whose words may have been meant; two queries, none where no word was typed."""
        words = [word for word in self._words if len(word) > 1]
        if not words:
            return []
        keys = {word: keys_of(word) for word in words}
        spelled: dict[str, set[str]] = {}
        for key, word in SimilarWord.objects.filter(
            key__in=sorted(set().union(*keys.values()))
        ).values_list("key", "word")[:_MOST_CANDIDATES]:
            spelled.setdefault(key, set()).add(word)
        conditions = []
        for word in words:
            near = meant(word, set().union(*(spelled.get(key, set()) for key in keys[word])))
            condition = Q(kind=Kind.WORD, term__in=near)
            if len(words) > 1:  # The other words may be beginnings.
                condition |= Q(kind=Kind.WORD, term__begins=word)
            elif not near:
                return []
            conditions.append(condition)
        return list(_people(conditions)[:most])


def _people(conditions: Conditions, *, but: Conditions = ()) -> QuerySet[PersonTerm, int]:
    """Ids of people, newest first, who have a term for each condition and not one for each of
    `but`."""
    if not conditions:
        return PersonTerm.objects.none().values_list("user_id", flat=True)
    found = PersonTerm.objects.filter(conditions[0])
    for condition in conditions[1:]:
        found = found.filter(_has(condition))
    if but:
        both = Q(_has(but[0]))
        for condition in but[1:]:
            both &= Q(_has(condition))
        found = found.filter(~both)
    return found.order_by("-user_id").values_list("user_id", flat=True).distinct()


def _rarest_first(conditions: list[Q]) -> list[Q]:
    """The first leads the query: of two beginnings one may fit half of all people. One query per
    word, which counts no further than it has to."""
    if len(conditions) < 2:
        return conditions
    counts = [PersonTerm.objects.filter(each)[:_MOST_COUNTED].count() for each in conditions]
    return [each for _, each in sorted(zip(counts, conditions, strict=True), key=lambda c: c[0])]


def _has(condition: Q) -> Exists:
    return Exists(PersonTerm.objects.filter(condition, user_id=OuterRef("user_id")))


def _rows(ids: Sequence[int]) -> list[Row]:
    """In this order; three queries."""
    if not ids:
        return []
    users = User.objects.in_bulk(ids)
    licenses: dict[int, list[License]] = {}
    for row in License.objects.filter(user__in=ids, removed_at__isnull=True).select_related("body"):
        licenses.setdefault(row.user_id, []).append(row)
    bounced = set(
        BouncedAddress.objects.filter(
            email__in=[user.email for user in users.values()]
        ).values_list("email", flat=True)
    )
    return [
        Row(users[pk], licenses.get(pk, []), users[pk].email in bounced)
        for pk in ids
        if pk in users
    ]
