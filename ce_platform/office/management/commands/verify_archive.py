from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ce_platform.office.moving_out.verify_archive import NoArchive, faults


class Command(BaseCommand):
    help = "Check an archive of everything, zipped or unpacked, against its manifest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        try:
            for sentence in faults(options["path"]):
                self.stdout.write(sentence)
                count += 1
        except NoArchive as error:
            raise CommandError(
                f"This is no archive that can be read: {error}.", returncode=2
            ) from None
        if count:
            files = "1 file is" if count == 1 else f"{count:,} files are"
            raise CommandError(f"{files} not as the manifest says.")
        self.stdout.write("Every file is as the manifest says.")
