"""What both addresses are told when two accounts become one."""

from types import SimpleNamespace
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind


def _merged() -> dict[str, Any]:
    return {
        "person": SimpleNamespace(get_full_name="Maria Santos"),
        "old_email": "maria@example.com",
        "email": "maria.santos@example.com",
        "page": "/account/login/",
    }


KINDS: Final = (
    MailKind(
        code="account_merged",
        name="Two accounts became one",
        audience=Audience.LEARNER,
        why="our office made one account of two that are yours",
        sample=_merged,
        is_essential=True,
    ),
)
