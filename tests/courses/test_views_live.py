"""Pages of live courses: dates in the studio, attendance by the office, what learners see."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from certificates.models import Certificate
from courses import frozen
from courses.models import CourseVersion, LiveSession
from tests.factories.courses import EnrollmentFactory
from tests.factories.live import live_version, session_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
TYPED = {
    "starts_on": "2027-03-06",
    "starts_time": "09:00",
    "ends_time": "12:00",
    "zone": "America/Los_Angeles",
    "place": "Harbor House, 3 Pier Road, Portland, OR",
}


@pytest.fixture
def version(instructor: User) -> CourseVersion:
    return live_version(course__slug="jaw", course__owner=instructor)


def test_an_instructor_plans_a_date_and_the_course_page_shows_it(
    version: CourseVersion, instructor: User, client: Client, client_of: ClientOf
) -> None:
    answer = client_of(instructor).post("/studio/jaw/sessions/add/", TYPED)

    session = LiveSession.objects.get()
    assert answer.url == "/studio/jaw/sessions/"
    assert (session.minutes, session.when) == (180, "March 6, 2027, 9:00 AM to 12:00 PM PST")
    page = client.get("/courses/jaw/").content.decode()
    assert session.when in page
    assert session.place in page
    assert "Attend a whole session" in page
    assert "Sign a statement" not in page
    assert "Read and finish every lesson" not in page
    assert "Shortest session" in client.get("/courses/jaw/hours/").content.decode()


def test_a_date_that_is_too_short_comes_back(
    version: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    office = client_of(instructor)

    short = office.post("/studio/jaw/sessions/add/", TYPED | {"ends_time": "11:00"})
    backward = office.post("/studio/jaw/sessions/add/", TYPED | {"ends_time": "08:00"})

    assert (short.status_code, backward.status_code) == (422, 422)
    assert "180 minutes at least" in short.content.decode()
    assert LiveSession.objects.count() == 0


def test_the_way_back_is_never_to_another_site(
    version: CourseVersion, registrar: User, client_of: ClientOf
) -> None:
    add = "/studio/jaw/sessions/add/?next="

    home = client_of(registrar).post(f"{add}/office/certificates/group/", TYPED)
    away = client_of(registrar).post(f"{add}//evil.example/", TYPED)

    assert home.url.startswith("/office/certificates/group/?session=")
    assert away.url == "/studio/jaw/sessions/"


def test_a_session_of_another_course_is_not_there(
    version: CourseVersion, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    other = session_of(live_version())

    for page in ("", "cancel/", "attendance/"):
        url = f"/studio/jaw/sessions/{other.uid}/{page}"
        assert client_of(registrar).post(url).status_code == 404
    other.refresh_from_db()
    assert other.status == "planned"


def test_the_office_records_attendance_and_the_learner_finishes_with_the_evaluation(
    version: CourseVersion, registrar: User, owner: User, client_of: ClientOf
) -> None:
    session = session_of(version)
    enrollment = EnrollmentFactory(version=version, user=owner)
    early = EnrollmentFactory(version=version)
    learner, office = client_of(owner), client_of(registrar)
    url = f"/studio/jaw/sessions/{session.uid}/attendance/"
    finish = reverse("certificates:finish", args=[enrollment.uid])
    assert "Attend a whole session" in learner.get(finish).content.decode()

    bad = office.post(url, {f"{early.uid.hex}-minutes": "900"})
    answer = office.post(
        url, {f"{enrollment.uid.hex}-was_there": "on", f"{early.uid.hex}-minutes": "60"}
    )

    assert (bad.status_code, answer.status_code) == (422, 302)
    page = learner.get(finish).content.decode()
    assert "The evaluation is still open" in page
    assert "November 14, 2026" in page
    assert "Sign and finish" not in page
    assert learner.post(finish, {"step": "sign"}).status_code == 302
    learner.post(
        reverse("courses:evaluation", args=[enrollment.uid]),
        {
            "objectives_met": 5,
            "content_accurate": 5,
            "useful_in_practice": 5,
            "free_of_bias": 5,
            "minutes_taken": 180,
        },
    )
    assert list(Certificate.objects.values_list("user", "heading")) == [
        (owner.pk, "Certificate of Completion")
    ]
    assert "60 of 180 minutes" in office.get(url).content.decode()


def test_an_author_walks_through_a_live_course(
    version: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    session_of(version)
    author = client_of(instructor)

    for page in ("", "hours/", "learn/", "learn/evaluation/", "learn/finish/"):
        assert author.get(f"/studio/jaw/preview/{page}").status_code == 200
    assert "What the learner signs" not in author.get("/studio/jaw/preview/learn/finish/").text


def test_pages_ask_as_often_for_three_dates_as_for_one(
    version: CourseVersion, registrar: User, owner: User, client_of: ClientOf, now: datetime
) -> None:
    office, learner = client_of(registrar), client_of(owner)
    enrollment = EnrollmentFactory(version=version, user=owner)
    counts = []
    for _ in range(3):
        to_come = timezone.now() + timedelta(days=5)
        session_of(version, starts_at=to_come, ends_at=to_come + timedelta(hours=3))
        session = session_of(version)
        EnrollmentFactory(version=version)
        of_pages = []
        for client, url in (
            (office, "/studio/jaw/sessions/"),
            (office, f"/studio/jaw/sessions/{session.uid}/attendance/"),
            (learner, "/courses/jaw/"),
            (learner, enrollment.get_absolute_url()),
        ):
            client.get(url)
            frozen.forget()
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            of_pages.append(len(captured))
        counts.append(of_pages)

    assert counts[0] == counts[1] == counts[2], counts
