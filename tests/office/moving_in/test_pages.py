"""Pages of moving in, and old addresses."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from ce_platform.accounts.models import User
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.models import ColumnName, ImportRun, Redirect
from ce_platform.office.moving_in.redirects import save_redirect
from tests.factories.access import closed_course
from tests.factories.certificates import BodyFactory, make_provider
from tests.office.moving_in.brought import apply, bring, finish

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _provider() -> None:
    make_provider()
    BodyFactory()


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_columns_are_named_once_and_remembered(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    client = client_of(registrar)
    table = b"Mailbox,Whole name,Shoe size\na@example.com,Ana Perez,7\n"

    answer = client.post("/office/moving-in/people/", {"file": SimpleUploadedFile("a.csv", table)})
    run = ImportRun.objects.get()
    assert answer.headers["Location"] == f"/office/moving-in/runs/{run.uid}/columns/"
    # The headings of somebody's table are no questions that may be left open.
    assert b"(optional)" not in client.get(answer.headers["Location"]).content
    missing = client.post(answer.headers["Location"], {"column_1": "name"})
    assert (missing.status_code, "Say which column is: E-mail." in missing.content.decode()) == (
        422,
        True,
    )
    client.post(answer.headers["Location"], {"column_0": "email", "column_1": "name"})
    assert finish(run, now=now).new_count == 1
    assert dict(ColumnName.objects.values_list("heading", "column")) == {
        "mailbox": "email",
        "whole name": "name",
        "shoe size": "",
    }
    again = client.post("/office/moving-in/people/", {"file": SimpleUploadedFile("b.csv", table)})
    assert again.headers["Location"] == ImportRun.objects.latest("pk").get_absolute_url()


def test_template_of_each_kind_is_known_and_its_example_fits(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    client = client_of(registrar)
    BodyFactory(code="NCBTMB", jurisdiction="", name="NCBTMB", kind="approver")
    closed_course(course__slug="facial-massage")
    for kind in ("people", "licenses", "numbers", "codes"):
        content = client.get(f"/office/moving-in/{kind}/template.xlsx").content
        assert load_workbook(BytesIO(content)).sheetnames[1] == "Notes"
        run = bring(kind, content, by=registrar, now=now, name="a.xlsx")
        # Left in, it makes nobody and nothing.
        assert (run.state, run.error, run.new_count, run.skipped_count) == ("looked-at", "", 0, 1)
        book = load_workbook(BytesIO(content))
        cell = book.worksheets[0].cell(row=2, column=1 if kind == "codes" else 2)
        cell.value = f"{cell.value} B"
        book.save(mended := BytesIO())
        run = bring(kind, mended.getvalue(), by=registrar, now=now, name="a.xlsx")
        assert (run.state, run.error, run.new_count) == ("looked-at", "", 1)


def test_problems_as_csv_and_pages_ask_a_constant_number_of_queries(
    registrar: User, client_of: ClientOf, now: datetime
) -> None:
    client = client_of(registrar)
    counts = []
    for size in (1, 3):
        lines = "".join(f"=bad{number},Ana\n" for number in range(size))
        run = bring("people", f"E-mail,Name\n{lines}".encode(), by=registrar, now=now)
        counts.append(
            (queries(client, run.get_absolute_url()), queries(client, "/office/moving-in/"))
        )
    assert counts[0] == counts[1]

    answer = client.get(f"/office/moving-in/runs/{run.uid}/to-mend.csv")
    assert b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[:2] == [  # type: ignore[attr-defined]
        "Row,Column,Value,What is wrong",
        "2,E-mail,'=bad0,“=bad0” is no e-mail address.",
    ]


def test_old_addresses_ask_the_same_number_of_queries(registrar: User, now: datetime) -> None:
    counts = []
    for size in (2, 5):
        lines = "".join(f"/cert-{size}/{number},OLD-{number}\n" for number in range(size))
        past = "".join(
            f"a@example.com,Ana Perez,OLD-{number},Neck {number},2023-05-01,3\n"
            for number in range(size)
        )
        past = f"E-mail,Name,Certificate number,Course,Completed on,CE hours\n{past}"
        done = bring("completions", past.encode(), by=registrar, now=now)
        if done.new_count:
            apply(done, by=registrar, now=now)
        with CaptureQueriesContext(connection) as captured:
            run = bring(
                "addresses", f"Old address,Leads to\n{lines}".encode(), by=registrar, now=now
            )
            apply(run, by=registrar, now=now)
        counts.append(len(captured))
    assert (counts[0], Redirect.objects.count()) == (counts[1], 7)


def test_old_addresses_lead_on_and_cost_pages_nothing(
    registrar: User, client: Client, client_of: ClientOf, now: datetime
) -> None:
    line = b"E-mail,Name,Certificate number,Course,Completed on,CE hours\n"
    line += b"a@example.com,Ana Perez,OLD-7,Facial massage,2023-05-01,3\n"
    apply(bring("completions", line, by=registrar, now=now), by=registrar, now=now)
    table = b"Old address,Leads to\nhttps://old.example.com/cert/?id=7,OLD-7\n/shop,/courses/\n"
    table += b"/cert/?of=Ana%20P%C3%A9rez,/verify/\n"
    apply(bring("addresses", table, by=registrar, now=now), by=registrar, now=now)

    # The desk shows what is issued here.
    assert b"Ana Perez" not in client_of(registrar).get("/office/").content

    answer = client.get("/cert/?id=7")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/verify/?code=OLD-7")
    assert client.get("/cert/?id=8").status_code == 404
    assert client.get("/shop/").headers["Location"] == "/courses/"
    assert client.get("/cert/?of=Ana%20P%C3%A9rez").headers["Location"] == "/verify/"
    assert Redirect.objects.get(old_path="/shop").hit_count == 1
    with CaptureQueriesContext(connection) as captured:
        client.get("/verify/")
    assert "office_redirect" not in str(captured.captured_queries)
    for old, target in (
        ("/a", "https://evil.example/"),
        ("/a", "//evil.example/"),
        ("/a", "/nowhere-at-all"),
        ("/courses/", "/verify/"),
        ("/a/../b", "/verify/"),
        ("/a", "OLD-8"),
    ):
        with pytest.raises(ImportRefused):
            save_redirect(old, target, by=registrar, now=now)
