"""What is said to somebody who is not let in, and to the office where a code cannot be changed."""

from ce_platform.core.errors import DomainError


class NotLetIn(DomainError):
    """The course is not open to this person, as things stand."""


class NeedsCode(NotLetIn):
    def __init__(self) -> None:
        super().__init__(
            "This course is opened by an access code. Type the code that you were given or have "
            "bought."
        )


class NeedsInvitation(NotLetIn):
    def __init__(self) -> None:
        super().__init__(
            "This course is by invitation only. If you were invited, sign in with the address "
            "that the invitation was sent to."
        )


class NoSuchCode(NotLetIn):
    def __init__(self) -> None:
        super().__init__("There is no such code. Compare it letter by letter.")


class CodeNotUsable(NotLetIn):
    """The code is right, and opens nothing: who holds it is told why."""


class AccessRefused(DomainError):
    """The office asked for something that cannot be done with this code or invitation."""
