"""What pages of courses need, in a number of queries that does not grow with the rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.text import fold
from courses.domain.completion import ATTENDANCE_MISSING, lessons_by_version, unmet_items
from courses.frozen import remember
from courses.models import (
    Course,
    CourseVersion,
    Enrollment,
    Lesson,
    LessonProgress,
    MarginQuestion,
    Module,
    Subject,
    long_texts,
)
from courses.parts import CatalogueFilter, OutlineLine, parts

if TYPE_CHECKING:
    from courses.preview import Preview

LONGEST_SEARCH = 100
MOST_SEARCH_WORDS = 8


# ---------------------------------------------------------------- catalogue


def on_sale() -> QuerySet[Course]:
    """Courses a therapist can start, with the version on sale at hand (without its long texts)."""
    return (
        Course.objects.filter(on_sale_version__isnull=False)
        .select_related("on_sale_version")
        .defer(*long_texts("on_sale_version"))
    )


def catalogue(query: QueryDict, *, user: User | None = None) -> QuerySet[Course]:
    """Courses on sale that fit `q` (every word, folded), `subject` (slug) and the parts' filters.

    Newest first by id, for `core.paging.newest_first`.
    """
    courses = on_sale()
    for word in fold(query.get("q", "")[:LONGEST_SEARCH]).split()[:MOST_SEARCH_WORDS]:
        courses = courses.filter(on_sale_version__search_text__contains=word)
    subject = query.get("subject", "")[:50]
    if subject:
        # A subquery, not a join: a course with two fitting rows must not stand there twice.
        courses = courses.filter(
            on_sale_version__in=CourseVersion.objects.filter(subjects__slug=subject).values("pk")
        )
    for part in parts():
        courses = part.filter_catalogue(courses, query, user=user)
    return courses.order_by("-pk")


def catalogue_filters(query: QueryDict, *, user: User | None = None) -> list[CatalogueFilter]:
    """The choices above the catalogue: subject first, then those of the parts."""
    subjects = Subject.objects.filter(
        pk__in=CourseVersion.subjects.through.objects.filter(
            courseversion__in=Course.objects.filter(on_sale_version__isnull=False).values(
                "on_sale_version"
            )
        ).values("subject_id")
    )
    filters = [
        CatalogueFilter(
            name="subject",
            label="Subject",
            choices=[("", "All subjects"), *((each.slug, each.name) for each in subjects)],
            chosen=query.get("subject", ""),
        )
    ]
    for part in parts():
        filters += part.catalogue_filters(query, user=user)
    return filters


def catalogue_notes(
    versions: Sequence[CourseVersion], query: QueryDict, *, user: User | None = None
) -> dict[int, list[str]]:
    """Short notes of the parts under each course, by version id."""
    notes: dict[int, list[str]] = {version.pk: [] for version in versions}
    for part in parts():
        for version_id, lines in part.catalogue_notes(versions, query, user=user).items():
            notes.setdefault(version_id, []).extend(lines)
    return notes


# ---------------------------------------------------------------- outline


@dataclass
class OutlineLesson:
    lesson: Lesson
    url: str
    """Empty where this reader may not go."""
    is_finished: bool = False
    is_current: bool = False
    progress: LessonProgress | None = None

    @property
    def seconds_visible(self) -> int:
        return self.progress.seconds_visible if self.progress else 0

    @property
    def title(self) -> str:
        return self.lesson.title

    @property
    def is_locked(self) -> bool:
        return not self.url


@dataclass
class OutlineModule:
    module: Module
    lessons: list[OutlineLesson] = field(default_factory=list)
    extras: list[OutlineLine] = field(default_factory=list)
    """What ends this module: its quizzes."""

    @property
    def title(self) -> str:
        return self.module.title


@dataclass(frozen=True)
class OutlineStep:
    """A stop on the way through the course: a lesson, a quiz, the exam."""

    title: str
    url: str
    is_done: bool
    lesson_id: int | None = None


@dataclass
class Outline:
    modules: list[OutlineModule]
    extras: list[OutlineLine]
    """What ends the whole course: the final exam."""
    lesson_count: int
    finished_count: int

    @property
    def lessons(self) -> list[OutlineLesson]:
        return [lesson for module in self.modules for lesson in module.lessons]

    @property
    def steps(self) -> list[OutlineStep]:
        """Everything in the order of the course: lessons, what ends each module, what ends all."""
        steps = []
        for module in self.modules:
            steps += [
                OutlineStep(each.title, each.url, each.is_finished, each.lesson.pk)
                for each in module.lessons
            ]
            steps += [OutlineStep(line.title, line.url, line.is_done) for line in module.extras]
        return steps + [OutlineStep(line.title, line.url, line.is_done) for line in self.extras]

    def neighbors(self, lesson: Lesson) -> tuple[OutlineStep | None, OutlineStep | None]:
        """What stands before and after this lesson: a lesson, a quiz, the exam."""
        every = self.steps
        here = next(i for i, each in enumerate(every) if each.lesson_id == lesson.pk)
        before = every[here - 1] if here else None
        after = every[here + 1] if here + 1 < len(every) else None
        return before, after


def modules_of(version: CourseVersion) -> list[Module]:
    """Modules with their lessons (without the long texts) and the objectives of each lesson."""

    def fetch() -> list[Module]:
        return list(
            Module.objects.filter(version=version).prefetch_related(
                Prefetch(
                    "lessons",
                    queryset=Lesson.objects.defer("body", "body_html")
                    .order_by("position", "id")
                    .prefetch_related("objectives"),
                )
            )
        )

    return remember(version, "modules", fetch)


def outline(
    version: CourseVersion,
    enrollment: Enrollment | None = None,
    *,
    current: Lesson | None = None,
    preview: "Preview | None" = None,
) -> Outline:
    """Modules and lessons with the learner's progress and the parts' lines.

    Without an enrollment only free lessons have a URL (the public sample page, or its `preview`).
    One query, three more the first time, besides those of the parts; the long texts of lessons
    are not fetched.
    """
    progress: dict[object, LessonProgress] = {}
    if enrollment is not None:
        progress = {
            row.lesson_key: row for row in LessonProgress.objects.filter(enrollment=enrollment)
        }
    modules = modules_of(version)
    lines = [line for part in parts() for line in part.outline_lines(version, enrollment)]
    head, tail = _shelf(version, enrollment, modules, preview)
    result = Outline(modules=[], extras=[], lesson_count=0, finished_count=0)
    known = set()
    for module in modules:
        known.add(module.pk)
        shown = OutlineModule(module=module)
        for lesson in module.lessons.all():
            row = progress.get(lesson.key)
            is_finished = row is not None and row.finished_at is not None
            may_read = enrollment is not None or lesson.is_free
            shown.lessons.append(
                OutlineLesson(
                    lesson=lesson,
                    url=f"{head}{lesson.slug}{tail}" if may_read else "",
                    is_finished=is_finished,
                    is_current=current is not None and current.pk == lesson.pk,
                    progress=row,
                )
            )
            result.lesson_count += 1
            result.finished_count += is_finished
        shown.extras = [line for line in lines if line.module_id == module.pk]
        result.modules.append(shown)
    result.extras = [line for line in lines if line.module_id not in known]
    return result


def _shelf(
    version: CourseVersion,
    enrollment: Enrollment | None,
    modules: Sequence[Module],
    preview: "Preview | None",
) -> tuple[str, str]:
    """What stands before and after the slug in the addresses of all lessons for this reader:
    worked out once, not for every lesson. A slug needs no quoting."""
    if enrollment is not None:
        first = enrollment.address("courses:lesson-detail", "-")
    elif not any(lesson.is_free for module in modules for lesson in module.lessons.all()):
        return "", ""
    elif preview is not None:
        first = preview.address("courses:lesson-sample", "-")
    else:
        first = reverse("courses:lesson-sample", args=[version.course.slug, "-"])
    head, _dash, tail = first.rpartition("/-/")
    return f"{head}/", f"/{tail}"


# ---------------------------------------------------------------- what is next


@dataclass(frozen=True)
class NextStep:
    label: str
    url: str
    detail: str = ""


def next_step(enrollment: Enrollment) -> NextStep:
    """The one thing to do next: where the learner left off, else what is still unmet."""
    return next_steps([enrollment])[enrollment.pk]


def next_steps(enrollments: Sequence[Enrollment]) -> dict[int, NextStep]:
    """Per enrollment id, in a constant number of queries."""
    still_open = [each for each in enrollments if each.status == each.Status.OPEN]
    unmet = unmet_items(still_open)
    lessons = {
        lesson.pk: lesson
        for of_version in lessons_by_version(each.version for each in still_open).values()
        for lesson in of_version
    }
    steps = {}
    for enrollment in enrollments:
        home = enrollment.get_absolute_url()
        if enrollment.status == Enrollment.Status.COMPLETED:
            steps[enrollment.pk] = NextStep("Look back at the course", home)
            continue
        if enrollment.status == Enrollment.Status.WITHDRAWN:
            steps[enrollment.pk] = NextStep("Go back to the course page", home)
            continue
        items = unmet[enrollment.pk]
        unread = [item for item in items if item.code == "lesson-not-finished"]
        last = lessons.get(enrollment.last_lesson_id or 0)
        if last is not None:
            here = enrollment.address("courses:lesson-detail", last.slug)
            if any(item.url == here for item in unread):
                steps[enrollment.pk] = NextStep("Go on reading", here, last.title)
                continue
        if not items:
            steps[enrollment.pk] = NextStep("See where you are", home)
            continue
        item = next((item for item in items if item.url), items[0])
        if item.code == "lesson-not-finished":
            label = "Start the first lesson" if last is None else "Go to the next lesson"
        elif item.code == ATTENDANCE_MISSING:
            label = "See when and where"
        else:
            label = "Go to the next step"
        steps[enrollment.pk] = NextStep(label, item.url or home, item.sentence)
    return steps


# ---------------------------------------------------------------- my learning


@dataclass(frozen=True)
class LearningRow:
    enrollment: Enrollment
    title: str
    lesson_count: int
    finished_count: int
    next: NextStep


def enrollments_of(user: User) -> QuerySet[Enrollment]:
    """A person's enrollments with what lists show of them."""
    return (
        Enrollment.objects.filter(user=user)
        .select_related("course", "version", "user")
        .defer(*long_texts("version"))
    )


def my_learning(user: User, *, most: int = 50) -> list[LearningRow]:
    """Open courses first, then completed ones, by last activity; courses left are not shown."""
    rows = list(
        enrollments_of(user)
        .exclude(status=Enrollment.Status.WITHDRAWN)
        .order_by("-last_activity_at", "-pk")[:most]
    )
    rows.sort(key=lambda each: each.status != Enrollment.Status.OPEN)
    steps = next_steps(rows)
    return [
        LearningRow(
            enrollment=row,
            title=row.version.title,
            lesson_count=row.version.lesson_count,
            finished_count=row.finished_lesson_count,
            next=steps[row.pk],
        )
        for row in rows
    ]


# ---------------------------------------------------------------- in the margin


def margin_questions(enrollment: Enrollment, lesson: Lesson) -> QuerySet[MarginQuestion]:
    """What this learner asked about a lesson, and what is answered for all.

    By the key of the lesson, so that they go on through new editions.
    """
    return MarginQuestion.objects.filter(
        Q(is_shown=True) | Q(asked_by=enrollment.user_id),
        course=enrollment.course_id,
        lesson_key=lesson.key,
    )
