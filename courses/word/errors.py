"""The one refusal of a Word document."""

from ce_platform.core.errors import DomainError


class WordRefused(DomainError):
    """The file is not looked into any further."""
