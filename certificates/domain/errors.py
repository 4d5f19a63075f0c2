"""What the domain of certificates refuses, each with a sentence for the person who asked."""

from collections.abc import Sequence

from ce_platform.core.errors import DomainError
from courses.parts import Item


class NotYet(DomainError):
    """More than the last steps is still to be done; `items` says what."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = list(items)
        super().__init__(" ".join(item.sentence for item in items))


class NameMissing(DomainError):
    def __init__(self) -> None:
        super().__init__("Write your name as it stands on your license before you sign.")


class CertificateChanged(DomainError):
    """What would be printed is no longer what the page showed."""

    def __init__(self) -> None:
        super().__init__(
            "Something on the certificate changed since you opened this page. "
            "Look at it once more, then sign."
        )


class CourseNotOpen(DomainError):
    def __init__(self) -> None:
        super().__init__("You left this course. Open it again from the course page to go on.")


class NothingToSign(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "A live course asks for no signature here: the office records who attended."
        )


class WrongState(DomainError):
    """The move is not in the table beside the status."""


class ReasonMissing(DomainError):
    def __init__(
        self, sentence: str = "Write the reason: everybody who verifies the certificate reads it."
    ) -> None:
        super().__init__(sentence)


class RecordAltered(DomainError):
    """The rows no longer agree with their hash: nothing may be printed from them."""

    def __init__(self, serial: str) -> None:
        super().__init__(
            f"The record of certificate {serial} is not what it was when it was issued, so no "
            "document is made from it."
        )


class NothingToCorrect(DomainError):
    def __init__(self) -> None:
        super().__init__("The certificate says exactly this already.")


class ReplacedMeanwhile(DomainError):
    """Somebody else was faster, with other words."""

    def __init__(self, serial: str) -> None:
        super().__init__(
            f"This certificate was replaced meanwhile by {serial}. Look at that one, and correct "
            "it if something is still wrong."
        )


class CorrectionOpen(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "You asked for another correction before, and the office has not answered yet. "
            "Withdraw that one first."
        )


class CorrectionDecided(DomainError):
    def __init__(self, word: str) -> None:
        super().__init__(f"Nothing is open here any more: it was {word} meanwhile.")
