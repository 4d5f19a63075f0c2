"""The messages about attempts, time and grades."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from ce_platform.core.mail_kinds import Audience, MailKind

_UID: Final = UUID("11111111-1111-4111-8111-111111111111")
_COURSE: Final = "Facial Lymphatic Drainage"
_ANSWER: Final = "Read the lesson on cautions once more.\nGood luck!"


def _person(name: str, email: str) -> SimpleNamespace:
    return SimpleNamespace(get_full_name=name, email=email)


def _learner() -> SimpleNamespace:
    return _person("Maria Santos", "maria.santos@example.com")


def _quiz() -> SimpleNamespace:
    return SimpleNamespace(title="Lymph nodes of the neck")


def _asked() -> dict[str, Any]:
    return {
        "learner": _learner(),
        "quiz": _quiz(),
        "course_title": _COURSE,
        "message": "The power failed in the middle of my last attempt.",
    }


def _answered() -> dict[str, Any]:
    return _asked() | {
        "request": SimpleNamespace(is_granted=True, answer=_ANSWER),
        "granted_count": 2,
        "quiz_path": "/learning/",
    }


def _time() -> dict[str, Any]:
    return {
        "learner": _learner(),
        "course_title": _COURSE,
        "extra_percent": 50,
        "until": [("Final exam", "2:00 PM")],
        "enrollment": SimpleNamespace(get_absolute_url="/learning/"),
    }


def _raised() -> dict[str, Any]:
    attempt = SimpleNamespace(uid=_UID, number=1, quiz=_quiz())
    each = SimpleNamespace(
        attempt=attempt,
        before=SimpleNamespace(percent=Decimal("70.00")),
        grade=SimpleNamespace(percent=Decimal("80.00")),
        is_newly_passed=True,
    )
    return {
        "learner": _learner(),
        "course_title": _COURSE,
        "reasons": ["Two answers were right, and the key had only one of them."],
        "raised": [each],
    }


def _proposed() -> dict[str, Any]:
    course = SimpleNamespace(slug="facial-lymphatic-drainage")
    revision = SimpleNamespace(number=3, question=SimpleNamespace(key=_UID, course=course))
    better = SimpleNamespace(number=4)
    reason = "Both answers fit."
    return {
        "author": _person("Ivan Instructor", "ivan@example.com"),
        "course": course,
        "revision": revision,
        "better": better,
        "reason": reason,
        "url": "/office/",
        "proposal": SimpleNamespace(
            revision=revision, better=better, reason=reason, answer="The key is right."
        ),
    }


KINDS: Final = (
    MailKind(
        "attempt_request_answered",
        "Answer about another attempt",
        Audience.LEARNER,
        why="you asked the office about another attempt",
        sample=_answered,
    ),
    MailKind(
        "quiz_time_granted",
        "More time in quizzes",
        Audience.LEARNER,
        why="the office gave you more time in a course you study",
        sample=_time,
    ),
    MailKind(
        "regrade_raised",
        "A grade was raised",
        Audience.LEARNER,
        why="an answer of yours was graded anew",
        sample=_raised,
    ),
    MailKind(
        "regrade_turned_down",
        "The office does not grade anew",
        Audience.INSTRUCTOR,
        why="you asked the office to grade a question anew",
        sample=_proposed,
    ),
    MailKind(
        "attempt_request_asked",
        "A learner asks for another attempt",
        Audience.OFFICE,
        why="this is the office’s address",
        sample=_asked,
    ),
    MailKind(
        "regrade_proposed",
        "An author asks to grade anew",
        Audience.OFFICE,
        why="this is the office’s address",
        sample=_proposed,
    ),
)
