"""Pages of courses, by noun."""

from courses.views.access import invitation, redeem_code
from courses.views.catalogue import (
    course_detail,
    course_enroll,
    course_hours,
    course_list,
    lesson_sample,
)
from courses.views.learning import (
    course_print,
    enrollment_detail,
    enrollment_withdraw,
    evaluation,
)
from courses.views.margin import lesson_questions
from courses.views.media import captions, drawing, figure, handout, poster, recording
from courses.views.moving import enrollment_move, enrollment_newer, enrollment_stay
from courses.views.office import office_package_import
from courses.views.reader import lesson_detail, lesson_finish, lesson_time, lesson_unfinish

__all__ = [
    "captions",
    "course_detail",
    "course_enroll",
    "course_hours",
    "course_list",
    "course_print",
    "drawing",
    "enrollment_detail",
    "enrollment_move",
    "enrollment_newer",
    "enrollment_stay",
    "enrollment_withdraw",
    "evaluation",
    "figure",
    "handout",
    "invitation",
    "lesson_detail",
    "lesson_finish",
    "lesson_questions",
    "lesson_sample",
    "lesson_time",
    "lesson_unfinish",
    "office_package_import",
    "poster",
    "recording",
    "redeem_code",
]
