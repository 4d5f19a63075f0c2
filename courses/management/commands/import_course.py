from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ce_platform.core.errors import DomainError
from courses.domain.publishing import publish_version
from courses.package.importing import ImportResult, import_package
from courses.package.source import PackageSource


class Command(BaseCommand):
    help = "Import a course package (folder or zip): all of it, or nothing and a list of mistakes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the folder or zip file")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--publish", action="store_true", help="publish the version at once")
        parser.add_argument(
            "--typo",
            action="store_true",
            help="after a published version: a new revision instead of a new edition",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            result = import_package(
                PackageSource.open(options["path"]),
                by=None,
                now=now,
                dry_run=options["dry_run"],
                is_typo=options["typo"],
            )
            self._print(result, verbosity=options["verbosity"])
            if result.problems:
                raise CommandError(result.outcome)
            self.stdout.write(result.outcome)
            if options["publish"] and result.version is not None and not options["dry_run"]:
                version = publish_version(result.version, by=None, now=now)
                self.stdout.write(f"Published: {version}.")
        except DomainError as error:
            raise CommandError(str(error)) from None

    def _print(self, result: ImportResult, *, verbosity: int) -> None:
        for change in result.changes:
            if change.action != "keep" or verbosity > 1:
                self.stdout.write(f"{change.action:>7}  {change.what}")
        kept = Counter(change.action for change in result.changes)["keep"]
        if kept and verbosity == 1:
            self.stdout.write(f"   keep  {kept} more")
        for problem in result.problems:
            self.stderr.write(str(problem))
