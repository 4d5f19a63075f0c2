"""Run the background worker: mail, documents, jobs and the sweep."""

import argparse
import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils.module_loading import autodiscover_modules
from huey import Huey
from huey.consumer import Consumer

logger = logging.getLogger(__name__)
# Work that was begun may end before the process does; service managers wait 90 seconds.
SECONDS_TO_STOP = 60


def watch_connections(queue: Huey) -> None:
    """As at the begin and end of a request: broken and old database connections are closed."""
    queue.pre_execute("connections")(lambda task: close_old_connections())
    queue.post_execute("connections")(lambda task, value, error: close_old_connections())


def make_consumer(queue: Huey, *, workers: int) -> Consumer:
    # TERM, which every service manager sends, lets tasks end: a message that was sent and not
    # yet marked would be sent twice.
    return Consumer(
        queue,
        workers=workers,
        worker_type="thread",
        max_delay=1,
        initial_delay=0.05,
        graceful_signal="TERM",
        shutdown_timeout=SECONDS_TO_STOP,
    )


class Command(BaseCommand):
    help = "Runs background work until it is stopped."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        from ce_platform.core.queue import queue
        from ce_platform.core.tasks import sweep_task

        if queue.immediate:
            raise CommandError("QUEUE_IMMEDIATE is on: there is nothing for a worker to do.")
        if options["workers"] < 1:
            raise CommandError("There must be at least one worker.")
        autodiscover_modules("tasks")
        watch_connections(queue)
        # What was cut off is taken up at once, not at the next full minute; by a worker, so that
        # this thread keeps no database connection.
        try:
            sweep_task()
        except Exception:
            logger.exception("The queue is not reached yet; the worker goes on trying.")
        make_consumer(queue, workers=options["workers"]).run()
