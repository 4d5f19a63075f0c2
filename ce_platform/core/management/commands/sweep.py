"""Run the sweep once, by hand or from cron."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Finds what rows still lack (documents, mail, closings) and does it."

    def handle(self, *args: Any, **options: Any) -> None:
        from ce_platform.core import sweep

        for name, count in sweep.run().items():
            self.stdout.write(f"{name}: {count}")
