"""A phone call's worth of work, without leaving the page of the person."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_counting_and_reporting import NewContext, main, signed_in
from tests.serving import Mailbox, Site

OLD, NEW = "gone@example.com", "teresa.johnson@example.com"
SET_UP = f"""
from django.utils import timezone
from ce_platform.accounts.inviting import invite
from ce_platform.accounts.making import account_for
from ce_platform.accounts.models import User
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.quizzes import quiz_with
now = timezone.now()
registrar = User.objects.get(email="registrar@example.com")
user, _ = account_for("{OLD}", name="Teresa Johnson", by=registrar, now=now)
version = VersionFactory(title="Cupping with care")
quiz_with(1, version=version, title="Final exam", attempts_allowed=1)
EnrollmentFactory(user=user, version=version)
invite(user, by=registrar, now=now)
"""


@pytest.fixture
def teresa(site: Site, mailbox: Mailbox) -> Iterator[None]:
    mailbox.refused.add(OLD)
    site.manage("shell", "-c", SET_UP)
    yield
    mailbox.refused.discard(OLD)


def find(page: Page, words: str, name: str) -> None:
    page.goto("/office/people/")
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.get_by_text("These names are similar")).to_be_visible()
    main(page).get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_phone_call_is_done_from_one_page(
    teresa: None,
    site: Site,
    mailbox: Mailbox,
    new_context: NewContext,
    assert_accessible: Callable[[Page], None],
) -> None:
    page = signed_in(new_context, site, "registrar@example.com")
    find(page, "Jonson Theresa", "Teresa Johnson")
    address = page.url
    came_back = page.get_by_text(f"Mail to {OLD} comes back: 550 no such mailbox")
    deadline = time.monotonic() + 30  # The worker sends the invitation meanwhile.
    while not came_back.is_visible() and time.monotonic() < deadline:
        page.reload()
    expect(came_back).to_be_visible()
    assert_accessible(page)

    page.get_by_label("New address").fill(NEW)
    page.get_by_label("Why").locator("visible=true").first.fill("Called; knew the course.")
    page.get_by_role("button", name="Set the address").click()
    expect(page.get_by_text(f"The address is {NEW} now")).to_be_visible()
    expect(came_back).to_have_count(0)

    page.get_by_role("button", name=re.compile("Send again.*Your account at")).click()
    expect(page.get_by_text(f"A copy is on its way to {NEW}")).to_be_visible()

    page.get_by_text("Attempts, time, withdraw").click()
    page.get_by_label("How many more").fill("2")
    page.get_by_role("button", name="Give attempts at Final exam").click()
    expect(page.get_by_text("2 attempts more for “Final exam”")).to_be_visible()
    page.get_by_text("Attempts, time, withdraw").click()
    expect(page.get_by_text("3 of 3 attempts left")).to_be_visible()
    assert page.url == address
    assert_accessible(page)
    mailbox.wait_for(NEW, count=3)
