"""The last message to an account."""

from datetime import date
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind


def _closed() -> dict[str, Any]:
    return {"until": date(2033, 11, 20)}


KINDS: Final = (
    MailKind(
        code="account_closed",
        name="Account closed",
        audience=Audience.LEARNER,
        why="your account here was closed",
        sample=_closed,
        is_essential=True,
    ),
)
