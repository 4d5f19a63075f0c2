from quizzes.views.attempt import attempt_detail, attempt_review, attempt_submit, item_save
from quizzes.views.office import office_request_answer, office_request_list
from quizzes.views.office_learner import (
    office_attempt_void,
    office_learner_attempt,
    office_learner_detail,
    office_learner_list,
    office_learner_time,
)
from quizzes.views.office_regrades import office_regrade_list, office_regrade_turn_down
from quizzes.views.preview import preview_attempt_detail, preview_quiz_detail
from quizzes.views.quiz import attempt_request, attempt_start, quiz_detail
from quizzes.views.studio_analysis import studio_quiz_analysis, studio_quiz_analysis_csv
from quizzes.views.studio_bank import (
    studio_bank,
    studio_bank_alike,
    studio_question_from_bank,
)
from quizzes.views.studio_bank_question import (
    studio_bank_add,
    studio_bank_compare,
    studio_bank_edit,
    studio_bank_keep,
    studio_bank_question,
    studio_bank_retire,
)
from quizzes.views.studio_cases import studio_case, studio_case_add
from quizzes.views.studio_draws import studio_draw, studio_draw_add, studio_draw_restore
from quizzes.views.studio_interchange import (
    studio_bank_import,
    studio_import_picture,
    studio_import_template,
    studio_quiz_export,
    studio_quiz_import,
)
from quizzes.views.studio_paste import studio_quiz_paste
from quizzes.views.studio_question import (
    studio_question,
    studio_question_add,
    studio_question_duplicate,
    studio_question_move,
    studio_question_preview,
    studio_question_remove,
    studio_question_restore,
)
from quizzes.views.studio_quiz import (
    studio_quiz_add,
    studio_quiz_detail,
    studio_quiz_list,
    studio_quiz_move,
    studio_quiz_remove,
    studio_quiz_restore,
    studio_quiz_settings,
)
from quizzes.views.studio_regrade import (
    studio_quiz_regrade,
    studio_quiz_regrade_apply,
    studio_quiz_regrade_propose,
)

__all__ = [
    "attempt_detail",
    "attempt_request",
    "attempt_review",
    "attempt_start",
    "attempt_submit",
    "item_save",
    "office_attempt_void",
    "office_learner_attempt",
    "office_learner_detail",
    "office_learner_list",
    "office_learner_time",
    "office_regrade_list",
    "office_regrade_turn_down",
    "office_request_answer",
    "office_request_list",
    "preview_attempt_detail",
    "preview_quiz_detail",
    "quiz_detail",
    "studio_bank",
    "studio_bank_add",
    "studio_bank_alike",
    "studio_bank_compare",
    "studio_bank_edit",
    "studio_bank_import",
    "studio_bank_keep",
    "studio_bank_question",
    "studio_bank_retire",
    "studio_case",
    "studio_case_add",
    "studio_draw",
    "studio_draw_add",
    "studio_draw_restore",
    "studio_import_picture",
    "studio_import_template",
    "studio_question",
    "studio_question_add",
    "studio_question_duplicate",
    "studio_question_from_bank",
    "studio_question_move",
    "studio_question_preview",
    "studio_question_remove",
    "studio_question_restore",
    "studio_quiz_add",
    "studio_quiz_analysis",
    "studio_quiz_analysis_csv",
    "studio_quiz_detail",
    "studio_quiz_export",
    "studio_quiz_import",
    "studio_quiz_list",
    "studio_quiz_move",
    "studio_quiz_paste",
    "studio_quiz_regrade",
    "studio_quiz_regrade_apply",
    "studio_quiz_regrade_propose",
    "studio_quiz_remove",
    "studio_quiz_restore",
    "studio_quiz_settings",
]
