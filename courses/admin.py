"""For operators to look; courses change by packages, and what is published not at all."""

from django.contrib import admin

from ce_platform.core.admin import ReadOnlyAdmin
from courses.models import (
    Course,
    CourseVersion,
    Enrollment,
    Evaluation,
    InstructorSnapshot,
    Lesson,
    PromoSnapshot,
    Subject,
)


@admin.register(Subject)
class SubjectAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug")


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    list_display = ("slug", "on_sale_version", "enrollment_count", "completion_count")
    list_select_related = ("on_sale_version",)
    search_fields = ("slug",)


@admin.register(CourseVersion)
class CourseVersionAdmin(ReadOnlyAdmin):
    list_display = ("title", "label", "status", "credit_hours", "published_at")
    list_filter = ("status",)
    search_fields = ("title",)
    exclude = ("search_text", "description_html")


@admin.register(Lesson)
class LessonAdmin(ReadOnlyAdmin):
    list_display = ("title", "version", "position", "counted_words", "is_free")
    list_select_related = ("version",)
    search_fields = ("title",)
    exclude = ("body_html",)


@admin.register(PromoSnapshot)
class PromoSnapshotAdmin(ReadOnlyAdmin):
    list_display = ("version", "taken_at", "sha256")
    list_select_related = ("version",)


@admin.register(InstructorSnapshot)
class InstructorSnapshotAdmin(ReadOnlyAdmin):
    list_display = ("version", "author_key", "taken_at", "sha256")
    list_select_related = ("version",)


@admin.register(Enrollment)
class EnrollmentAdmin(ReadOnlyAdmin):
    list_display = ("uid", "user", "course", "status", "started_at", "completed_on")
    list_filter = ("status",)
    list_select_related = ("user", "course")
    search_fields = ("uid", "user__email")


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    list_display = ("enrollment", "submitted_at", "minutes_taken")
    list_select_related = ("enrollment",)
