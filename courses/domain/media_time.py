"""Which lessons of a draft show which recordings and link which handouts, and how long it takes."""

from courses.hours import minutes_by_lesson
from courses.markdown import parse
from courses.models import CourseVersion, Lesson, Recording

# What stands in every text that uses one; most texts need not be parsed to know that they do not.
_MARKS = {"recording": "recording", "handout": "handout:"}


def lessons_using(version: CourseVersion, kind: str) -> list[tuple[Lesson, list[str]]]:
    """Lessons that use a recording or a handout, in the order of the course, with the names they
    use. One query."""
    found = []
    lessons = (
        Lesson.objects.filter(version=version, body__contains=_MARKS[kind])
        .only("id", "key", "slug", "title", "body", "media_minutes", "position", "version_id")
        .order_by("position", "id")
    )
    for lesson in lessons:
        names = [use.name for use in parse(lesson.body).uses if use.kind == kind]
        if names:
            found.append((lesson, names))
    return found


def used_in(version: CourseVersion, kind: str) -> dict[str, list[Lesson]]:
    """The same by the name of what is used."""
    places: dict[str, list[Lesson]] = {}
    for lesson, names in lessons_using(version, kind):
        for name in dict.fromkeys(names):
            places.setdefault(name, []).append(lesson)
    return places


def count_media(version: CourseVersion) -> None:
    """Give lessons of a draft that show recordings the minutes of these. Other lessons keep the
    minutes that a package stated for them."""
    using = lessons_using(version, "recording")
    if not using:
        return
    durations = dict(Recording.objects.filter(version=version).values_list("slug", "duration_ms"))
    minutes = minutes_by_lesson([names for _, names in using], durations)
    for (lesson, _), now in zip(using, minutes, strict=True):
        if now is not None and lesson.media_minutes != now:
            Lesson.objects.filter(pk=lesson.pk).update(media_minutes=now)
