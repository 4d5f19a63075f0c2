"""What the pack holds of a version of a course: everything a learner was given, and how it was
made. Each version once, however many certificates rest on it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ce_platform.core.csv_text import csv_lines
from ce_platform.core.models import StoredFile
from ce_platform.core.text import sha256_text
from ce_platform.core.zips import PackWriter
from ce_platform.licensing.domain.letters import EXTENSIONS
from ce_platform.pages.audit_pack import names
from ce_platform.pages.audit_pack.evaluations import choices, results_of
from ce_platform.pages.audit_pack.pictures import Pictures
from ce_platform.pages.audit_pack.sheets import Frame
from courses.hours import worksheet_of
from courses.models import CourseVersion, InstructorSnapshot, Lesson
from quizzes import wording
from quizzes.models import Quiz, QuizPoolItem
from quizzes.presenting import Renderer, case_views
from quizzes.queries import asked_count, quizzes_of
from quizzes.question_types import type_named
from quizzes.question_types.base import AUTHORED_ORDER

FOLDER: Final = "courses"


def folder_of(version: CourseVersion) -> str:
    return f"{FOLDER}/{names.of_version(version.course.slug, version.number)}"


def write_version(
    version: CourseVersion, *, writer: PackWriter, frame: Frame, pictures: Pictures
) -> None:
    """The version comes with its course and all of its texts."""
    folder = folder_of(version)
    _write_canonical(version, folder, writer)
    lessons = list(version.lessons.select_related("module").order_by("position", "pk"))
    for lesson in lessons:
        writer.text(
            f"{folder}/{lesson_path(lesson)}",
            f"# {lesson.title}\n\n{lesson.body}",
        )
    worksheet = worksheet_of(version)
    writer.content(
        f"{folder}/hours-worksheet.csv",
        b"".join(
            csv_lines(
                ("Line", "Value", "How"),
                [(line.label, line.value, line.explanation) for line in worksheet.lines],
            )
        ),
    )
    quizzes = _write_exam(version, folder, writer=writer, frame=frame, pictures=pictures)
    for promo in version.promos.order_by("taken_at", "pk"):
        writer.text(f"{folder}/course-page-{promo.taken_at:%Y-%m-%d}-{promo.pk}.txt", promo.text)
        if sha256_text(promo.text) != promo.sha256:
            writer.missing(
                f"{folder}/course-page-{promo.taken_at:%Y-%m-%d}-{promo.pk}.txt",
                "The text does not have the SHA-256 it was kept by.",
            )
    if not version.promos.exists():
        writer.missing(f"{folder}/course-page", "No copy of the course page was kept.")
    instructors = _write_instructors(version, folder, writer=writer, frame=frame)
    writer.text(
        f"{folder}/course.html",
        frame.page(
            "course",
            version=version,
            modules=_outline(lessons),
            objectives=list(version.objectives.order_by("position", "pk")),
            references=list(version.references.order_by("position", "pk")),
            credits=list(version.credits.all()),
            worksheet=worksheet,
            quizzes=quizzes,
            instructors=instructors,
            evaluation=results_of(version),
            choices=choices(),
        ),
    )


def _write_canonical(version: CourseVersion, folder: str, writer: PackWriter) -> None:
    """The text that was sealed when the version was published, byte for byte."""
    path = f"{folder}/sealed-text.json"
    if not version.canonical_text:
        writer.missing(path, "The sealed text of the version is not on record.")
        return
    writer.text(path, version.canonical_text)
    if sha256_text(version.canonical_text) != version.canonical_sha256:
        writer.missing(path, "The text does not have the SHA-256 it was sealed by.")


def lesson_path(lesson: Lesson) -> str:
    """The position tells lessons apart; the slug is shortened, for some systems count letters."""
    return f"lessons/{lesson.position:02}-{names.plain(lesson.slug, empty='lesson')}.md"


def _outline(lessons: Sequence[Lesson]) -> list[dict[str, Any]]:
    modules: dict[int, dict[str, Any]] = {}
    for lesson in lessons:
        module = modules.setdefault(lesson.module_id, {"title": lesson.module.title, "lessons": []})
        module["lessons"].append({"lesson": lesson, "path": lesson_path(lesson)})
    return list(modules.values())


# ---------------------------------------------------------------- the exam


@dataclass(frozen=True)
class KeyedQuestion:
    """A question that may be asked, with the right answer marked."""

    place: int
    revision: int
    type: str
    sha256: str
    points: Any
    template: str
    shown: dict[str, Any]
    case: Any
    is_drawn: bool

    @property
    def said(self) -> str:
        points = wording.points(self.points)
        return f"{points}, drawn from the bank" if self.is_drawn else points


def _write_exam(
    version: CourseVersion, folder: str, *, writer: PackWriter, frame: Frame, pictures: Pictures
) -> list[dict[str, Any]]:
    """A page with the key for each quiz, and the same as data; returns the grading scale."""
    renderer = Renderer(version)
    pools: dict[int, list[QuizPoolItem]] = {}
    for item in (
        QuizPoolItem.objects.filter(quiz__version=version)
        .select_related("revision__question")
        .order_by("quiz_id", "position", "pk")
    ):
        pools.setdefault(item.quiz_id, []).append(item)
    found = []
    for place, quiz in enumerate(quizzes_of([version.pk]), start=1):
        pool = pools.get(quiz.pk, [])
        name = f"quizzes/{place:02}-{names.plain(quiz.slug, empty='quiz')}-with-key"
        facts = _scale(quiz)
        page = frame.page(
            "exam",
            version=version,
            quiz=quiz,
            facts=facts,
            questions=_keyed(pool, renderer),
        )
        writer.text(f"{folder}/{name}.html", pictures.standing_alone(page, up="../../../"))
        writer.values(
            f"{folder}/{name}.json",
            {
                "quiz": {"key": str(quiz.key), "title": quiz.title, "purpose": quiz.purpose},
                "grading": dict(facts),
                "questions": [
                    {
                        "question": str(item.revision.question.key),
                        "revision": item.revision.number,
                        "type": item.revision.type,
                        "sha256": item.revision.sha256,
                        "points": str(item.revision.points),
                        "content": item.revision.data,
                    }
                    for item in pool
                ],
            },
        )
        found.append({"quiz": quiz, "facts": facts, "page": f"{name}.html"})
    if not found:
        writer.missing(f"{folder}/quizzes", "The course has no quiz.")
    return found


def _scale(quiz: Quiz) -> list[tuple[str, str]]:
    """The rules of a quiz as published."""
    is_practice = quiz.purpose == Quiz.Purpose.PRACTICE
    return [
        ("Counts", "For practice only" if is_practice else "Must be passed"),
        ("Pass mark", wording.to_pass(quiz)),
        ("Asked in one attempt", wording.questions(asked_count(quiz))),
        ("May be asked", wording.questions(quiz.pool_count)),
        ("Attempts", wording.attempts_rule(quiz)),
        ("Time", wording.time_rule(quiz)),
        ("Looking back", str(quiz.get_review_display())),
    ]


def _keyed(pool: Sequence[QuizPoolItem], renderer: Renderer) -> list[KeyedQuestion]:
    contents = [item.revision.data for item in pool]
    found = []
    for place, (item, content, case) in enumerate(
        zip(pool, contents, case_views(contents, renderer), strict=True), start=1
    ):
        kind = type_named(item.revision.type)
        # Nobody answered: what is marked is what is right.
        shown = kind.review(content, None, AUTHORED_ORDER)
        found.append(
            KeyedQuestion(
                place=place,
                revision=item.revision.number,
                type=str(kind.label),
                sha256=item.revision.sha256,
                points=item.revision.points,
                template=kind.review_template,
                shown=renderer.html(shown, content.get("figures", {})),
                case=case,
                is_drawn=item.draw_id is not None,
            )
        )
    return found


# ---------------------------------------------------------------- who taught


def _write_instructors(
    version: CourseVersion, folder: str, *, writer: PackWriter, frame: Frame
) -> list[dict[str, Any]]:
    """Credentials, CV and licenses as they were when the version was published."""
    kept = {
        str(row.author_key): row
        for row in InstructorSnapshot.objects.filter(version=version).select_related("cv")
    }
    found = []
    for place, author in enumerate(version.authors.all(), start=1):
        name = f"instructors/{place:02}-{names.plain(author.name, empty='instructor')}"
        snapshot = kept.get(str(author.key))
        if snapshot is None:
            writer.missing(
                f"{folder}/{name}",
                f"CV and licenses of {author.name} were not kept when the version was published.",
            )
            found.append({"author": author, "page": ""})
            continue
        writer.text(f"{folder}/{name}.json", snapshot.text)
        if sha256_text(snapshot.text) != snapshot.sha256:
            writer.missing(
                f"{folder}/{name}.json", "The text does not have the SHA-256 it was kept by."
            )
        held = json.loads(snapshot.text)
        cv = _write_cv(f"{folder}/{name}", snapshot.cv, held, author.name, writer)
        writer.text(
            f"{folder}/{name}.html",
            frame.page("instructor", version=version, held=held, taken_at=snapshot.taken_at, cv=cv),
        )
        found.append({"author": author, "page": f"{name}.html"})
    return found


def _write_cv(
    path: str, cv: StoredFile | None, held: dict[str, Any], name: str, writer: PackWriter
) -> str:
    """The name of the file beside the page; empty when there is none."""
    profile = held.get("profile") or {}
    if cv is None:
        if not profile.get("cv_text"):
            writer.missing(f"{path}-cv", f"No CV of {name} was on file at publishing.")
        return ""
    extension = EXTENSIONS.get(cv.content_type, "bin")
    writer.stored(f"{path}-cv.{extension}", cv)
    return f"{path.rsplit('/', 1)[-1]}-cv.{extension}"
