import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings as Settings

from ce_platform.core.mail import put_in_outbox
from ce_platform.pages.context_processors import DEMO_PEOPLE
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_look_around_signs_in_only_as_demo_people(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    UserFactory(email=DEMO_PEOPLE[0].email)

    known = client.post(reverse("pages:demo-look-around"), {"key": DEMO_PEOPLE[0].key})
    unknown = client.post(reverse("pages:demo-look-around"), {"key": "root"})

    assert (known.status_code, unknown.status_code) == (302, 404)
    assert client.get(reverse("pages:learning")).status_code == 200


def test_demo_pages_do_not_exist_outside_a_demo(client: Client, now: object) -> None:
    person = UserFactory(email=DEMO_PEOPLE[0].email)

    answers = [
        client.post(reverse("pages:demo-look-around"), {"key": DEMO_PEOPLE[0].key}).status_code,
        client.get(reverse("pages:demo-mailbox")).status_code,
    ]

    assert answers == [404, 404]
    assert person.last_login is None


def test_mailbox_shows_what_would_have_been_sent(
    client: Client, settings: Settings, now: object
) -> None:
    settings.DEMO = True
    mail = put_in_outbox(subject="Hello", body="There.\n", to_email="a@example.com", now=now)

    listed = client.get(reverse("pages:demo-mailbox")).content.decode()
    shown = client.get(reverse("pages:demo-mail", args=[mail.uid])).content.decode()

    assert "Hello" in listed
    assert "There." in shown
