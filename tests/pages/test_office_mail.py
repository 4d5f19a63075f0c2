from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.models import OutgoingMail

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def write(now: datetime, count: int = 1, **changes: object) -> list[OutgoingMail]:
    return [
        put_in_outbox(
            **(
                {
                    "subject": f"Message {n}",
                    "body": "Hello.\n",
                    "to_email": f"therapist{n}@example.com",
                    "now": now,
                }
                | changes
            )
        )
        for n in range(count)
    ]


def test_mail_list_shows_newest_first_and_finds_by_address(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    write(now, 3)
    client = client_of(registrar)

    everything = client.get(reverse("pages:mail-list")).content.decode()
    found = client.get(reverse("pages:mail-list"), {"q": "THERAPIST1"}).content.decode()

    assert everything.index("Message 2") < everything.index("Message 0")
    assert ("Message 1" in found, "Message 0" in found) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_mail_list_asks_the_same_number_of_queries(
    registrar: User,
    client_of: ClientOf,
    now: datetime,
    count: int,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    write(now, count)
    client = client_of(registrar)
    client.get(reverse("pages:mail-list"))

    with django_assert_num_queries(4):
        client.get(reverse("pages:mail-list"))


def test_mail_is_sent_again_by_a_button(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    (mail,) = write(now)

    answer = client_of(registrar).post(reverse("pages:mail-resend", args=[mail.uid]))

    copy = OutgoingMail.objects.exclude(pk=mail.pk).get()
    assert answer.url == reverse("pages:mail-detail", args=[copy.uid])


def test_mail_with_a_sign_in_code_has_no_button_and_refuses(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    (mail,) = write(now, is_secret=True)
    client = client_of(registrar)

    page = client.get(reverse("pages:mail-detail", args=[mail.uid])).content.decode()
    client.post(reverse("pages:mail-resend", args=[mail.uid]))

    assert "Send again" not in page
    assert OutgoingMail.objects.count() == 1
