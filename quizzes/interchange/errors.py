"""Why a file, a question or a part of one does not come along."""

from ce_platform.core.errors import DomainError


class InterchangeRefused(DomainError):
    """The file is not looked into any further."""


class NotRepresented(Exception):
    """One question cannot be said in the other form; the sentence says why."""
