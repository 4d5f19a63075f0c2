"""Addresses of the studio. They belong to `courses`, so their names begin with `courses:studio`."""

from django.urls import path, re_path

from courses.studio.views import (
    authors,
    charts,
    course_page,
    desk,
    glossary,
    handout,
    instructors,
    learners,
    lesson,
    lesson_aside,
    objectives,
    outline,
    people,
    pictures,
    preview,
    publish,
    questions,
    recording,
    references,
    sessions,
    upload,
    versions,
    word,
)

_DESK = [
    path("studio/", desk.studio, name="studio"),
    path("studio-new/", desk.course_new, name="studio-course-new"),
    path("studio/<slug:slug>/draft/", desk.draft_begin, name="studio-draft-begin"),
]

_INSTRUCTORS = [
    path("studio-instructor/", instructors.instructor, name="studio-instructor"),
    path(
        "studio-instructor/licenses/add/",
        instructors.license_add,
        name="studio-instructor-license-add",
    ),
    path(
        "studio-instructor/licenses/<uuid:uid>/",
        instructors.license_edit,
        name="studio-instructor-license",
    ),
    path(
        "studio-instructor/licenses/<uuid:uid>/remove/",
        instructors.license_remove,
        name="studio-instructor-license-remove",
    ),
    path(
        "studio-instructor/licenses/<uuid:uid>/check/",
        instructors.license_check,
        name="studio-instructor-license-check",
    ),
    path("studio-instructors/", instructors.instructors, name="studio-instructors"),
    path(
        "studio-instructors/<uuid:uid>/",
        instructors.instructor_detail,
        name="studio-instructor-detail",
    ),
    path(
        "studio-instructors/<uuid:uid>/cv/", instructors.instructor_cv, name="studio-instructor-cv"
    ),
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
        lesson_aside.lesson_aside,
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

_PICTURES = [
    path("studio/<slug:slug>/pictures/", pictures.pictures, name="studio-pictures"),
    path("studio/<slug:slug>/pictures/add/", pictures.picture_add, name="studio-picture-add"),
    path("studio/<slug:slug>/pictures/undo/", pictures.picture_undo, name="studio-picture-undo"),
    path("studio/<slug:slug>/pictures/<uuid:key>/", pictures.picture, name="studio-picture"),
    path(
        "studio/<slug:slug>/pictures/<uuid:key>/replace/",
        pictures.picture_replace,
        name="studio-picture-replace",
    ),
    path(
        "studio/<slug:slug>/pictures/<uuid:key>/remove/",
        pictures.picture_remove,
        name="studio-picture-remove",
    ),
]

_PUBLISHING = [
    path("studio/<slug:slug>/publish/", publish.publish, name="studio-publish"),
    path(
        "studio/<slug:slug>/wording/dismiss/",
        publish.wording_dismiss,
        name="studio-wording-dismiss",
    ),
    path(
        "studio/<slug:slug>/wording/restore/",
        publish.wording_restore,
        name="studio-wording-restore",
    ),
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

_KNOWLEDGE = [
    path("studio/<slug:slug>/course-page/", course_page.course_page, name="studio-course-page"),
    path(
        "studio/<slug:slug>/course-page/preview/",
        course_page.course_page_preview,
        name="studio-course-page-preview",
    ),
    path("studio/<slug:slug>/authors/add/", authors.author_add, name="studio-author-add"),
    path("studio/<slug:slug>/authors/<uuid:key>/", authors.author_edit, name="studio-author"),
    path(
        "studio/<slug:slug>/authors/<uuid:key>/move/",
        authors.author_move,
        name="studio-author-move",
    ),
    path(
        "studio/<slug:slug>/authors/<uuid:key>/remove/",
        authors.author_remove,
        name="studio-author-remove",
    ),
    path("studio/<slug:slug>/objectives/", objectives.objective_list, name="studio-objectives"),
    path(
        "studio/<slug:slug>/objectives/add/", objectives.objective_add, name="studio-objective-add"
    ),
    path(
        "studio/<slug:slug>/objectives/renumber/",
        objectives.objectives_renumber,
        name="studio-objectives-renumber",
    ),
    path(
        "studio/<slug:slug>/objectives/<uuid:key>/",
        objectives.objective_save,
        name="studio-objective",
    ),
    path(
        "studio/<slug:slug>/objectives/<uuid:key>/move/",
        objectives.objective_move,
        name="studio-objective-move",
    ),
    path(
        "studio/<slug:slug>/objectives/<uuid:key>/remove/",
        objectives.objective_remove,
        name="studio-objective-remove",
    ),
    path("studio/<slug:slug>/matrix/", objectives.matrix, name="studio-matrix"),
    path("studio/<slug:slug>/references/", references.reference_list, name="studio-references"),
    path(
        "studio/<slug:slug>/references/add/", references.reference_add, name="studio-reference-add"
    ),
    path(
        "studio/<slug:slug>/references/order/",
        references.references_order,
        name="studio-references-order",
    ),
    path(
        "studio/<slug:slug>/references/<uuid:key>/",
        references.reference_edit,
        name="studio-reference",
    ),
    path(
        "studio/<slug:slug>/references/<uuid:key>/move/",
        references.reference_move,
        name="studio-reference-move",
    ),
    path(
        "studio/<slug:slug>/references/<uuid:key>/remove/",
        references.reference_remove,
        name="studio-reference-remove",
    ),
    path("studio/<slug:slug>/glossary/", glossary.term_list, name="studio-glossary"),
    path("studio/<slug:slug>/glossary/add/", glossary.term_add, name="studio-term-add"),
    path("studio/<slug:slug>/glossary/<uuid:key>/", glossary.term_edit, name="studio-term"),
    path(
        "studio/<slug:slug>/glossary/<uuid:key>/remove/",
        glossary.term_remove,
        name="studio-term-remove",
    ),
]


_SESSIONS = [
    path("studio/<slug:slug>/sessions/", sessions.session_list, name="studio-session-list"),
    path("studio/<slug:slug>/sessions/add/", sessions.session_add, name="studio-session-add"),
    path("studio/<slug:slug>/sessions/<uuid:uid>/", sessions.session_edit, name="studio-session"),
    path(
        "studio/<slug:slug>/sessions/<uuid:uid>/cancel/",
        sessions.session_cancel,
        name="studio-session-cancel",
    ),
    path(
        "studio/<slug:slug>/sessions/<uuid:uid>/attendance/",
        sessions.session_attendance,
        name="studio-session-attendance",
    ),
]

_WORD = [
    path("studio/<slug:slug>/word/", word.word_upload, name="studio-word"),
    path("studio/<slug:slug>/word/<uuid:uid>/", word.word_plan, name="studio-word-plan"),
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

_RECORDINGS = [
    path(
        "studio/<slug:slug>/recordings/",
        recording.recording_list,
        name="studio-recordings",
    ),
    path(
        "studio/<slug:slug>/recordings/add/",
        recording.recording_add,
        name="studio-recording-add",
    ),
    path(
        "studio/<slug:slug>/recordings/<uuid:key>/",
        recording.recording_detail,
        name="studio-recording",
    ),
    path(
        "studio/<slug:slug>/recordings/<uuid:key>/captions/",
        recording.recording_captions,
        name="studio-recording-captions",
    ),
    path(
        "studio/<slug:slug>/recordings/<uuid:key>/transcript/",
        recording.recording_transcript,
        name="studio-recording-transcript",
    ),
    path(
        "studio/<slug:slug>/recordings/<uuid:key>/replace/",
        recording.recording_replace,
        name="studio-recording-replace",
    ),
    path(
        "studio/<slug:slug>/recordings/<uuid:key>/remove/",
        recording.recording_remove,
        name="studio-recording-remove",
    ),
    path(
        "studio/<slug:slug>/uploads/begin/",
        upload.upload_begin,
        name="studio-upload-begin",
    ),
    path(
        "studio/<slug:slug>/uploads/<uuid:uid>/",
        upload.upload_piece,
        name="studio-upload",
    ),
    path(
        "studio/<slug:slug>/uploads/<uuid:uid>/finish/",
        upload.upload_finish,
        name="studio-upload-finish",
    ),
    path(
        "studio/<slug:slug>/uploads/<uuid:uid>/drop/",
        upload.upload_drop,
        name="studio-upload-drop",
    ),
    path(
        "studio/<slug:slug>/handouts/",
        handout.handout_list,
        name="studio-handouts",
    ),
    path(
        "studio/<slug:slug>/handouts/<uuid:key>/",
        handout.handout_edit,
        name="studio-handout",
    ),
    path(
        "studio/<slug:slug>/handouts/<uuid:key>/remove/",
        handout.handout_remove,
        name="studio-handout-remove",
    ),
]

# As a visitor and as a learner: the names are those of their pages, see `courses.preview`.
_PREVIEW = [
    path(
        "studio/<slug:slug>/preview/",
        preview.preview_course_detail,
        name="studio-preview-course-detail",
    ),
    path(
        "studio/<slug:slug>/preview/hours/",
        preview.preview_course_hours,
        name="studio-preview-course-hours",
    ),
    path(
        "studio/<slug:slug>/preview/lessons/<slug:lesson>/",
        preview.preview_lesson_sample,
        name="studio-preview-lesson-sample",
    ),
    path(
        "studio/<slug:slug>/preview/learn/",
        preview.preview_enrollment_detail,
        name="studio-preview-enrollment-detail",
    ),
    path(
        "studio/<slug:slug>/preview/learn/lessons/<slug:lesson>/",
        preview.preview_lesson_detail,
        name="studio-preview-lesson-detail",
    ),
    path(
        "studio/<slug:slug>/preview/learn/evaluation/",
        preview.preview_evaluation,
        name="studio-preview-evaluation",
    ),
]

urlpatterns = [
    *_DESK,
    *_PREVIEW,
    *_INSTRUCTORS,
    *_OUTLINE,
    *_LESSONS,
    *_CHARTS,
    *_PICTURES,
    *_PUBLISHING,
    *_PEOPLE,
    *_KNOWLEDGE,
    *_SESSIONS,
    *_WORD,
    *_LEARNERS,
    *_RECORDINGS,
]
