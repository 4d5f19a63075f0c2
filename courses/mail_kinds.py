"""The messages about courses: who writes them, what learners ask in the margin."""

from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from ce_platform.core.mail_kinds import Audience, MailKind

_COURSE: Final = "Facial Lymphatic Drainage"


def _member() -> dict[str, Any]:
    return {
        "asker": "Ivan Instructor",
        "is_author": True,
        "course": SimpleNamespace(slug="facial-lymphatic-drainage"),
        "course_title": _COURSE,
    }


def _question() -> dict[str, Any]:
    return _member() | {
        "question": SimpleNamespace(
            text="How hard do I press over the parotid nodes?\nMy teacher said: not at all.",
            answer="As hard as a coin lies on the skin.",
            answered_by_name="Ivan Instructor",
            is_shown=True,
        ),
        "lesson": SimpleNamespace(title="Strokes and pressure", slug="strokes-and-pressure"),
        "learner": SimpleNamespace(get_full_name="Maria Santos"),
        "enrollment": SimpleNamespace(uid=UUID("11111111-1111-4111-8111-111111111111")),
    }


KINDS: Final = (
    MailKind(
        "margin_question_answered",
        "Your question is answered",
        Audience.LEARNER,
        why="you asked a question in the margin of a lesson",
        sample=_question,
    ),
    MailKind(
        "margin_question_asked",
        "A learner asks in the margin",
        Audience.INSTRUCTOR,
        why="you write a course in which a learner asked something",
        sample=_question,
    ),
    MailKind(
        "course_member_added",
        "Asked to write or review a course",
        Audience.INSTRUCTOR,
        why="somebody wants you to work on a course",
        sample=_member,
    ),
)
