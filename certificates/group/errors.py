"""What issuing for a group refuses."""

from ce_platform.core.errors import DomainError


class ListUnreadable(DomainError):
    """The list as a whole cannot be read."""


class GroupRefused(DomainError):
    """The group cannot be begun, gone on with or thrown away like this."""
