"""One lesson as a page shows it: to its learner, and to a visitor when it is free."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from courses import queries
from courses.frozen import remember
from courses.models import CourseVersion, Enrollment, Lesson, LessonProgress
from courses.parts import OutlineLine
from courses.preview import Preview
from courses.queries import Outline, OutlineLesson, OutlineStep
from courses.reading import (
    lesson_references,
    lesson_segments,
    minutes_to_read,
    reference_html,
)


@dataclass(frozen=True)
class LessonPage:
    lesson: Lesson
    opening: SafeString
    """Where it stands in the course, and its title."""
    time_to_read: str
    aims: SafeString
    """What the learner will be able to do."""
    body: SafeString
    outline: Outline
    toc: list[dict[str, Any]]
    toc_end: list[dict[str, Any]]
    previous: OutlineStep | None
    next: OutlineStep | None
    progress: LessonProgress | None

    @property
    def has_chart(self) -> bool:
        return "data-chart" in self.body

    @property
    def is_finished(self) -> bool:
        return self.progress is not None and self.progress.finished_at is not None


def lesson_page(
    version: CourseVersion,
    slug: str,
    *,
    enrollment: Enrollment | None,
    preview: Preview | None = None,
    make_body: Callable[[CourseVersion, Lesson], SafeString] | None = None,
) -> LessonPage:
    """Everything a lesson shows. 404 for a lesson that this version does not have.

    `make_body`: for a draft, whose stored HTML may be older than its figures and charts.
    """
    outline = queries.outline(version, enrollment, preview=preview)
    for module_number, module in enumerate(outline.modules, start=1):
        for number, shown in enumerate(module.lessons, start=1):
            if shown.lesson.slug == slug:
                shown.is_current = True
                before, after = outline.neighbors(shown.lesson)
                return LessonPage(
                    lesson=shown.lesson,
                    opening=_kept(
                        version,
                        shown.lesson,
                        "opening",
                        {
                            "lesson": shown.lesson,
                            "language": version.language,
                            "module": module,
                            "module_number": module_number,
                            "number": number,
                        },
                    ),
                    time_to_read=time_to_read(shown.lesson),
                    aims=_kept(
                        version,
                        shown.lesson,
                        "aims",
                        {"objectives": shown.lesson.objectives.all()},
                    ),
                    body=(make_body or lesson_body)(version, shown.lesson),
                    outline=outline,
                    toc=[
                        {
                            "title": each.title,
                            "lessons": [
                                *map(_toc_lesson, each.lessons),
                                *map(_toc_line, each.extras),
                            ],
                        }
                        for each in outline.modules
                    ],
                    toc_end=[_toc_line(line) for line in outline.extras],
                    previous=before,
                    next=after,
                    progress=shown.progress,
                )
    raise Http404


def time_to_read(lesson: Lesson) -> str:
    minutes = minutes_to_read(lesson)
    return ngettext(
        "About %(count)d minute to read", "About %(count)d minutes to read", minutes
    ) % {"count": minutes}


def _kept(
    version: CourseVersion, lesson: Lesson, name: str, context: Mapping[str, Any]
) -> SafeString:
    """A piece of the page that is the same for everybody."""
    return remember(
        version,
        f"{name} of lesson {lesson.pk}",
        lambda: render_to_string(f"courses/_lesson_{name}.html", dict(context)),
    )


def lesson_body(version: CourseVersion, lesson: Lesson) -> SafeString:
    """Text, figures, charts and the references cited, as HTML that is the same for everybody."""

    def make() -> SafeString:
        # The lesson of the outline comes without its text, and is shared: it is not filled here.
        whole = Lesson.objects.get(pk=lesson.pk)
        return render_to_string(
            "courses/_lesson_body.html",
            {
                "segments": lesson_segments(whole),
                "references": [
                    (line.number, reference_html(line)) for line in lesson_references(whole)
                ],
            },
        )

    return remember(version, f"body of lesson {lesson.pk}", make)


def _toc_lesson(shown: OutlineLesson) -> dict[str, Any]:
    return {
        "title": shown.title,
        "url": shown.url,
        "is_finished": shown.is_finished,
        "is_current": shown.is_current,
        "is_locked": shown.is_locked,
    }


def _toc_line(line: OutlineLine) -> dict[str, Any]:
    return {
        "title": line.title,
        "url": line.url,
        "is_finished": line.is_done,
        "is_current": False,
        "is_locked": not line.url,
    }
