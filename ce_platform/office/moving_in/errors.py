from ce_platform.core.errors import DomainError


class ImportRefused(DomainError):
    """The file, or what is asked of it, is refused as a whole."""
