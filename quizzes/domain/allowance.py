"""How many attempts a learner has."""

from dataclasses import dataclass

from courses.models import Enrollment
from quizzes.models import Attempt, AttemptRequest, Quiz


@dataclass(frozen=True)
class Allowance:
    used: int
    allowed: int | None
    """With those the office granted; None: as many as wanted."""

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else max(0, self.allowed - self.used)


def allowance_of(enrollment: Enrollment, quiz: Quiz) -> Allowance:
    """An attempt that the office set aside does not count as used.

    The quiz is found by its key: whoever moved to a newer version has neither fresh attempts there
    nor fewer.
    """
    used = (
        Attempt.objects.filter(enrollment=enrollment, quiz__key=quiz.key)
        .exclude(status=Attempt.Status.VOIDED)
        .count()
    )
    if quiz.attempts_allowed is None:
        return Allowance(used=used, allowed=None)
    granted = AttemptRequest.objects.filter(
        enrollment=enrollment, quiz__key=quiz.key, is_granted=True
    ).count()
    return Allowance(used=used, allowed=quiz.attempts_allowed + granted)
