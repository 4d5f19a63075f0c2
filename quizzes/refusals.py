"""What the database itself refuses: rewriting what was asked, answered and graded."""

from typing import Final

from ce_platform.core.refusals import is_closing, is_purging
from ce_platform.core.triggers import (
    Refusal,
    forbid_delete,
    forbid_insert,
    forbid_update,
    forbid_update_when,
)
from courses.refusals import of_child

_STATUS_OF: Final = "(SELECT status FROM quizzes_attempt WHERE id = {row}.attempt_id)"
_CLOSED: Final = "The answers of a closed attempt are never changed."

REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        "quizzes_question",
        "A question stays in the bank of its course.",
        except_columns=("retired_at",),
    ),
    forbid_update("quizzes_questionrevision", "A question revision is never changed."),
    forbid_delete("quizzes_questionrevision", "A question revision is never deleted."),
    *of_child("quizzes_quiz", "{row}.version_id"),
    *of_child(
        "quizzes_quizpoolitem", "(SELECT version_id FROM quizzes_quiz WHERE id = {row}.quiz_id)"
    ),
    forbid_update(
        "quizzes_attempt",
        "What an attempt was started with is never changed.",
        except_columns=(
            "status",
            "deadline_at",
            "submitted_at",
            "closed_by",
            "percent",
            "is_passed",
        ),
    ),
    forbid_update_when(
        "quizzes_attempt",
        "A closed attempt is never opened again.",
        when=(
            "(OLD.status <> 'in-progress' AND NEW.status = 'in-progress') "
            "OR (OLD.status = 'voided' AND NEW.status <> 'voided')"
        ),
        name="status",
    ),
    forbid_update(
        "quizzes_attempt",
        "How an attempt was closed is never changed.",
        except_columns=("status", "percent", "is_passed"),
        when="OLD.status <> 'in-progress'",
        name="closed",
    ),
    forbid_delete("quizzes_attempt", "An attempt is never deleted."),
    forbid_insert(
        "quizzes_attemptitem",
        _CLOSED,
        when=f"{_STATUS_OF.format(row='NEW')} <> 'in-progress'",
    ),
    forbid_update(
        "quizzes_attemptitem",
        "The questions of an attempt are never exchanged.",
        except_columns=("response", "response_number", "saved_at", "is_flagged", "revealed_at"),
    ),
    forbid_update_when(
        "quizzes_attemptitem",
        _CLOSED,
        when=f"{_STATUS_OF.format(row='OLD')} <> 'in-progress'",
        name="closed",
    ),
    forbid_delete("quizzes_attemptitem", "The questions of an attempt are never deleted."),
    forbid_update("quizzes_grade", "A grade is never changed; a new one is added."),
    forbid_delete("quizzes_grade", "A grade is never deleted."),
    forbid_update(
        "quizzes_attemptrequest",
        "What the office answered is never changed.",
        except_columns=("message", "answer"),
        when="OLD.answered_at IS NOT NULL",
    ),
)

# Of tables that came later: made by the migration that made them.
OF_DRAWS_AND_REGRADES: Final[tuple[Refusal, ...]] = (
    *of_child("quizzes_quizdraw", "(SELECT version_id FROM quizzes_quiz WHERE id = {row}.quiz_id)"),
    forbid_update(
        "quizzes_regrade",
        "Why a grade was given anew is never changed.",
        except_columns=("finished_at",),
    ),
    forbid_delete("quizzes_regrade", "Why a grade was given anew is never deleted."),
    forbid_update("quizzes_timegrant", "What the office gave is never changed."),
    forbid_delete("quizzes_timegrant", "What the office gave is never deleted."),
)

OF_PROPOSALS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        "quizzes_regradeproposal",
        "What the office decided is never changed.",
        when="OLD.decided_at IS NOT NULL",
    ),
    forbid_delete("quizzes_regradeproposal", "What the office was asked is never deleted."),
)

_PERSON_OF_GRANT: Final = "(SELECT user_id FROM courses_enrollment WHERE id = OLD.enrollment_id)"
_PERSON_OF_ITEM: Final = (
    "(SELECT e.user_id FROM quizzes_attempt a JOIN courses_enrollment e "
    "ON e.id = a.enrollment_id WHERE a.id = OLD.attempt_id)"
)
_COMPLETES: Final = (
    "EXISTS (SELECT 1 FROM quizzes_attempt a JOIN courses_enrollment e ON e.id = a.enrollment_id "
    "JOIN quizzes_quiz q ON q.id = a.quiz_id WHERE a.id = OLD.attempt_id "
    "AND e.status = 'completed' AND q.purpose <> 'practice')"
)

# Of a later migration, in the place of those above: who closes their account takes along what they
# answered for practice or on the way; answers that prove a completion stay.
CLOSING_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update_when(
        "quizzes_attemptitem",
        _CLOSED,
        when=(
            f"{_STATUS_OF.format(row='OLD')} <> 'in-progress' AND NOT ("
            "NEW.response = '' AND NEW.response_number = OLD.response_number "
            f"AND {is_closing(_PERSON_OF_ITEM)} AND NOT {_COMPLETES})"
        ),
        name="closed",
    ),
    forbid_update(
        "quizzes_timegrant", "What the office gave is never changed.", except_columns=("reason",)
    ),
    forbid_update_when(
        "quizzes_timegrant",
        "What the office gave is never changed.",
        when=(
            f"NEW.reason <> OLD.reason AND NOT (NEW.reason = '' AND {is_closing(_PERSON_OF_GRANT)})"
        ),
        name="reason",
    ),
)
_CHANGED: Final = frozenset(each.name for each in CLOSING_REFUSALS)
BEFORE_CLOSING: Final[tuple[Refusal, ...]] = tuple(
    each for each in (*REFUSALS, *OF_DRAWS_AND_REGRADES) if each.name in _CHANGED
)

_PERSON_OF_ATTEMPT: Final = "(SELECT user_id FROM courses_enrollment WHERE id = OLD.enrollment_id)"

# Of a later migration, in the place of those above: records go when their time is over, of one
# person at a time (decision 0048).
PURGE_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_delete(
        "quizzes_attempt",
        "An attempt is never deleted.",
        when=f"NOT {is_purging(_PERSON_OF_ATTEMPT)}",
    ),
    forbid_delete(
        "quizzes_attemptitem",
        "The questions of an attempt are never deleted.",
        when=f"NOT {is_purging(_PERSON_OF_ITEM)}",
    ),
    forbid_delete(
        "quizzes_grade", "A grade is never deleted.", when=f"NOT {is_purging(_PERSON_OF_ITEM)}"
    ),
    forbid_delete(
        "quizzes_timegrant",
        "What the office gave is never deleted.",
        when=f"NOT {is_purging(_PERSON_OF_GRANT)}",
    ),
)
_SHUT_BEFORE: Final = frozenset(each.name for each in PURGE_REFUSALS)
BEFORE_PURGING: Final[tuple[Refusal, ...]] = tuple(
    each for each in (*REFUSALS, *OF_DRAWS_AND_REGRADES) if each.name in _SHUT_BEFORE
)
