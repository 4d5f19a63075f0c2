"""An author makes a chart: by pointer, by keyboard alone, and with somebody else at it too."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from ce_platform.pages.demo_people import PASSWORD

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]


def sign_in(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name=re.compile("Sign in")).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def begin_chart(page: Page, title: str) -> None:
    page.goto("/studio/")
    page.get_by_role("link", name="Begin a course").click()
    page.get_by_label("Title of the course").fill(f"A course with {title}")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Charts").click()
    page.get_by_role("link", name="Begin a chart").click()
    page.get_by_label("Title of the chart").fill(title)
    page.get_by_role("radio", name="Front").check()
    page.get_by_role("button", name="Begin the chart").click()
    expect(page.get_by_role("group", name="Drawing, Front")).to_be_visible()


def click_at(page: Page, x: int, y: int) -> None:
    """A click at this place of the drawing, in its own units."""
    page.locator("svg.chart-edit").scroll_into_view_if_needed()
    at = page.evaluate(
        """([x, y]) => {
            const svg = document.querySelector("svg.chart-edit");
            const point = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
            return [point.x, point.y];
        }""",
        [x, y],
    )
    page.mouse.click(*at)


def saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_contain_text("Saved on")


def points(page: Page) -> Locator:
    return page.locator("svg.chart-edit [data-mark^='point:']")


def chosen(page: Page) -> Locator:
    return page.locator("[data-chosen]")


def describe(page: Page, code: str, name: str) -> None:
    chosen(page).get_by_label("Code", exact=True).fill(code)
    chosen(page).get_by_label("Name", exact=True).fill(name)
    chosen(page).get_by_label("Place in words").fill(f"Where {name} lies.")


def shapes(drawing: Locator) -> list[list[str | None]]:
    """Where lines, arrows and letters stand."""
    found: list[list[str | None]] = drawing.evaluate(
        """(svg) => [...svg.querySelectorAll(".chart-path, .chart-arrow, .chart-code")]
            .filter((each) => each.textContent || each.getAttribute("d"))
            .map((each) => ["d", "x", "y"].map((name) => each.getAttribute(name)))"""
    )
    return sorted(found, key=str)


def open_section(page: Page, name: str) -> None:
    section = page.locator(f"[data-section={name}]")
    if section.get_attribute("open") is None:
        section.locator(":scope > summary").click()


def test_author_makes_a_chart_by_pointer_and_by_keyboard(
    new_context: NewContext, assert_accessible: Check
) -> None:
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page, "instructor@example.com")
    begin_chart(page, "Points of the face")
    assert_accessible(page)

    # Two points by pointer.
    page.get_by_role("radio", name="Add points").check()
    click_at(page, 600, 590)
    describe(page, "ST3", "Juliao")
    click_at(page, 404, 700)
    describe(page, "ST4", "Dicang")
    page.get_by_role("radio", name="Choose and move").check()
    first = points(page).first
    expect(first).to_have_attribute(
        "aria-label", re.compile(r"Point ST3 Juliao, at (599|600|601), (589|590|591)")
    )

    # One of them is dragged.
    box = first.locator("circle").nth(1).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 20, steps=4)
    page.mouse.up()
    expect(first).not_to_have_attribute(
        "aria-label", re.compile(r"at (599|600|601), (589|590|591)")
    )
    page.get_by_role("button", name="Undo").click()
    expect(first).to_have_attribute("aria-label", re.compile(r"at (599|600|601), (589|590|591)"))

    # Three by keyboard alone.
    page.get_by_role("radio", name="Choose and move").focus()
    page.keyboard.press("ArrowRight")
    middle = page.get_by_role("button", name="Put one in the middle")
    for number, (code, steps) in enumerate(
        [("LI20", "ArrowUp"), ("GV26", "ArrowDown"), ("CV24", "ArrowLeft")], start=3
    ):
        middle.focus()
        page.keyboard.press("Enter")
        expect(points(page)).to_have_count(number)
        page.keyboard.press(f"Shift+{steps}")
        page.keyboard.press(steps)
        page.keyboard.press("Enter")
        expect(chosen(page).get_by_label("Code", exact=True)).to_be_focused()
        page.keyboard.type(code)
        page.keyboard.press("Tab")
        page.keyboard.type(f"Point {code}")
        page.get_by_label("Place in words").focus()
        page.keyboard.type("Where it lies.")
    expect(page.get_by_role("button", name="Point LI20 Point LI20, at 500, 589")).to_be_visible()

    # A point removed by keyboard comes back.
    page.get_by_role("button", name=re.compile("Point CV24")).focus()
    page.keyboard.press("Delete")
    expect(points(page)).to_have_count(4)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(points(page)).to_have_count(5)

    # A layer for strokes, and a stroke in it.
    open_section(page, "layers")
    page.get_by_role("button", name="Add a layer").click()
    row = page.locator("[data-layers] > li").nth(1)
    row.get_by_label("Name").fill("Strokes")
    row.get_by_label("Kind").select_option("flow")
    row.get_by_text("On at first").click()
    assert_accessible(page)
    page.get_by_role("radio", name="Draw strokes").check()
    for place in ((430, 610), (402, 700), (420, 765)):
        click_at(page, *place)
    page.get_by_role("button", name="The stroke is done").click()
    page.get_by_label("The stroke in words").fill("Cheek to the jaw")
    page.get_by_label("Step number").fill("1")
    expect(page.locator("svg.chart-edit [data-mark^='bend:']")).to_have_count(3)
    drawn = shapes(page.locator("svg.chart-edit"))
    saved(page)
    assert_accessible(page)

    # In the learner's figure it is the same line, through the same points.
    page.get_by_text("As it stands in a lesson").click()
    look = page.locator("[data-look] [data-chart]")
    expect(look.locator(".chart-paths")).to_contain_text("Cheek to the jaw")
    assert shapes(look.locator("svg")) == drawn
    expect(look.locator("svg .chart-point")).to_have_count(5)
    expect(look.get_by_label("Strokes")).not_to_be_checked()
    page.get_by_label("The stroke in words").fill("Cheek to the lower jaw")
    expect(look.locator(".chart-paths")).to_contain_text("Cheek to the lower jaw")
    expect(page.locator("[data-missing]")).to_be_hidden()
    saved(page)

    page.reload()
    expect(points(page)).to_have_count(5)
    open_section(page, "list")
    page.get_by_role("button", name="1 Cheek to the lower jaw", exact=True).click()
    expect(page.get_by_label("The stroke in words")).to_have_value("Cheek to the lower jaw")
    assert_accessible(page)

    page.get_by_role("link", name="See it as a learner").click()
    expect(page.locator("[data-chart] svg .chart-point")).to_have_count(5)
    assert_accessible(page)


def test_second_view_is_drawn_from_a_file(new_context: NewContext, tmp_path: Path) -> None:
    page = new_context().new_page()
    sign_in(page, "instructor@example.com")
    begin_chart(page, "Two sides")
    file = tmp_path / "side.svg"
    file.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 600">'
        '<circle class="ink" cx="250" cy="300" r="120" fill="none" stroke="currentColor"/></svg>'
    )
    open_section(page, "views")
    page.get_by_role("link", name="Add a view").click()
    page.get_by_label("Or an SVG file of your own").set_input_files(file)
    page.get_by_label("Name of the view").fill("Side")
    page.get_by_role("button", name="Add the view").click()

    page.get_by_role("radio", name="Add points").check()
    click_at(page, 500, 500)
    describe(page, "A", "Here")
    page.get_by_role("checkbox", name="Side").check()

    expect(page.get_by_role("group", name="Drawing, Side")).to_be_visible()
    expect(page.get_by_role("button", name="Point A Here, at 250, 300")).to_be_visible()
    saved(page)


def test_somebody_else_saved_first_and_nothing_is_lost(new_context: NewContext) -> None:
    mine = new_context().new_page()
    sign_in(mine, "instructor@example.com")
    begin_chart(mine, "For two")
    theirs = new_context().new_page()
    sign_in(theirs, "registrar@example.com")
    theirs.goto(mine.url)

    theirs.get_by_label("Title of the chart").fill("Theirs")
    saved(theirs)
    mine.get_by_label("Title of the chart").fill("Mine")
    expect(mine.locator("[data-save-state]")).to_contain_text("saved this chart first")
    mine.get_by_role("button", name="Take the saved one").click()
    expect(mine.get_by_label("Title of the chart")).to_have_value("Theirs")

    # One's own is one step back, and saved like any other change.
    mine.get_by_role("button", name="Undo").click()
    expect(mine.get_by_label("Title of the chart")).to_have_value("Mine")
    saved(mine)
    theirs.reload()
    expect(theirs.get_by_label("Title of the chart")).to_have_value("Mine")


def test_chart_is_kept_on_the_device_until_it_is_saved(new_context: NewContext) -> None:
    context = new_context()
    page = context.new_page()
    sign_in(page, "instructor@example.com")
    begin_chart(page, "On a train")
    context.route("**/save/", lambda route: route.abort())
    page.get_by_role("radio", name="Add points").check()
    click_at(page, 500, 500)
    expect(page.locator("[data-save-state]")).to_contain_text("No connection")
    page.reload()
    expect(points(page)).to_have_count(0)
    context.unroute("**/save/")

    page.get_by_role("button", name="Use it").click()
    expect(points(page)).to_have_count(1)
    saved(page)


def test_words_and_places_are_written_without_javascript(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, "instructor@example.com")
    page.goto("/studio/")
    page.get_by_role("link", name="Begin a course").click()
    page.get_by_label("Title of the course").fill("A course without scripts")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Charts").click()
    page.get_by_role("link", name="Begin a chart").click()
    page.get_by_label("Title of the chart").fill("Plain")
    page.get_by_role("button", name="Begin the chart").click()
    another = page.get_by_role("group", name="Another point")
    another.get_by_label("Code", exact=True).fill("ST3")
    another.get_by_label("Name", exact=True).fill("Juliao")
    another.get_by_label("From the left (x)").fill("596")
    another.get_by_label("From the top (y)").fill("590")
    page.get_by_role("button", name="Save the chart").click()

    point = page.get_by_role("group", name="ST3 Juliao")
    expect(point.get_by_label("From the left (x)")).to_have_value("596")
    expect(page.get_by_text("Saved.")).to_be_visible()
