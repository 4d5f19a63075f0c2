"""The messages of the people desk."""

from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind


def _message() -> dict[str, Any]:
    return {
        "name": "Maria Santos",
        "subject": "A new chapter in your course",
        "text": "We have added a lesson about the lymph nodes of the neck.\n\nHave a look at it.",
        "course_title": "Facial lymphatic drainage",
        "path": "/learning/",
    }


KINDS: Final = (
    MailKind(
        code="course_message",
        name="Messages about your courses",
        audience=Audience.LEARNER,
        why="you are in one of our courses",
        sample=_message,
    ),
)
