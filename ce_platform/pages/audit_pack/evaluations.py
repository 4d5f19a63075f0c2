"""The evaluation after a course: the form as it is asked, and what was answered."""

from typing import Any, Final

from django.db.models import Avg, Count

from courses.domain.evaluation import AGREEMENTS
from courses.forms import EvaluationForm
from courses.models import CourseVersion, Evaluation

COLUMNS: Final = (*AGREEMENTS, "minutes_taken", "comment")


def questions() -> list[tuple[str, str]]:
    """Name and words of each question, from the form itself."""
    fields = EvaluationForm().fields
    return [(name, str(fields[name].label)) for name in COLUMNS]


def choices() -> list[str]:
    return [f"{value} {label}" for value, label in Evaluation.Agreement.choices]


def answers_of(evaluation: Evaluation) -> list[tuple[str, str]]:
    """(question, answer); agreements as number and word."""
    found = []
    for name, words in questions():
        value = getattr(evaluation, name)
        if name in AGREEMENTS:
            value = f"{value} {Evaluation.Agreement(value).label}"
        found.append((words, str(value)))
    return found


def results_of(version: CourseVersion) -> dict[str, Any]:
    """How all learners of a version answered, without names; one query for each question."""
    given = Evaluation.objects.filter(enrollment__version=version)
    found = []
    for name, words in questions():
        if name not in AGREEMENTS:
            continue
        counts = dict(given.order_by().values_list(name).annotate(Count("pk")))
        found.append((words, [counts.get(value, 0) for value in Evaluation.Agreement.values]))
    whole = given.aggregate(count=Count("pk"), minutes=Avg("minutes_taken"))
    return {"count": whole["count"], "minutes": whole["minutes"], "questions": found}
