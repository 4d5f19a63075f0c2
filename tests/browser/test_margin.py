"""A learner asks in the margin and the instructor answers, without a script; then axe looks."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
STUDIO = "/studio/facial-massage-introduction/"


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def look_around(context: BrowserContext, role: str) -> Page:
    """As one of the demo's people, from the bar on top of every page."""
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name=role, exact=True).first.click()
    return page


def test_question_is_asked_answered_and_shown(
    new_context: NewContext, assert_accessible: Check
) -> None:
    text = "May I press there?"
    learner = look_around(new_context(java_script_enabled=False), "Therapist")
    learner.goto("/learning/")
    main(learner).get_by_role("link", name="Facial massage").first.click()
    main(learner).get_by_role("link", name="A map, not a structure").first.click()
    lesson = learner.url

    learner.get_by_text("Ask about this lesson").click()
    learner.get_by_label("Your question").fill(text)
    learner.get_by_role("button", name="Ask", exact=True).click()
    expect(learner.get_by_text("Your question is on its way.")).to_be_visible()

    instructor = look_around(new_context(java_script_enabled=False), "Instructor")
    instructor.goto(f"{STUDIO}questions/")
    asked = instructor.get_by_role("article").filter(has_text=text)
    asked.get_by_label("Your answer").fill("Lightly.")
    asked.get_by_role("button", name="Send the answer").click()
    expect(instructor.get_by_text("Your answer is kept")).to_be_visible()

    learner.goto(lesson)
    expect(learner.locator(".margin-question").filter(has_text=text)).to_contain_text("Lightly.")

    look(
        look_around(new_context(), "Therapist"),
        [lesson, f"{lesson}questions/"],
        assert_accessible,
    )
    look(
        look_around(new_context(), "Instructor"),
        ["/teach/", f"{STUDIO}learners/", f"{STUDIO}questions/"],
        assert_accessible,
    )


def look(page: Page, addresses: list[str], assert_accessible: Check) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(address)
            assert_accessible(page)
