"""Addresses of the studio. They belong to `courses`, so their names begin with `courses:studio`."""

from django.urls import path

from courses.studio.views import desk, handout, lesson, outline, recording, upload

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

urlpatterns = _DESK + _OUTLINE + _LESSONS + _RECORDINGS
