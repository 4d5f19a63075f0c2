"""Many people at once: lists, and messages to a course."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.errors import NotAllowed
from ce_platform.core.mail_kinds import kind_named
from ce_platform.core.mail_preferences import switch
from ce_platform.core.models import OutgoingMail
from ce_platform.office.people import lists, messages
from ce_platform.office.people.models import CourseMessage, PeopleList, PeopleListLine
from courses.models import Course, Enrollment
from tests.factories.accounts import UserFactory
from tests.factories.courses import EnrollmentFactory, VersionFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
TEXT = "Name, E-mail\nMaría García, maria@example.com\nLi Wei, owner@example.com\n"


def kept(text: str, *, course: Course | None, by: User, now: datetime) -> PeopleList:
    return lists.keep_list(lists.read_people(text), course=course, note="See you.", by=by, now=now)


def run(people_list: PeopleList, *, by: User, now: datetime) -> list[tuple[str, str]]:
    begun = lists.start_list(people_list, by=by, now=now)
    assert begun.job is not None
    jobs.run(begun.job.pk, now=timezone.now())
    return list(people_list.lines.values_list("email", "outcome"))


def test_same_list_twice_invites_everybody_once(
    owner: User, registrar: User, now: datetime
) -> None:
    User.objects.filter(pk=owner.pk).update(last_login=now)

    first, second = (
        run(kept(TEXT, course=None, by=registrar, now=now), by=registrar, now=now) for _ in range(2)
    )

    assert first == [("maria@example.com", "done"), ("owner@example.com", "known")]
    assert second == [("maria@example.com", "known"), ("owner@example.com", "known")]
    invited = OutgoingMail.objects.get(kind="account_invited")
    assert (invited.to_email, "> See you." in invited.body) == ("maria@example.com", True)


def test_same_list_twice_enrolls_everybody_once(
    owner: User, registrar: User, now: datetime
) -> None:
    course = VersionFactory().course
    User.objects.filter(pk=owner.pk).update(is_active=False)

    first, second = (
        run(kept(TEXT, course=course, by=registrar, now=now), by=registrar, now=now)
        for _ in range(2)
    )

    assert first == [("maria@example.com", "done"), ("owner@example.com", "failed")]
    assert second == [("maria@example.com", "known"), ("owner@example.com", "failed")]
    assert [row.user.email for row in Enrollment.objects.all()] == ["maria@example.com"]
    assert "has to switch it on first" in PeopleListLine.objects.filter(outcome="failed")[0].note


def test_list_for_a_course_that_left_the_catalogue_says_so_at_every_line(
    owner: User, registrar: User, now: datetime
) -> None:
    course = VersionFactory().course
    people_list = kept(TEXT, course=course, by=registrar, now=now)
    Course.objects.filter(pk=course.pk).update(on_sale_version=None)

    assert run(people_list, by=registrar, now=now) == [
        ("maria@example.com", "failed"),
        ("owner@example.com", "failed"),
    ]
    assert not User.objects.filter(email="maria@example.com").exists()
    assert list(people_list.lines.values_list("user", "is_new_account", "enrollment")) == [
        (None, False, None),
        (owner.pk, False, None),
    ]


def test_list_with_unclear_rows_is_not_kept_and_each_is_named(
    registrar: User, client_of: ClientOf
) -> None:
    answer = client_of(registrar).post(
        reverse("office:people-list-new"),
        {"people": "Ann, ann@example.com\n🔑, x@example.com\nBob, bob\nAnn, ANN@example.com"},
    )

    assert answer.status_code == 422
    said = [row for row, _ in answer.context["read"].problems]
    assert said == [2, 3, 4]
    assert not PeopleList.objects.exists()


# ---------------------------------------------------------------- messages


def written(course: Course, to: str, *, by: User, now: datetime) -> CourseMessage:
    return messages.keep_message(
        course, to=to, subject="News", body="A lesson.\n\nhttps://evil.example", by=by, now=now
    )


@pytest.fixture
def course() -> Course:
    """One at work, one who completed it, one who left, one who did both."""
    version = VersionFactory()
    done = {"status": "completed", "completed_zone": "UTC"}
    day = timezone.now()
    for email, states in (
        ("open@example.com", ["open"]),
        ("done@example.com", ["completed"]),
        ("left@example.com", ["withdrawn"]),
        ("both@example.com", ["completed", "open"]),
    ):
        user = UserFactory(email=email)
        for state in states:
            extra = (
                {**done, "completed_at": day, "completed_on": day.date()}
                if state == "completed"
                else {"status": state}
            )
            EnrollmentFactory(user=user, version=version, **extra)
    return version.course  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("to", "readers"),
    [
        ("open", ["both@example.com", "open@example.com"]),
        ("completed", ["both@example.com", "done@example.com"]),
        ("all", ["both@example.com", "done@example.com", "open@example.com"]),
    ],
)
def test_message_reaches_everybody_of_a_state_once(
    to: str, readers: list[str], course: Course, registrar: User, now: datetime
) -> None:
    message = written(course, to, by=registrar, now=now)

    sent = messages.send_message(message, by=registrar, now=now)
    again = messages.send_message(message, by=registrar, now=now)
    assert sent.job_id == again.job_id
    for _ in range(2):  # Cut off after everything was written, and taken up again.
        messages.write_in_background({"message": message.pk}, NoProgress())

    mails = OutgoingMail.objects.filter(kind="course_message").order_by("to_email")
    assert list(mails.values_list("to_email", flat=True)) == readers
    assert "> A lesson." in mails[0].body
    message.refresh_from_db()
    assert (message.written_count, message.unwanted_count) == (len(readers), 0)


class NoProgress(jobs.JobProgress):
    def __init__(self) -> None:
        pass

    def total(self, count: int) -> None:
        pass

    def advance(self, count: int = 1) -> None:
        pass


def test_who_switched_messages_off_gets_none(
    course: Course, registrar: User, now: datetime
) -> None:
    reader = User.objects.get(email="open@example.com")
    kind = kind_named(messages.MAIL)
    assert kind is not None
    switch(reader.pk, among=[kind], wanted=[], by=reader, now=now)
    message = written(course, "open", by=registrar, now=now)

    messages.write_in_background({"message": message.pk}, NoProgress())

    message.refresh_from_db()
    assert (message.written_count, message.unwanted_count) == (1, 1)


def test_fourth_message_of_a_day_waits_until_tomorrow(
    course: Course, registrar: User, stranger: User, now: datetime
) -> None:
    for _ in range(messages.MOST_A_DAY):
        messages.send_message(written(course, "all", by=registrar, now=now), by=registrar, now=now)
    fourth = written(course, "all", by=registrar, now=now)

    with pytest.raises(messages.MessageRefused):
        messages.send_message(fourth, by=registrar, now=now)
    with pytest.raises(NotAllowed):
        messages.send_message(fourth, by=stranger, now=now)
    tomorrow = now + timedelta(days=1, minutes=1)
    assert messages.send_message(fourth, by=registrar, now=tomorrow).sent_at == tomorrow
