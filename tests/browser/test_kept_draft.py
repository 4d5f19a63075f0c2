"""What is typed to somebody and not sent yet stays on the device, for whoever typed it alone."""

import contextlib
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.browser.test_chart_editor import sign_in
from tests.browser.test_margin import look_around, main

NewContext = Callable[..., BrowserContext]
ANSWER = "The captions are whole again."
QUESTION = "Does my hour in Georgia count?"
KEPT = "This text was not sent yet; this device kept it."


def type_and_die(page: Page, label: str, words: str) -> Page:
    """Typed with the keys; then the page falls over, and is opened once more."""
    address, context = page.url, page.context
    page.get_by_label(label).press_sequentially(words)
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash", wait_until="commit")
    page.close()
    again = context.new_page()
    again.goto(address)
    return again


def sign_out(page: Page) -> None:
    page.locator("form[action$='/logout/'] button").evaluate("button => button.click()")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_what_was_typed_is_back_until_it_is_sent_and_nobody_else_reads_it(
    new_context: NewContext,
) -> None:
    # ---- an answer of the office: back after the page died, gone once it was sent
    office = look_around(new_context(), "Registrar")
    office.goto("/office/questions/")
    main(office).get_by_role("link", name="The captions of the second recording").click()
    label = "Your answer, or what you note"
    office = type_and_die(office, label, ANSWER)
    expect(office.get_by_text(KEPT)).to_be_visible()
    expect(office.get_by_label(label)).to_have_value(ANSWER)
    office.get_by_role("button", name="Send as the answer").click()
    expect(main(office).locator(".said-text", has_text=ANSWER)).to_have_count(1)
    office.reload()
    expect(office.get_by_label(label)).to_have_value("")
    expect(office.get_by_text(KEPT)).to_be_hidden()

    # ---- a question on a device that two people use
    learner = look_around(new_context(), "Therapist")
    learner.goto("/ask/")
    learner = type_and_die(learner, "Your question", QUESTION)
    expect(learner.get_by_label("Your question")).to_have_value(QUESTION)
    sign_out(learner)
    learner.goto("/ask/")
    expect(learner.get_by_label("Your question")).to_have_value("")
    sign_in(learner, "almost.done@example.com")
    learner.goto("/ask/")
    expect(learner.get_by_label("Your question")).to_have_value("")
    expect(learner.get_by_text(KEPT)).to_be_hidden()
    sign_out(learner)
    sign_in(learner, "therapist@example.com")
    learner.goto("/ask/")
    expect(learner.get_by_label("Your question")).to_have_value(QUESTION)
    learner.get_by_role("button", name="Throw it away").click()
    learner.reload()
    expect(learner.get_by_label("Your question")).to_have_value("")
