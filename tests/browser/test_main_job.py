"""The main job from sign-up to the QR page, once with JavaScript and once without."""

import io
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pypdf import PdfReader

from ce_platform.core import codes
from tests.browser.package_key import answer_to, is_right, name_of, place_of, type_of
from tests.serving import Mailbox, Site

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
NAME = "Thảo-Vy Nguyễn García"
PASSWORD = "calm hands 2026"


COURSE = "/courses/facial-massage-introduction/"


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def sign_up(page: Page, mailbox: Mailbox, email: str, *, mails: int = 1) -> None:
    """`mails`: how many there are to this address once the code has come."""
    page.get_by_label("Your name, as on your license").fill(NAME)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    for policies in page.get_by_label("I have read and accept the policies").all():
        policies.check()  # None on a site that has not published any.
    main(page).get_by_role("button", name="Create my account").click()
    plain = mailbox.wait_for(email, count=mails).get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    code = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", text, re.MULTILINE)
    assert code, text
    main(page).locator("input[name=code]").fill(code.group(1))
    main(page).locator("button[type=submit]").first.click()


def answer_all(page: Page, *, waits_for_saves: bool) -> None:
    """Every question as the package's key has it, by clicking the words a learner sees."""
    for question in page.locator("fieldset.question").all():
        stem = question.locator(".question-stem").inner_text()
        if type_of(stem) == "matching":
            for term in question.locator("[data-term]").all():
                answer = answer_to(stem, term.locator(".match-text").inner_text())
                option = term.locator("option", has_text=answer)
                term.locator("select").select_option(value=option.get_attribute("value"))
        elif type_of(stem) == "ordering":
            items = question.locator(".order-text").all_inner_texts()
            # From the first on: with the script the others make room.
            for item in sorted(items, key=lambda each: place_of(stem, each)):
                row = question.locator("[data-item]").filter(has_text=item)
                row.locator("select").select_option(place_of(stem, item))
        elif type_of(stem) == "label-the-chart":
            for row in question.locator(".label-rows > li").all():
                description = row.locator("label").inner_text().partition(":")[2]
                row.get_by_role("combobox").select_option(label=name_of(stem, description))
        else:
            for choice in question.locator(".choices label").all():
                if is_right(stem, choice.locator("span").inner_text()):
                    choice.click()
        if waits_for_saves:
            expect(question.locator("[data-saved-line]")).to_have_attribute("data-state", "saved")


def follow(page: Page, what: Locator) -> None:
    """Click, and wait for the next page: what is looked for next must not be found on this one."""
    with page.expect_navigation():
        what.click()


def take_steps(page: Page, look: Callable[[], None], *, javascript: bool) -> None:
    """Follow the page's own next step until the evaluation is reached."""
    for _ in range(70):
        if page.locator("form.quiz").count():
            answer_all(page, waits_for_saves=javascript)
            look()
            page.get_by_role("button", name="Check and submit").click()
            page.wait_for_url("**/submit/")
            look()
            page.get_by_role("button", name="Submit your answers").click()
            page.wait_for_url("**/review/")
            expect(page.locator(".score-figure")).to_contain_text("100")
            look()
        elif page.url.endswith("/evaluation/"):
            return
        elif page.get_by_role("button", name="Finish this lesson").count():
            look()
            follow(page, page.get_by_role("button", name="Finish this lesson"))
        elif page.get_by_role("button", name="Start the quiz").count():
            look()
            follow(page, page.get_by_role("button", name="Start the quiz"))
        else:
            follow(page, main(page).locator("a.button").first)
    raise AssertionError(f"The steps never ended; now at {page.url}")


def evaluate(page: Page) -> None:
    for answer in page.get_by_label("Agree", exact=True).all():
        answer.check()
    page.get_by_label("How many minutes did the course take you?").fill("80")
    page.get_by_role("button", name="Send the evaluation").click()


def add_license(page: Page, state: str, number: str) -> None:
    form = page.locator("#add-license")
    if not form.get_by_role("button").is_visible():
        form.locator("summary").click()
    choices = form.get_by_label("Issued by").locator("option").all()
    body = next(choice for choice in choices if state in choice.inner_text())
    form.get_by_label("Issued by").select_option(value=body.get_attribute("value"))
    form.get_by_label("License number").fill(number)
    form.get_by_role("button", name="Add to the certificate").click()
    expect(page.locator(".certificate-frame")).to_contain_text(number)


