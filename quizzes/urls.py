from django.urls import path

from quizzes import views

app_name = "quizzes"
_STUDIO = "studio/<slug:slug>/quizzes"
_STUDIO_QUIZ = f"{_STUDIO}/<uuid:quiz>"
_STUDIO_QUESTION = f"{_STUDIO_QUIZ}/questions/<uuid:question>"
_STUDIO_ANALYSIS = f"{_STUDIO}/analysis/<str:number>/<uuid:quiz>"
_STUDIO_BANK_QUESTION = f"{_STUDIO}/questions/<uuid:question>"

studio_patterns = [
    path(f"{_STUDIO}/", views.studio_quiz_list, name="studio-quiz-list"),
    path(f"{_STUDIO}/add/", views.studio_quiz_add, name="studio-quiz-add"),
    path(f"{_STUDIO}/restore/", views.studio_quiz_restore, name="studio-quiz-restore"),
    path(f"{_STUDIO}/preview/", views.studio_question_preview, name="studio-quiz-preview"),
    path(f"{_STUDIO}/import/", views.studio_bank_import, name="studio-quiz-bank-import"),
    path(
        f"{_STUDIO}/import/questions.<slug:ending>",
        views.studio_import_template,
        name="studio-quiz-import-template",
    ),
    path(
        f"{_STUDIO}/import/pictures/<str:seen>",
        views.studio_import_picture,
        name="studio-quiz-import-picture",
    ),
    path(f"{_STUDIO}/questions/", views.studio_bank, name="studio-quiz-bank"),
    path(f"{_STUDIO}/questions/add/", views.studio_bank_add, name="studio-quiz-bank-add"),
    path(f"{_STUDIO}/questions/alike/", views.studio_bank_alike, name="studio-quiz-bank-alike"),
    path(f"{_STUDIO_BANK_QUESTION}/edit/", views.studio_bank_edit, name="studio-quiz-bank-edit"),
    path(
        f"{_STUDIO_BANK_QUESTION}/compare/<uuid:other>/",
        views.studio_bank_compare,
        name="studio-quiz-bank-compare",
    ),
    path(
        f"{_STUDIO_BANK_QUESTION}/compare/<uuid:other>/keep/",
        views.studio_bank_keep,
        name="studio-quiz-bank-keep",
    ),
    path(
        f"{_STUDIO_BANK_QUESTION}/",
        views.studio_bank_question,
        name="studio-quiz-bank-question",
    ),
    path(
        f"{_STUDIO_BANK_QUESTION}/retire/",
        views.studio_bank_retire,
        name="studio-quiz-bank-retire",
    ),
    path(
        f"{_STUDIO_BANK_QUESTION}/regrade/", views.studio_quiz_regrade, name="studio-quiz-regrade"
    ),
    path(
        f"{_STUDIO_BANK_QUESTION}/regrade/propose/",
        views.studio_quiz_regrade_propose,
        name="studio-quiz-regrade-propose",
    ),
    path(
        f"{_STUDIO_BANK_QUESTION}/regrade/apply/",
        views.studio_quiz_regrade_apply,
        name="studio-quiz-regrade-apply",
    ),
    path(f"{_STUDIO_ANALYSIS}/", views.studio_quiz_analysis, name="studio-quiz-analysis"),
    path(
        f"{_STUDIO_ANALYSIS}/table.csv",
        views.studio_quiz_analysis_csv,
        name="studio-quiz-analysis-csv",
    ),
    path(f"{_STUDIO_QUIZ}/", views.studio_quiz_detail, name="studio-quiz-detail"),
    path(f"{_STUDIO_QUIZ}/import/", views.studio_quiz_import, name="studio-quiz-import"),
    path(f"{_STUDIO_QUIZ}/export/", views.studio_quiz_export, name="studio-quiz-export"),
    path(f"{_STUDIO_QUIZ}/paste/", views.studio_quiz_paste, name="studio-quiz-paste"),
    path(f"{_STUDIO_QUIZ}/settings/", views.studio_quiz_settings, name="studio-quiz-settings"),
    path(f"{_STUDIO_QUIZ}/move/", views.studio_quiz_move, name="studio-quiz-move"),
    path(f"{_STUDIO_QUIZ}/remove/", views.studio_quiz_remove, name="studio-quiz-remove"),
    path(f"{_STUDIO_QUIZ}/draws/add/", views.studio_draw_add, name="studio-quiz-draw-add"),
    path(
        f"{_STUDIO_QUIZ}/draws/restore/",
        views.studio_draw_restore,
        name="studio-quiz-draw-restore",
    ),
    path(f"{_STUDIO_QUIZ}/draws/<uuid:draw>/", views.studio_draw, name="studio-quiz-draw"),
    path(f"{_STUDIO_QUIZ}/cases/add/", views.studio_case_add, name="studio-quiz-case-add"),
    # Under a name of its own: a case may be called “add”.
    path(f"{_STUDIO_QUIZ}/case/<slug:case>/", views.studio_case, name="studio-quiz-case"),
    path(
        f"{_STUDIO_QUIZ}/questions/add/",
        views.studio_question_add,
        name="studio-quiz-question-add",
    ),
    path(
        f"{_STUDIO_QUIZ}/questions/from-bank/",
        views.studio_question_from_bank,
        name="studio-quiz-question-from-bank",
    ),
    path(
        f"{_STUDIO_QUIZ}/questions/restore/",
        views.studio_question_restore,
        name="studio-quiz-question-restore",
    ),
    path(f"{_STUDIO_QUESTION}/", views.studio_question, name="studio-quiz-question"),
    path(f"{_STUDIO_QUESTION}/move/", views.studio_question_move, name="studio-quiz-question-move"),
    path(
        f"{_STUDIO_QUESTION}/duplicate/",
        views.studio_question_duplicate,
        name="studio-quiz-question-duplicate",
    ),
    path(
        f"{_STUDIO_QUESTION}/remove/",
        views.studio_question_remove,
        name="studio-quiz-question-remove",
    ),
]

