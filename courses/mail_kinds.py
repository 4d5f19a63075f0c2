"""The messages about courses: who writes them, what learners ask in the margin."""

from datetime import date
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


def _invited() -> dict[str, Any]:
    return {
        "person": SimpleNamespace(get_full_name="Maria Santos"),
        "course_title": _COURSE,
        "note": "As agreed on the phone.",
        "expires_on": date(2026, 12, 31),
        "path": "/invitations/11111111-1111-4111-8111-111111111111/",
    }


def _code() -> dict[str, Any]:
    return {
        "name": "Maria Santos",
        "course_title": _COURSE,
        "code": "7K2M-9QXT-4HBD",
        "use_limit": 1,
        "expires_on": None,
        "path": "/redeem/?code=7K2M-9QXT-4HBD",
    }


KINDS: Final = (
    MailKind(
        "access_code_sent",
        "Access code",
        Audience.LEARNER,
        why="a course was bought, or the office sent a code, with this address",
        sample=_code,
        is_essential=True,
    ),
    MailKind(
        "course_invited",
        "Invitation to a course",
        Audience.LEARNER,
        why="our office invited this address to a course",
        sample=_invited,
        is_essential=True,
    ),
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
