"""Addresses of the studio. They belong to `courses`, so their names begin with `courses:studio`."""

from django.urls import path

from courses.studio.views import charts, desk, lesson, outline

_DESK = [
    path("studio/", desk.studio, name="studio"),
    path("studio/new/", desk.course_new, name="studio-course-new"),
    path("studio/<slug:slug>/draft/", desk.draft_begin, name="studio-draft-begin"),
]

_OUTLINE = [
    path("studio/<slug:slug>/", outline.outline, name="studio-outline"),
    path("studio/<slug:slug>/undo/", outline.outline_undo, name="studio-outline-undo"),
    path("studio/<slug:slug>/modules/add/", outline.module_add, name="studio-module-add"),
    path("studio/<slug:slug>/modules/<uuid:key>/", outline.module_edit, name="studio-module"),
    path(
        "studio/<slug:slug>/modules/<uuid:key>/move/",
        outline.module_move,
        name="studio-module-move",
    ),
    path(
        "studio/<slug:slug>/modules/<uuid:key>/duplicate/",
        outline.module_duplicate,
        name="studio-module-duplicate",
    ),
    path(
        "studio/<slug:slug>/modules/<uuid:key>/remove/",
        outline.module_remove,
        name="studio-module-remove",
    ),
    path(
        "studio/<slug:slug>/modules/<uuid:key>/lessons/add/",
        outline.lesson_add,
        name="studio-lesson-add",
    ),
]

_LESSONS = [
    path("studio/<slug:slug>/lessons/<uuid:key>/", lesson.lesson_edit, name="studio-lesson"),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/save/", lesson.lesson_save, name="studio-lesson-save"
    ),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/preview/",
        lesson.lesson_preview,
        name="studio-lesson-preview",
    ),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/history/",
        lesson.lesson_history,
        name="studio-lesson-history",
    ),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/restore/",
        lesson.lesson_restore,
        name="studio-lesson-restore",
    ),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/aside/",
        lesson.lesson_aside,
        name="studio-lesson-aside",
    ),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/settings/",
        outline.lesson_settings,
        name="studio-lesson-settings",
    ),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/move/",
        outline.lesson_move,
        name="studio-lesson-move",
    ),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/duplicate/",
        outline.lesson_duplicate,
        name="studio-lesson-duplicate",
    ),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/remove/",
        outline.lesson_remove,
        name="studio-lesson-remove",
    ),
]

_CHARTS = [
    path("studio/<slug:slug>/charts/", charts.chart_list, name="studio-chart-list"),
    path("studio/<slug:slug>/charts/new/", charts.chart_new, name="studio-chart-new"),
    path("studio/<slug:slug>/charts/<uuid:key>/", charts.chart_edit, name="studio-chart"),
    path("studio/<slug:slug>/charts/<uuid:key>/save/", charts.chart_save, name="studio-chart-save"),
    path(
        "studio/<slug:slug>/charts/<uuid:key>/preview/",
        charts.chart_preview,
        name="studio-chart-preview",
    ),
    path(
        "studio/<slug:slug>/charts/<uuid:key>/views/add/",
        charts.chart_view_add,
        name="studio-chart-view-add",
    ),
    path(
        "studio/<slug:slug>/charts/<uuid:key>/duplicate/",
        charts.chart_duplicate,
        name="studio-chart-duplicate",
    ),
    path(
        "studio/<slug:slug>/charts/<uuid:key>/remove/",
        charts.chart_remove,
        name="studio-chart-remove",
    ),
]

urlpatterns = _DESK + _OUTLINE + _LESSONS + _CHARTS
