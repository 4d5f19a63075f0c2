"""What the domain of quizzes refuses, each with a sentence for the person who asked."""

from typing import TYPE_CHECKING

from ce_platform.core.errors import DomainError

if TYPE_CHECKING:
    from quizzes.models import AttemptItem


class AttemptLimitReached(DomainError):
    """All attempts of this quiz are used."""

    def __init__(self) -> None:
        super().__init__("You have used every attempt at this quiz. You can ask for another one.")


class CannotStart(DomainError):
    """The enrollment is not open, or the quiz has no questions to draw."""


class AttemptClosed(DomainError):
    """Answers are no longer taken."""


class StaleResponse(DomainError):
    """Another tab or device saved a newer answer; `item` holds it."""

    def __init__(self, item: "AttemptItem") -> None:
        self.item = item
        super().__init__(
            "This answer was changed in another window or on another device. The newer answer "
            "is shown now; change it here if you like."
        )


class NoSuchItem(DomainError):
    """The attempt has no question in that place."""

    def __init__(self) -> None:
        super().__init__("This attempt has no such question.")


class NothingToAsk(DomainError):
    """Asking for another attempt while there is one left, or after passing."""


class AlreadyAnswered(DomainError):
    """The request has its answer; it is not answered twice in different ways."""

    def __init__(self) -> None:
        super().__init__("This request has been answered already.")
