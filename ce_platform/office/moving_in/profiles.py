"""Tables of other systems, by their headings: which of their columns is which of ours.

Made after what the makers document and what their open code writes; docs/moving-in.md says what
was tested. A heading is written folded: no capitals, single spaces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

PEOPLE: Final = "people"
COMPLETIONS: Final = "completions"


@dataclass(frozen=True)
class Profile:
    name: str
    label: str
    source: str
    """What is recorded of where a completion comes from."""
    kinds: tuple[str, ...]
    signs: frozenset[str]
    """Headings that are all there only in this table."""
    columns: Mapping[str, str]
    ignored: frozenset[str] = field(default_factory=frozenset)

    def fits(self, kind: str, headings: Sequence[str]) -> bool:
        return kind in self.kinds and self.signs <= set(headings)


PROFILES: Final = (
    Profile(
        name="learndash-courses",
        label="LearnDash: user course data",
        source="WordPress with LearnDash",
        kinds=(COMPLETIONS, PEOPLE),
        signs=frozenset({"user_id", "course_id", "course_completed", "course_completed_on"}),
        columns={
            "name": "name",
            "email": "email",
            "course_title": "course",
            "course_completed": "is_completed",
            "course_completed_on": "completed_on",
        },
        ignored=frozenset(
            {
                "user_id",
                "course_id",
                "steps_completed",
                "steps_total",
                "completed_steps",
                "total_steps",
                "course_started_on",
                "course_total_time_on",
                "course_last_step_id",
                "course_last_step_type",
                "course_last_step_title",
                "last_login_date",
            }
        ),
    ),
    Profile(
        name="lifterlms-course-students",
        label="LifterLMS: students of a course",
        source="WordPress with LifterLMS",
        kinds=(COMPLETIONS, PEOPLE),
        signs=frozenset({"last name", "first name", "email", "enrollment updated", "completed"}),
        columns={
            "last name": "last_name",
            "first name": "first_name",
            "email": "email",
            "completed": "completed_on",
        },
        ignored=frozenset({"id", "name", "status", "enrollment updated", "progress", "grade"}),
    ),
    Profile(
        name="lifterlms-students",
        label="LifterLMS: students",
        source="WordPress with LifterLMS",
        kinds=(PEOPLE,),
        signs=frozenset({"last name", "first name", "email", "enrollments", "completions"}),
        columns={"last name": "last_name", "first name": "first_name", "email": "email"},
        ignored=frozenset(
            {
                "id",
                "name",
                "registration date",
                "progress",
                "grade",
                "enrollments",
                "completions",
                "certificates",
                "achievements",
                "memberships",
            }
        ),
    ),
    Profile(
        name="woocommerce-customers",
        label="WooCommerce: customers",
        source="WordPress with WooCommerce",
        kinds=(PEOPLE,),
        signs=frozenset({"name", "email", "orders", "total spend", "aov"}),
        columns={"name": "name", "email": "email"},
        ignored=frozenset(
            {
                "username",
                "last active",
                "sign up",
                "orders",
                "total spend",
                "aov",
                "country / region",
                "city",
                "region",
                "postal code",
            }
        ),
    ),
    Profile(
        name="wordpress-users",
        label="WordPress: users",
        source="WordPress",
        kinds=(PEOPLE,),
        signs=frozenset({"user_email", "display_name"}),
        columns={
            "user_email": "email",
            "display_name": "name",
            "first_name": "first_name",
            "last_name": "last_name",
        },
        ignored=frozenset({"id", "user_login", "user_registered", "roles", "user_nicename"}),
    ),
)
