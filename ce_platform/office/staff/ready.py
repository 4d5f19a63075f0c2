"""What staff tells the page of a person, once models are loaded."""

from ce_platform.office.people import parts
from ce_platform.office.staff.person import PART


def ready() -> None:
    parts.register(PART)
