"""The zip of one's own data is ready."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind


def _ready() -> dict[str, Any]:
    return {
        "person": SimpleNamespace(get_full_name="Maria Santos"),
        "kept_until": datetime(2026, 11, 27, 17, 30, tzinfo=UTC),
        "url": "/account/data/",
    }


KINDS: Final = (
    MailKind(
        code="own_data_ready",
        name="Your data is ready",
        audience=Audience.LEARNER,
        why="you, or somebody who is signed in as you, asked for everything we keep of you",
        sample=_ready,
        is_essential=True,
    ),
)
