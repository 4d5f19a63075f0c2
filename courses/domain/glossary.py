"""The glossary of a draft: words that open their meaning where they stand in a lesson."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from ce_platform.accounts.models import User
from ce_platform.core.text import clean, fold
from courses.domain.drafting import locked_draft, record_change
from courses.domain.errors import TermRefused
from courses.domain.referencing import named
from courses.domain.unseen import is_news, state_of, texts_of
from courses.domain.using import uses_in
from courses.markdown.grammar import LANGUAGE
from courses.models import CourseVersion, GlossaryTerm

MOST_TERMS: Final = 2_000
LONGEST_TERM: Final = 120
LONGEST_DEFINITION: Final = 1_000
TEXTS: Final = ("term", "definition", "language")


@transaction.atomic
def add_term(
    version: CourseVersion,
    *,
    term: str,
    definition: str,
    language: str,
    by: User,
    now: datetime,
) -> GlossaryTerm:
    """One more term; lessons refer to it by a slug that is made from it once and stays.

    Errors: NotADraft, TermRefused.
    """
    version = locked_draft(version)
    others = list(version.glossary.all())
    if len(others) >= MOST_TERMS:
        raise TermRefused(f"A glossary has at most {MOST_TERMS:,} terms.")
    row = GlossaryTerm(version=version)
    row.slug = _free_slug(term, {each.slug for each in others})
    _fill(row, others, term=term, definition=definition, language=language)
    row.save()
    record_change("term.added", version, by=by, now=now, slug=row.slug)
    return row


@transaction.atomic
def save_term(
    version: CourseVersion,
    key: UUID,
    *,
    term: str,
    definition: str,
    language: str,
    based_on: str = "",
    by: User,
    now: datetime,
) -> GlossaryTerm:
    """What a term is called and means; its slug stays.

    Errors: NotADraft, TermRefused, ChangedMeanwhile.
    """
    version = locked_draft(version)
    row = _term(version, key)
    before = texts_of(row, TEXTS)
    others = [each for each in version.glossary.all() if each.pk != row.pk]
    _fill(row, others, term=term, definition=definition, language=language)
    if is_news(row, before, based_on=based_on, by=by):
        row.save()
        record_change(
            "term.changed", version, by=by, now=now, slug=row.slug, state=state_of(row, TEXTS)
        )
    return row


@transaction.atomic
def remove_term(version: CourseVersion, key: UUID, *, by: User, now: datetime) -> str:
    """Take a term out; gives it. Errors: NotADraft, TermRefused (it is used)."""
    version = locked_draft(version)
    row = _term(version, key)
    places = uses_in(version).glossary.get(row.slug, [])
    if places:
        raise TermRefused(
            f"“{row.term}” is still used: {named([place.title for place in places])}."
        )
    row.delete()
    record_change("term.removed", version, by=by, now=now, slug=row.slug, definition=row.definition)
    return row.term


def _fill(
    row: GlossaryTerm,
    others: Sequence[GlossaryTerm],
    *,
    term: str,
    definition: str,
    language: str,
) -> None:
    row.term = " ".join(clean(term).split())
    row.definition = clean(definition)
    row.language = language.strip()
    if not row.term or not row.definition:
        raise TermRefused("A term needs a word and what it means.")
    if len(row.term) > LONGEST_TERM or len(row.definition) > LONGEST_DEFINITION:
        raise TermRefused(
            f"A term has at most {LONGEST_TERM} letters, its meaning {LONGEST_DEFINITION:,}."
        )
    if row.language and not LANGUAGE.fullmatch(row.language):
        raise TermRefused("A language is written like en-US or zh-Latn.")
    if any(fold(each.term) == fold(row.term) for each in others):
        raise TermRefused(f"“{row.term}” is in the glossary already.")


def _free_slug(term: str, taken: set[str]) -> str:
    wanted = slugify(term)[:54].strip("-_").replace("_", "-") or "term"
    number = 1
    slug = wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _term(version: CourseVersion, key: UUID) -> GlossaryTerm:
    row = GlossaryTerm.objects.filter(version=version, key=key).first()
    if row is None:
        raise TermRefused("That term is not there any more.")
    return row
