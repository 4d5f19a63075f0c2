"""Where a learner finds a quiz."""

from courses.models import Enrollment
from quizzes.models import Quiz
from quizzes.queries import quizzes_by_version


def quiz_now(enrollment: Enrollment, quiz: Quiz) -> Quiz | None:
    """The quiz with the same key in the version the learner studies; None: it has none any more.

    An old attempt names the quiz of the version it was taken in. The enrollment comes with its
    version; no query once the quizzes are kept, and none for a quiz of that version.
    """
    if quiz.version_id == enrollment.version_id:
        return quiz
    here = quizzes_by_version([enrollment.version])[enrollment.version_id]
    return next((each for each in here if each.key == quiz.key), None)


def quiz_url(enrollment: Enrollment, quiz: Quiz) -> str:
    """Its page; the page of the course for a quiz that fell away."""
    now = quiz_now(enrollment, quiz)
    if now is None:
        return enrollment.get_absolute_url()
    return enrollment.address("quizzes:quiz-detail", now.slug)
