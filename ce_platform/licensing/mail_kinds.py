"""The messages about approvals that end and licenses that end."""

from datetime import date
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from ce_platform.core.mail_kinds import Audience, MailKind

STEPS: Final = (180, 90, 30, 7)
"""Days before the end of a license; each is a kind of its own, so that each can be switched off."""


def reminder_code(days: int) -> str:
    return f"license_ends_{days}"


def _ending() -> dict[str, Any]:
    return {
        "learner": SimpleNamespace(get_full_name="Maria Santos"),
        "enrollment": SimpleNamespace(
            version=SimpleNamespace(title="Facial Lymphatic Drainage"),
            get_absolute_url="/learning/",
        ),
        "ending": SimpleNamespace(
            place="Florida",
            is_over=False,
            last_day=date(2026, 12, 31),
            license_number="MA 12345",
            submission=SimpleNamespace(body=SimpleNamespace(name="Florida Board of Massage")),
            sentence=(
                "The approval for Florida Board of Massage ends on December 31, 2026. At your pace "
                "so far you would finish around January 14, 2027."
            ),
        ),
    }


def _reminder(days: int) -> dict[str, Any]:
    body = SimpleNamespace(place="Florida", name="Florida Board of Massage")
    plan = SimpleNamespace(
        headline="18 of 24 hours count so far.",
        missing_sentences=["2 hours of ethics", "4 hours in a classroom or live online"],
        planned=[],
        cautions=["The board has not confirmed this rule to us; please ask there."],
        rule=SimpleNamespace(asked="Florida Board of Massage"),
    )
    return {
        "name": "Maria Santos",
        "days": days,
        "days_left": days,
        "license": SimpleNamespace(
            body=body,
            number="MA 12345",
            expires_on=date(2027, 8, 31),
            uid=UUID("11111111-1111-4111-8111-111111111111"),
        ),
        "card": SimpleNamespace(plan=plan),
        "planner_path": "/planner/",
    }


def _step(days: int) -> MailKind:
    return MailKind(
        reminder_code(days),
        f"Reminder {days} days before a license ends",
        Audience.LEARNER,
        why="you noted a license with us, and it ends soon",
        sample=lambda: _reminder(days),
        template="license_ends",
    )


KINDS: Final = (
    *(_step(days) for days in STEPS),
    MailKind(
        "approval_ends",
        "An approval ends while you study",
        Audience.LEARNER,
        why="you study a course that a licensing body has approved for a limited time",
        sample=_ending,
    ),
)
