"""Objectives, matrix, references and the course page in the studio, by keyboard."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.serving import Site, manage

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
EMAIL = "knowledge@example.com"
PASSWORD = "calm hands 2026"


def main(page: Page) -> Locator:
    return page.get_by_role("main")


@pytest.fixture(scope="session")
def instructor(site: Site) -> str:
    """An account that may write courses."""
    manage(
        site.env,
        "shell",
        "-c",
        "from allauth.account.models import EmailAddress\n"
        "from django.contrib.auth.models import Group\n"
        "from ce_platform.accounts.models import User\n"
        f"user = User.objects.create_user('{EMAIL}', '{PASSWORD}', "
        "name_on_certificates='Ina Structor')\n"
        "user.groups.add(Group.objects.get(name='instructor'))\n"
        "EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)\n",
    )
    return EMAIL


def begin_course(page: Page, email: str) -> str:
    """Sign in and begin a course; its path in the studio."""
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    main(page).get_by_role("button", name="Sign in").first.click()
    page.goto("/studio-new/")
    page.get_by_label("Title of the course").fill(f"Hands {datetime.now(UTC):%H%M%S%f}")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile(r"/studio/hands-\d+/"))
    return page.url.split("/studio/")[1].split("/")[0]


def texts(page: Page) -> list[str]:
    return [each.split()[0] for each in page.locator(".objective-text").all_inner_texts()]


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_objectives_and_matrix_by_keyboard(
    new_context: NewContext, instructor: str, assert_accessible: Check, javascript: bool
) -> None:
    page = new_context(java_script_enabled=javascript).new_page()
    slug = begin_course(page, instructor)

    for title in ("Points", "Lymph"):
        page.goto(f"/studio/{slug}/")
        field = page.get_by_label("Title of a new lesson in")
        field.fill(title)
        field.press("Enter")
        expect(main(page).get_by_role("link", name=title, exact=True)).to_be_visible()

    page.goto(f"/studio/{slug}/objectives/")
    for text in ("Locate ten points.", "Trace the lymph.", "Plan a session."):
        field = page.get_by_label("What will the learner be able to do?").last
        field.fill(text)
        field.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".objective-text", has_text=text)).to_be_visible()
    if javascript:
        assert_accessible(page)

    page.get_by_role("button", name="Up O3").press("Enter")
    expect(page.locator(".objective-text").nth(1)).to_contain_text("O3")
    if javascript:
        # The focus stays with what was moved, so the same key moves it on.
        expect(page.get_by_role("button", name="Up O3")).to_be_focused()
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Up O3").press("Enter")
    expect(page.locator(".objective-text").nth(0)).to_contain_text("O3")
    assert texts(page) == ["O3", "O1", "O2"]
    if javascript:
        expect(page.get_by_role("button", name="Down O3")).to_be_focused()
    page.get_by_role("button", name="Number the codes anew").press("Enter")
    expect(page.get_by_text("3 codes changed.")).to_be_visible()
    assert texts(page) == ["O1", "O2", "O3"]

    page.locator("summary", has_text="Change the words").first.press("Enter")
    row = page.locator(".knowledge-row").first
    row.get_by_role("textbox").fill("Plan a session of twenty minutes.")
    row.get_by_role("textbox").press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".objective-text").first).to_contain_text("twenty minutes")

    page.get_by_role("link", name="What teaches and tests them").press("Enter")
    expect(page.get_by_text("2 lessons teach no objective.")).to_be_visible()
    if javascript:
        assert_accessible(page)
    page.get_by_label("O1, Points").press("Space")
    for _ in range(3):
        page.keyboard.press("Tab")
    # Past O2 and O3 of the first lesson comes the link to the second.
    expect(page.get_by_role("link", name="Lymph")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save the ticks").press("Enter")
    expect(page.get_by_label("O1, Points")).to_be_checked()
    expect(page.get_by_label("O2, Lymph")).to_be_checked()
    expect(page.get_by_label("O1, Lymph")).not_to_be_checked()
    said = page.locator(".matrix-said")
    expect(said).to_contain_text("No lesson teaches: O3 Trace the lymph.", use_inner_text=False)

    page.goto(f"/studio/{slug}/objectives/")
    page.get_by_role("link", name="Remove O2").press("Enter")
    expect(page.get_by_role("link", name="Lymph")).to_be_visible()
    if javascript:
        assert_accessible(page)
    page.get_by_role("button", name="Remove O2").press("Enter")
    expect(page.locator(".objective-text")).to_have_count(2)


def test_course_page_shows_what_is_typed_before_it_is_saved(
    new_context: NewContext, instructor: str, assert_accessible: Check
) -> None:
    page = new_context().new_page()
    slug = begin_course(page, instructor)
    page.goto(f"/studio/{slug}/course-page/")
    shown = page.locator("[data-live=shown]")

    page.get_by_label("Summary").fill("All about hands.")
    page.get_by_label("Description").fill("Some *curved* words.")
    page.get_by_label("Category").first.fill("Theory")
    page.get_by_label("CE hours").first.fill("1.5")
    expect(shown.locator("em")).to_have_text("curved")
    expect(shown).to_contain_text("All about hands.")
    expect(page.locator(".claim")).to_contain_text("Claimed: 1.5 CE hours. That is too much")
    assert_accessible(page)
    page.get_by_label("Where to buy access").fill("javascript:alert(1)")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.get_by_label("Description")).to_have_value("Some *curved* words.")
    assert_accessible(page)
    page.get_by_label("Where to buy access").fill("https://shop.example.com")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    page.get_by_role("link", name="Add an author").click()
    page.get_by_label("Name").fill("Ana Reyes")
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Up Ana Reyes").press("Enter")
    expect(page.locator("#authors li").first).to_contain_text("Ana Reyes")


def test_references_and_glossary(
    new_context: NewContext, instructor: str, assert_accessible: Check
) -> None:
    page = new_context().new_page()
    slug = begin_course(page, instructor)
    page.goto(f"/studio/{slug}/references/")
    assert_accessible(page)
    for year in ("2018", "2014"):
        page.get_by_role("link", name="Add a source").first.click()
        page.get_by_label("Authors").fill("Miyaji A, Hayashi N")
        page.get_by_label("Year").fill(year)
        page.get_by_label("Title").fill("Faces and hands")
        page.get_by_label("DOI").fill(f"https://doi.org/10.1016/j.ctim.{year}")
        assert_accessible(page)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text(f"Cite it in a lesson as [@miyaji{year}].")).to_be_visible()
    page.get_by_role("button", name="Up miyaji2014").press("Enter")
    expect(page.locator(".reference-text").first).to_contain_text("2014")
    expect(page.get_by_role("button", name="Down miyaji2014")).to_be_focused()
    assert_accessible(page)

    page.goto(f"/studio/{slug}/glossary/")
    page.get_by_role("link", name="Add a term").click()
    page.get_by_label("Term").fill("Fascia")
    page.get_by_label("What it means").fill("A sheet of tissue.")
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A sheet of tissue.")).to_be_visible()
    assert_accessible(page)
