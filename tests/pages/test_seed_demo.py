"""`seed_demo` that was cut off anywhere is finished by the next run; a third adds nothing."""

from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from ce_platform.licensing.models import BodyRule, License, Submission
from ce_platform.pages import demo_people
from courses.models import Course, Enrollment, Evaluation
from quizzes.models import Attempt

pytestmark = pytest.mark.django_db


class CutOff(BaseException):
    """Ctrl-C, or the power."""


# Where it is cut off, and at the how-manyth call.
PLACES = [
    ("publish_version", 1),
    ("submissions.move_submission", 5),
    ("License.objects.create", 2),
    ("progress.finish_lesson", 1),
    ("attempts.submit_attempt", 2),
    ("evaluation.submit_evaluation", 1),
]


def seed_until(place: str, call: int, *, now: datetime) -> None:
    """Run until the `call`th call of `place`, which never comes back."""
    *path, name = place.split(".")
    owner: object = demo_people
    for part in path:
        owner = getattr(owner, part)
    original = getattr(owner, name)
    calls = [0]

    def cut_off(*args: object, **kwargs: object) -> object:
        calls[0] += 1
        if calls[0] == call:
            raise CutOff
        return original(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, cut_off)
        with pytest.raises(CutOff):
            demo_people.seed(now=now)


def counts() -> dict[str, int]:
    return {
        model.__name__: model.objects.count()
        for model in (Course, Submission, License, Enrollment, Attempt, Evaluation)
    }


def test_demo_that_was_cut_off_again_and_again_is_finished(now: datetime) -> None:
    call_command("load_licensing_bodies", "--quiet")
    for place, call in PLACES:
        seed_until(place, call, now=now)

    added = demo_people.seed(now=now)

    whole = counts()
    quizzes = demo_people.Quiz.objects.count()
    assert added == [
        "a therapist who has just begun",
        "a therapist one step before the end",
        "live class Neck and jaw, a hands-on morning",
        "policies",
        "questions to the office",
        "a course that is sold by code",
    ]
    assert whole == {
        "Course": 2,
        "Submission": whole["Submission"],
        "License": 3,
        "Enrollment": 3,
        "Attempt": quizzes,
        "Evaluation": 1,
    }
    assert whole["Submission"] > 5
    assert demo_people.seed(now=now) == []
    assert counts() == whole
    checked = BodyRule.objects.filter(checked_at=now)
    assert sorted(rule.body.code for rule in checked) == ["US-FL", "US-NY"]


def test_history_of_the_demo_is_dated_as_it_happened(now: datetime) -> None:
    call_command("load_licensing_bodies", "--quiet")

    demo_people.seed(now=now)

    florida = Submission.objects.get(body__code="US-FL")
    days = [(now - event.at).days for event in florida.events.order_by("id")]
    assert days == [68, 65, 39]


def test_seed_refuses_outside_a_demo() -> None:
    with pytest.raises(CommandError, match="not a demo"):
        call_command("seed_demo")
