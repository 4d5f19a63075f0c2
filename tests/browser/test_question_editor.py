"""Writing a quiz in the studio with the keyboard alone."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.serving import Site

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
SAMPLE = Path(__file__).resolve().parents[1] / "courses" / "package_sample"
PASSWORD = "look-around-2026"


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill("instructor@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def import_draft(page: Page, folder: Path) -> None:
    """A course of two modules without quizzes, as a draft of the instructor's."""
    file = folder / "sample.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(SAMPLE.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(SAMPLE))
    page.goto("/teach/")
    page.goto("/office/packages/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Import the package").click()
    expect(page.get_by_role("main")).to_contain_text("draft")


def to(target: Locator) -> Locator:
    """Tab until it has the focus, as somebody without a mouse must."""
    page = target.page
    for _ in range(120):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            return target
    raise AssertionError(f"The keyboard does not reach {target}.")


def press(target: Locator, key: str = "Enter") -> None:
    to(target)
    target.page.keyboard.press(key)


def write(target: Locator, words: str) -> None:
    to(target)
    target.page.keyboard.type(words)


def press_back(page: Page, target: Locator) -> None:
    """The same, backwards: the preview stands behind the form."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if target.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"The keyboard does not reach {target}.")


def choices(page: Page) -> list[str]:
    return [each.input_value() for each in page.locator("[name^=text-]").all()]


def questions(page: Page) -> Locator:
    return page.locator(".studio-question .row-title")


def test_a_quiz_is_written_with_the_keyboard_alone(
    site: Site, new_context: NewContext, assert_accessible: Check, tmp_path: Path
) -> None:
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page)
    import_draft(page, tmp_path)
    preview = page.get_by_role("region", name="Preview")

    # ---- a quiz for the first module
    page.goto("/studio/sample-course/quizzes/")
    assert_accessible(page)
    press(page.get_by_role("button", name="Add a quiz to The face"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Quiz: The face")
    assert_accessible(page)

    # ---- single choice: rows moved and added, the preview follows the typing
    press(page.get_by_role("link", name="Single choice"))
    write(page.get_by_label("Question", exact=True), "Where does *ST3* lie?")
    expect(preview.locator("em")).to_have_text(["ST3"])
    press(page.get_by_role("radio", name="Right choice 1"), "Space")
    write(page.get_by_label("Choice 1", exact=True), "Under the pupil")
    write(page.get_by_label("Choice 2", exact=True), "On the chin")
    expect(preview.get_by_text("Your answer, right")).to_be_visible()
    press(page.get_by_role("button", name="Up choice 2"))
    assert choices(page)[:2] == ["On the chin", "Under the pupil"]
    # The pressed button sleeps now; its neighbor has the focus.
    expect(page.get_by_role("button", name="Down choice 1")).to_be_focused()
    press(page.get_by_role("button", name="Add another choice"))
    expect(page.get_by_label("Choice 5", exact=True)).to_be_focused()
    page.keyboard.type("On the forehead")
    expect(page.get_by_role("radio", name="Right choice 2")).to_be_checked()
    expect(preview.locator("label")).to_have_text(
        ["On the chin", "Under the pupil", "On the forehead"]
    )
    write(page.get_by_label("Explanation"), "Level with the nostril.")
    press(page.get_by_role("button", name="Preview"))
    expect(page.get_by_role("heading", name="Preview")).to_be_focused()
    expect(preview).to_contain_text("Level with the nostril.")
    assert_accessible(page)
    press_back(page, page.get_by_role("button", name="Save", exact=True).last)
    expect(page.get_by_text("The question is saved.")).to_be_visible()

    # ---- multiple choice: what is wrong is said, and nothing is lost
    press(page.get_by_role("link", name="Multiple choice"))
    write(page.get_by_label("Question", exact=True), "Which lie on the cheek?")
    write(page.get_by_label("Choice 1", exact=True), "ST2")
    write(page.get_by_label("Choice 2", exact=True), "CV24")
    press(page.get_by_role("button", name="Save", exact=True).last)
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("At least one choice must be correct")
    expect(summary).to_be_focused()
    assert_accessible(page)
    press(page.get_by_role("checkbox", name="Right choice 1"), "Space")
    press(page.get_by_role("button", name="Save", exact=True).last)
    expect(page.get_by_text("The question is saved.")).to_be_visible()

    # ---- true or false, straight on to the next one
    press(page.get_by_role("link", name="True or false"))
    write(page.get_by_label("Statement", exact=True), "It is measured with your own hand.")
    to(page.get_by_role("radio", name="True"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="False")).to_be_checked()
    assert_accessible(page)
    press(page.get_by_role("button", name="Save and write another"))
    expect(page.get_by_label("Statement", exact=True)).to_have_value("")
    press(page.get_by_role("main").get_by_role("link", name="Cancel"))

    # ---- the order of the questions, and Undo
    expect(questions(page)).to_have_text(
        [
            "Where does ST3 lie?",
            "Which lie on the cheek?",
            "It is measured with your own hand.",
        ]
    )
    press(page.get_by_role("button", name="Down question 1"))
    page.wait_for_url(re.compile("#question-"))
    expect(questions(page).nth(1)).to_have_text("Where does ST3 lie?")
    press(page.get_by_role("button", name="More about question 1"))
    assert_accessible(page)
    press(page.get_by_role("button", name="Take it out of this quiz"))
    press(page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("The question is back in its place.")).to_be_visible()
    expect(questions(page)).to_have_text(
        [
            "Which lie on the cheek?",
            "Where does ST3 lie?",
            "It is measured with your own hand.",
        ]
    )
    expect(page.get_by_text("2 questions have no explanation.")).to_be_visible()
    assert_accessible(page)

    # ---- the bank and the history of a question
    press(page.get_by_role("link", name="From the bank"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Questions for “Quiz: The face”")
    assert_accessible(page)
    press(page.get_by_role("link", name="Where does ST3 lie?"))
    expect(page.get_by_text("Under the pupil (right)")).to_be_visible()
    assert_accessible(page)


def test_words_not_saved_hold_the_window_open(
    site: Site, new_context: NewContext, tmp_path: Path
) -> None:
    page = new_context(viewport={"width": 390, "height": 800}).new_page()
    sign_in(page)
    if page.goto("/studio/sample-course/quizzes/").status == 404:  # type: ignore[union-attr]
        import_draft(page, tmp_path)
        page.goto("/studio/sample-course/quizzes/")
    page.get_by_role("button", name="Add a quiz to The neck").click()
    page.get_by_role("link", name="Single choice").click()
    asked: list[str] = []

    page.get_by_label("Question", exact=True).press_sequentially("Half a ")
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("main").get_by_role("link", name="Cancel").click()

    expect(page.get_by_label("Question", exact=True)).to_have_value("Half a ")
    assert asked == ["beforeunload"]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
