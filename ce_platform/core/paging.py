"""Keyset paging: newer and older pages without counting and without OFFSET."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 25


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: list[Row]
    older_after: int | None
    """Pass as `?after=` for the next, older page; None on the last one."""
    is_first: bool


def newest_first(queryset: QuerySet[Row], *, after: str | None, size: int = PAGE_SIZE) -> Page[Row]:
    """A page by descending id. A malformed `after` gives the first page."""
    key = int(after) if after and after.isascii() and after.isdigit() and len(after) < 19 else None
    if key is not None:
        queryset = queryset.filter(pk__lt=key)
    rows = list(queryset.order_by("-pk")[: size + 1])
    older = rows[size - 1].pk if len(rows) > size else None
    return Page(rows=rows[:size], older_after=older, is_first=key is None)
