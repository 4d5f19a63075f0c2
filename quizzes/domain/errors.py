"""What the domain of quizzes refuses, each with a sentence for the person who asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ce_platform.core.errors import DomainError
from quizzes.question_types.base import BadResponse

if TYPE_CHECKING:
    from quizzes.models import AttemptItem, QuestionRevision, QuizPoolItem
    from quizzes.question_types.base import ContentProblem


class AttemptLimitReached(DomainError):
    """All attempts of this quiz are used."""

    def __init__(self) -> None:
        super().__init__("You have used every attempt at this quiz. You can ask for another one.")


class CannotStart(DomainError):
    """The enrollment is not open, or the quiz has no questions to draw."""


class AttemptClosed(DomainError):
    """Answers are no longer taken."""


class TrialGone(DomainError):
    """What was drawn for a preview cannot be made out."""

    def __init__(self) -> None:
        super().__init__("These answers belong to another quiz. Here are the questions once more.")


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


class GrantRefused(DomainError):
    """The office cannot give this attempt or this time."""


class NotForPractice(DomainError):
    """Right answers are shown on the way only where nothing is graded."""

    def __init__(self) -> None:
        super().__init__("This quiz is graded: answers are shown when it allows it.")


class AnswerShown(BadResponse):
    """Practice: whoever was shown what is right answers no more."""

    def __init__(self) -> None:
        super().__init__("The right answer has been shown, so this answer stays as it is.")


# ------------------------------------------------------------------------------- authoring


class PlaceTaken(DomainError):
    """A module has one quiz at most, and a course one final exam."""

    def __init__(self, title: str, *, is_exam: bool, purpose: str = "graded") -> None:
        what = "practice questions" if purpose == "practice" else "a quiz"
        if is_exam and purpose != "practice":
            where = "The course has a final exam already"
        else:
            where = f"{'The course' if is_exam else 'This module'} has {what} already"
        super().__init__(f"{where}: “{title}”. Add questions there, or move it first.")


class Elsewhere(DomainError):
    """The quiz, question or module belongs to another course or version, or is gone."""


class ContentRefused(DomainError):
    """What was written is no question yet; `problems` says what is wrong, and where."""

    def __init__(self, problems: Sequence["ContentProblem"]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(problem.sentence for problem in problems))


class QuestionMoved(DomainError):
    """Somebody else saved the question meanwhile; `revision` holds what is there now, and `item`
    where the quiz asks it. Neither: they took it out of the quiz."""

    def __init__(
        self, item: "QuizPoolItem | None", *, revision: "QuestionRevision | None" = None
    ) -> None:
        self.item = item
        self.revision = item.revision if item is not None else revision
        super().__init__(
            "Somebody else took this question out of the quiz while you were writing."
            if self.revision is None
            else "Somebody else saved this question while you were writing."
        )


class AlreadyAsked(DomainError):
    """A question stands in one quiz of a version at most."""

    def __init__(self, title: str) -> None:
        super().__init__(f"This question is in “{title}” already.")


class QuestionRetired(DomainError):
    """A retired question is not put into quizzes."""


class TooManyQuestions(DomainError):
    """The quiz is full."""


class DrawRefused(DomainError):
    """The quiz has this draw already, or as many as it may have."""


class CaseRefused(DomainError):
    """A case needs a question, and a question has one case at most."""


class CaseMoved(DomainError):
    """Somebody else saved the case meanwhile."""

    def __init__(self) -> None:
        super().__init__("Somebody else saved this case while you were writing.")


class ProposalDecided(DomainError):
    """The office did meanwhile what it would turn down."""

    def __init__(self) -> None:
        super().__init__("This was graded anew meanwhile, so it cannot be turned down.")


class RegradeRefused(DomainError):
    """Answers to this revision cannot be graded anew that way, or not now."""
