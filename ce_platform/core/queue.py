"""The one task queue. A task is only a wake-up call: rows say what is to be done."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey

logger = logging.getLogger(__name__)


def _make_queue() -> Huey:
    url: str = settings.QUEUE_URL
    immediate: bool = settings.QUEUE_IMMEDIATE
    if url.startswith(("redis://", "rediss://")):
        return RedisHuey("ce-platform", url=url, results=False, immediate=immediate)
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresHuey("ce-platform", dsn=url, results=False, immediate=immediate)
    if immediate:
        return MemoryHuey("ce-platform", results=False, immediate=True)
    path = Path(settings.DATA_DIR) / "queue.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without fsync a power cut may leave a file that no worker can open any more.
    return SqliteHuey("ce-platform", filename=str(path), results=False, fsync=True)


queue: Huey = _make_queue()


def wake_after_commit(task: Callable[..., Any], *args: Any) -> None:
    """Call `task` when the transaction has committed.

    A queue that cannot be reached costs nothing but time: the sweep finds the row later, so its
    failure is logged and never reaches the person.
    """

    def wake() -> None:
        try:
            task(*args)
        except Exception:
            logger.exception("The queue refused a task; the sweep will do the work.")

    transaction.on_commit(wake, robust=True)
