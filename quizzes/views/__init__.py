from quizzes.views.attempt import attempt_detail, attempt_review, attempt_submit, item_save
from quizzes.views.office import office_request_answer, office_request_list
from quizzes.views.quiz import attempt_request, attempt_start, quiz_detail

__all__ = [
    "attempt_detail",
    "attempt_request",
    "attempt_review",
    "attempt_start",
    "attempt_submit",
    "item_save",
    "office_request_answer",
    "office_request_list",
    "quiz_detail",
]
