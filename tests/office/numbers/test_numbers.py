"""Numbers are what the rows say, on the days of the provider, and cost the same for many rows."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import Provider
from ce_platform.office.numbers import queries
from ce_platform.office.numbers.counting import recount, sweep_numbers
from ce_platform.office.numbers.figures import Counts, Times
from ce_platform.office.numbers.models import NumberCount
from ce_platform.office.numbers.periods import Period, Step
from courses.models import Course, CourseVersion, Enrollment
from quizzes.models import Attempt, Quiz
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_provider
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# Late in the evening of October 31 in New York, November in UTC.
EVENING = datetime(2026, 11, 1, 2, 30, tzinfo=UTC)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def enrolled(version: CourseVersion, at: datetime, *, days: int | None = None) -> Enrollment:
    done = (
        {}
        if days is None
        else {
            "status": "completed",
            "completed_at": at + days * DAY,
            "completed_on": (at + days * DAY).date(),
            "completed_zone": "America/New_York",
        }
    )
    return EnrollmentFactory(
        user=UserFactory(), version=version, started_at=at, last_activity_at=at, **done
    )


def tried(enrollment: Enrollment, quiz: Quiz, *, passed: bool, number: int = 1) -> Attempt:
    return Attempt.objects.create(
        enrollment=enrollment,
        quiz=quiz,
        number=number,
        seed=1,
        status="graded",
        started_at=enrollment.started_at,
        submitted_at=enrollment.started_at,
        closed_by="learner",
        percent=90 if passed else 10,
        is_passed=passed,
    )


def of(period: Period, only: int | None = None) -> queries.Numbers:
    return queries.numbers_of(
        period,
        step=Step.MONTH,
        today=date(2026, 11, 20),
        has_before=True,
        courses=queries.courses_by_title(),
        only=only,
    )


def test_numbers_are_counted_on_the_days_of_the_provider(now: datetime) -> None:
    make_provider(time_zone="America/New_York")
    version = VersionFactory()
    quiz, practice = (
        quiz_with(1, version=version),
        quiz_with(1, version=version, purpose="practice"),
    )
    for days in (0, 2, 2, 9):
        tried(enrolled(version, EVENING, days=days), quiz, passed=days > 0)
    again = enrolled(version, EVENING)
    tried(again, quiz, passed=False)
    tried(again, quiz, passed=True, number=2)
    tried(again, practice, passed=True)
    enrolled(VersionFactory(), EVENING + DAY)

    recount(now)

    october, november = of(OCTOBER), of(NOVEMBER, version.course_id)
    assert october.now == Counts(enrolled=5, completed=1, tried=5, passed=3)
    assert november.now == Counts(completed=3)
    assert november.before == Counts(enrolled=5, completed=1, tried=5, passed=3)
    assert (november.days, november.days_before) == ({2: 2, 9: 1}, {0: 1})
    both = of(Period(date(2026, 9, 15), date(2026, 11, 20)))
    assert both.times == Times(4, median=2)
    assert [each.now.enrolled for each in both.bars] == [0, 5, 1]
    assert sorted(each.now.enrolled for each in both.courses) == [1, 5]
    # The provider moves, and the same evening is in November.
    Provider.objects.update(time_zone="UTC")
    recount(now)
    assert of(OCTOBER).now == Counts()
    assert of(NOVEMBER).now.enrolled == 6


def test_counting_again_mends_what_was_counted_wrong_and_changes_nothing_else(
    now: datetime,
) -> None:
    make_provider()
    for _ in range(2):
        enrolled(VersionFactory(), EVENING, days=3)
    recount(now)
    right = sorted(NumberCount.objects.values_list(), key=repr)
    NumberCount.objects.filter(pk=right[0][0]).update(enrolled_count=77)
    NumberCount.objects.create(span="day", course=Course.objects.all()[0], on=date(1999, 1, 1))
    NumberCount.objects.filter(span="month").update(days_json='{"3":5}')

    recount(now)

    assert right == sorted(NumberCount.objects.values_list(), key=repr)


def test_sweep_counts_when_something_has_happened_and_not_too_often(now: datetime) -> None:
    make_provider()
    assert [sweep_numbers(now), sweep_numbers(now + timedelta(hours=1))] == [1, 0]
    enrolled(VersionFactory(), EVENING)  # Brought in with an old date.

    assert [sweep_numbers(now), sweep_numbers(now + timedelta(hours=1))] == [0, 1]
    assert set(NumberCount.objects.values_list("enrolled_count", flat=True)) == {1}


def test_page_asks_as_often_for_many_courses_and_its_table_says_the_same(
    registrar: User, client_of: Callable[[User], Client], now: datetime
) -> None:
    make_provider()
    client = client_of(registrar)
    address = reverse("office:numbers") + "?first=2026-10-01&last=2026-11-20"
    assert "Nothing has happened yet" in client.get(address).content.decode()
    asked = []
    for _ in range(3):
        version = VersionFactory()
        tried(enrolled(version, EVENING, days=1), quiz_with(1, version=version), passed=True)
        recount(now)
        with CaptureQueriesContext(connection) as captured:
            shown = client.get(address).content.decode()
        assert version.title in shown
        asked.append(len(captured))

    table = client.get(reverse("office:numbers-table", args=["days"]) + "?" + address.split("?")[1])

    assert asked == [asked[0]] * 3
    assert asked[0] <= 12
    assert "3 of 3" in shown
    assert " style=" not in shown
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row["from"], row["to"], row["enrolled"], row["completed"]) for row in rows] == [
        ("2026-10-01", "2026-10-31", "3", "0"),
        ("2026-11-01", "2026-11-20", "0", "3"),
    ]


def test_days_in_the_wrong_order_and_tables_that_are_none_are_refused(
    registrar: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(registrar)
    wrong = "?first=2026-11-20&last=2026-10-01"

    statuses = [
        client.get(reverse("office:numbers") + query).status_code
        for query in ("", wrong, "?first=yesterday", "?course=none", "?by=hour", "?last=0001-01-01")
    ]

    assert statuses == [200, 422, 422, 422, 422, 422]
    assert client.get(reverse("office:numbers-table", args=["courses"]) + wrong).status_code == 422
    assert client.get(reverse("office:numbers-table", args=["people"])).status_code == 404
