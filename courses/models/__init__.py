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
from courses.models.figure_step import FigureStep
from courses.models.studio import (
    CourseMember,
    Handout,
    LessonRevision,
    MarginQuestion,
    OutlineStep,
    Recording,
    ReviewComment,
    SetAside,
    Upload,
    WordText,
)
from courses.models.study import Enrollment, Evaluation, LessonProgress

__all__ = [
    "Chart",
    "ChartPoint",
    "ChartView",
    "Course",
    "CourseAuthor",
    "CourseMember",
    "CourseVersion",
    "CreditHours",
    "Enrollment",
    "Evaluation",
    "Figure",
    "FigureStep",
    "GlossaryTerm",
    "Handout",
    "Lesson",
    "LessonProgress",
    "LessonRevision",
    "MarginQuestion",
    "Module",
    "Objective",
    "OutlineStep",
    "PromoSnapshot",
    "Recording",
    "Reference",
    "ReviewComment",
    "SetAside",
    "Subject",
    "Upload",
    "WordText",
    "long_texts",
]
