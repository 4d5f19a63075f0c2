"""Which course a line means: by its address here, never by a title that may be changed."""

from collections.abc import Sequence
from typing import Any, Final

from ce_platform.office.moving_in.columns import Column
from ce_platform.office.moving_in.drafts import Cells, Context, Draft
from courses.models import Course

COURSE: Final = Column(
    "course",
    "Course",
    "The last part of its address here: of /courses/facial-massage/ it is facial-massage.",
    "facial-massage",
    is_required=True,
    can_be_fixed=True,
    also=("course slug", "slug", "course address", "course_slug"),
)


def slug_of(text: str) -> str:
    """Also of a whole address, as it is copied from the browser."""
    return text.strip().split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2].lower()


def read_course(row: Cells, values: dict[str, Any]) -> None:
    values["course"] = slug_of(row.line("course", most=300, is_required=True))


def set_courses(drafts: Sequence[Draft], context: Context) -> None:
    """At most one query for all of them; a course that is not here is refused."""
    wanted = {str(draft.values.get("course", "")) for draft in drafts} - context.courses.keys()
    if wanted:
        found = Course.objects.filter(slug__in=wanted).in_bulk(field_name="slug")
        context.courses.update({slug: found.get(slug) for slug in wanted})
    for draft in drafts:
        slug = str(draft.values.get("course", ""))
        if slug and context.courses[slug] is None:
            draft.refuse(
                COURSE.label,
                slug,
                f"There is no course “{slug[:60]}” here. Write the last part of its address.",
            )


def course_of(draft: Draft, context: Context) -> Course:
    """After `set_courses`, of a line without a problem."""
    course = context.courses.get(str(draft.values["course"]))
    if course is None:
        raise RuntimeError(f"Row {draft.row} has no course.")
    return course
