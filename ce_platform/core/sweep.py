"""The sweep: finds what rows still lack and asks for it again.

Each app registers its finders in `AppConfig.ready()`. A finder does a bounded piece of work and
returns how many rows it served; it must be safe to run at any time, any number of times, and
beside another sweep.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from django.db import close_old_connections
from django.db.models import Q, QuerySet
from django.utils import timezone

logger = logging.getLogger(__name__)

Finder = Callable[[datetime], int]
_finders: dict[str, Finder] = {}
SLICE: Final = 5_000
"""Rows that a sweep looks through: hundreds of thousands take an hour, in steps of a minute."""


def register(name: str, finder: Finder) -> None:
    _finders[name] = finder


def finders() -> Mapping[str, Finder]:
    return _finders


def run(now: datetime | None = None) -> dict[str, int]:
    """Run every finder once. One that fails is logged and does not stop the others."""
    now = now or timezone.now()
    served = {}
    for name, finder in sorted(_finders.items()):
        try:
            served[name] = finder(now)
        except Exception:
            logger.exception("The sweep %s failed; it will be tried again.", name)
            close_old_connections()  # A connection that broke must not fail the others too.
    return served


def next_slice(name: str, rows: QuerySet[Any]) -> Q:
    """The next rows by id of a table that is looked through again and again, as a condition.

    Where a walk stands is kept in the cache and may be lost: it begins anew. Two sweeps beside
    each other may look at the same rows.
    """
    key = f"sweep.{name}.after"
    after = int(cache.get(key) or 0)
    end = SLICE - 1
    last = (
        rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[end : end + 1].first()
    )
    cache.set(key, last or 0, timeout=None)
    return Q(pk__gt=after) if last is None else Q(pk__gt=after, pk__lte=last)
