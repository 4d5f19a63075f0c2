from types import SimpleNamespace
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind


def _test() -> dict[str, Any]:
    return {"by": SimpleNamespace(get_full_name="Ruth Calloway"), "sender": "office@example.com"}


KINDS: Final = (
    MailKind(
        code="test_mail",
        name="Test mail",
        audience=Audience.REGISTRAR,
        why="somebody in the office tried whether mail arrives",
        sample=_test,
        is_essential=True,
    ),
)
