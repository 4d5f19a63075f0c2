"""A therapist's licenses: the functions and the pages."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.licensing.domain import licenses
from ce_platform.licensing.domain.errors import LicenseRefused
from ce_platform.licensing.models import License
from tests.factories.licensing import ApproverFactory, BodyFactory, LicenseFactory, RuleFactory

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db
LIST = "/licenses/"


def test_adding_twice_is_one_license(owner: User, now: datetime) -> None:
    body = BodyFactory()

    made = [
        licenses.add_license(
            user=owner, body=body, number="MA 1", expires_on=None, by=owner, now=now
        )
        for _ in range(2)
    ]

    assert made[0] == made[1]
    assert AuditEvent.objects.filter(action="license.added").count() == 1


def test_adding_again_with_a_date_keeps_one_and_notes_the_date(owner: User, now: datetime) -> None:
    row = LicenseFactory(user=owner, number="MA 1")

    again = licenses.add_license(
        user=owner, body=row.body, number="MA 1", expires_on=date(2027, 8, 31), by=owner, now=now
    )

    assert (again.pk, again.expires_on) == (row.pk, date(2027, 8, 31))


def test_several_numbers_of_one_body_are_fine(owner: User, now: datetime) -> None:
    body = BodyFactory()

    for number in ("MA 1", "MA 2"):
        licenses.add_license(
            user=owner, body=body, number=number, expires_on=None, by=owner, now=now
        )

    assert [row.number for row in licenses.active_licenses(owner)] == ["MA 1", "MA 2"]


def test_there_is_an_end_to_several(owner: User, now: datetime) -> None:
    body = BodyFactory()
    LicenseFactory.create_batch(licenses.MOST_LICENSES, user=owner, body=body)

    with pytest.raises(LicenseRefused):
        licenses.add_license(
            user=owner, body=body, number="one more", expires_on=None, by=owner, now=now
        )


def test_changing_into_one_that_is_there_is_refused(owner: User, now: datetime) -> None:
    first, second = (LicenseFactory(user=owner, body=BodyFactory(code="US-FL")) for _ in range(2))

    with pytest.raises(LicenseRefused, match="here already"):
        licenses.change_license(
            second,
            body=first.body,
            number=first.number,
            name_on_license="",
            first_issued_on=None,
            expires_on=None,
            hours_due_on=None,
            by=owner,
            now=now,
        )


def test_remove_and_put_back(owner: User, now: datetime) -> None:
    row = LicenseFactory(user=owner)

    for _ in range(2):
        licenses.remove_license(row, by=owner, now=now)
    assert licenses.active_licenses(owner) == []

    for _ in range(2):
        licenses.restore_license(row, by=owner, now=now)
    assert licenses.active_licenses(owner) == [row]
    assert sorted(AuditEvent.objects.values_list("action", flat=True)) == [
        "license.removed",
        "license.restored",
    ]


def test_putting_back_what_was_added_again_keeps_one(owner: User, now: datetime) -> None:
    row = LicenseFactory(user=owner, number="MA 1")
    licenses.remove_license(row, by=owner, now=now)
    again = licenses.add_license(
        user=owner, body=row.body, number="MA 1", expires_on=None, by=owner, now=now
    )

    assert licenses.restore_license(row, by=owner, now=now) == again
    assert len(licenses.active_licenses(owner)) == 1


# ---------------------------------------------------------------- pages


def test_empty_list_offers_the_first_step(owner: User, client_of: ClientOf) -> None:
    answer = client_of(owner).get(LIST)

    assert answer.status_code == 200
    assert b"No license noted yet" in answer.content
    assert reverse("licensing:license-add").encode() in answer.content


def test_list_shows_what_ends_first(owner: User, stranger: User, client_of: ClientOf) -> None:
    today = date.today()  # noqa: DTZ011 – what is shown depends on the real day
    LicenseFactory(user=owner, number="LATER", expires_on=today + timedelta(days=400))
    LicenseFactory(user=owner, number="OPEN")
    LicenseFactory(user=owner, number="SOON", expires_on=today + timedelta(days=40))
    LicenseFactory(user=owner, number="OVER", expires_on=today - timedelta(days=2))
    LicenseFactory(user=stranger, number="FOREIGN")

    text = client_of(owner).get(LIST).content.decode()

    places = [text.index(number) for number in ("OVER", "SOON", "LATER", "OPEN")]
    assert places == sorted(places)
    assert "FOREIGN" not in text
    assert "days left" in text


def test_add_change_remove_restore(owner: User, client_of: ClientOf) -> None:
    client = client_of(owner)
    body = BodyFactory(code="US-FL", jurisdiction="Florida")

    client.post(
        "/licenses/add/", {"body": "US-FL", "number": "  MA   98214 ", "expires_on": "2027-08-31"}
    )
    row = License.objects.get()
    assert (row.user, row.body, row.number, row.expires_on) == (
        owner,
        body,
        "MA 98214",
        date(2027, 8, 31),
    )

    page = client.get(f"/licenses/{row.uid}/")
    assert b'value="MA 98214"' in page.content
    assert b'value="2027-08-31"' in page.content
    changed = client.post(f"/licenses/{row.uid}/", {"body": "US-FL", "number": "MA 1"})
    assert (changed.status_code, changed.url) == (302, LIST)
    row.refresh_from_db()
    assert (row.number, row.expires_on) == ("MA 1", None)

    for _ in range(2):
        assert client.post(f"/licenses/{row.uid}/remove/").status_code == 302
    assert b"Removed in the last 30 days" in client.get(LIST).content
    for _ in range(2):
        assert client.post(f"/licenses/{row.uid}/restore/").status_code == 302
    assert b"Removed in the last 30 days" not in client.get(LIST).content


def test_the_card_decides_and_what_looks_odd_is_said(owner: User, client_of: ClientOf) -> None:
    rule = {
        "cycle_anchor": {"kind": "fixed-date", "month": 8, "day": 31, "years": "odd"},
    }
    body = BodyFactory(code="US-FL", jurisdiction="Florida", license_format="<b>MA ####*")
    RuleFactory(body=body, rule_json=json.dumps(rule))
    sent = {
        "body": "US-FL",
        "number": "98214",
        "expires_on": "2028-08-31",
        "first_issued_on": "2020-02-01",
        "name_on_license": "Olivia  O. Owner",
    }

    page = client_of(owner).post("/licenses/add/", sent, follow=True).content.decode()

    row = License.objects.get()
    assert (row.number, row.expires_on) == ("98214", date(2028, 8, 31))
    assert (row.first_issued_on, row.name_on_license) == (date(2020, 2, 1), "Olivia O. Owner")
    assert "end on August 31 of odd years, and you wrote August 31, 2028" in page
    assert "usually look like &lt;b&gt;MA 1234…" in page


def test_the_form_offers_the_end_that_the_rule_tells(owner: User, client_of: ClientOf) -> None:
    anchor = {"kind": "fixed-date", "month": 8, "day": 31, "years": "all"}
    body = BodyFactory(code="US-FL", jurisdiction="Florida")
    RuleFactory(body=body, rule_json=json.dumps({"cycle_anchor": anchor}), checked_at=None)
    row = LicenseFactory(user=owner, body=body)
    noted = LicenseFactory(user=owner, body=body, expires_on=date(2027, 8, 30))

    page = client_of(owner).get(f"/licenses/{row.uid}/").content.decode()

    assert re.search(r'name="expires_on" value="\d{4}-08-31"', page)
    assert "Florida licenses end on August 31 every year; our office has not checked" in page
    kept = client_of(owner).get(f"/licenses/{noted.uid}/").content.decode()
    assert 'name="expires_on" value="2027-08-30"' in kept


def test_an_end_before_the_beginning_is_refused(owner: User, now: datetime) -> None:
    with pytest.raises(LicenseRefused):
        licenses.add_license(
            user=owner,
            body=BodyFactory(),
            number="MA 1",
            first_issued_on=date(2027, 1, 1),
            expires_on=date(2026, 1, 1),
            by=owner,
            now=now,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        LicenseFactory(first_issued_on=date(2027, 1, 1), expires_on=date(2026, 1, 1))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {
            "body": "US-FL",
            "number": "MA 1",
            "first_issued_on": "2027-01-01",
            "expires_on": "2026-01-01",
        },
        {"body": "US-FL"},
        {"body": "US-FL", "number": " "},
        {"body": "US-NOWHERE", "number": "MA 1"},
        {"body": "US-KS", "number": "MA 1"},
        {"body": "US-FL", "number": "M" * 61},
        {"body": "US-FL", "number": "MA 1", "expires_on": "soon"},
    ],
    ids=str,
)
def test_bad_input_is_shown_again(sent: dict[str, str], owner: User, client_of: ClientOf) -> None:
    BodyFactory(code="US-FL")
    BodyFactory(code="US-KS", regulates="local")

    answer = client_of(owner).post("/licenses/add/", sent)

    assert answer.status_code == 422
    assert b"Please look at this again" in answer.content
    assert not License.objects.exists()


def test_a_number_without_a_nul_and_with_any_script(owner: User, client_of: ClientOf) -> None:
    BodyFactory(code="US-FL")

    client_of(owner).post("/licenses/add/", {"body": "US-FL", "number": "Ñ-12/<b>"})

    assert License.objects.get().number == "Ñ-12/<b>"
    assert b"<b>" not in client_of(owner).get(LIST).content.replace(b"<b>Florida", b"")


@pytest.mark.parametrize("path", ["", "remove/", "restore/"])
def test_what_is_not_mine_is_not_there(
    path: str, owner: User, stranger: User, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    row = LicenseFactory(user=owner)

    for person in (stranger, instructor, registrar):
        assert client_of(person).post(f"/licenses/{row.uid}/{path}").status_code == 404
    anonymous = Client().post(f"/licenses/{row.uid}/{path}")
    assert (anonymous.status_code, anonymous.url.split("?")[0]) == (302, "/account/login/")
    row.refresh_from_db()
    assert row.removed_at is None


def test_wrong_methods(owner: User, client_of: ClientOf) -> None:
    row = LicenseFactory(user=owner)
    client = client_of(owner)

    assert client.post(LIST).status_code == 405
    assert client.get(f"/licenses/{row.uid}/remove/").status_code == 405
    assert client.get(f"/licenses/{row.uid}/restore/").status_code == 405
    assert client.put(f"/licenses/{row.uid}/").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    count: int, owner: User, client_of: ClientOf, django_assert_num_queries: object
) -> None:
    ApproverFactory()
    LicenseFactory.create_batch(count, user=owner)
    removed = LicenseFactory.create_batch(count, user=owner)
    now = datetime.now().astimezone()
    for row in removed:
        licenses.remove_license(row, by=owner, now=now)
    client = client_of(owner)
    client.get(LIST)

    # Two for session and person, two for licenses, five for what is reported under them.
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get(LIST)
