"""HTML made from the text of versions: whether it is current, and making it again."""

from collections.abc import Iterator

from courses.markdown import render
from courses.models import CourseVersion, Lesson
from courses.reading import Library, store_body


def render_version(version: CourseVersion) -> int:
    """Make the HTML of a version again where it differs; returns how many texts changed.

    The only write that a published version allows besides retiring: what is read stays word for
    word the same, only its markup is that of today's renderer.
    """
    count = 0
    for row, field, html in stale(version):
        type(row)._base_manager.filter(pk=row.pk).update(**{field: html})
        count += 1
    return count


def stale(version: CourseVersion) -> Iterator[tuple[CourseVersion | Lesson, str, str]]:
    """Rows whose HTML is not what their text gives today, with the right HTML."""
    library = Library(version)
    html = str(
        render(
            version.description,
            version_context=library.context.without_list(),
            prefix="description",
        )
    )
    if html != version.description_html:
        yield version, "description_html", html
    for lesson in Lesson.objects.filter(version=version).order_by("position"):
        html = store_body(lesson, library)
        if html != lesson.body_html:
            yield lesson, "body_html", html