def pdf_text(content: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", " ", text)


def qr_address(content: bytes) -> str:
    image = pypdfium2.PdfDocument(content)[0].render(scale=2.5).to_pil()
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    return found[0].text


def section(text: str, start: str, end: str) -> str:
    """What stands between two headings of the certificate."""
    return text[text.index(start) : text.index(end)]


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_main_job_from_sign_up_to_the_qr_page(
    real_site: Site,
    mailbox: Mailbox,
    new_context: NewContext,
    assert_accessible: Check,
    javascript: bool,
) -> None:
    email = f"thao.{'js' if javascript else 'plain'}@example.com"
    site = real_site
    context = new_context(base_url=site.url, java_script_enabled=javascript)
    page = context.new_page()

    def look() -> None:
        if javascript:
            assert_accessible(page)

    # ---- find the course, sign up on the way, come back to it
    page.goto("/")
    look()
    follow(page, page.get_by_role("link", name="See the courses"))
    look()
    follow(page, page.get_by_role("link", name=re.compile("Facial massage")).first)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Facial massage")
    look()
    follow(page, page.get_by_role("button", name="Start this course"))
    look()
    follow(page, main(page).get_by_role("link", name="Create an account"))
    look()
    sign_up(page, mailbox, email)
    page.wait_for_url(f"**{COURSE}")
    follow(page, page.get_by_role("button", name="Start this course"))
    look()

    # ---- lessons, quizzes, exam, evaluation
    take_steps(page, look, javascript=javascript)
    look()
    evaluate(page)
    page.wait_for_url("**/finish/")
    look()

    # ---- the certificate as it will read; licenses are added right there
    add_license(page, "Florida", "MA 55511")
    add_license(page, "New York", "027999-01")
    sheet = page.locator(".certificate-frame")
    for printed in (NAME, "MA 55511", "027999-01", "Certificate of Achievement", "0.5 CE hours"):
        expect(sheet).to_contain_text(printed)
    look()
    page.get_by_label(re.compile("I sign this statement")).check()
    page.get_by_role("button", name="Sign and finish").click()
    page.wait_for_url(re.compile(r"/certificates/[0-9A-Z]{17}/"))
    look()
    serial = urlsplit(page.url).path.split("/")[2]

    # ---- the PDF: by mail and by download, the same bytes
    mail = mailbox.wait_for(email, count=2, seconds=60)
    (attached,) = list(mail.iter_attachments())
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("PDF")).click()
    content = downloading.value.path().read_bytes()
    assert content == attached.get_payload(decode=True)
    text = pdf_text(content)
    for printed in (
        NAME,
        "MA 55511",
        "027999-01",
        "Certificate of Achievement",
        "0.5 CE hours",
        "Facial massage: a home-study introduction",
        "Ana Reyes, LMT, BCTMB",
        codes.dashed(serial),
    ):
        assert printed in text
    assert "SPECIMEN" not in text
    approved = section(text, "Approved and accepted", "Submitted, decision pending")
    pending = text[text.index("Submitted, decision pending") :]
    assert "Florida Board of Massage Therapy" in approved
    assert "Louisiana Board of Massage Therapy" in pending
    assert "Not approved." in pending

    # ---- a stranger scans the code
    address = qr_address(content)
    assert address == f"{site.url}/verify/{codes.dashed(serial)}/"
    stranger = new_context(base_url=site.url, java_script_enabled=javascript).new_page()
    stranger.goto(address)
    expect(stranger.locator(".result")).to_contain_text(re.compile("genuine", re.I))
    for printed in (NAME, "MA 55511", "027999-01", "0.5 CE hours", "Ana Reyes"):
        expect(stranger.get_by_role("main")).to_contain_text(printed)
    if javascript:
        assert_accessible(stranger)

    # ---- and types it, small and without dashes
    stranger.goto("/")
    stranger.get_by_role("banner").get_by_role("link", name="Verify").click()
    stranger.get_by_label("Certificate number").fill(serial.lower())
    stranger.get_by_role("main").get_by_role("button").first.click()
    expect(stranger.locator(".result")).to_contain_text(re.compile("genuine", re.I))


def test_demo_marks_everything_as_a_specimen(site: Site, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto("/")
    page.get_by_role("button", name="Therapist, one step before the end").click()
    main(page).locator("a.button").first.click()
    expect(page.locator(".certificate-frame")).to_contain_text("SPECIMEN – not valid for CE")

    page.get_by_label(re.compile("I sign this statement")).check()
    page.get_by_role("button", name="Sign and finish").click()
    page.wait_for_url(re.compile(r"/certificates/[0-9A-Z]{17}/"))
    expect(page.get_by_role("link", name="Download the PDF")).to_be_visible(timeout=60_000)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download the PDF").click()
    content = downloading.value.path().read_bytes()
    page.goto(qr_address(content))

    assert "SPECIMEN – not valid for CE" in pdf_text(content)
    expect(page.locator(".result")).to_contain_text("SPECIMEN – not valid for CE")
