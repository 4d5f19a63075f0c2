"""The sweep: finds what rows still lack and asks for it again.

Each app registers its finders in `AppConfig.ready()`. A finder does a bounded piece of work and
returns how many rows it served; it must be safe to run at any time, any number of times, and
beside another sweep.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

logger = logging.getLogger(__name__)

Finder = Callable[[datetime], int]
_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    _finders[name] = finder


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
