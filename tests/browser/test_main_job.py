"""The main job from sign-up to the QR page, once with JavaScript and once without."""

import io
import re
from collections.abc import Callable

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from tests.browser.package_key import is_right
from tests.serving import Mailbox, Site

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
NAME = "Thảo-Vy Nguyễn García"
PASSWORD = "calm hands 2026"


def sign_up(page: Page, mailbox: Mailbox, email: str) -> None:
    page.get_by_label("Your name, as on your license").fill(NAME)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.locator("main").get_by_role("button", name=re.compile("sign up|create", re.I)).click()
    text = mailbox.wait_for(email).get_content()
    code = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", text, re.MULTILINE)
    assert code, text
    page.get_by_label(re.compile("code", re.I)).fill(code.group(1))
    page.locator("main").get_by_role(
        "button", name=re.compile("confirm|continue|verify", re.I)
    ).first.click()


def answer_all(page: Page) -> None:
    """Every question as the package's key has it, by clicking the words a learner sees."""
    questions = page.locator("fieldset.question")
    for number in range(questions.count()):
        question = questions.nth(number)
        stem = question.locator(".question-stem").inner_text()
        for choice in question.locator("label.choice").all():
            if is_right(stem, choice.locator(".choice-text").inner_text()):
                choice.click()


def pdf_text(content: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", " ", text)


def qr_address(content: bytes) -> str:
    image = pypdfium2.PdfDocument(content)[0].render(scale=2.5).to_pil()
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    return found[0].text


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_main_job_from_sign_up_to_the_qr_page(
    site: Site,
    mailbox: Mailbox,
    new_context: NewContext,
    assert_accessible: Check,
    javascript: bool,
) -> None:
    email = f"thao.{'js' if javascript else 'plain'}@example.com"
    context = new_context(java_script_enabled=javascript)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def look() -> None:
        if javascript:
            assert_accessible(page)

    # ---- find the course, sign up on the way
    page.goto("/")
    look()
    page.get_by_role("link", name="See the courses").click()
    look()
    page.get_by_role("link", name=re.compile("Facial massage")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Facial massage")
    look()
    page.get_by_role("button", name=re.compile("Enroll")).first.click()
    look()
    page.locator("main").get_by_role("link", name=re.compile("sign up|create", re.I)).first.click()
    look()
    sign_up(page, mailbox, email)
    if not page.get_by_role("heading", name=re.compile("Facial massage")).count():
        page.goto("/courses/facial-massage-introduction/")
    enroll = page.get_by_role("button", name=re.compile("Enroll"))
    if enroll.count():
        enroll.first.click()
    look()

    # ---- lessons and quizzes, always by the page's own next step
    for _ in range(60):
        step = page.get_by_role("link", name=re.compile(r"^(Start|Continue|Next|Go|Take|Read)"))
        finish = page.get_by_role("button", name=re.compile("^(Finish|Mark)"))
        start = page.get_by_role("button", name=re.compile("^(Start|Begin) "))
        if page.locator("form.quiz").count():
            answer_all(page)
            look()
            page.get_by_role("button", name=re.compile("^Submit|^Check and submit|^Review and submit")).first.click()
            confirm = page.get_by_role("button", name=re.compile("^Submit"))
            if confirm.count() and "review" not in page.url:
                confirm.first.click()
            look()
            expect(page.locator(".score-figure")).to_contain_text("100")
        elif page.get_by_role("heading", level=1, name=re.compile("Evaluation|thought", re.I)).count():
            break
        elif finish.count():
            look()
            finish.first.click()
        elif start.count():
            look()
            start.first.click()
        else:
            step.first.click()
    else:
        raise AssertionError(f"The steps never ended; now at {page.url}")

    # ---- evaluation, then the certificate as it will read
    look()
    for group in page.get_by_role("radiogroup").all() or page.locator("fieldset").all():
        if group.get_by_label("Agree", exact=True).count():
            group.get_by_label("Agree", exact=True).check()
    page.get_by_label(re.compile("minutes", re.I)).fill("80")
    page.locator("main").get_by_role("button").last.click()
    look()
    expect(page.get_by_text(NAME).first).to_be_visible()
