"""From an empty database to the certificate of who bought the first code, by the pages alone."""

import hmac
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_main_job import (
    COURSE,
    NAME,
    add_license,
    evaluate,
    follow,
    main,
    sign_up,
    take_steps,
)
from tests.ready_database import start_from_kept
from tests.serving import ROOT, Mailbox, Site, copy_site

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
OWNER = "ruth@example.com"
LEARNER = "thao.first@example.com"


@pytest.fixture
def empty_site(template: Path, mailbox: Mailbox, tmp_path: Path) -> Iterator[Site]:
    """Static files and the signing key, and a database with nothing in it."""
    with copy_site(template, tmp_path, mailbox, demo=False) as site:
        for file in site.data.glob("ce.sqlite3*"):
            file.unlink()
        start_from_kept(f"sqlite:///{site.data / 'ce.sqlite3'}")
        site.manage("migrate", "--verbosity", "0")
        site.manage("createcachetable")
        site.start_web(workers=1)
        site.start_worker()
        yield site


def code_of(site: Site) -> str:
    said = subprocess.run(
        [sys.executable, "manage.py", "first_run_code"],
        cwd=ROOT,
        env=site.env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return said.split()[-1]


def set_up_owner(page: Page, site: Site, look: Check) -> None:
    page.goto("/")
    page.get_by_role("link", name="Set it up").click()
    look(page)
    page.get_by_label("Code from the server").fill(code_of(site))
    page.get_by_label("Your name").fill("Ruth Calloway")
    page.get_by_label("Email").fill(OWNER)
    page.get_by_label("Password").fill("calm hands 2026")
    page.get_by_role("button", name="Create my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Setting up")
    look(page)


def follow_steps(page: Page, mailbox: Mailbox, look: Check) -> None:
    """Every step of the list, from its own button, and back by the way that the pages offer."""
    back = page.get_by_role("link", name="Setting up: back to the steps")
    page.get_by_role("link", name="Name, address, logo").click()
    page.get_by_label("Name", exact=True).fill("Margin & Hand")
    page.get_by_label("Postal address").fill("214 Orchard Street\nAsheville, NC 28801")
    page.get_by_label("City").fill("Asheville, NC")
    page.get_by_label("E-mail", exact=True).fill("office@example.com")
    main(page).locator("form").last.get_by_role("button", name="Save").click()
    back.click()
    page.get_by_role("link", name="Send a test mail").click()
    page.get_by_role("button", name="Send a test mail").click()
    expect(main(page)).to_contain_text("taken by the server")
    look(page)
    assert mailbox.wait_for(OWNER)["Subject"] == "Mail works"
    page.get_by_role("link", name="Setting up").first.click()
    page.get_by_role("button", name="Load them").click()
    page.get_by_role("link", name="Add somebody who signs").click()
    page.get_by_label("Name", exact=True).fill("Ruth Calloway")
    page.get_by_label("Title").fill("Program Administrator")
    page.get_by_role("button", name="Save").click()
    back.click()
    for title in ("How certificates look", "Who works with you"):
        page.get_by_role("button", name=f"Set aside {title}").click()
    wait_for_job(page, "Licensing bodies")
    page.get_by_role("link", name="Choose a way").click()
    page.get_by_label("Put it on sale at once").check()
    look(page)
    page.get_by_role("button", name="Import this course").click()
    wait_for_job(page, "Facial massage")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your site is set up")
    look(page)


def wait_for_job(page: Page, title: str) -> None:
    row = page.locator("li.row").filter(has_text=title)
    for _ in range(150):
        if "Done" in row.inner_text():
            return
        assert "Stopped" not in row.inner_text()
        page.wait_for_timeout(200)
        page.goto("/office/first-run/")
    raise AssertionError(row.inner_text())


def sell_the_course(page: Page, look: Check) -> dict[str, str]:
    """The owner closes the course, says what it costs and makes a key for the shop."""
    page.goto("/office/access/courses/")
    main(page).get_by_role("link", name="Facial massage").click()
    page.get_by_label("by access code").check()
    page.get_by_label("Price").fill("$79")
    page.get_by_label("Where to buy a code").fill("https://shop.example.com/facial-massage")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The course page says so from now on.")).to_be_visible()
    page.goto("/office/access/shops/")
    page.get_by_label("Name", exact=True).fill("WooCommerce")
    page.get_by_role("button", name="Add it and make its key").click()
    look(page)
    facts = page.locator("dl.facts > div").all()
    return {each.locator("dt").inner_text(): each.locator("dd code").inner_text() for each in facts}


def tell_of_sale(told: dict[str, str]) -> None:
    """What a shop does, by the names that stand on the page of the key."""
    sale = {"sale": "1001", "course": COURSE.split("/")[2], "email": LEARNER, "name": NAME}
    body = json.dumps(sale).encode()
    at = str(int(time.time()))
    signed = hmac.new(told["Secret"].encode(), at.encode() + b"." + body, "sha256")
    request = urllib.request.Request(  # noqa: S310 – the address of the test's own site
        told["A sale goes to"],
        data=body,
        headers={
            "Content-Type": "application/json",
            "Shop-Key": told["Key (Shop-Key)"],
            "Shop-Timestamp": at,
            "Shop-Signature": f"v1={signed.hexdigest()}",
        },
    )
    with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
        assert (answer.status, json.load(answer)["code"]) == (201, "made")


def open_the_course(page: Page, mailbox: Mailbox) -> None:
    """By the code that was bought: the link of its mail, and an account on the way."""
    page.goto(COURSE)
    expect(main(page).get_by_role("link", name="Buy a code: $79")).to_be_visible()
    expect(page.get_by_role("button", name="Start this course")).to_have_count(0)
    plain = mailbox.wait_for(LEARNER).get_body(("plain",))
    assert plain is not None
    link = re.search(r"\S+/redeem/\?code=\S+", plain.get_content())
    assert link, plain.get_content()
    page.goto(link.group(0))
    main(page).get_by_role("link", name="Create an account").click()
    sign_up(page, mailbox, LEARNER, mails=2)
    expect(main(page)).to_contain_text("opens this course for you")
    follow(page, page.get_by_role("button", name="Start this course"))


def finish_the_course(page: Page) -> None:
    take_steps(page, lambda: None, javascript=False)
    evaluate(page)
    add_license(page, "Florida", "MA 55511")
    page.get_by_label(re.compile("I sign this statement")).check()
    page.get_by_role("button", name="Sign and finish").click()
    page.wait_for_url(re.compile(r"/certificates/[0-9A-Z]{17}/"))


def test_first_run_to_the_certificate_of_the_first_sold_code(
    empty_site: Site, mailbox: Mailbox, new_context: NewContext, assert_accessible: Check
) -> None:
    owner = new_context(base_url=empty_site.url).new_page()
    learner = new_context(base_url=empty_site.url, java_script_enabled=False).new_page()

    set_up_owner(owner, empty_site, assert_accessible)
    follow_steps(owner, mailbox, assert_accessible)
    tell_of_sale(sell_the_course(owner, assert_accessible))
    open_the_course(learner, mailbox)
    finish_the_course(learner)

    serial = urlsplit(learner.url).path.split("/")[2]
    learner.goto(f"/verify/{serial}/")
    expect(learner.locator(".result")).to_contain_text(re.compile("genuine", re.IGNORECASE))
    for printed in (NAME, "MA 55511", "Margin & Hand"):
        expect(main(learner)).to_contain_text(printed)
    owner.goto("/office/")
    expect(main(owner)).to_contain_text(NAME)
    expect(main(owner)).not_to_contain_text("Setting up")
    owner.goto("/office/access/")
    expect(main(owner)).to_contain_text("1 of 1")
