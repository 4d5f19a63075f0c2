"""What licensing refuses, in sentences for the person who asked."""

from collections.abc import Mapping

from ce_platform.core.errors import DomainError


class LicenseRefused(DomainError):
    """The license cannot be recorded like this."""


class SubmissionRefused(DomainError):
    """A move or a correction that lacks something; `problems` says what, by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class MoveNotAllowed(DomainError):
    """The submission does not go from where it stands to where it was sent."""


class LetterRefused(DomainError):
    """The file is not a letter that we keep."""


class SignatureRefused(DomainError):
    """The file is not a picture of a signature that we can print."""


class RulesUnreadable(DomainError):
    """The files with bodies and rules hold a mistake; nothing was loaded."""


class RuleRefused(DomainError):
    """A reading of a rule that cannot be written; `problems` says what, by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class RuleOvertaken(DomainError):
    """Somebody wrote another reading since the page was opened; nothing was written."""
