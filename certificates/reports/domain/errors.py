"""What reports refuse, each with a sentence for the person who asked."""

from ce_platform.core.errors import DomainError


class NothingToReport(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "No line is ready to leave by this channel. Somebody may have sent them just now; "
            "what stops the others stands below."
        )


class LineMoved(DomainError):
    """The line does not go from where it stands to where it was sent."""

    def __init__(self, status: str) -> None:
        super().__init__(
            f"This line stands at “{status}” now. Look at it again before you change it."
        )


class ReportReasonMissing(DomainError):
    def __init__(self) -> None:
        super().__init__("Write the reason: the history of the line keeps it.")


class NumberRefused(DomainError):
    """The license number cannot be written like this."""


class ReceiptsUnreadable(DomainError):
    """The file with answers cannot be read; nothing of it was taken."""
