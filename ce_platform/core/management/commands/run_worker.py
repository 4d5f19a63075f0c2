"""Run the background worker: mail, documents, jobs and the sweep."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.module_loading import autodiscover_modules


class Command(BaseCommand):
    help = "Runs background work until it is stopped."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        from ce_platform.core import sweep
        from ce_platform.core.queue import queue

        autodiscover_modules("tasks")
        queue.pre_execute("connections")(lambda task: close_old_connections())
        queue.post_execute("connections")(lambda task, value, error: close_old_connections())
        sweep.run()  # What was cut off is taken up at once, not at the next full minute.
        consumer = queue.create_consumer(
            workers=options["workers"], worker_type="thread", max_delay=1, initial_delay=0.05
        )
        consumer.run()
