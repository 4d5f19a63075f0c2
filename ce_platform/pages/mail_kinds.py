"""The messages that concern several apps: what waits for the staff, records for an audit."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind
from ce_platform.core.staff_digest import Waiting


def _pack() -> dict[str, Any]:
    return {
        "pack": SimpleNamespace(title="Maria Santos, 2024 to 2026", reference="2026-0815"),
        "certificate_count": 7,
        "missing_count": 1,
        "url": "/office/audit-packs/",
        "kept_until": datetime(2026, 12, 20, 17, 0, tzinfo=UTC),
    }


def _digest() -> dict[str, Any]:
    return {
        "name": "Rita Registrar",
        "subject": "2 completions to report, 1 message that was not sent",
        "lines": [
            Waiting(
                words="2 completions to report",
                text="2 completions are due within 7 days.",
                label="Look at the reports",
                path="/office/reports/",
                details=("November 24, 2026: Maria Santos, Florida MA 12345",),
            ),
            Waiting(
                words="1 message that was not sent",
                text="1 message could not be sent.",
                label="Look at the mail",
                path="/office/mail/?status=failed",
            ),
        ],
    }


KINDS: Final = (
    MailKind(
        "staff_digest",
        "What waits, once a day",
        Audience.STAFF,
        why="you work here and something waits for you",
        sample=_digest,
    ),
    MailKind(
        "audit_pack_ready",
        "Audit pack ready",
        Audience.REGISTRAR,
        why="you asked for an audit pack",
        sample=_pack,
    ),
)
