"""Bring the licensing bodies and their rules up to date with our files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ce_platform.licensing.domain.errors import RulesUnreadable
from ce_platform.licensing.domain.loading import load_files


class Command(BaseCommand):
    help = (
        "Load licensing bodies and their rules from ce_platform/licensing/data. Safe to run "
        "again: prints what changed; a changed rule becomes a new row."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change")
        parser.add_argument("--quiet", action="store_true", help="print the last line only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_files(now=timezone.now(), dry_run=options["dry_run"])
        except RulesUnreadable as error:
            raise CommandError(str(error)) from error
        if not options["quiet"]:
            for line in loaded.lines:
                self.stdout.write(line)
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"Bodies: {loaded.added_bodies} {would}added, {loaded.changed_bodies} {would}changed, "
            f"{loaded.unchanged_bodies} as before. Rules: {loaded.added_rules} {would}added, "
            f"{loaded.unchanged_rules} as before."
        )
        if loaded.older_rules:
            self.stdout.write(f"{loaded.older_rules} rules passed over: read later already.")
        if loaded.proposed_lines:
            self.stdout.write(
                f"{loaded.proposed_lines} lines {would}proposed to the office, which holds these "
                "rules in its own hands: Office, Licensing bodies."
            )
