"""What the desk of access registers with others."""

from ce_platform.office.access.person import PART
from ce_platform.office.people import parts


def ready() -> None:
    parts.register(PART)
