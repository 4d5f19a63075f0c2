"""The list of references of a draft.

The order is made by hand: a new source comes last, and two buttons put the whole list in order
once, by name or by first citation. An order that followed the citations by itself would give other
numbers to every source behind it whenever a paragraph moves; in print and in the minds of readers
a number belongs to its source for as long as a version lives, and a corrected typing mistake must
not shift it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from ce_platform.accounts.models import User
from ce_platform.core.text import clean, fold
from courses.domain.drafting import locked_draft, record_change
from courses.domain.errors import ReferenceRefused
from courses.domain.unseen import is_news, state_of, texts_of
from courses.domain.using import uses_in
from courses.markdown.grammar import REFERENCE, SLUG
from courses.models import CourseVersion, Lesson, Reference

MOST_REFERENCES: Final = 2_000
LONGEST_REFERENCE: Final = 2_000
LONGEST_SLUG: Final = 60
TEXTS: Final = ("text", "doi", "pmid", "url", "read", "slug")
READ: Final = ("abstract", "record", "full text", "page")
_DOI: Final = re.compile(r"10\.\d{4,9}/\S+")
_DOI_BEFORE: Final = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s*", re.IGNORECASE)
_PMID_BEFORE: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/"
    r"|PMID:?\s*|PubMed\s*(?:ID)?:?\s*",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
# "van der Berg A, …" and "Alam M et al." without the initials; "Biology Insights." as a whole.
_AUTHOR: Final = re.compile(
    r"\W*((?:[^\W\d_]|['’ -]){1,60}?)(?:\s[A-Z]{1,4})?(?=\s?[,.;:(\d]|\set\sal|$)"
)
_WORD: Final = re.compile(r"\W*([^\W\d_]+)")
_SENTENCE_END: Final = (".", "!", "?", "…")


# ---------------------------------------------------------------- one spelling; pure


def printed(*, authors: str, year: str, title: str, where: str, pages: str) -> str:
    """The one way a source is printed: Miyaji A, Hayashi N. 2018. Title. Journal 41:271–276."""
    where = _bare(where)
    pages = re.sub(r"(?<=\w)\s*[-–]+\s*(?=\w)", "–", _bare(pages))
    place = f"{where}:{pages}" if where and pages else where or pages
    pieces = [_bare(authors), _bare(year), _bare(title), place]
    return " ".join(
        piece if piece.endswith(_SENTENCE_END) else f"{piece}." for piece in pieces if piece
    )


def _bare(text: str) -> str:
    """One line, without the stop at its end."""
    line = " ".join(clean(text).split())
    return line[:-1].rstrip() if line.endswith((".", ",", ";")) else line


def clean_doi(text: str) -> str:
    """A DOI as it is stored: 10.1016/j.ctim.2018.09.009. Errors: ReferenceRefused."""
    doi = clean(text)
    before = _DOI_BEFORE.match(doi)
    doi = (doi[before.end() :] if before else doi).rstrip(".,;")
    if doi and (not _DOI.fullmatch(doi) or len(doi) > 200):
        raise ReferenceRefused("A DOI begins with “10.”, has a slash and no spaces.")
    return doi


def clean_pmid(text: str) -> str:
    """The number of a record in PubMed. Errors: ReferenceRefused."""
    pmid = clean(text)
    before = _PMID_BEFORE.match(pmid)
    pmid = (pmid[before.end() :] if before else pmid).rstrip("/. ")
    if pmid and not re.fullmatch(r"[1-9][0-9]{0,8}", pmid):
        raise ReferenceRefused("A PubMed number has digits only, like 30477852.")
    return pmid


def proposed_slug(text: str, taken: Sequence[str]) -> str:
    """Who and when, free: miyaji2018, then miyaji2018b. What cannot be told is left out."""
    line = " ".join(text.split())
    first = _AUTHOR.match(line) or _WORD.match(line)
    # Foreign letters without their marks; what then is no Latin letter falls away.
    name = re.sub("[^a-z]", "", fold(first[1]))[:30] if first else ""
    year = _YEAR.search(text)
    slug = f"{name or 'source'}{year[1] if year else ''}"
    known = {each.casefold() for each in taken}
    if slug not in known:
        return slug
    for letter in "bcdefghijklmnopqrstuvwxyz":
        if f"{slug}{letter}" not in known:
            return f"{slug}{letter}"
    number = 2
    while f"{slug}-{number}" in known:
        number += 1
    return f"{slug}-{number}"


# ---------------------------------------------------------------- changes


@transaction.atomic
def add_reference(
    version: CourseVersion,
    *,
    text: str,
    doi: str,
    pmid: str,
    url: str,
    read: str,
    slug: str,
    by: User,
    now: datetime,
) -> Reference:
    """One more source, the last in the list. Without a slug one is made from author and year.

    Errors: NotADraft, ReferenceRefused.
    """
    version = locked_draft(version)
    rows = list(version.references.all())
    if len(rows) >= MOST_REFERENCES:
        raise ReferenceRefused(f"A course has at most {MOST_REFERENCES:,} references.")
    last = version.references.aggregate(last=Max("position"))["last"] or 0
    reference = Reference(version=version, position=last + 1)
    taken = [each.slug for each in rows]
    reference.slug = _free(slug, taken) if slug else proposed_slug(text, taken)
    _fill(reference, rows, text=text, doi=doi, pmid=pmid, url=url, read=read)
    reference.save()
    record_change("reference.added", version, by=by, now=now, slug=reference.slug)
    return reference


@transaction.atomic
def save_reference(
    version: CourseVersion,
    key: UUID,
    *,
    text: str,
    doi: str,
    pmid: str,
    url: str,
    read: str,
    slug: str,
    based_on: str = "",
    by: User,
    now: datetime,
) -> Reference:
    """What a source says. Its slug changes only while nothing refers to it.

    Errors: NotADraft, ReferenceRefused, ChangedMeanwhile.
    """
    version = locked_draft(version)
    reference = _reference(version, key)
    before = texts_of(reference, TEXTS)
    others = [each for each in version.references.all() if each.pk != reference.pk]
    if slug and slug != reference.slug:
        if uses_in(version).references.get(reference.slug):
            raise ReferenceRefused(
                f"Lessons cite this source as @{reference.slug}, so the name stays."
            )
        reference.slug = _free(slug, [each.slug for each in others])
    _fill(reference, others, text=text, doi=doi, pmid=pmid, url=url, read=read)
    if is_news(reference, before, based_on=based_on, by=by):
        reference.save()
        record_change(
            "reference.changed",
            version,
            by=by,
            now=now,
            slug=reference.slug,
            state=state_of(reference, TEXTS),
        )
    return reference


@transaction.atomic
def move_reference(
    version: CourseVersion, key: UUID, *, place: int, by: User, now: datetime
) -> Reference:
    """Print it as number `place` (from 1). Errors: NotADraft, ReferenceRefused."""
    version = locked_draft(version)
    reference = _reference(version, key)
    rows = [each for each in version.references.all() if each.pk != reference.pk]
    rows.insert(max(0, place - 1), reference)
    _number(rows)
    record_change("reference.moved", version, by=by, now=now, slug=reference.slug, place=place)
    return reference


@transaction.atomic
def order_references(version: CourseVersion, *, by_citation: bool, by: User, now: datetime) -> None:
    """Put the list in order once: by name and year, or as lessons cite them, what nothing cites
    last. Errors: NotADraft."""
    version = locked_draft(version)
    rows = list(version.references.all())
    cited: Mapping[str, int] = _first_citations(version) if by_citation else {}
    last = len(cited)
    if by_citation:
        rows.sort(key=lambda row: (cited.get(row.slug, last), row.position))
    else:
        rows.sort(key=lambda row: (fold(row.text), row.position))
    _number(rows)
    record_change(
        "references.ordered", version, by=by, now=now, how="citation" if by_citation else "name"
    )


@transaction.atomic
def remove_reference(version: CourseVersion, key: UUID, *, by: User, now: datetime) -> str:
    """Take a source off the list; gives its slug. Errors: NotADraft, ReferenceRefused (it is
    used)."""
    version = locked_draft(version)
    reference = _reference(version, key)
    places = uses_in(version).references.get(reference.slug, [])
    if places:
        raise ReferenceRefused(
            f"@{reference.slug} is still used: {named([place.title for place in places])}."
        )
    reference.delete()
    _number(list(version.references.all()))
    record_change(
        "reference.removed", version, by=by, now=now, slug=reference.slug, text=reference.text
    )
    return reference.slug


def named(titles: Sequence[str], *, most: int = 3) -> str:
    """“One”, “Two” and 3 more places."""
    shown = ", ".join(f"“{title}”" for title in titles[:most])
    more = len(titles) - most
    return f"{shown} and {more} more place{'' if more == 1 else 's'}" if more > 0 else shown


# ---------------------------------------------------------------- pieces


def _first_citations(version: CourseVersion) -> dict[str, int]:
    places: dict[str, int] = {}
    for body in Lesson.objects.filter(version=version).values_list("body", flat=True):
        for slug in REFERENCE.findall(body):
            places.setdefault(slug, len(places))
    return places


def _free(slug: str, taken: Sequence[str]) -> str:
    if not re.fullmatch(SLUG, slug) or slug.endswith("."):
        raise ReferenceRefused("The short name has letters, digits, dots, hyphens or underscores.")
    if slug.casefold() in {each.casefold() for each in taken}:
        raise ReferenceRefused(f"Another source is called {slug} already.")
    return slug


def _fill(
    reference: Reference,
    others: Sequence[Reference],
    *,
    text: str,
    doi: str,
    pmid: str,
    url: str,
    read: str,
) -> None:
    reference.text = " ".join(clean(text).split())
    if not reference.text:
        raise ReferenceRefused("Say what the source is.")
    if len(reference.text) > LONGEST_REFERENCE:
        raise ReferenceRefused(f"A reference has at most {LONGEST_REFERENCE:,} letters.")
    reference.doi, reference.pmid = clean_doi(doi), clean_pmid(pmid)
    reference.url = url.strip()
    if reference.url and not reference.url.startswith("https://"):
        raise ReferenceRefused("The address begins with https://.")
    if read and read not in READ:
        raise ReferenceRefused("Say how much of it you read.")
    reference.read = read
    twin = same_source(others, doi=reference.doi, pmid=reference.pmid)
    if twin is not None:
        raise ReferenceRefused(
            f"Number {twin.position}, {twin.slug}, has this DOI or PubMed number already: "
            f"{twin.text}"
        )


def same_source(rows: Sequence[Reference], *, doi: str, pmid: str) -> Reference | None:
    """One that has this DOI (large and small letters are the same) or this PubMed number."""
    for row in rows:
        if (doi and row.doi.casefold() == doi.casefold()) or (pmid and row.pmid == pmid):
            return row
    return None


def _reference(version: CourseVersion, key: UUID) -> Reference:
    reference = Reference.objects.filter(version=version, key=key).first()
    if reference is None:
        raise ReferenceRefused("That source is not there any more.")
    return reference


def _number(rows: list[Reference]) -> None:
    for place, each in enumerate(rows, start=1):
        each.position = place
    Reference.objects.bulk_update(rows, ["position"])
