from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ce_platform.core.errors import DomainError
from courses.models import CourseVersion
from quizzes.domain.importing import add_found, look_at
from quizzes.domain.importing_pictures import bring
from quizzes.interchange import formats
from quizzes.interchange.files import MOST_BYTES
from quizzes.models import Quiz


class Command(BaseCommand):
    help = "Import questions of another system into the draft of a course: its bank, or one quiz."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("course", help="the course as its address names it")
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=sorted(formats.READ), default="")
        parser.add_argument("--quiz", default="", help="the quiz as its address names it")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be added")

    def handle(self, *args: Any, **options: Any) -> None:
        version = _draft(options["course"])
        quiz = _quiz(version, options["quiz"])
        try:
            reading = formats.read(
                _content(options["file"]),
                name=options["file"].name,
                format_name=options["format"],
            )
            brought = bring(reading, now=timezone.now())
            sight = look_at(version, quiz, reading, brought)
        except DomainError as error:
            raise CommandError(f"{error} Nothing was added.") from None
        for note in sight.reading.changes:
            self.stdout.write(f"changed  {sight.reading.said(note)}")
        for note in sight.reading.left:
            self.stderr.write(f"left out  {sight.reading.said(note)}")
        told = {note.sentence for note in (*sight.reading.changes, *sight.reading.left)}
        for each in sight.questions:
            if each.is_known:
                self.stdout.write(f"there already  {each.question.title}")
            elif each.alike:
                self.stdout.write(f"nearly the same  {each.question.title} / {each.alike}")
            for sentence in each.notes:
                if sentence not in told:
                    self.stderr.write(f"changed  {each.question.title}: {sentence}")
            if each.question.lacks_picture:
                self.stdout.write(f"a picture is missing  {each.question.title}")
        fresh = [each.read for each in sight.fresh]
        count = len(fresh)
        if not options["dry_run"]:
            try:
                count = add_found(version, quiz, fresh, brought, by=None, now=timezone.now())
            except DomainError as error:
                raise CommandError(f"{error} Nothing was added.") from None
        verb = "would be" if options["dry_run"] else "were"
        where = f"the quiz ‘{quiz.title}’" if quiz is not None else "the bank"
        self.stdout.write(f"{count} of {len(sight.questions)} questions {verb} added to {where}.")
        if not sight.questions:
            raise CommandError("The file holds no question that can be represented.")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error}.") from None


def _draft(slug: str) -> CourseVersion:
    versions = CourseVersion.objects.filter(course__slug=slug).select_related("course")
    newest = versions.order_by("-edition", "-revision").first()
    if newest is None:
        raise CommandError(f"There is no course ‘{slug}’.")
    if newest.is_frozen:
        raise CommandError(f"‘{slug}’ has no draft. Begin one in the studio first.")
    return newest


def _quiz(version: CourseVersion, slug: str) -> Quiz | None:
    if not slug:
        return None
    quizzes = {quiz.slug: quiz for quiz in version.quizzes.all()}
    if slug not in quizzes:
        raise CommandError(
            f"The draft has no quiz ‘{slug}’; it has {', '.join(quizzes) or 'none'}."
        )
    return quizzes[slug]
