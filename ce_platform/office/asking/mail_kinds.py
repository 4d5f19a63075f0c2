"""The messages about questions to the office."""

from datetime import UTC, datetime
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind


def _question() -> dict[str, Any]:
    return {
        "asker": "Maria Santos",
        "address": "maria.santos@example.com",
        "is_proved": True,
        "about": "the course “Facial Lymphatic Drainage”",
        "text": "My license number ends in 5, and the certificate says 6.\nCan you mend that?",
        "path": "/office/questions/",
    }


def _answer() -> dict[str, Any]:
    return {
        "name": "Maria Santos",
        "title": "My license number ends in 5, and the certificate says 6.",
        "asked_at": datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
        "asked": "My license number ends in 5, and the certificate says 6.",
        "answer": "Mended: the new certificate came to you a minute ago.",
        "answered_by": "Rita Registrar",
        "path": "/questions/",
    }


KINDS: Final = (
    MailKind(
        "office_question",
        "Question to the office",
        Audience.OFFICE,
        why="somebody asked the office something",
        sample=_question,
    ),
    MailKind(
        "office_answer",
        "Answer of the office",
        Audience.LEARNER,
        why="you asked our office something",
        sample=_answer,
        is_essential=True,
    ),
)
