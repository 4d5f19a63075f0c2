"""Three ways of equal worth to answer: dragging, single presses without dragging, the keyboard."""

import json
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories.quizzes import EVERY_TYPE
from tests.quizzes.answering import RIGHT
from tests.quizzes.browser_learner import CHROMIUM, Learner, learner_of

PARTS = ["matching", "ordering", "fill-in", "short-text", "numeric"]
PAIRS = {"Chin": "Submental", "Nose": "Submandibular", "Back of the scalp": "Occipital"}
ORDER = ["Contact", "Stretch", "Release", "Pause"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed."),
]
Fields = dict[str, str]


def middle(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Hand:
    """A learner's hand: what every question needs, done in one way."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def row(self, words: str) -> Locator:
        return self.page.locator("[data-item]").filter(has_text=words)

    def term(self, words: str) -> Locator:
        return self.page.locator("[data-term]").filter(has=self.page.get_by_text(words, exact=True))

    def answer(self, words: str) -> Locator:
        return self.page.locator("[data-answer]").filter(has_text=words)

    def order(self) -> list[str]:
        return self.page.locator(".order-text").all_inner_texts()

    def choose(self, select: Locator, words: str) -> None:
        select.select_option(label=words)

    def write(self, field: Locator, words: str) -> None:
        field.click()
        field.press_sequentially(words)
        field.blur()

    def match(self, term: str, answer: str) -> None:
        raise NotImplementedError

    def put(self, item: str, place: int) -> None:
        raise NotImplementedError

    def keep_order(self) -> None:
        self.page.get_by_role("button", name="Keep this order").click()

    def answer_all(self) -> None:
        for term, answer in PAIRS.items():
            self.match(term, answer)
        if self.order() == ORDER:
            self.keep_order()
        for place, item in enumerate(ORDER):
            if self.order()[place] != item:
                self.put(item, place)
        gaps = self.page.locator(".gaps select")
        self.choose(gaps.nth(0), "submandibular")
        self.choose(gaps.nth(1), "jugular")
        self.write(self.page.locator("[name$=-text]"), "Buccinator")
        self.write(self.page.locator("[name$=-value]"), "3")


class DraggingMouse(Hand):
    def show(self, *targets: Locator) -> None:
        """The upper one well inside the window, with what stands below it."""
        highest = min(middle(each)[1] for each in targets)
        self.page.evaluate(
            """top => scrollTo({top: top + scrollY - 170, behavior: "instant"})""", highest
        )

    def drag(self, start: Locator, end: Locator) -> None:
        self.show(start, end)
        self.page.mouse.move(*middle(start))
        self.page.mouse.down()
        self.page.mouse.move(*middle(end), steps=4)
        # Near an edge the page has scrolled on meanwhile, and the hand follows what it sees.
        self.page.mouse.move(*middle(end))
        self.page.mouse.up()

    def match(self, term: str, answer: str) -> None:
        self.drag(self.answer(answer), self.term(term).locator(".match-text"))

    def put(self, item: str, place: int) -> None:
        self.drag(self.row(item), self.page.locator("[data-item]").nth(place))


class DraggingFinger(DraggingMouse):
    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.device: CDPSession = page.context.new_cdp_session(page)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        self.device.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    def drag(self, start: Locator, end: Locator) -> None:
        start = start.locator(".match-mark, .order-grip")
        self.show(start, end)
        (x, y), (to_x, to_y) = middle(start), middle(end)
        self.touch("touchStart", (x, y))
        for step in (1, 2, 3, 4):
            self.touch("touchMove", (x + (to_x - x) * step / 4, y + (to_y - y) * step / 4))
        self.touch("touchMove", middle(end))
        self.touch("touchEnd")


class Pressing(Hand):
    """Never a button held down while moving."""

    def match(self, term: str, answer: str) -> None:
        if term == "Chin":
            self.term(term).get_by_role("button").click()
            self.answer(answer).locator(".match-text").click()
        else:
            self.answer(answer).get_by_role("button").click()
            self.term(term).locator(".match-text").click()

    def put(self, item: str, place: int) -> None:
        self.row(item).locator(".order-text").click()
        self.page.locator("[data-item]").nth(place).locator(".order-text").click()


class Keyboard(Hand):
    """Tab, arrows, Enter and letters alone."""

    def to(self, target: Locator) -> None:
        for _ in range(120):
            where = target.evaluate(
                """each => each === document.activeElement ? "" :
                    each.compareDocumentPosition(document.activeElement)
                        & Node.DOCUMENT_POSITION_FOLLOWING ? "Shift+Tab" : "Tab" """
            )
            if not where:
                return
            self.page.keyboard.press(where)
        raise AssertionError(f"The keyboard does not reach {target}.")

    def press(self, target: Locator, key: str = "Enter") -> None:
        self.to(target)
        self.page.keyboard.press(key)

    def match(self, term: str, answer: str) -> None:
        self.press(self.term(term).get_by_role("button"))
        self.press(self.answer(answer).get_by_role("button"), "Space")

    def put(self, item: str, place: int) -> None:
        self.to(self.row(item).locator(".order-grip"))
        while self.order().index(item) > place:
            before = self.order().index(item)
            self.page.keyboard.press("ArrowUp")
            said = self.page.locator("[data-ordering] [role=status]")
            expect(said).to_have_text(f"{item} moved to place {before} of 4.")

    def keep_order(self) -> None:
        self.press(self.page.get_by_role("button", name="Keep this order"))

    def choose(self, select: Locator, words: str) -> None:
        self.to(select)
        self.page.keyboard.type(words[:3])

    def write(self, field: Locator, words: str) -> None:
        self.to(field)
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")


def fields(page: Page) -> Fields:
    """As the server has them."""
    page.reload()
    read: Fields = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(
            ".question select, .question input:not([type=hidden], [type=checkbox])"
        )].map(each => [each.name, each.value]))"""
    )
    return read


