import html
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import mail as outbox
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.mail_bounces import note_bounce
from ce_platform.core.mail_kinds import kind_named, kinds
from ce_platform.core.models import BouncedAddress, OutgoingMail
from ce_platform.core.paging import PAGE_SIZE

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
    outbox.send_mail_row(mail.pk, now=now)

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


def test_code_that_waits_to_be_sent_is_not_shown_to_the_office(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    (mail,) = write(now, is_secret=True, body="Your code is QK7P2M.\n")

    page = client_of(registrar).get(reverse("pages:mail-detail", args=[mail.uid])).content.decode()

    mail.refresh_from_db()
    assert "QK7P2M" in mail.body  # There was something to hide.
    assert "QK7P2M" not in page


def test_mail_that_waits_has_no_button_and_is_not_doubled(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    (mail,) = write(now)
    client = client_of(registrar)

    page = client.get(reverse("pages:mail-detail", args=[mail.uid])).content.decode()
    client.post(reverse("pages:mail-resend", args=[mail.uid]))

    assert "Send again" not in page
    assert OutgoingMail.objects.count() == 1


def test_older_page_keeps_what_was_looked_for(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    write(now, PAGE_SIZE + 2, to_email="a@example.com")
    write(now, 1, to_email="b@example.com", subject="For somebody else")
    client = client_of(registrar)

    first = client.get(reverse("pages:mail-list"), {"q": "a@", "status": "queued"})
    older = re.search(r'href="(\?[^"]*after=[^"]*)"', first.content.decode())
    assert older
    second = client.get(reverse("pages:mail-list") + html.unescape(older[1])).content.decode()

    assert ("Message 0<" in second, "For somebody else" in second) == (True, False)
    assert 'value="a@"' in second


def test_mail_is_found_by_name_kind_and_state(
    registrar: User, owner: User, client_of: ClientOf, now: datetime
) -> None:
    write(now, 1, subject="For Olivia", to_user_id=owner.pk, kind=kind_named("transcript_ready"))
    (gone,) = write(now, 1, subject="Came home")
    outbox.send_mail_row(gone.pk, now=now)
    gone.refresh_from_db()
    note_bounce(gone, reason="550 gone", by=registrar, now=now)
    client = client_of(registrar)

    def shown(**search: str) -> tuple[bool, bool]:
        page = client.get(reverse("pages:mail-list"), search).content.decode()
        return "For Olivia<" in page, "Came home<" in page

    assert shown() == (True, True)
    assert shown(q="olivia") == (True, False)
    assert shown(kind="transcript_ready") == (True, False)
    assert shown(status="bounced") == (False, True)
    assert shown(status="sent") == (False, False)


def test_office_notes_that_a_message_came_back_and_that_the_address_works_again(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    (mail,) = write(now)
    client = client_of(registrar)
    url = reverse("pages:mail-bounce", args=[mail.uid])
    client.post(url, {"reason": "550 gone"})
    assert BouncedAddress.objects.count() == 0  # It has not left yet.
    outbox.send_mail_row(mail.pk, now=now)

    assert client.post(url, {"reason": " "}).status_code == 422
    for _ in range(2):
        assert client.post(url, {"reason": "550 gone"}).status_code == 302
    row = BouncedAddress.objects.get()
    assert (row.email, row.reason, row.noted_by_id) == (mail.to_email, "550 gone", registrar.pk)
    assert (
        "comes back: 550 gone"
        in client.get(reverse("pages:mail-detail", args=[mail.uid])).content.decode()
    )
    client.post(reverse("pages:mail-mend", args=[mail.uid]))
    assert BouncedAddress.objects.count() == 0


def test_frame_has_its_own_policy_and_hides_codes(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    (mail,) = write(now, is_secret=True, body="Your code is\n\n    QK7P2M\n")

    answer = client_of(registrar).get(reverse("pages:mail-html", args=[mail.uid]))

    assert answer["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "QK7P2M" not in answer.content.decode()


def test_every_kind_has_a_page_with_a_sample(registrar: User, client_of: ClientOf) -> None:
    client = client_of(registrar)

    for kind in kinds():
        page = client.get(reverse("pages:mail-kind", args=[kind.code]))
        frame = client.get(reverse("pages:mail-kind-html", args=[kind.code]))
        assert (page.status_code, frame.status_code) == (200, 200)
        assert kind.why in html.unescape(page.content.decode())
