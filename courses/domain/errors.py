"""What the domain of courses refuses, each with a sentence for the person who asked."""

from collections.abc import Sequence

from ce_platform.core.errors import DomainError
from courses.models import CourseVersion, LessonRevision
from courses.parts import Item


class NotOnSale(DomainError):
    """Nobody can start this course now."""

    def __init__(self) -> None:
        super().__init__("This course is not open for new learners at the moment.")


class EnrollmentNotOpen(DomainError):
    """The enrollment is completed or withdrawn, so nothing in it moves."""

    def __init__(self, status: str) -> None:
        if status == "completed":
            sentence = "You have completed this course; its record stays as it is."
        else:
            sentence = "You left this course. Open it again from the course page to go on."
        super().__init__(sentence)


class WrongLesson(DomainError):
    """The lesson belongs to another version than the one the learner studies."""

    def __init__(self) -> None:
        super().__init__("This lesson is not part of the course you are taking.")


class NotYours(DomainError):
    """Somebody else's enrollment."""

    def __init__(self) -> None:
        super().__init__("Only the learner can do this.")


class EvaluationNotValid(DomainError):
    """An answer is missing or out of range."""


class NotReady(DomainError):
    """The version may not be published yet; `items` says what is missing."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = list(items)
        super().__init__(" ".join(item.sentence for item in items))


class WrongState(DomainError):
    """The move is not in the table beside the status."""


class NotADraft(DomainError):
    """The version was published or thrown away meanwhile; nothing in it changes any more."""

    def __init__(self) -> None:
        super().__init__("This version is no longer a draft, so it cannot be changed.")


class DraftExists(DomainError):
    """A course has one draft at a time; `version` is it."""

    def __init__(self, version: CourseVersion) -> None:
        self.version = version
        super().__init__(f"There is a draft already: {version.label}.")


class SlugTaken(DomainError):
    """No address could be made for a course of this name."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"Too many courses are called “{slug}”. Choose another title.")


class LessonMoved(DomainError):
    """Somebody else saved this lesson first; the text that could not be saved is set aside."""

    def __init__(self, newest: LessonRevision) -> None:
        self.newest = newest
        super().__init__(
            f"{newest.saved_by_label or 'Somebody else'} saved this lesson first. Your text is "
            "kept; look at both."
        )


class OutlineRefused(DomainError):
    """The outline cannot be changed like this."""


class UploadRefused(DomainError):
    """The file, or this piece of it, is not taken."""


class WrongOffset(DomainError):
    """The piece does not follow what is here; `offset` is where the next one begins."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"The file goes on at byte {offset}.")


class RecordingInUse(DomainError):
    """A lesson shows the recording or links the handout."""

    def __init__(self, what: str, lessons: Sequence[str]) -> None:
        names = ", ".join(f"“{each}”" for each in lessons)
        super().__init__(f"{what} is used in {names}. Take it out there first.")


class RecordingTextRefused(DomainError):
    """A title, a transcript or a credit that cannot be kept like this."""
