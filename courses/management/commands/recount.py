from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.domain.counters import recount


class Command(BaseCommand):
    help = "Count every counter and running sum again from the rows; there must be no drift."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="set wrong counters right")

    def handle(self, *args: Any, **options: Any) -> None:
        drifts = recount(fix=options["fix"])
        for drift in drifts:
            self.stdout.write(str(drift))
        if not drifts:
            self.stdout.write("No drift.")
        elif options["fix"]:
            self.stdout.write(f"{len(drifts)} set right.")
        else:
            raise CommandError(f"{len(drifts)} wrong; run again with --fix.")
