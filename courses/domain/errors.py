"""What the domain of courses refuses, each with a sentence for the person who asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ce_platform.core.errors import DomainError
from courses.domain.setting_aside import MOST_ASIDE
from courses.models import CourseVersion, Lesson, LessonRevision, SetAside
from courses.parts import Item


class NotOnSale(DomainError):
    """Nobody can start this course now."""

    def __init__(self) -> None:
        super().__init__("This course is not open for new learners at the moment.")


class AccountEnded(DomainError):
    """It was closed, or merged into another: nothing comes to it any more."""

    def __init__(self) -> None:
        super().__init__(
            "This account has ended, so nobody can be enrolled in it. Whoever comes back makes a "
            "new account, and is enrolled there."
        )


class AccountSwitchedOff(DomainError):
    """Nobody can sign in to it at the moment, though nothing of it is gone."""

    def __init__(self) -> None:
        super().__init__(
            "This account is switched off: nobody could sign in to study. An operator has to "
            "switch it on first; then enroll the person."
        )


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


class NotTheNewerVersion(DomainError):
    """The version the learner was shown is not, or no longer, the newer one on sale."""

    def __init__(self) -> None:
        super().__init__(
            "The office changed which version is on sale since you opened the page. Nothing of "
            "yours was changed."
        )


class CannotMove(DomainError):
    """Something of the present version must be finished first; `items` says what."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = list(items)
        super().__init__(" ".join(item.sentence for item in items))


class NotYours(DomainError):
    """Somebody else's enrollment."""

    def __init__(self) -> None:
        super().__init__("Only the learner can do this.")


class ReasonMissing(DomainError):
    """Done to somebody else's enrollment without saying why."""

    def __init__(self) -> None:
        super().__init__("Say why: it is kept for the record.")


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


class FigureRefused(DomainError):
    """The picture cannot be added, changed or removed like this."""


class FigureInUse(FigureRefused):
    """Lessons show the picture; `lessons` are they."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self.lessons = list(lessons)
        titles = [f"“{lesson.title}”" for lesson in lessons]
        if len(titles) > 4:
            titles = [*titles[:3], f"{len(titles) - 3} more lessons"]
        told = titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"
        verb = "shows" if len(titles) == 1 else "show"
        super().__init__(f"{told} {verb} this picture. Take it out there first.")


class LessonMoved(DomainError):
    """Another text of this lesson was saved first; the one that could not be is set aside.

    `kept` is that one; `dropped` one that there was no more room for.
    """

    def __init__(
        self,
        newest: LessonRevision,
        *,
        kept: SetAside,
        dropped: SetAside | None = None,
        is_own: bool = False,
    ) -> None:
        self.newest = newest
        self.kept = kept
        self.dropped = dropped
        who = newest.saved_by_label or "Somebody else"
        sentence = (
            "You saved this lesson in another window first. Both texts are kept; look at them."
            if is_own
            else f"{who} saved this lesson first. Your text is kept; look at both."
        )
        if dropped is not None:
            sentence += (
                f" At most {MOST_ASIDE} such texts of yours are kept for a lesson: the oldest of "
                "them was let go for it."
            )
        super().__init__(sentence)


class OutlineRefused(DomainError):
    """The outline cannot be changed like this."""


class ChartRefused(DomainError):
    """The chart cannot be like this; `sentences` says everything that is wrong with it."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = list(sentences)
        super().__init__(" ".join(sentences))


class ChartMoved(DomainError):
    """Somebody else saved this chart first; `number` names what is there now."""

    def __init__(self, *, who: str, number: str, values: dict[str, Any]) -> None:
        self.number = number
        self.values = values
        super().__init__(
            f"{who or 'Somebody else'} saved this chart first. Yours is not saved; it stays here "
            "until you choose."
        )


class ChartInUse(ChartRefused):
    """Lessons show this chart."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = list(titles)
        names = ", ".join(f"“{title}”" for title in titles)
        lessons = "The lesson" if len(titles) == 1 else "The lessons"
        show = "shows" if len(titles) == 1 else "show"
        super().__init__(f"{lessons} {names} {show} this chart. Take it out there first.")


class MemberRefused(DomainError):
    """This person cannot work on the course like that."""


class DescriptionRefused(DomainError):
    """The course page, its hours or its authors cannot say this."""


class PageMoved(DomainError):
    """Another text of the course page was saved first."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed the course page while you were writing. Nothing of yours is saved "
            "yet: it stands below. Open the page in another window to see the other text; saving "
            "here once more puts yours in its place."
        )


class ChangedMeanwhile(DomainError):
    """Another text was saved first; nothing is overwritten.

    `texts` is what is stored now, `state` stands for it, `who` and `at` are whose it is and since
    when: empty when no person saved it.
    """

    def __init__(
        self,
        *,
        state: str,
        texts: Mapping[str, str],
        who: str = "",
        at: datetime | None = None,
        is_own: bool = False,
    ) -> None:
        self.state = state
        self.texts = dict(texts)
        self.who = who
        self.at = at
        self.is_own = is_own
        super().__init__(
            "You changed this in another window meanwhile. What you typed here is not saved yet."
            if is_own
            else f"{who or 'Somebody else'} changed this while you were writing. Yours is not "
            "saved yet."
        )


class ObjectiveRefused(DomainError):
    """The objectives cannot be changed like this."""


class ReferenceRefused(DomainError):
    """The list of references cannot be changed like this."""


class TermRefused(DomainError):
    """The glossary cannot be changed like this."""


class QuestionRefused(DomainError):
    """A question in the margin cannot be asked, answered or shown like this."""


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


class WordingRefused(DomainError):
    """A reason that cannot be kept for a sentence, or a sentence that may not stay."""


class SessionRefused(DomainError):
    """A date of a live course that cannot be planned, changed or called off like this."""


class AttendanceRefused(DomainError):
    """An attendance that cannot be recorded like this."""
