"""Keeps what people are found by in step with what stands about them.

The rows of accounts, licenses and certificates are the truth; terms are derived from them. Saving
one of these wakes the worker for that person; what was written without (`bulk_create`, `update`, a
lost task) is found by the sweep, which compares everybody again and again. Who writes many at once
calls `people_changed`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.signals import post_save

from ce_platform.accounts import phones
from ce_platform.accounts.models import User
from ce_platform.core import sweep
from ce_platform.core.queue import wake_after_commit
from ce_platform.core.text import fold
from ce_platform.licensing.models import License
from ce_platform.office.people.models import PersonTerm, SimilarWord
from ce_platform.office.people.spelling import keys_of, words_of
from certificates.models import Certificate
from certificates.reports.numbers import folded

Kind = PersonTerm.Kind
Term = tuple[str, str]
"""(kind, term)"""
Source = Callable[[Sequence[User]], Mapping[int, Iterable[Term]]]
"""For these people: by the id of the account, further terms. A constant number of queries."""

_SHORTEST_DIGITS: Final = 3
_CHUNK: Final = 500
_FIELDS: Final[Mapping[type, frozenset[str]]] = {
    User: frozenset({"name_on_certificates", "email", "phone", "closed_at"}),
    License: frozenset({"number", "name_on_license", "removed_at", "user"}),
    Certificate: frozenset({"user"}),
}
_sources: dict[str, Source] = {}


def register_source(name: str, source: Source) -> None:
    """What else people are found by."""
    _sources[name] = source


# ---------------------------------------------------------------- what somebody is found by


def number_terms(number: str) -> set[str]:
    """As a whole, and its digits alone: "MA 001234" is asked for as 1234 too."""
    whole = folded(number)
    digits = "".join(letter for letter in whole if letter.isdigit())
    found = {whole, digits, digits.lstrip("0")}
    return {term for term in found if len(term) >= _SHORTEST_DIGITS or term == whole} - {""}


def of_accounts(users: Sequence[User]) -> Mapping[int, Iterable[Term]]:
    """Of a closed account nothing: its name and address are gone."""
    found: dict[int, set[Term]] = {}
    for user in users:
        if user.closed_at is not None:
            continue
        email = fold(user.email)
        words = {*words_of(user.name_on_certificates), *words_of(email.partition("@")[0])}
        found[user.pk] = {
            (Kind.EMAIL, email),
            *((Kind.WORD, word) for word in words),
            *((Kind.PHONE, digits) for digits in phones.found_by(user.phone)),
        }
    return found


def of_licenses(users: Sequence[User]) -> Mapping[int, Iterable[Term]]:
    found: dict[int, set[Term]] = defaultdict(set)
    rows = License.objects.filter(
        user__in=[user.pk for user in users if user.closed_at is None], removed_at__isnull=True
    ).order_by()
    for user_id, number, name in rows.values_list("user_id", "number", "name_on_license"):
        found[user_id] |= {(Kind.LICENSE, term) for term in number_terms(number)}
        found[user_id] |= {(Kind.WORD, word) for word in words_of(name)}
    return found


def of_certificates(users: Sequence[User]) -> Mapping[int, Iterable[Term]]:
    """By the serial and the number of an earlier system, also when the account is closed. A name or
    a number that was printed once may be the one that somebody has at hand."""
    found: dict[int, set[Term]] = defaultdict(set)
    is_open = {user.pk: user.closed_at is None for user in users}
    rows = Certificate.objects.filter(user__in=is_open).order_by()
    for user_id, serial, old_number, name, licenses in rows.values_list(
        "user_id", "serial", "old_number", "holder_name", "licenses_json"
    ):
        found[user_id].add((Kind.SERIAL, serial))
        found[user_id] |= {(Kind.SERIAL, term) for term in number_terms(old_number)}
        if is_open[user_id]:
            found[user_id] |= {(Kind.WORD, word) for word in words_of(name)}
            for _, _, number in json.loads(licenses):
                found[user_id] |= {(Kind.LICENSE, term) for term in number_terms(number)}
    return found


def terms_of(users: Sequence[User]) -> dict[int, set[Term]]:
    found: dict[int, set[Term]] = {user.pk: set() for user in users}
    for source in _sources.values():
        for user_id, terms in source(users).items():
            found[user_id].update((str(kind), term[:254]) for kind, term in terms if term)
    return found


# ---------------------------------------------------------------- keeping in step


def refresh(user_ids: Collection[int]) -> int:
    """Make the terms of these people anew; how many people had wrong ones."""
    ids = sorted(set(user_ids))
    return sum(_refresh(ids[at : at + _CHUNK]) for at in range(0, len(ids), _CHUNK))


@transaction.atomic
def _refresh(user_ids: Sequence[int]) -> int:
    wanted = terms_of(list(User.objects.filter(pk__in=user_ids).order_by("pk")))
    known: dict[int, dict[Term, int]] = defaultdict(dict)
    rows = PersonTerm.objects.filter(user__in=user_ids).values_list("pk", "user_id", "kind", "term")
    for pk, user_id, kind, term in rows:
        known[user_id][kind, term] = pk
    stale = [
        pk
        for user_id, terms in known.items()
        for term, pk in terms.items()
        if term not in wanted.get(user_id, ())
    ]
    lacking = [
        (user_id, *term)
        for user_id, terms in sorted(wanted.items())
        for term in sorted(terms - known[user_id].keys())
    ]
    if not stale and not lacking:
        return 0
    changed = {user_id for user_id, _, _ in lacking}
    gone = set()
    for user_id, terms in known.items():
        for kind, term in terms.keys() - wanted.get(user_id, set()):
            changed.add(user_id)
            if kind == Kind.WORD:
                gone.add(term)
    for at in range(0, len(stale), _CHUNK):
        PersonTerm.objects.filter(pk__in=stale[at : at + _CHUNK]).delete()
    PersonTerm.objects.bulk_create(
        (PersonTerm(user_id=user_id, kind=kind, term=term) for user_id, kind, term in lacking),
        ignore_conflicts=True,
        batch_size=_CHUNK,
    )
    _learn({term for _, kind, term in lacking if kind == Kind.WORD})
    _forget(gone)
    return len(changed)


def _learn(words: Collection[str]) -> None:
    ordered = sorted(words)
    new = set(ordered)
    for at in range(0, len(ordered), _CHUNK):
        part = ordered[at : at + _CHUNK]
        new -= set(
            SimilarWord.objects.filter(key__in=part, word__in=part).values_list("word", flat=True)
        )
    SimilarWord.objects.bulk_create(
        (SimilarWord(key=key, word=word) for word in sorted(new) for key in sorted(keys_of(word))),
        ignore_conflicts=True,
        batch_size=_CHUNK,
    )


def _forget(words: Collection[str]) -> None:
    """Spellings of words that nobody has any more: a rare name says who was here."""
    ordered = sorted(words)
    for at in range(0, len(ordered), _CHUNK):
        SimilarWord.objects.filter(word__in=ordered[at : at + _CHUNK]).filter(
            ~Exists(PersonTerm.objects.filter(kind=Kind.WORD, term=OuterRef("word")))
        ).delete()


def people_changed(user_ids: Iterable[int]) -> None:
    """Wakes the worker once for all of them, when the transaction has committed."""
    from ce_platform.office.people.tasks import refresh_task  # tasks import this module

    ids = sorted(set(user_ids))
    if ids:
        wake_after_commit(refresh_task, ids)


def connect() -> None:
    for model in _FIELDS:
        post_save.connect(_saved, sender=model, dispatch_uid=f"people.index.{model.__name__}")


def _saved(sender: type, instance: Any, update_fields: frozenset[str] | None, **_: Any) -> None:
    """Only a wake-up call: what is done stands in the rows, and the sweep finds it as well."""
    if update_fields is None or update_fields & _FIELDS[sender]:
        people_changed([instance.pk if sender is User else instance.user_id])


def sweep_people(now: datetime) -> int:
    """The next slice of everybody: those whose terms are not what they should be."""
    slice_ = sweep.next_slice("office.people", User.objects.all())
    mended = refresh(User.objects.filter(slice_).values_list("pk", flat=True))
    return mended + _sweep_words()


def _sweep_words() -> int:
    """Two people who lose and get the same word at one moment can leave it without spellings."""
    words = PersonTerm.objects.filter(kind=Kind.WORD)
    part = sweep.next_slice("office.person-terms", words)
    lacking = set(
        words.filter(part)
        .filter(~Exists(SimilarWord.objects.filter(key=OuterRef("term"), word=OuterRef("term"))))
        .values_list("term", flat=True)
    )
    _learn(lacking)
    return len(lacking)


# ---------------------------------------------------------------- closing and merging


def forget_person(user: User, *, now: datetime) -> None:
    """At closing: what only the account said is gone in the same transaction."""
    words = set(PersonTerm.objects.filter(user=user, kind=Kind.WORD).values_list("term", flat=True))
    PersonTerm.objects.filter(user=user).filter(~Q(kind=Kind.SERIAL)).delete()
    _forget(words)
    people_changed([user.pk])


def move_person(old: User, into: User, *, now: datetime) -> None:
    forget_person(old, now=now)
    people_changed([old.pk, into.pk])
