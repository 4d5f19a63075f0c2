from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ce_platform.core.errors import DomainError
from courses.models import CourseVersion
from quizzes.domain.outgoing import questions_of, questions_of_version, written
from quizzes.interchange import formats
from quizzes.interchange.outgoing import Outgoing


class Command(BaseCommand):
    help = "Export the questions of a course, or of one quiz of it, for another system."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("course", help="the course as its address names it")
        parser.add_argument("--format", choices=sorted(formats.WRITTEN), required=True)
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument("--quiz", default="", help="the quiz as its address names it")
        parser.add_argument("--force", action="store_true", help="write over what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        if output.exists() and not options["force"]:
            raise CommandError(f"{output} is there already. Nothing was written.")
        try:
            result = written(options["format"], _questions(options["course"], options["quiz"]))
        except DomainError as error:
            raise CommandError(f"{error} Nothing was written.") from None
        for loss in result.losses:
            self.stderr.write(str(loss))
        if not result.count:
            raise CommandError(
                "There is no question that this format can say. Nothing was written."
            )
        try:
            output.write_bytes(result.content)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error}.") from None
        self.stdout.write(f"{result.count} questions are in {output}.")


def _questions(slug: str, quiz: str) -> list[Outgoing]:
    versions = CourseVersion.objects.filter(course__slug=slug).select_related("course")
    version = versions.order_by("-edition", "-revision").first()
    if version is None:
        raise CommandError(f"There is no course ‘{slug}’.")
    if not quiz:
        return questions_of_version(version)
    found = version.quizzes.filter(slug=quiz).first()
    if found is None:
        raise CommandError(f"The newest version has no quiz ‘{quiz}’.")
    return questions_of(found)
