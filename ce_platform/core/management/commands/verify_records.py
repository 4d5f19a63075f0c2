from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ce_platform.core import verification


class Command(BaseCommand):
    help = "Look for records of law that no longer agree with their seals. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=verification.names(), help="look at one kind only")

    def handle(self, *args: Any, **options: Any) -> None:
        names = [options["only"]] if options["only"] else verification.names()
        found = 0
        for name in names:
            tally = verification.Tally()
            wrong = 0
            for finding in verification.run(name, tally):
                wrong += 1
                self.stdout.write(f"  {finding}")
            self.stdout.write(f"{name}: {tally.count} looked at, {wrong} not in order")
            found += wrong
        for finding in verification.missing_triggers():
            found += 1
            self.stdout.write(f"  {finding}")
        if found:
            raise CommandError(f"{found} finding{'' if found == 1 else 's'}")
        self.stdout.write("Everything agrees.")
