"""A passkey is made, signs in by itself, and serves as second step: with a made-up device."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_main_job import PASSWORD, main, sign_up
from tests.serving import Mailbox

EMAIL = "passkey@example.com"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_passkey_signs_in_alone_and_after_the_password(
    new_context: Callable[..., BrowserContext],
    mailbox: Mailbox,
    assert_accessible: Callable[[Page], None],
) -> None:
    context = new_context()
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto("/account/signup/")
    sign_up(page, mailbox, EMAIL)

    page.goto("/account/security/")
    assert_accessible(page)
    main(page).get_by_role("link", name="Add a passkey").click()
    # A sign-up was proven by a code in a mail; for this the password is asked.
    main(page).get_by_label("Password", exact=True).fill(PASSWORD)
    main(page).get_by_role("button", name="Continue").click()
    main(page).get_by_label("Name of this passkey").fill("Made up 🔑")
    main(page).get_by_role("button", name="Make the passkey").click()
    expect(main(page).get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert_accessible(page)
    main(page).get_by_role("link", name="I have saved them").click()
    expect(main(page).get_by_text("Made up 🔑", exact=True).first).to_be_visible()
    assert_accessible(page)

    context.clear_cookies()
    page.goto("/account/login/?next=/account/profile/")
    main(page).get_by_role("button", name="Use a passkey instead").click()
    expect(main(page).get_by_role("heading", name="Profile")).to_be_visible()

    context.clear_cookies()
    page.goto("/account/login/?next=/account/profile/")
    main(page).get_by_label("Email").fill(EMAIL)
    main(page).get_by_label("Password", exact=True).fill(PASSWORD)
    main(page).get_by_role("button", name="Sign in", exact=True).click()
    expect(main(page).get_by_role("heading", name="Your second step")).to_be_visible()
    assert_accessible(page)
    main(page).get_by_role("button", name="Use my passkey").click()
    expect(main(page).get_by_role("heading", name="Profile")).to_be_visible()
