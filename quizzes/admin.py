"""For operators: records are shown, never changed."""

from django.contrib import admin

from ce_platform.core.admin import ReadOnlyAdmin
from quizzes.models import Attempt, AttemptRequest, Grade, QuestionRevision, Quiz


@admin.register(Quiz)
class QuizAdmin(ReadOnlyAdmin):
    list_display = ("title", "version", "position", "pass_percent", "attempts_allowed")
    list_select_related = ("version",)


@admin.register(QuestionRevision)
class QuestionRevisionAdmin(ReadOnlyAdmin):
    list_display = ("question", "number", "type", "points", "created_at")
    list_select_related = ("question",)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("uid", "quiz", "number", "status", "started_at", "submitted_at", "percent")
    list_select_related = ("quiz",)
    list_filter = ("status",)
    search_fields = ("=uid", "enrollment__user__email")


@admin.register(Grade)
class GradeAdmin(ReadOnlyAdmin):
    list_display = ("attempt", "number", "points", "points_possible", "percent", "is_passed")
    list_select_related = ("attempt",)


@admin.register(AttemptRequest)
class AttemptRequestAdmin(ReadOnlyAdmin):
    list_display = ("uid", "quiz", "asked_at", "answered_at", "is_granted")
    list_select_related = ("quiz",)