_PREVIEW = "studio/<slug:slug>/preview/learn/quizzes/<slug:quiz>"

preview_patterns = [
    path(f"{_PREVIEW}/", views.preview_quiz_detail, name="studio-preview-quiz-detail"),
    path(
        f"{_PREVIEW}/attempt/",
        views.preview_attempt_detail,
        name="studio-preview-attempt-detail",
    ),
]

urlpatterns = [
    *studio_patterns,
    *preview_patterns,
    path("learn/<uuid:uid>/quizzes/<slug:slug>/", views.quiz_detail, name="quiz-detail"),
    path("learn/<uuid:uid>/quizzes/<slug:slug>/start/", views.attempt_start, name="attempt-start"),
    path(
        "learn/<uuid:uid>/quizzes/<slug:slug>/request/",
        views.attempt_request,
        name="attempt-request",
    ),
    path("attempts/<uuid:uid>/", views.attempt_detail, name="attempt-detail"),
    path("attempts/<uuid:uid>/items/<int:position>/", views.item_save, name="item-save"),
    path("attempts/<uuid:uid>/submit/", views.attempt_submit, name="attempt-submit"),
    path("attempts/<uuid:uid>/review/", views.attempt_review, name="attempt-review"),
    path("office/attempt-requests/", views.office_request_list, name="office-request-list"),
    path(
        "office/attempt-requests/<uuid:uid>/answer/",
        views.office_request_answer,
        name="office-request-answer",
    ),
    path("office/regrades/", views.office_regrade_list, name="office-regrade-list"),
    path(
        "office/regrades/<uuid:uid>/turn-down/",
        views.office_regrade_turn_down,
        name="office-regrade-turn-down",
    ),
    path("office/quizzes/", views.office_learner_list, name="office-learner-list"),
    path("office/quizzes/<uuid:uid>/", views.office_learner_detail, name="office-learner-detail"),
    path("office/quizzes/<uuid:uid>/time/", views.office_learner_time, name="office-learner-time"),
    path(
        "office/quizzes/<uuid:uid>/attempts/<uuid:quiz>/",
        views.office_learner_attempt,
        name="office-learner-attempt",
    ),
    path(
        "office/attempts/<uuid:uid>/set-aside/",
        views.office_attempt_void,
        name="office-attempt-void",
    ),
]
