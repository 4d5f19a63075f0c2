import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.office.moving_out.archive import write_archive
from ce_platform.office.moving_out.making import check_room
from ce_platform.office.moving_out.snapshot import snapshot


class Command(BaseCommand):
    help = "Write everything the provider holds into one zip of open files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the zip to write; it must not be there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if path.exists():
            raise CommandError(f"{path} is there already. Nothing was written.")
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent}. Nothing was written.")
        now = timezone.now()
        unfinished = path.with_name(f".{path.name}.unfinished")
        try:
            check_room(path.parent, copies=1)
            # For nobody but who runs the command: never into a file that somebody laid there, nor
            # into that of another run.
            handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        except FileExistsError:
            raise CommandError(
                f"{unfinished} is there: another run is writing it, or one was killed. Delete it "
                "if none is at work. Nothing was written."
            ) from None
        except (DomainError, OSError) as error:
            raise CommandError(f"{error} Nothing was written.") from None
        try:
            with os.fdopen(handle, "w+b") as file, snapshot():
                written = write_archive(
                    file, name=f"everything-{now:%Y-%m-%d-%H%M}", now=now, workplace=path.parent
                )
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
        except (DomainError, OSError) as error:
            raise CommandError(f"{error} Nothing was written.") from None
        finally:
            unfinished.unlink(missing_ok=True)
        audit.record(
            "archive.written",
            subject_type="archive",
            subject_id=path.name[:64],
            by=None,
            now=timezone.now(),
            file_count=written.file_count,
            row_count=written.row_count,
            missing_count=written.missing_count,
        )
        self.stdout.write(
            f"{written.file_count:,} files with {written.row_count:,} rows are in {path}. "
            f"{written.missing_count:,} things are missing."
        )
