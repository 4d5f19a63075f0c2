"""What access tells the page of a person, once models are loaded."""

from ce_platform.office.access.person import PART
from ce_platform.office.people import parts


def ready() -> None:
    parts.register(PART)
