"""The board and the table of all submissions."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from ce_platform.accounts.models import User
from ce_platform.licensing import queries
from ce_platform.licensing.board import board
from ce_platform.licensing.domain.submissions import Message, add_message
from ce_platform.licensing.models import Submission
from tests.factories.courses import VersionFactory
from tests.factories.licensing import (
    NOW,
    TODAY,
    ApprovedFactory,
    BodyFactory,
    SubmissionFactory,
    SubmittedFactory,
)

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db
BOARD = "/office/submissions/board/"
TABLE = "/office/submissions/table/"
FILE = "/office/submissions/table.csv"


@pytest.fixture
def office(registrar: User, client_of: ClientOf) -> Client:
    return client_of(registrar)


def seen(**query: str) -> dict[str, dict[str, str]]:
    """Row → column → status, as the board has it."""
    found = board(query, bodies=queries.bodies_by_place(), today=TODAY)
    return {
        row.key: {
            cell.body.code: cell.submission.status if cell.submission else "add"
            for cell in row.cells
        }
        for row in found.rows
    }


def test_board_has_editions_down_and_bodies_across() -> None:
    florida, ohio = BodyFactory(code="US-FL"), BodyFactory(code="US-OH")
    BodyFactory(code="US-TX")
    first = VersionFactory(course__slug="face")
    VersionFactory(course=first.course, edition=2)
    VersionFactory(course=first.course, edition=3, status="draft")
    VersionFactory(course__slug="back")
    ApprovedFactory(course=first.course, body=florida)
    SubmissionFactory(course=first.course, edition=2, body=ohio)

    assert seen() == {
        "back:1": {"US-FL": "add", "US-OH": "add"},
        "face:3": {"US-FL": "add", "US-OH": "add"},
        "face:2": {"US-FL": "add", "US-OH": "draft"},
        "face:1": {"US-FL": "approved", "US-OH": "add"},
    }
    assert list(seen(course="back")) == ["back:1"]
    assert seen(body="US-TX", course="back") == {"back:1": {"US-TX": "add"}}
    assert seen(status="approved") == {"face:1": {"US-FL": "approved", "US-OH": "add"}}
    assert seen(status="approved", body="US-OH") == {}


def test_cell_tells_number_hours_and_period_only_of_what_stands(office: Client) -> None:
    ApprovedFactory(number="20-777", valid_to=TODAY + timedelta(days=20))
    SubmissionFactory(
        status="denied",
        decided_on=TODAY,
        number="20-888",
        hours_granted="3",
        body=BodyFactory(code="US-ZZ"),
    )

    page = office.get(BOARD).content.decode()

    assert "20-777" in page
    assert "0.5 CE hours" in page
    assert "20-888" not in page
    assert "3 CE hours" not in page


@pytest.mark.parametrize("url", [BOARD, TABLE, TABLE + "?sort=due"])
@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_for_any_number(
    url: str,
    count: int,
    office: Client,
    registrar: User,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for number in range(count):
        row = ApprovedFactory()
        SubmittedFactory(course=row.course)
        add_message(row, message=Message(f"Call {number}"), by=registrar, now=NOW)

    office.get(url)  # The policies of the footer are looked up once a minute.
    with django_assert_max_num_queries(9):
        office.get(url)


def test_table_has_what_is_due_first_and_every_fact_in_the_file(
    office: Client, registrar: User
) -> None:
    later = ApprovedFactory(valid_to=TODAY + timedelta(days=100), title_approved="=Face, honestly")
    asked = SubmittedFactory(status="more-info", answer_due_on=TODAY + timedelta(days=9))
    nothing = SubmissionFactory()
    add_message(later, message=Message("Called.", happened_on=TODAY), by=registrar, now=NOW)

    text = office.get(TABLE, {"sort": "due"}).content.decode()
    rows = list(
        csv.DictReader(io.StringIO(office.get(FILE, {"sort": "due"}).content.decode("utf-8-sig")))
    )

    order = sorted([later, asked, nothing], key=lambda row: text.index(str(row.uid)))
    assert order == [asked, later, nothing]
    assert [row["body code"] for row in rows] == [each.body.code for each in order]
    assert rows[1]["title as approved"] == "'=Face, honestly"
    assert (rows[1]["last message"], rows[1]["last message on"]) == ("Called.", "2026-11-20")
    assert rows[2]["status"] == "In preparation"


def test_table_goes_on_by_page(office: Client) -> None:
    body = BodyFactory()
    for _ in range(26):
        SubmissionFactory(body=body)
    newest, oldest = Submission.objects.order_by("-pk")[0], Submission.objects.order_by("pk")[0]

    first = office.get(TABLE, {"body": body.code}).content.decode()
    second = office.get(TABLE, {"body": body.code, "page": "2"}).content.decode()

    assert (str(newest.uid) in first, str(oldest.uid) in first) == (True, False)
    assert (str(newest.uid) in second, str(oldest.uid) in second) == (False, True)
    assert office.get(TABLE, {"page": "x²"}).status_code == 200
