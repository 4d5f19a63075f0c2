"""Access codes of an earlier system: they come in once, with the uses that are left."""

from datetime import date, datetime

import pytest

from ce_platform.accounts.models import User
from ce_platform.office.moving_in import running
from courses.domain import access
from courses.domain.access_errors import CodeNotUsable
from courses.domain.counters import recount
from courses.models import AccessCode, Course
from tests.factories.access import closed_course
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_provider
from tests.office.moving_in.brought import apply, bring, told

pytestmark = pytest.mark.django_db
HEAD = "Code,Course,Uses allowed,Uses spent,Expires on,Note\n"


@pytest.fixture
def course() -> Course:
    make_provider()
    return closed_course(course__slug="facial")


def test_each_wrong_cell_is_named_and_nothing_comes_in(
    course: Course, registrar: User, now: datetime
) -> None:
    closed_course(course__slug="neck")
    access.keep_old_code("TAKEN", course=course, by=registrar, now=now)
    table = HEAD + (
        "Spring-24,facial,10,3,2027-12-31,\n"
        "SPRING 24,facial,10,3,,\n"
        "A1,nowhere,1,0,,\n"
        "A2,facial,3,4,,\n"
        "A3,facial,many,0,3/4/2027,\n"
        "--,facial,1,0,,\n"
        "taken,neck,1,0,,\n"
    )

    run = bring("codes", table.encode(), by=registrar, now=now)

    assert told(run) == [
        (3, ["It stands in row 2 of this file already."]),
        (4, ["There is no course “nowhere” here. Write the last part of its address."]),
        (5, ["It was used 4 times and may be used 3 times. Mend one of the two."]),
        (
            6,
            [
                "“many” is no whole number.",
                "“3/4/2027” can be March 4, 2027 or April 3, 2027. Write it like 2024-03-04, or "
                "say in the form that the month stands first in this file.",
            ],
        ),
        (7, ["A code has letters or figures."]),
        (8, ["There is this code already, for the course facial."]),
    ]
    assert AccessCode.objects.count() == 1


def test_codes_keep_the_uses_that_are_left_and_come_in_once(
    course: Course, registrar: User, now: datetime
) -> None:
    table = (
        HEAD + "Spring-24,/courses/facial/,2,1,2027-12-31,Elm School\nGONE,facial,5,5,,\n"
    ).encode()

    run = apply(bring("codes", table, by=registrar, now=now), by=registrar, now=now)

    assert (run.state, run.new_count) == ("done", 2)
    assert list(
        AccessCode.objects.order_by("pk").values_list(
            "code", "origin", "use_limit", "use_count", "used_before", "expires_on", "note"
        )
    ) == [
        ("Spring-24", "old", 2, 1, 1, date(2027, 12, 31), "Elm School"),
        ("GONE", "old", 5, 5, 5, None, ""),
    ]
    spring, gone = AccessCode.objects.order_by("pk")
    assert access.redeem(spring, by=UserFactory(), now=now).is_used
    for code in (spring, gone):
        with pytest.raises(CodeNotUsable):
            access.redeem(code, by=UserFactory(), now=now)
    assert recount() == []
    again = bring("codes", table, by=registrar, now=now)
    assert (again.new_count, again.same_count, again.note_count) == (0, 2, 1)


def test_undoing_takes_out_codes_and_cancels_what_let_somebody_in(
    course: Course, registrar: User, now: datetime
) -> None:
    table = (HEAD + "ONE,facial,2,0,,\nTWO,facial,2,1,,\n").encode()
    run = apply(bring("codes", table, by=registrar, now=now), by=registrar, now=now)
    two = AccessCode.objects.get(code="TWO")
    access.redeem(two, by=UserFactory(), now=now)

    for _ in range(2):
        run = running.undo(run, reason="The wrong table.", by=registrar, now=now)

    assert list(AccessCode.objects.values_list("code", "cancel_reason")) == [
        ("TWO", "The wrong table.")
    ]
    again = bring("codes", table, by=registrar, now=now)
    assert list(again.lines.order_by("row").values_list("action", "note")) == [
        ("new", ""),
        ("same", "It was canceled here; that stays so."),
    ]
