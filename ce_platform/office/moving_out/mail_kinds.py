"""Messages about the archive of everything."""

from datetime import UTC, datetime
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind


def _ready() -> dict[str, Any]:
    return {
        "size": 2_400_000_000,
        "missing_count": 1,
        "kept_until": datetime(2026, 11, 27, 17, 0, tzinfo=UTC),
        "url": "/office/moving-out/",
    }


def _downloaded() -> dict[str, Any]:
    return {
        "who": "Rita Registrar",
        "email": "registrar@example.com",
        "at": datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
        "made_at": datetime(2026, 11, 20, 16, 0, tzinfo=UTC),
        "url": "/office/moving-out/",
    }


KINDS: Final = (
    MailKind(
        "archive_ready",
        "Archive of everything ready",
        Audience.REGISTRAR,
        why="you asked for an archive of everything",
        sample=_ready,
    ),
    MailKind(
        "everything_downloaded",
        "Somebody downloaded everything",
        Audience.REGISTRAR,
        why="you work in the office, and a copy of all records left it",
        sample=_downloaded,
        is_essential=True,
    ),
)
