"""Courses, their frozen versions, what stands in a version, and who studies it."""

from courses.models.content import (
    Chart,
    ChartPoint,
    ChartView,
    Figure,
    GlossaryTerm,
    Lesson,
    Module,
    Objective,
    Reference,
)
from courses.models.course import (
    Course,
    CourseAuthor,
    CourseVersion,
    CreditHours,
    PromoSnapshot,
    Subject,
    long_texts,
)
from courses.models.study import Enrollment, Evaluation, LessonProgress

__all__ = [
    "Chart",
    "ChartPoint",
    "ChartView",
    "Course",
    "CourseAuthor",
    "CourseVersion",
    "CreditHours",
    "Enrollment",
    "Evaluation",
    "Figure",
    "GlossaryTerm",
    "Lesson",
    "LessonProgress",
    "Module",
    "Objective",
    "PromoSnapshot",
    "Reference",
    "Subject",
    "long_texts",
]
