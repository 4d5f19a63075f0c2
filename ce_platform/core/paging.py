"""Keyset paging: newer and older pages without counting and without OFFSET."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 25


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: list[Row]
    older_after: int | None
    """Pass as `?after=` for the next, older page; None on the last one."""
    is_first: bool


def latest_day_first(
    queryset: QuerySet[Row], day: str, *, after: str | None, size: int = PAGE_SIZE
) -> Page[Row]:
    """A page by a descending day, then by descending id; needs an index on both. The day of the
    row that ended the page before is asked for; a malformed or strange `after` gives the first."""
    key = _key(after)
    reached = queryset.model._default_manager.filter(pk=key).values_list(day, flat=True).first()
    if reached is not None:
        # The first condition is what the index begins at; a database does not see it in the second.
        queryset = queryset.filter(**{f"{day}__lte": reached}).filter(
            Q(**{f"{day}__lt": reached}) | Q(pk__lt=key)
        )
    rows = list(queryset.order_by(f"-{day}", "-pk")[: size + 1])
    older = rows[size - 1].pk if len(rows) > size else None
    return Page(rows=rows[:size], older_after=older, is_first=reached is None)


def earliest_first(
    queryset: QuerySet[Row], moment: str, *, after: str | None, size: int = PAGE_SIZE
) -> Page[Row]:
    """A page by an ascending moment, then by ascending id; needs an index on both."""
    key = _key(after)
    reached = queryset.model._default_manager.filter(pk=key).values_list(moment, flat=True).first()
    if reached is not None:
        queryset = queryset.filter(**{f"{moment}__gte": reached}).filter(
            Q(**{f"{moment}__gt": reached}) | Q(pk__gt=key)
        )
    rows = list(queryset.order_by(moment, "pk")[: size + 1])
    later = rows[size - 1].pk if len(rows) > size else None
    return Page(rows=rows[:size], older_after=later, is_first=reached is None)


def newest_first(queryset: QuerySet[Row], *, after: str | None, size: int = PAGE_SIZE) -> Page[Row]:
    """A page by descending id. A malformed `after` gives the first page."""
    key = _key(after)
    if key is not None:
        queryset = queryset.filter(pk__lt=key)
    rows = list(queryset.order_by("-pk")[: size + 1])
    older = rows[size - 1].pk if len(rows) > size else None
    return Page(rows=rows[:size], older_after=older, is_first=key is None)


def _key(after: str | None) -> int | None:
    return int(after) if after and after.isascii() and after.isdigit() and len(after) < 19 else None
