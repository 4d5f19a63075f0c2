"""The base of every refusal that a person may read."""


class DomainError(Exception):
    """A rule said no. `str(error)` is a sentence for the person who asked."""


class NotAllowed(DomainError):
    """The person may see the thing but not do this with it."""
