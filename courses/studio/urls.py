"""Addresses of the studio. They belong to `courses`, so their names begin with `courses:studio`."""

from django.urls import path, re_path

from courses.studio.views import (
    desk,
    learners,
    lesson,
    outline,
    people,
    publish,
    questions,
    versions,
)

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

_PUBLISHING = [
    path("studio/<slug:slug>/publish/", publish.publish, name="studio-publish"),
    path("studio/<slug:slug>/kind/", publish.draft_kind, name="studio-draft-kind"),
    path("studio/<slug:slug>/review/", publish.draft_review, name="studio-draft-review"),
    path("studio/<slug:slug>/discard/", publish.draft_discard, name="studio-draft-discard"),
    path("studio/<slug:slug>/versions/", versions.versions, name="studio-versions"),
    path(
        "studio/<slug:slug>/versions/on-sale/",
        publish.version_on_sale,
        name="studio-version-on-sale",
    ),
    path(
        "studio/<slug:slug>/versions/retire/", publish.version_retire, name="studio-version-retire"
    ),
    re_path(
        r"^studio/(?P<slug>[-a-zA-Z0-9_]+)/versions/(?P<number>\d{1,4}\.\d{1,4})/export/$",
        versions.version_export,
        name="studio-version-export",
    ),
    re_path(
        r"^studio/(?P<slug>[-a-zA-Z0-9_]+)/versions/(?P<old>\d{1,4}\.\d{1,4})/(?P<new>\d{1,4}\.\d{1,4})/$",
        versions.version_differences,
        name="studio-differences",
    ),
]

_PEOPLE = [
    path("studio/<slug:slug>/people/", people.people, name="studio-people"),
    path("studio/<slug:slug>/people/remove/", people.person_remove, name="studio-person-remove"),
    path("studio/<slug:slug>/remarks/", people.comments, name="studio-comments"),
    path("studio/<slug:slug>/remarks/add/", people.comment_add, name="studio-comment-add"),
    path(
        "studio/<slug:slug>/lessons/<uuid:key>/remarks/add/",
        people.comment_add,
        name="studio-lesson-comment-add",
    ),
    path(
        "studio/<slug:slug>/remarks/<int:pk>/settle/",
        people.comment_settle,
        name="studio-comment-settle",
    ),
]

_LEARNERS = [
    path("studio/<slug:slug>/learners/", learners.learners, name="studio-learners"),
    path("studio/<slug:slug>/questions/", questions.questions, name="studio-questions"),
    path(
        "studio/<slug:slug>/questions/<uuid:uid>/",
        questions.question_answer,
        name="studio-question-answer",
    ),
    path(
        "studio/<slug:slug>/questions/<uuid:uid>/shown/",
        questions.question_show,
        name="studio-question-show",
    ),
]

urlpatterns = _DESK + _OUTLINE + _LESSONS + _PUBLISHING + _PEOPLE + _LEARNERS
