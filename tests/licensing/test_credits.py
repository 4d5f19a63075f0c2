"""Hours earned elsewhere: the functions, the form and who sees the proof."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.licensing.domain import credits
from ce_platform.licensing.domain.errors import CreditRefused
from ce_platform.licensing.models import ExternalCredit, ExternalCreditHours
from tests.factories.licensing import ApproverFactory, BodyFactory, ExternalCreditFactory

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db
LIST = "/planner/elsewhere/"
ADD = "/planner/elsewhere/add/"
PDF = b"%PDF-1.7 a certificate"


def form(**values: object) -> dict[str, object]:
    said = {
        "uid": str(uuid4()),
        "title": "Ethics  at the table",
        "provider": "Blue Ridge",
        "completed_on": "2026-05-02",
        "delivery": "live-class",
        "subject-1": "ethics",
        "hours-1": "2",
    }
    return said | values


def facts(**values: object) -> credits.CreditFacts:
    said = {
        "title": "Ethics",
        "provider": "Blue Ridge",
        "completed_on": date(2026, 5, 2),
        "delivery": "home-study",
        "has_exam": True,
        "hands_on_percent": None,
        "notes": "",
        "hours": (("ethics", Decimal(2)),),
        "approvals": (),
    }
    return credits.CreditFacts(**(said | values))


def test_note_change_remove_and_put_back(owner: User, client_of: ClientOf) -> None:
    client = client_of(owner)
    florida = BodyFactory(code="US-FL", jurisdiction="Florida")
    ncbtmb = ApproverFactory()
    sent = form(
        **{
            "subject-2": "laws",
            "hours-2": "1.5",
            # The same subject again is more of it.
            "subject-3": "ethics",
            "hours-3": "0.5",
            "body-1": "US-FL",
            "number-1": "50-1",
            "body-2": "US-NCBTMB",
            "has_exam": "on",
            "hands_on_percent": "80",
            "proof": SimpleUploadedFile("photo.heic", PDF, "image/heic"),
        }
    )

    assert client.post(ADD, sent).status_code == 302

    row = ExternalCredit.objects.get()
    assert (row.user, row.title, row.has_exam, row.hands_on_percent) == (
        owner,
        "Ethics at the table",
        True,
        80,
    )
    assert [(line.subject, line.credit_hours) for line in row.hours.all()] == [
        ("ethics", Decimal("2.5")),
        ("laws", Decimal("1.5")),
    ]
    assert [(each.body, each.number) for each in row.approvals.all()] == [
        (florida, "50-1"),
        (ncbtmb, ""),
    ]
    proof = client.get(reverse("licensing:credit-proof", args=[row.uid]))
    # What the bytes say they are, whatever the phone called them.
    assert (proof.content, proof["Content-Type"]) == (PDF, "application/pdf")
    assert "attachment" in proof["Content-Disposition"]

    page = client.get(f"{LIST}{row.uid}/").content.decode()
    assert 'value="2.5"' in page
    client.post(f"{LIST}{row.uid}/", form(uid=str(row.uid), title="Boundaries"))
    row.refresh_from_db()
    assert (row.title, row.hours.count(), row.approvals.count()) == ("Boundaries", 1, 0)
    assert row.proof is not None
    client.post(f"{LIST}{row.uid}/", form(uid=str(row.uid), is_proof_removed="on"))
    row.refresh_from_db()
    assert row.proof is None

    for _ in range(2):
        assert client.post(f"{LIST}{row.uid}/remove/").status_code == 302
    assert b"Removed in the last 30 days" in client.get(LIST).content
    assert client.get(f"{LIST}{row.uid}/").status_code == 404
    for _ in range(2):
        assert client.post(f"{LIST}{row.uid}/restore/").status_code == 302
    assert list(credits.credits_of(owner)) == [row]
    assert sorted(AuditEvent.objects.values_list("action", flat=True)) == [
        "external-credit.added",
        "external-credit.changed",
        "external-credit.changed",
        "external-credit.removed",
        "external-credit.restored",
    ]


def test_a_second_press_notes_nothing_more(owner: User, stranger: User, now: datetime) -> None:
    uid = uuid4()

    def add(user: User) -> ExternalCredit:
        return credits.add_credit(user=user, uid=uid, facts=facts(), proof=None, by=user, now=now)

    assert add(owner) == add(owner)
    with pytest.raises(CreditRefused):
        add(stranger)
    assert ExternalCredit.objects.count() == ExternalCreditHours.objects.count() == 1


def test_going_back_mending_the_form_and_sending_it_again_keeps_what_it_says_now(
    owner: User, client_of: ClientOf
) -> None:
    client, sent = client_of(owner), form()
    proof = SimpleUploadedFile("a.pdf", PDF, "application/pdf")

    client.post(ADD, sent | {"hours-1": "20", "proof": proof})
    client.post(ADD, sent | {"hours-1": "2"})

    row = ExternalCredit.objects.get()
    assert [line.credit_hours for line in row.hours.all()] == [Decimal(2)]
    assert row.proof is not None
    credits.remove_credit(row, by=owner, now=row.created_at)
    page = client.post(ADD, sent | {"hours-1": "3"})
    assert (page.status_code, b"Put it back first" in page.content) == (422, True)


@pytest.mark.parametrize("day", ["0001-01-01", "0026-08-31", "9999-12-31"])
def test_a_year_nobody_means_is_asked_about(day: str, owner: User, client_of: ClientOf) -> None:
    """Cycles before or after such a day would leave the calendar, and the planner with them."""
    client = client_of(owner)
    BodyFactory(code="US-FL", jurisdiction="Florida")
    license_ = {"body": "US-FL", "number": "MA 1", "expires_on": day}

    for page in (
        client.post(ADD, form(completed_on=day)),
        client.post("/licenses/add/", license_),
    ):
        assert (page.status_code, b"Look at the year again" in page.content) == (422, True)


def test_after_thirty_days_it_stays_removed(owner: User, now: datetime) -> None:
    row = ExternalCreditFactory(user=owner)
    credits.remove_credit(row, by=owner, now=now)
    later = now + timedelta(days=31)

    with pytest.raises(CreditRefused):
        credits.restore_credit(row, by=owner, now=later)
    with pytest.raises(CreditRefused):
        credits.change_credit(row, facts=facts(), proof=None, by=owner, now=now)
    assert list(credits.removed_credits(owner, now=later)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"completed_on": "2999-01-01"},
        {"delivery": "by post"},
        {"hours-1": "0"},
        {"hours-1": "two"},
        {"hours-1": "900"},
        {"hours-1": "NaN"},
        {"subject-1": "juggling"},
        {"subject-2": "laws"},
        {"hours-2": "1"},
        {"hands_on_percent": "101"},
        {"body-1": "US-FL", "body-2": "US-FL"},
        {"number-1": "50-1"},
        {"uid": "mine"},
        {"proof": SimpleUploadedFile("page.pdf", b"<html>", "application/pdf")},
    ],
    ids=str,
)
def test_bad_input_is_shown_again(
    wrong: dict[str, object], owner: User, client_of: ClientOf
) -> None:
    BodyFactory(code="US-FL")

    answer = client_of(owner).post(ADD, form(**wrong))

    assert answer.status_code == 422
    assert b"Please look at this again" in answer.content
    assert not ExternalCredit.objects.exists()


def test_what_is_not_mine_is_not_there(
    owner: User, stranger: User, registrar: User, client_of: ClientOf
) -> None:
    row = ExternalCreditFactory(user=owner, title="Mine alone")

    for person in (stranger, registrar):
        client = client_of(person)
        assert b"Mine alone" not in client.get(LIST).content
        for path in ("", "remove/", "restore/"):
            assert client.post(f"{LIST}{row.uid}/{path}", form()).status_code == 404
    row.refresh_from_db()
    assert row.removed_at is None


def test_the_database_refuses_what_cannot_be(owner: User) -> None:
    row = ExternalCreditFactory(user=owner)
    wrong = [
        lambda: ExternalCreditFactory(hands_on_percent=101),
        lambda: ExternalCreditFactory(hours=("ethics", "0")),
        lambda: ExternalCreditHours.objects.create(
            credit=row, position=2, subject="ethics", credit_hours=1
        ),
    ]

    for make in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    count: int, owner: User, client_of: ClientOf, django_assert_num_queries: object
) -> None:
    ExternalCreditFactory.create_batch(count, user=owner)
    client = client_of(owner)
    client.get(LIST)

    with django_assert_num_queries(7):  # type: ignore[operator]
        client.get(LIST)
