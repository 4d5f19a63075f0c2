"""Which mail somebody gets: switched off from the mail itself, or on their page."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import mail, mail_bounces, mail_kinds, mail_preferences
from ce_platform.core.mail_preferences import stop_token, stop_url, switched_off
from ce_platform.core.models import AuditEvent, BouncedAddress, MailPreference, OutgoingMail
from tests.factories.courses import EnrollmentFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
OPTIONAL = [kind for kind in mail_kinds.kinds() if kind.can_be_switched_off]


def path_of(user: User, kind: mail_kinds.MailKind) -> str:
    return reverse("pages:stop-mail", args=[stop_token(user.pk, kind)])


def test_each_optional_kind_is_switched_off_from_its_mail_without_signing_in(
    owner: User, stranger: User, now: datetime
) -> None:
    for kind in OPTIONAL:
        row = mail.write_mail(
            kind.code, to_email=owner.email, to_user_id=owner.pk, now=now, **dict(kind.sample())
        )
        assert row is not None
        # The token says when it was made: the one in the mail is the one to try.
        (link,) = re.findall(r"http://testserver(/mail/stop/\S+)", row.body)
        path = link.rstrip(".")
        # A mail program's own button sends no cookie and no token of a form.
        program = Client(enforce_csrf_checks=True)
        assert "Switch it off" in program.get(path).content.decode()
        assert not MailPreference.objects.filter(kind=kind.code).exists()
        for _ in range(2):
            answer = program.post(path, {"List-Unsubscribe": "One-Click"})
            assert "Switched off" in answer.content.decode()

    assert switched_off(owner.pk) == {kind.code for kind in OPTIONAL}
    assert switched_off(stranger.pk) == set()
    assert AuditEvent.objects.filter(action="mail-preference.switched").count() == len(OPTIONAL)


def test_essential_kinds_have_no_link_and_a_forged_one_is_nowhere(owner: User) -> None:
    for kind in mail_kinds.kinds():
        if kind.can_be_switched_off:
            continue
        assert stop_url(owner.pk, kind) == ""
        assert Client().post(path_of(owner, kind)).status_code == 404
    for token in ("x", stop_token(owner.pk, OPTIONAL[0])[:-1], stop_token(0, OPTIONAL[0])):
        assert Client().get(reverse("pages:stop-mail", args=[token])).status_code == 404

    assert MailPreference.objects.count() == 0


def test_link_of_a_closed_account_is_nowhere(owner: User, now: datetime) -> None:
    User.objects.filter(pk=owner.pk).update(closed_at=now)

    assert Client().post(path_of(owner, OPTIONAL[0])).status_code == 404


def test_page_switches_what_is_theirs_and_nothing_essential(
    owner: User, client_of: ClientOf
) -> None:
    client = client_of(owner)
    theirs = {kind.code for kind in mail_kinds.optional_for(frozenset())}

    page = client.get(reverse("pages:my-mail")).content.decode()
    client.post(reverse("pages:my-mail"), {"kind": ["transcript_ready", "nonsense"]})

    assert "What waits, once a day" not in page  # The staff's.
    assert "Certificate revoked" in page
    assert switched_off(owner.pk) == theirs - {"transcript_ready"}
    client.post(reverse("pages:my-mail"), {"kind": sorted(theirs)})
    assert switched_off(owner.pk) == set()


@pytest.mark.parametrize("count", [0, 3])
def test_page_asks_the_same_number_of_queries(
    count: int,
    owner: User,
    now: datetime,
    client_of: ClientOf,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    mail_preferences.switch(owner.pk, among=OPTIONAL[:count], wanted=[], by=owner, now=now)
    client = client_of(owner)
    client.get(reverse("pages:my-mail"))

    with django_assert_num_queries(5):
        client.get(reverse("pages:my-mail"))


def test_person_is_told_that_mail_came_back_and_says_that_the_address_works(
    owner: User, stranger: User, client_of: ClientOf, now: datetime
) -> None:
    row = mail.put_in_outbox(
        subject="Hello", body="Hi.\n", to_email=owner.email, to_user_id=owner.pk, now=now
    )
    mail.send_mail_row(row.pk, now=now)
    row.refresh_from_db()
    mail_bounces.note_bounce(row, reason="550 gone", by=None, now=now)
    client = client_of(owner)
    told = client.get(reverse("pages:home")).content.decode()
    assert "came back" in told
    EnrollmentFactory(user=owner)  # With a course, the same query tells it.
    assert "came back" in client.get(reverse("pages:home")).content.decode()
    assert "came back" not in client_of(stranger).get(reverse("pages:home")).content.decode()

    client_of(stranger).post(reverse("pages:my-mail-works"))
    assert BouncedAddress.objects.count() == 1
    client.post(reverse("pages:my-mail-works"))

    assert BouncedAddress.objects.count() == 0
    assert OutgoingMail.objects.get().state == "bounced"  # What came back stays noted.