def clear(page: Page) -> None:
    page.get_by_role("button", name="Clear the order").click()
    for select in page.locator(".matching select, .gaps select").all():
        select.select_option("")
    for field in page.locator(".typed input").all():
        field.fill("")
        field.blur()
    expect(page.locator("[data-quiz-progress] span").last).to_have_text("0 of 5")
    page.wait_for_function(
        """() => [...document.querySelectorAll("[data-saved-line]")]
            .every(line => !line.dataset.state)"""
    )


def assert_accessible(page: Page) -> None:
    violations = Axe().run(page).response["violations"]
    assert [each["nodes"][0]["html"][:200] for each in violations] == []


@pytest.mark.parametrize(
    ("width", "ways"),
    [(1280, [DraggingMouse, Pressing, Keyboard]), (390, [DraggingFinger, Pressing, Keyboard])],
)
def test_every_way_of_answering_stores_the_same(
    live_server: LiveServer, width: int, ways: list[Callable[[Page], Hand]]
) -> None:
    kinds = [(name, EVERY_TYPE[name]()) for name in PARTS]
    lena: Learner = learner_of(kinds, server=live_server.url)
    viewport = {"width": width, "height": 900}
    stored: list[Fields] = []
    trouble: list[str] = []
    with lena.browser(viewport=viewport, has_touch=width < 600) as context:
        page = lena.open(context)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        for way in ways:
            if stored:
                clear(page)
            way(page).answer_all()
            expect(page.locator("[data-quiz-progress] span").last).to_have_text("5 of 5")
            expect(page.locator("[data-saved-line][data-state=saved]")).to_have_count(len(PARTS))
            assert page.url.endswith(lena.url)
            stored.append(fields(page))
            expect(page.get_by_role("button", name="Save answers")).to_be_hidden()
        page.get_by_role("button", name=re.compile("^Answer A")).click()
        page.get_by_role("button", name="Move Contact").click()
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width

        # A window left behind shows what the other one stored, in its list as well.
        other = lena.open(context)
        other.get_by_role("button", name="Down Contact").click()
        expect(other.locator("[data-saved-line][data-state=saved]")).to_have_count(len(PARTS))
        page.get_by_role("button", name="Up Pause").click()
        expect(page.get_by_text("changed in another window")).to_be_visible()
        assert Hand(page).order() == Hand(other).order() == ["Stretch", "Contact", *ORDER[2:]]
        page.get_by_role("button", name="Up Contact").click()
        expect(page.locator("[data-saved-line][data-state=saved]")).to_have_count(len(PARTS))

    assert trouble == []
    assert stored[0] == stored[1] == stored[2]
    stems = {EVERY_TYPE[name]()["stem"]: name for name in PARTS}
    assert {stems[stem]: json.loads(text) for stem, text in lena.stored().items()} == {
        name: RIGHT[name] for name in PARTS
    }


def test_what_is_typed_is_not_lost(live_server: LiveServer) -> None:
    lena: Learner = learner_of(
        [("numeric", EVERY_TYPE["numeric"]()), ("short-text", EVERY_TYPE["short-text"]())],
        server=live_server.url,
        purpose="practice",
        is_shuffled=False,
    )
    with lena.browser() as context:
        page = lena.open(context)
        number, word = page.locator("[name$=-value]"), page.locator("[name$=-text]")
        first_line = page.locator("[data-saved-line]").first
        held: list[Route] = []
        page.route("**/items/**", lambda route: route.continue_() if held else held.append(route))

        # Mended while the server still looks at what it will refuse.
        for typed in ("many", "3"):
            number.fill(typed)
            number.blur()
            page.wait_for_timeout(50)
        [route] = held
        route.continue_()
        expect(first_line).to_have_text("Saved")

        other = lena.open(context)
        # What was shown counts on among all questions.
        page.get_by_role("button", name=re.compile("^Show the answer.* 1 of 2")).click()
        expect(number).to_have_count(0)
        # A window left behind shows it as well, and is not in the way of finishing.
        other.locator("[name$=-value]").fill("4")
        other.locator("[name$=-value]").blur()
        expect(other.locator("[name$=-value]")).to_have_count(0)
        other.close()
        word.press_sequentially("Bucci")
        expect(page.locator("[data-quiz-progress] span").last).to_have_text("2 of 2")

        # The page is left in the middle of a word.
        word.press_sequentially("nator")
        page.goto("about:blank")
        page = lena.open(context)
        expect(page.locator("[name$=-text]")).to_have_value("Buccinator")
        expect(page.locator("[data-saved-line]")).to_have_text("Saved")

    stems = {EVERY_TYPE[name]()["stem"]: name for name in ("numeric", "short-text")}
    assert {stems[stem]: json.loads(text) for stem, text in lena.stored().items()} == {
        name: RIGHT[name] for name in ("numeric", "short-text")
    }
