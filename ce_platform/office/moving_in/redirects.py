"""Old addresses that were printed or linked, and where they lead now.

Looked up only when nothing else answers: a page that exists costs nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlencode, urlsplit

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.models import AuditEvent
from ce_platform.core.text import clean
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.models import ImportRun, Redirect
from certificates.domain.imported import folded_number, old_numbers_on_record

LONGEST: Final = 400


def own_path(value: str, *, what: str = "address", is_target: bool = False) -> str:
    """A path of this site as it stands in the table: decoded, no host, no fragment. A whole old
    address loses its host; what a target asks for behind the ? stays as it is written. Errors:
    ImportRefused."""
    text = clean(value)
    parts = urlsplit(text)
    if parts.scheme and parts.scheme not in ("http", "https"):
        raise ImportRefused(f"“{text[:60]}” is no {what}.")
    query = parts.query if is_target else unquote(parts.query)
    path = clean(unquote(parts.path) + (f"?{query}" if query else ""))
    if not path.startswith("/") or path.startswith("//") or "\\" in path or "\n" in path:
        raise ImportRefused(f"“{text[:60]}” is no {what}. It begins with a slash, like /courses/.")
    if ".." in path.split("?")[0].split("/"):
        raise ImportRefused(f"“{text[:60]}” has dots that lead upwards.")
    if len(path) > LONGEST:
        raise ImportRefused(f"The {what} is longer than {LONGEST} letters.")
    return path


def target_path(value: str) -> str:
    """Only a path of our own: a table of addresses that leads anywhere would be a gift to whoever
    sends mails in our name. Errors: ImportRefused."""
    text = clean(value)
    if urlsplit(text).scheme or text.startswith("//"):
        raise ImportRefused(f"“{text[:60]}” leads to another site. Write a path, like /courses/.")
    path = own_path(text, what="path of this site", is_target=True)
    if not is_page(path):
        raise ImportRefused(f"“{path[:60]}” is no page here.")
    return path


def is_page(path: str) -> bool:
    try:
        resolve(path.split("?")[0])
    except Resolver404:
        return False
    return True


def _is_path(target: str) -> bool:
    return "/" in target


def numbers_of(targets: Iterable[str]) -> Mapping[str, str]:
    """The old certificate numbers among the targets that are on record, by folded number. One
    query."""
    return old_numbers_on_record(target for target in targets if not _is_path(target))


def target_of(target: str, *, numbers: Mapping[str, str]) -> str:
    """A path, or the number of a certificate that was taken over: its verification page. Errors:
    ImportRefused."""
    if _is_path(target):
        return target_path(target)
    number = numbers.get(folded_number(target))
    if number is None:
        raise ImportRefused(f"No record here has the old certificate number “{target[:40]}”.")
    # By the number, not to the record: old addresses can be counted up as old numbers can.
    return f"{reverse('certificates:verify')}?{urlencode({'code': number})}"


def check_pair(
    old: str, target: str, *, numbers: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """`numbers`: of `numbers_of`, for many at once. Errors: ImportRefused. A page that exists is
    never hidden, so nothing can go in a circle."""
    known = numbers_of([target]) if numbers is None else numbers
    path, leads_to = own_path(old), target_of(target, numbers=known)
    if is_page(path):
        raise ImportRefused(f"“{path[:60]}” is a page here; an old address must not hide it.")
    return path, leads_to


@transaction.atomic
def save_redirect(old: str, target: str, *, by: User, now: datetime) -> Redirect:
    """Add one, or lead a known one elsewhere. Errors: ImportRefused."""
    try:
        with transaction.atomic():
            return save_redirects([(old, target)], by=by, now=now)[0]
    except IntegrityError:  # Somebody else added it at this very moment.
        return save_redirects([(old, target)], by=by, now=now)[0]


@transaction.atomic
def save_redirects(
    pairs: Sequence[tuple[str, str]], *, by: User, now: datetime, run: ImportRun | None = None
) -> list[Redirect]:
    """In their order, each old address once; a constant number of queries but for those that lead
    elsewhere from now on. Errors: ImportRefused."""
    numbers = numbers_of(target for _, target in pairs)
    checked = [check_pair(old, target, numbers=numbers) for old, target in pairs]
    rows = {
        row.old_path: row
        for row in Redirect.objects.filter(old_path__in=[path for path, _ in checked])
    }
    made = Redirect.objects.bulk_create(
        Redirect(old_path=path, target=target, created_at=now, created_by_id=by.pk, run=run)
        for path, target in checked
        if path not in rows
    )
    AuditEvent.objects.bulk_create(
        audit.event(
            "redirect.added",
            subject_type="redirect",
            subject_id=row.pk,
            by=by,
            now=now,
            old_path=row.old_path,
            target=row.target,
        )
        for row in made
    )
    for path, target in checked:
        if path in rows and rows[path].target != target:
            _lead_elsewhere(rows[path], target, by=by, now=now)
    rows |= {row.old_path: row for row in made}
    return [rows[path] for path, _ in checked]


def _lead_elsewhere(row: Redirect, target: str, *, by: User, now: datetime) -> None:
    before, row.target = row.target, target
    row.save(update_fields=["target"])
    audit.record(
        "redirect.changed",
        subject_type="redirect",
        subject_id=row.pk,
        by=by,
        now=now,
        old_path=row.old_path,
        target=target,
        before=before,
    )


@transaction.atomic
def remove_redirect(row: Redirect, *, by: User, now: datetime) -> None:
    audit.record(
        "redirect.removed",
        subject_type="redirect",
        subject_id=row.pk,
        by=by,
        now=now,
        old_path=row.old_path,
        target=row.target,
    )
    row.delete()


def redirect_for(request: HttpRequest, *, now: datetime) -> str:
    """Where an address that nobody answers leads; empty: nowhere. Two queries for one that is
    known, one for any other."""
    if request.method not in ("GET", "HEAD"):
        return ""
    path = request.path_info[:LONGEST]
    wanted = _spellings(path, unquote(request.META.get("QUERY_STRING", "")))
    rows = {row.old_path: row for row in Redirect.objects.filter(old_path__in=wanted)}
    row = next((rows[each] for each in wanted if each in rows), None)
    if row is None or not is_page(row.target):
        return ""
    Redirect.objects.filter(pk=row.pk).update(hit_count=F("hit_count") + 1, last_hit_on=now.date())
    return row.target


def _spellings(path: str, query: str) -> Sequence[str]:
    """With what stands behind the ? first; with and without the last slash."""
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    paths = [path, other] if other else [path]
    return [f"{each}?{query}"[:LONGEST] for each in paths if query] + paths
