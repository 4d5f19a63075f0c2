"""How a pack is called on pages, in the mail and in its index."""

from ce_platform.core.models import AuditPack
from ce_platform.core.templatetags.wording import long_date


def period_of(pack: AuditPack) -> str:
    if pack.first_on and pack.last_on:
        return f"{long_date(pack.first_on)} to {long_date(pack.last_on)}"
    if pack.first_on:
        return f"{long_date(pack.first_on)} or later"
    if pack.last_on:
        return f"{long_date(pack.last_on)} or earlier"
    return "at any time"
