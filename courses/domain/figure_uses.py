"""Which lessons show which pictures."""

import re
from collections.abc import Iterable
from typing import Final

from courses.models import CourseVersion, Lesson

# A figure is written `![](figure:slug)`. Parsing every lesson of a course would take seconds; this
# takes milliseconds, and it errs on the safe side: what it finds in a code block or inside a
# sentence, where the renderer shows no picture, counts as a use too. It misses none, because the
# renderer knows a figure only by an address that begins with `figure:`, whatever brackets and
# titles stand around it.
_USE: Final = re.compile(r"figure:([A-Za-z0-9_-]+)")


def figures_used_in(version: CourseVersion) -> dict[str, list[Lesson]]:
    """Slug → lessons that show it, in the order of the course; also slugs that no figure has.

    One query. Besides lessons only questions show figures (`CoursePart.picture_uses`); every other
    text of a version is rendered without them.
    """
    lessons = Lesson.objects.filter(version=version, body__contains="figure:").only(
        "id", "key", "title", "position", "version_id", "body"
    )
    used: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        for slug in named_in(lesson.body):
            used.setdefault(slug, []).append(lesson)
    return used


def named_in(body: str) -> Iterable[str]:
    """Slugs of the figures a lesson names, each once, in the order of the text."""
    return dict.fromkeys(_USE.findall(body))
