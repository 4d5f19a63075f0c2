"""The registrar's first page, and the page of a background job with its result."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.files import store_bytes
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.models import BackgroundJob, OutgoingMail, StoredFile
from ce_platform.office.first_run import steps
from tests.factories.certificates import BodyFactory, SubmissionFactory
from tests.factories.courses import VersionFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def words(client: Client, url: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", client.get(url).content.decode()))
    return re.sub(r"\s+", " ", text)


def job(now: datetime, **changes: object) -> BackgroundJob:
    return BackgroundJob.objects.create(
        **({"kind": "roster", "title": "Roster for November", "created_at": now} | changes)
    )


def roster(now: datetime) -> StoredFile:
    return store_bytes(
        b"name\nMaya\n", area=StoredFile.Area.PRIVATE, content_type="text/csv", now=now
    )


def test_desk_names_what_has_a_day_and_what_only_waits(
    registrar: User, client_of: ClientOf, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = registrar.local_date(now)
    client = client_of(registrar)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    course = VersionFactory().course
    undecided = {"decided_on": None, "valid_from": None, "valid_to": None, "number": ""}
    for code, place, facts in (
        ("US-GA", "Georgia", {"status": "approved", "valid_to": today + timedelta(days=30)}),
        (
            "US-NJ",
            "New Jersey",
            {"status": "more-info", "answer_due_on": today + timedelta(days=9)} | undecided,
        ),
        (
            "US-LA",
            "Louisiana",
            {"status": "submitted", "submitted_on": today - timedelta(days=41)} | undecided,
        ),
    ):
        SubmissionFactory(course=course, body=BodyFactory(code=code, jurisdiction=place), **facts)

    text = words(client, reverse("pages:office"))

    assert text.index("New Jersey in 9 days") < text.index("Georgia in 30 days")
    assert text.index("Waiting for a decision") < text.index("Louisiana for 41 days")


def test_failed_mail_leaves_the_desk_when_it_is_sent_again(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    mails = [
        put_in_outbox(subject=subject, body="Hello.\n", to_email="a@example.com", now=now)
        for subject in ("First message", "Second message")
    ]
    OutgoingMail.objects.update(status=OutgoingMail.Status.FAILED)
    client = client_of(registrar)

    client.post(reverse("pages:mail-resend", kwargs={"uid": mails[0].uid}))

    text = words(client, reverse("pages:office"))
    assert ("First message" in text, "Second message" in text) == (False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_desk_asks_the_database_as_often_for_many_rows_as_for_one(
    count: int,
    registrar: User,
    client_of: ClientOf,
    now: datetime,
    django_assert_num_queries: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a site that is set up: until then the desk asks once more."""
    monkeypatch.setattr(steps, "_settled_until", float("inf"))
    for number in range(count):
        for status in ("more-info", "submitted"):
            SubmissionFactory(
                course=VersionFactory(course__slug=f"course-{status}-{number}").course,
                status=status,
            )
        job(now)
    client = client_of(registrar)
    client.get(reverse("pages:office"))

    with django_assert_num_queries(10):
        client.get(reverse("pages:office"))


def test_job_that_is_done_offers_its_result(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    done = job(
        now, status="done", finished_at=now, result_file=roster(now), result_name="roster.csv"
    )
    client = client_of(registrar)

    text = words(client, reverse("pages:job-detail", kwargs={"uid": done.uid}))
    answer = client.post(reverse("pages:job-result", kwargs={"uid": done.uid}))

    assert "Download roster.csv" in text
    assert answer.content == b"name\nMaya\n"
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="roster.csv"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_instructor_has_the_results_of_the_own_jobs_only(
    instructor: User, client_of: ClientOf, now: datetime
) -> None:
    file = roster(now)
    own, other = (
        job(
            now,
            status="done",
            finished_at=now,
            result_file=file,
            result_name="roster.csv",
            created_by_id=by,
        )
        for by in (instructor.pk, None)
    )
    client = client_of(instructor)

    seen = [
        client.post(reverse("pages:job-result", kwargs={"uid": each.uid})).status_code
        for each in (own, other)
    ]

    assert seen == [200, 404]
    assert "Download" not in words(client, reverse("pages:job-detail", kwargs={"uid": other.uid}))


def test_a_packet_is_for_the_office_also_when_who_asked_has_left_it(
    instructor: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    """It holds the exam with its key, of any course, and letters of bodies."""
    packet = job(
        now,
        kind="licensing.packet",
        status="done",
        finished_at=now,
        result_file=roster(now),
        result_name="packet.pdf",
        created_by_id=instructor.pk,
    )
    url = reverse("pages:job-result", kwargs={"uid": packet.uid})

    assert [client_of(user).post(url).status_code for user in (instructor, registrar)] == [404, 200]


def test_job_without_a_result_has_nothing_to_download(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    running = job(now, status="running", done_count=3, total_count=40)
    client = client_of(registrar)

    text = words(client, reverse("pages:job-detail", kwargs={"uid": running.uid}))

    assert "3 of 40" in text
    assert client.post(reverse("pages:job-result", kwargs={"uid": running.uid})).status_code == 404
