from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ce_platform.core.errors import DomainError
from courses.models import CourseVersion
from courses.package.exporting import export_to


class Command(BaseCommand):
    help = "Export a course as the package (folder or zip) that import_course takes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the course as its address names it")
        # Not --version, which prints the version of Django in every command.
        parser.add_argument("--edition", help="like 1.0; without it, the newest", default="")
        parser.add_argument(
            "--output", type=Path, required=True, help="a new folder, or a file that ends in .zip"
        )
        parser.add_argument("--force", action="store_true", help="write over what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        version = _version(options["slug"], options["edition"])
        try:
            export_to(version, options["output"], overwrite=options["force"])
        except DomainError as error:
            raise CommandError(f"{error} Nothing was written.") from None
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error}.") from None
        self.stdout.write(f"{version} is in {options['output']}.")


def _version(slug: str, edition: str) -> CourseVersion:
    versions = CourseVersion.objects.filter(course__slug=slug).select_related("course")
    known = list(versions.order_by("-edition", "-revision"))
    if not known:
        raise CommandError(f"There is no course ‘{slug}’.")
    found = [each for each in known if edition in ("", f"{each.edition}.{each.revision}")]
    if not found:
        others = ", ".join(f"{each.edition}.{each.revision}" for each in known)
        raise CommandError(f"‘{slug}’ has no edition {edition}; it has {others}.")
    return found[0]
