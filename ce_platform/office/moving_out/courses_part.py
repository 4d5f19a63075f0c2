"""Courses as packages, every version of them, and their questions for other systems."""

import json
import logging
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, OuterRef, Subquery

from ce_platform.core.errors import DomainError
from ce_platform.office.moving_out.parts import ArchivePart
from ce_platform.office.moving_out.writing import ArchiveWriter
from courses.models import Course, CourseVersion
from courses.package.exporting import PACKED, ExportRefused, KeptFile, package_files
from quizzes.domain.outgoing import questions_of_bank, written
from quizzes.interchange import moodle, own, qti
from quizzes.models import QuestionRevision

logger = logging.getLogger(__name__)
LACKS_LESSONS: Final = (
    "Begun and not finished: it has no lessons, or a module without any. Import asks for one in "
    "each module before it takes this package."
)
# Format → name of the file.
_FORMATS: Final = {
    moodle.NAME: "moodle.xml",
    qti.NAME: "qti-2.1.zip",
    own.NAME: "questions.toml",
}


def _courses(writer: ArchiveWriter) -> None:
    writer.describe(
        "courses/COURSE/EDITION.REVISION-STATUS/",
        "Each version of each course as a package (course.toml, lessons in Markdown, quizzes, "
        "figures, charts, recordings, handouts). docs/course-package.md says what means what.",
    )
    versions = CourseVersion.objects.select_related("course").defer("canonical_text", "search_text")
    for version in versions.order_by("course_id", "edition", "revision").iterator(chunk_size=5):
        folder = folder_of(version)
        try:
            files = package_files(version)
        except ExportRefused as refusal:
            writer.missing(folder, f"{refusal} What it says is in the records.")
            files = {}
        except Exception:
            # One row that nobody can read any more must not keep all the others here.
            logger.exception("%s cannot be written as a package", folder)
            writer.missing(
                folder, "It cannot be said as a package. What it says is in the records."
            )
            files = {}
        for path, content in files.items():
            if isinstance(content, KeptFile):
                writer.stored(f"{folder}/{path}", content.file)
            else:
                writer.content(f"{folder}/{path}", content, is_packed=path.endswith(PACKED))
        if files and _lacks_lessons(version):
            writer.describe(f"{folder}/", LACKS_LESSONS)
        writer.step()


def _lacks_lessons(version: CourseVersion) -> bool:
    """Unfinished: what is held before people needs none."""
    modules = list(version.modules.annotate(count=Count("lessons")).values_list("count", flat=True))
    return not version.is_live and (not modules or 0 in modules)


def folder_of(version: CourseVersion) -> str:
    course = version.course.slug
    return f"courses/{course}/{version.edition}.{version.revision}-{version.status}"


def _questions(writer: ArchiveWriter) -> None:
    writer.describe(
        "questions/COURSE/questions.json",
        "The bank of a course: each question as it reads today, retired ones too. Earlier "
        "revisions are in records/quizzes.questionrevision.jsonl.",
    )
    for name in _FORMATS.values():
        writer.describe(f"questions/COURSE/{name}", "The same, without retired ones, to import.")
    writer.describe(
        "questions/COURSE/what-stays-behind.txt", "What these formats cannot say of which question."
    )
    for course in Course.objects.order_by("pk").iterator(chunk_size=100):
        questions = list(_told(course))
        writer.step()
        if not questions:
            continue
        folder = f"questions/{course.slug}"
        writer.values(f"{folder}/questions.json", questions)
        _write_formats(writer, course, folder)


def _told(course: Course) -> Iterator[dict[str, Any]]:
    newest = (
        QuestionRevision.objects.filter(question=OuterRef("question"))
        .order_by("-number")
        .values("pk")[:1]
    )
    revisions = QuestionRevision.objects.filter(question__course=course, pk=Subquery(newest))
    for each in revisions.select_related("question").order_by("pk"):
        yield {
            "key": each.question.key,
            "revision": each.number,
            "retired_at": each.question.retired_at,
            "type": each.type,
            "points": each.points,
            "difficulty": each.difficulty,
            "tags": json.loads(each.tags),
            "objective": each.objective_key,
            "lesson": each.lesson_key,
            "content": each.data,
        }


def _write_formats(writer: ArchiveWriter, course: Course, folder: str) -> None:
    outgoing = questions_of_bank(course)
    behind: list[str] = []
    for format_name, name in _FORMATS.items():
        writer.step(0)
        try:
            result = written(format_name, outgoing)
        except DomainError as refusal:
            behind.append(f"{name}: {refusal}")
            continue
        except Exception:
            logger.exception("%s/%s cannot be written", folder, name)
            writer.missing(f"{folder}/{name}", "A question cannot be said so; see questions.json.")
            continue
        if result.count:
            writer.content(f"{folder}/{name}", result.content, is_packed=name.endswith(".zip"))
        behind += [f"{name}: {loss}" for loss in result.losses]
    if behind:
        writer.text(f"{folder}/what-stays-behind.txt", "\n".join(behind) + "\n")


COURSES: Final = ArchivePart(
    "courses", _courses, count=lambda: CourseVersion.objects.count(), order=50
)
QUESTIONS: Final = ArchivePart(
    "questions", _questions, count=lambda: Course.objects.count(), order=51
)
