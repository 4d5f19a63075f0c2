"""From two licenses to a rejected report that is mended: what counts, what follows, what leaves."""

import io
import re
from collections.abc import Callable
from datetime import date

import openpyxl
from playwright.sync_api import BrowserContext, Locator, Page, expect

from ce_platform.pages.demo_people import PASSWORD
from tests.serving import Site

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
COURSE = "/courses/facial-massage-introduction/"
HOLDER = "Jonah Whitfield"


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def signed_in(new_context: NewContext, site: Site, email: str) -> Page:
    page = new_context(base_url=site.url).new_page()
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    main(page).get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def add_new_york(page: Page) -> None:
    page.goto("/licenses/add/")
    place = page.get_by_label("Issued by").locator("option", has_text="New York")
    page.get_by_label("Issued by").select_option(value=place.first.get_attribute("value"))
    page.get_by_label("License number").fill("027999-02")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/licenses/")


def open_line(page: Page, status: str) -> None:
    page.goto(f"/office/reports/?status={status}")
    main(page).get_by_role("link", name=HOLDER).first.click()


def send(page: Page) -> list[tuple[object, ...]]:
    """Make the file and read it as a spreadsheet program would."""
    page.goto("/office/reports/check/")
    main(page).get_by_role("button", name=re.compile("Make the file")).first.click()
    expect(page.get_by_role("link", name="Download the file")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download the file").click()
    content = downloading.value.path().read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def test_two_licenses_a_certificate_and_a_report_that_comes_back(
    real_site: Site, new_context: NewContext, assert_accessible: Check
) -> None:
    # ---- one course, two answers
    therapist = signed_in(new_context, real_site, "almost.done@example.com")
    add_new_york(therapist)
    therapist.goto(COURSE)
    answers = therapist.get_by_role("region", name="Will it count for you?")
    expect(answers).to_contain_text("Counts 0.5 of 0.5 hours for Florida.")
    expect(answers).to_contain_text("Submitted to the New York State Education Department")
    assert_accessible(therapist)

    # ---- the course is finished; the planner follows
    therapist.goto("/planner/")
    florida = therapist.get_by_role("region", name=re.compile("Florida"))
    expect(florida).to_contain_text("0.5 planned")
    assert_accessible(therapist)
    therapist.goto("/")
    main(therapist).locator("a.button").first.click()
    therapist.get_by_label(re.compile("I sign this statement")).check()
    therapist.get_by_role("button", name="Sign and finish").click()
    therapist.wait_for_url(re.compile(r"/certificates/[0-9A-Z]{17}/"))
    expect(main(therapist)).to_contain_text("Will be reported to Florida through CE Broker by")
    expect(main(therapist)).to_contain_text("New York has not decided on this course yet")
    therapist.goto("/planner/")
    expect(florida).to_contain_text("0.5 of 24 hours earned")

    # ---- the office: a license number that cannot be right stops the line, and only that one
    office = signed_in(new_context, real_site, "registrar@example.com")
    office.goto("/office/reports/bodies/US-FL/")
    office.get_by_label("What a license number looks like").fill("MA #####")
    office.get_by_role("button", name="Save", exact=True).click()
    office.goto("/office/reports/check/")
    expect(office.get_by_role("region", name="Stopped")).to_contain_text(HOLDER)
    assert_accessible(office)
    correct(office, "MA 10137", reason="Read wrongly from the card.", status="pending")

    # ---- it leaves once
    rows = send(office)
    (row,) = [each for each in rows if each[4] == "MA 10137"]
    assert isinstance(row[5], date)
    assert row[6:8] == ("State=FL", "Profession=DEMO")
    office.goto("/office/reports/check/")
    expect(office.get_by_role("region", name="Ready to leave")).to_contain_text("Nothing is ready.")

    # ---- the answer comes back: rejected; corrected, it goes again, alone
    office.goto("/office/reports/receipts/")
    office.get_by_label("Table of answers").set_input_files(
        {
            "name": "answers.csv",
            "mimeType": "text/csv",
            "buffer": (
                "License number,State,Completed on,Result,Reason\n"
                f"MA10137,FL,{row[5]:%m/%d/%Y},rejected,No such license\n"
            ).encode(),
        }
    )
    office.get_by_role("button", name="Read it").click()
    open_line(office, "rejected")
    expect(main(office)).to_contain_text("No such license")
    assert_accessible(office)
    correct(office, "MA 10138", reason="The board's own list.", status="rejected")
    assert [each[4] for each in send(office)] == ["MA 10138"]


def correct(page: Page, number: str, *, reason: str, status: str) -> None:
    open_line(page, status)
    page.get_by_text("The license number is wrong").click()
    page.get_by_label("License number, as the body knows it").fill(number)
    page.locator("#correct").get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Correct", exact=True).click()
    expect(main(page)).to_contain_text(number)
