"""What pages of the studio show, in a number of queries that does not grow with the rows."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch

from ce_platform.accounts.models import User
from courses.hours import worksheet_of
from courses.models import Course, CourseMember, CourseVersion, Lesson, Module, long_texts
from courses.parts import StudioLine, parts
from courses.studio.rules import courses_of


@dataclass(frozen=True)
class StudioCourse:
    course: Course
    newest: CourseVersion
    on_sale: CourseVersion | None
    role: str

    @property
    def draft(self) -> CourseVersion | None:
        return None if self.newest.is_frozen else self.newest


def courses_in_studio(user: User) -> list[StudioCourse]:
    """Every course this person works on, drafts first, then by name. Three queries."""
    courses = list(
        courses_of(user).prefetch_related(
            Prefetch(
                "versions",
                queryset=CourseVersion.objects.defer(*long_texts()).order_by(
                    "-edition", "-revision"
                ),
            ),
            Prefetch("members", queryset=CourseMember.objects.filter(user=user)),
        )[:500]
    )
    rows = []
    for course in courses:
        versions = list(course.versions.all())
        if not versions:
            continue
        members = list(course.members.all())
        role = "owner" if course.owner_id == user.pk else members[0].role if members else "office"
        on_sale = next((each for each in versions if each.pk == course.on_sale_version_id), None)
        rows.append(StudioCourse(course, versions[0], on_sale, role))
    return sorted(rows, key=lambda row: (row.draft is None, row.newest.title.casefold()))


@dataclass
class StudioModule:
    module: Module
    lessons: list[Lesson]
    lines: list[StudioLine] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(lesson.counted_words for lesson in self.lessons)


@dataclass(frozen=True)
class StudioOutline:
    modules: list[StudioModule]
    lines: list[StudioLine]
    """What ends the whole course."""

    @property
    def lesson_count(self) -> int:
        return sum(len(module.lessons) for module in self.modules)


def studio_outline(version: CourseVersion) -> StudioOutline:
    """Modules, lessons without their texts, and what the parts add. A constant number of
    queries."""
    lessons: dict[int, list[Lesson]] = {}
    for lesson in (
        Lesson.objects.filter(version=version)
        .defer("body", "body_html")
        .prefetch_related("objectives")
    ):
        lessons.setdefault(lesson.module_id, []).append(lesson)
    modules = [
        StudioModule(module, lessons.get(module.pk, []))
        for module in Module.objects.filter(version=version)
    ]
    by_id = {each.module.pk: each for each in modules}
    at_the_end = []
    for part in parts():
        for line in part.studio_lines(version):
            if line.module_id in by_id:
                by_id[line.module_id].lines.append(line)
            else:
                at_the_end.append(line)
    return StudioOutline(modules, at_the_end)


@dataclass(frozen=True)
class HoursNow:
    """What stands beside the outline, live."""

    words: int
    media_minutes: Decimal
    questions: int
    claimed: Decimal
    claimable: Decimal
    is_live: bool = False

    @property
    def is_too_much(self) -> bool:
        return self.claimed > self.claimable

    @property
    def words_to_next(self) -> int:
        """Words that are missing to the next half hour."""
        return max(0, 6_000 - self._rest)

    @property
    def _rest(self) -> int:
        whole = int(self.claimable * 12_000)
        return self.words + int(self.media_minutes * 200) - whole


def hours_now(version: CourseVersion) -> HoursNow:
    worksheet = worksheet_of(version)
    return HoursNow(
        words=version.counted_words,
        media_minutes=version.media_minutes,
        questions=version.question_count,
        claimed=version.credit_hours,
        claimable=worksheet.claimable,
        is_live=version.is_live,
    )


def neighbors_of(version: CourseVersion, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """The lessons before and after this one. One query."""
    lessons = list(
        Lesson.objects.filter(version=version).only("id", "key", "title", "position", "version_id")
    )
    place = [each.pk for each in lessons].index(lesson.pk)
    return (
        lessons[place - 1] if place else None,
        lessons[place + 1] if place + 1 < len(lessons) else None,
    )
