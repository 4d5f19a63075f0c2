"""Live courses: who attended, which day it was, and what may be claimed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob
from certificates.domain.attest import attest
from certificates.domain.errors import NothingToSign
from certificates.models import Certificate
from courses.domain.completion import checklist, unmet_items
from courses.domain.describing import save_course_page
from courses.domain.errors import (
    AttendanceRefused,
    DescriptionRefused,
    EnrollmentNotOpen,
    SessionRefused,
)
from courses.domain.live import (
    cancel_session,
    change_session,
    plan_session,
    record_attendance,
    take_back_attendance,
)
from courses.domain.moving import hindrances
from courses.domain.publishing import missing
from courses.hours import claimable_live_hours, minutes_needed, worksheet_of
from courses.models import Attendance, Enrollment, LessonProgress, LiveSession
from tests.factories.accounts import UserFactory
from tests.factories.certificates import evaluate
from tests.factories.courses import EnrollmentFactory, LessonFactory, publishable
from tests.factories.live import NOW, live_version, session_of

pytestmark = pytest.mark.django_db


def facts(**other: Any) -> dict[str, Any]:
    return {
        "starts_at": datetime(2026, 12, 5, 15, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 5, 18, tzinfo=UTC),
        "zone": "America/Chicago",
        "minutes": 180,
        "place": "12 Main Street, Austin, TX",
        "instructors": "Dana Okafor, LMT, BCTMB",
        "has_paper_evaluations": False,
        **other,
    }


def codes(enrollment: Enrollment) -> list[str]:
    return [item.code for item in unmet_items([enrollment])[enrollment.pk]]


# ---------------------------------------------------------------- hours


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [(29, "0"), (30, "0.5"), (59, "0.5"), (60, "1"), (179, "2.5"), (180, "3"), (480, "8")],
)
def test_hours_of_a_session_round_down_to_the_half_hour(minutes: int, hours: str) -> None:
    assert claimable_live_hours(minutes) == Decimal(hours)
    assert minutes_needed(Decimal(hours)) <= minutes


def test_worksheet_rests_on_the_shortest_session_that_takes_place() -> None:
    version = live_version()
    session_of(version, minutes=170)
    session_of(version, minutes=180)
    session_of(version, minutes=60, status="cancelled")

    worksheet = worksheet_of(version)

    assert (worksheet.live_minutes, worksheet.claimable, worksheet.is_within) == (
        170,
        Decimal("2.5"),
        False,
    )


def test_a_live_draft_lacks_a_session_and_no_lessons() -> None:
    version = publishable(delivery="live-class", credit_hours=Decimal("0.5"))
    version.lessons.all().delete()

    before = {item.code for item in missing(version) if item.is_blocking}
    session_of(version, minutes=20, ends_at=datetime(2026, 11, 14, 15, 30, tzinfo=UTC))
    short = {item.code for item in missing(version) if item.is_blocking}

    assert "no-session" in before
    assert not before & {"no-lessons", "too-many-hours"}
    assert "too-many-hours" in short


# ---------------------------------------------------------------- sessions


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"place": " \n "}, "where"),
        ({"zone": "Mars/Olympus"}, "time zone"),
        ({"minutes": 181}, "more minutes"),
        ({"minutes": 170}, "180 minutes at least"),
        ({"ends_at": datetime(2026, 12, 5, 15, tzinfo=UTC)}, "ends after"),
        ({"ends_at": datetime(2027, 12, 5, 15, tzinfo=UTC)}, "at most 31 days"),
        ({"place": "x" * 201}, "at most 200 letters"),
    ],
)
def test_a_session_that_cannot_be(other: dict[str, Any], word: str) -> None:
    with pytest.raises(SessionRefused, match=word):
        plan_session(live_version(), **facts(**other), by=UserFactory(), now=NOW)


def test_home_study_has_no_sessions() -> None:
    with pytest.raises(SessionRefused):
        plan_session(live_version(delivery="home-study"), **facts(), by=UserFactory(), now=NOW)


def test_a_session_that_certificates_tell_of_stays() -> None:
    version, office = live_version(), UserFactory()
    session = session_of(version, has_paper_evaluations=True)
    record_attendance(EnrollmentFactory(version=version).pk, session, by=office, now=NOW)
    session.refresh_from_db()

    with pytest.raises(SessionRefused):
        change_session(session, version, **facts(place="Elsewhere"), by=office, now=NOW)
    with pytest.raises(SessionRefused):
        cancel_session(session, by=office, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        LiveSession.objects.filter(pk=session.pk).update(place="Elsewhere")
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.filter(session=session).delete()


# ---------------------------------------------------------------- attendance and completion


def test_a_live_course_asks_for_attendance_and_evaluation_and_no_signature() -> None:
    enrollment = EnrollmentFactory(version=live_version())

    assert codes(enrollment) == ["attendance-missing", "evaluation-missing"]
    assert [line.code for line in checklist(enrollment)] == ["attendance", "evaluation"]
    evaluate(enrollment)
    record_attendance(
        enrollment.pk, session_of(enrollment.version), minutes=90, by=UserFactory(), now=NOW
    )
    with pytest.raises(NothingToSign):
        attest(enrollment.pk, by=enrollment.user, now=NOW)


def test_completed_on_the_day_of_the_session_in_its_zone_and_not_the_learners() -> None:
    version = live_version()
    # 11:30 at night in Honolulu is the next day everywhere else.
    session = session_of(
        version,
        zone="Pacific/Honolulu",
        starts_at=datetime(2026, 11, 15, 6, 30, tzinfo=UTC),
        ends_at=datetime(2026, 11, 15, 9, 30, tzinfo=UTC),
        has_paper_evaluations=True,
    )
    enrollment = EnrollmentFactory(version=version, user__time_zone="America/New_York")

    record_attendance(enrollment.pk, session, by=UserFactory(), now=NOW)

    enrollment.refresh_from_db()
    certificate = Certificate.objects.get(enrollment=enrollment)
    expected = (session.ends_at, date(2026, 11, 14), "Pacific/Honolulu")
    assert expected == (
        enrollment.completed_at,
        enrollment.completed_on,
        enrollment.completed_zone,
    )
    assert expected == (
        certificate.completed_at,
        certificate.completed_on,
        certificate.completed_zone,
    )
    assert (certificate.heading, certificate.delivery, certificate.place) == (
        "Certificate of Completion",
        "Live class",
        session.place,
    )


def test_lessons_read_after_the_session_make_the_day_and_an_evaluation_does_not() -> None:
    version = live_version()
    lesson = LessonFactory(module__version=version)
    session = session_of(version, has_paper_evaluations=False)
    enrollment = EnrollmentFactory(version=version)
    read_at = session.ends_at + timedelta(days=2)
    LessonProgress.objects.create(
        enrollment=enrollment,
        lesson=lesson,
        lesson_key=lesson.key,
        opened_at=read_at,
        finished_at=read_at,
    )
    record_attendance(enrollment.pk, session, by=UserFactory(), now=NOW)
    assert codes(enrollment) == ["evaluation-missing"]
    evaluate(enrollment)

    record_attendance(enrollment.pk, session, by=UserFactory(), now=NOW + timedelta(days=9))

    enrollment.refresh_from_db()
    assert (enrollment.completed_at, enrollment.completed_on) == (read_at, date(2026, 11, 16))


def test_who_left_early_is_not_credited_until_the_record_is_corrected() -> None:
    version, office = live_version(), UserFactory()
    session = session_of(version, has_paper_evaluations=True)
    enrollment = EnrollmentFactory(version=version)

    record_attendance(enrollment.pk, session, minutes=179, by=office, now=NOW)
    assert codes(enrollment) == ["attendance-missing"]
    record_attendance(enrollment.pk, session, minutes=200, by=office, now=NOW)

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.attendance.minutes) == ("completed", 180)


def test_recording_twice_changes_nothing_and_issues_once() -> None:
    version, office = live_version(), UserFactory()
    session = session_of(version, has_paper_evaluations=True)
    enrollment = EnrollmentFactory(version=version)

    first = record_attendance(enrollment.pk, session, by=office, now=NOW)
    second = record_attendance(enrollment.pk, session, minutes=5, by=office, now=NOW)

    assert (first.pk, second.minutes) == (second.pk, 180)
    assert Certificate.objects.filter(enrollment=enrollment).count() == 1
    with pytest.raises(AttendanceRefused):
        take_back_attendance(enrollment.pk, by=office, now=NOW)


def test_one_person_attends_a_session_once_whatever_they_are_enrolled_in() -> None:
    version, office = live_version(), UserFactory()
    session = session_of(version, has_paper_evaluations=True)
    first = EnrollmentFactory(version=version)
    record_attendance(first.pk, session, by=office, now=NOW)
    again = EnrollmentFactory(version=version, user=first.user)

    with pytest.raises(AttendanceRefused):
        record_attendance(again.pk, session, by=office, now=NOW)

    assert Certificate.objects.count() == 1


def test_what_attendance_refuses() -> None:
    version, office = live_version(), UserFactory()
    enrollment = EnrollmentFactory(version=version)
    refused = [
        session_of(live_version()),
        session_of(version, status="cancelled"),
        session_of(version, ends_at=NOW + timedelta(minutes=1)),
    ]

    for session in refused:
        with pytest.raises(AttendanceRefused):
            record_attendance(enrollment.pk, session, by=office, now=NOW)
    Enrollment.objects.filter(pk=enrollment.pk).update(status="withdrawn")
    with pytest.raises(EnrollmentNotOpen):
        record_attendance(enrollment.pk, session_of(version), by=office, now=NOW)


def test_evaluations_that_turn_out_to_be_on_paper_let_the_certificates_go() -> None:
    version, office = live_version(), UserFactory()
    session = session_of(version)
    enrollment = EnrollmentFactory(version=version)
    record_attendance(enrollment.pk, session, by=office, now=NOW)
    told = {name: getattr(session, name) for name in facts()}

    change_session(session, version, **told | {"has_paper_evaluations": True}, by=office, now=NOW)
    jobs.run(BackgroundJob.objects.get(kind="evaluations-on-paper").pk, now=NOW)

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.completed_on) == ("completed", date(2026, 11, 14))


def test_attendance_holds_the_learner_in_the_edition() -> None:
    enrollment = EnrollmentFactory(version=live_version())
    assert hindrances(enrollment, now=NOW) == []

    record_attendance(enrollment.pk, session_of(enrollment.version), by=UserFactory(), now=NOW)

    assert [item.code for item in hindrances(enrollment, now=NOW)] == ["session-attended"]


def test_queries_do_not_grow_with_live_enrollments(django_assert_num_queries: Any) -> None:
    version = live_version()
    several = [EnrollmentFactory(version=version) for _ in range(3)]
    unmet_items(several)

    for some in (several[:1], several):
        with django_assert_num_queries(4):
            unmet_items(some)


def test_delivery_is_chosen_in_the_studio_and_not_left_with_sessions() -> None:
    version = publishable()
    page = {
        "title": "T",
        "subtitle": "",
        "language": "en-US",
        "subjects": [],
        "summary": "",
        "description": "",
        "audience": "",
        "prerequisites": "",
        "cost_text": "",
        "buy_url": "",
        "difficulty": 3,
        "difficulty_reason": "",
        "by": UserFactory(),
        "now": NOW,
    }
    assert save_page(version, page, "live-class") == "live-class"
    assert save_page(version, page, "") == "live-class"
    session_of(version)

    with pytest.raises(DescriptionRefused, match="Cancel them"):
        save_page(version, page, "home-study")
    with pytest.raises(DescriptionRefused, match="Choose how"):
        save_page(version, page, "by-post")


def save_page(version: Any, page: dict[str, Any], delivery: str) -> str:
    return str(save_course_page(version, **page, delivery=delivery).delivery)
