"""The steps of the first run read their state from what is there."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob, OutgoingMail, Provider
from ce_platform.licensing.models import LicensingBody
from ce_platform.office.first_run import background, steps
from ce_platform.office.first_run.mail_server import hint_for
from courses.models import Course
from tests.accounts.second_steps import add_app
from tests.factories.accounts import UserFactory
from tests.factories.certificates import BodyFactory, SignatoryFactory, make_provider
from tests.factories.courses import VersionFactory
from tests.office.staff.test_roles import somebody

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PAGE = "/office/first-run/"


@pytest.fixture(autouse=True)
def _nothing_seen_yet() -> Iterator[None]:
    steps.forget()
    yield
    steps.forget()


def open_steps(user: User) -> list[str]:
    return [step.kind.code for step in steps.progress(user).steps if not step.is_settled]


def test_each_step_is_done_by_what_it_sets_up(
    registrar: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert open_steps(registrar) == list(steps.CODES[1:])  # Nobody asks for a second step here.

    make_provider()
    BodyFactory()
    SignatoryFactory()
    assert open_steps(registrar) == ["mail", "design", "staff", "course"]

    OutgoingMail.objects.create(
        to_email="a@example.com", kind="test_mail", subject="A", body="A", status="sent",
        sent_at=now, created_at=now, next_try_at=now,
    )  # fmt: skip
    somebody("instructor")
    VersionFactory()
    steps.set_aside("design", is_skipped=True, by=registrar, now=now)
    with django_assert_num_queries(1):
        assert open_steps(registrar) == []

    Provider.objects.update(address="")
    assert open_steps(registrar) == ["provider"]


def test_second_step_is_a_step_where_one_is_required(registrar: User, settings: Settings) -> None:
    settings.SECOND_STEP_REQUIRED = True
    before = open_steps(registrar)
    add_app(registrar)

    assert (before[0], open_steps(registrar)[0]) == ("account", "provider")


@pytest.mark.parametrize("code", steps.CODES)
def test_step_is_set_aside_and_taken_up_again(
    registrar: User, client_of: ClientOf, code: str
) -> None:
    client = client_of(registrar)
    kind = next(kind for kind in steps.KINDS if kind.code == code)
    url = reverse("office:first-run-skip", args=[code])

    client.post(url)
    client.post(url)
    skipped = [step.kind.code for step in steps.progress(registrar).steps if step.is_skipped]
    client.post(url, {"take-up": "yes"})

    assert skipped == ([code] if kind.may_be_skipped else [])
    assert [step for step in steps.progress(registrar).steps if step.is_skipped] == []


def test_unknown_step_is_not_there(registrar: User, client_of: ClientOf) -> None:
    assert client_of(registrar).post(f"{PAGE}everything/skip/").status_code == 404


def test_office_leads_back_until_all_is_done(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    client = client_of(registrar)

    desk = client.get("/office/").content.decode()
    provider_before = client.get(reverse("licensing:office-provider")).content.decode()
    client.get(PAGE)
    provider = client.get(reverse("licensing:office-provider")).content.decode()
    for code in steps.CODES:
        steps.set_aside(code, is_skipped=True, by=registrar, now=now)
    make_provider()
    finished = client.get(PAGE).content.decode()

    assert "Setting up: 1 of 8 done" in desk
    assert "back to the steps" not in provider_before
    assert "back to the steps" in provider
    assert "Your site is set up" in finished
    assert "Setting up" not in client.get("/office/").content.decode()
    assert (
        "back to the steps" not in client.get(reverse("licensing:office-provider")).content.decode()
    )


def test_visitor_of_an_empty_site_is_told(client: Client) -> None:
    assert "This site is not set up yet" in client.get("/").content.decode()


# ---------------------------------------------------------------- mail


def test_test_mail_is_sent_at_once_and_only_once(
    registrar: User, client_of: ClientOf, settings: Settings, mailoutbox: list
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client = client_of(registrar)

    answer = client.post(f"{PAGE}mail/", {"to_email": "office@example.com"}, follow=True)

    assert [message.to for message in mailoutbox] == [["office@example.com"]]
    assert "taken by the server" in answer.content.decode()
    assert "mail" not in open_steps(registrar)


def test_test_mail_that_fails_says_why_and_is_not_tried_later(
    registrar: User, client_of: ClientOf, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    answer = client_of(registrar).post(
        f"{PAGE}mail/", {"to_email": "office@example.com"}, follow=True
    )

    page = answer.content.decode()
    assert "The server said: No mail server is set (MAIL_URL)." in page
    assert "Nobody has set a mail server yet." in page
    assert OutgoingMail.objects.get().status == OutgoingMail.Status.FAILED
    assert "mail" in open_steps(registrar)


def test_page_of_mail_shows_no_password(
    registrar: User, client_of: ClientOf, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "mail.example.com"
    settings.EMAIL_HOST_USER = "office@example.com"
    settings.EMAIL_HOST_PASSWORD = "very secret"

    page = client_of(registrar).get(f"{PAGE}mail/").content.decode()

    assert "mail.example.com:" in page
    assert "very secret" not in page


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("(535, b'5.7.8 Error: authentication failed')", "MAIL_PASSWORD"),
        ("[Errno 111] Connection refused", "587"),
        ("[Errno -2] Name or service not known", "MAIL_URL"),
        ("timed out", "25"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "certificate"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "465"),
        ("STARTTLS extension not supported by server.", "465"),
        ("(553, b'5.7.1 Sender address rejected: not owned by user')", "MAIL_FROM"),
        ("(550, b'5.1.1 No such mailbox')", "recipient"),
        ("the dog ate it", ""),
    ],
)
def test_hint_names_what_to_change(said: str, word: str) -> None:
    assert word in str(hint_for(said))
    assert bool(hint_for(said)) == bool(word)


# ---------------------------------------------------------------- bodies and the starter course


def test_bodies_are_loaded_in_the_background(
    registrar: User, client_of: ClientOf, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client_of(registrar).post(f"{PAGE}bodies/")

    assert BackgroundJob.objects.get().status == BackgroundJob.Status.DONE
    assert LicensingBody.objects.count() > 50
    assert "bodies" not in open_steps(registrar)


def test_course_pressed_twice_is_one_job(registrar: User, client_of: ClientOf) -> None:
    client = client_of(registrar)
    sent = {"folder": "facial-massage-introduction"}

    client.post(f"{PAGE}course/", sent)
    client.post(f"{PAGE}course/", sent)

    assert BackgroundJob.objects.count() == 1


@pytest.mark.parametrize("folder", ["../docs", "", "nothing", "facial-massage-introduction/.."])
def test_only_a_course_of_the_list_is_imported(
    registrar: User, client_of: ClientOf, folder: str
) -> None:
    answer = client_of(registrar).post(f"{PAGE}course/", {"folder": folder})

    assert answer.status_code == 422
    assert BackgroundJob.objects.count() == 0


def test_starter_course_is_imported_once_and_published_when_asked(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    starter = background.starter_named("facial-massage-introduction")
    LicensingBody.objects.all().delete()
    for _ in range(2):
        job = background.start_course(starter, is_published=True, by=registrar, now=now)
        jobs.run(job.pk, now=now)

    assert set(BackgroundJob.objects.values_list("status", "error")) == {("done", "")}
    course = Course.objects.get()
    assert course.on_sale_version is not None
    assert course.on_sale_version.title == starter.title
    page = client_of(registrar).get(f"{PAGE}course/").content.decode()
    assert reverse("courses:studio-outline", args=[course.slug]) in page


def test_lists_of_the_first_run_need_no_more_queries_with_more_rows(
    registrar: User, client_of: ClientOf, now: datetime, django_assert_num_queries: Callable
) -> None:
    client = client_of(registrar)
    client.get(PAGE)
    for _ in range(3):
        jobs.start(background.BODIES, title="Again", now=now, created_by_id=UserFactory().pk)
        with django_assert_num_queries(5):
            client.get(PAGE)
