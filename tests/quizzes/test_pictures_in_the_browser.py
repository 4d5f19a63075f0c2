"""Questions on pictures answered by mouse, by single taps and by keyboard: one stored answer."""

import json
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from quizzes.domain.attempts import start_attempt
from quizzes.embedding import VersionPictures, embedded
from quizzes.models import AttemptItem
from quizzes.question_types import type_named
from tests.factories.accounts import UserFactory
from tests.factories.courses import EnrollmentFactory
from tests.factories.pictures import DESCRIPTIONS, face_chart, label, tap
from tests.factories.quizzes import PoolItemFactory, RevisionFactory, quiz_with
from tests.quizzes.test_in_the_browser import CHROMIUM, Learner, expect_lines

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed."),
]
NAMES = ("ST3", "GB14", "CV24", "ST4")
SEED = 7
SIZES = {1280: 900, 390: 800}
Way = Callable[[Page], None]


@pytest.fixture
def learners(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> list[Learner]:
    """One for each way and width, all asked the same two questions, with the same numbers in every
    run: numbers come from the seed and the keys."""
    monkeypatch.setattr("quizzes.domain.attempts.secrets.randbits", lambda _: SEED)
    quiz = quiz_with(0, slug="exam")
    face_chart(quiz.version)
    pictures = VersionPictures(quiz.version)
    for number, (name, written) in enumerate(
        [("tap-the-point", tap()), ("label-the-chart", label())], start=1
    ):
        revision = RevisionFactory(
            question__course=quiz.version.course,
            question__key=UUID(int=number),
            type=name,
            content_data=embedded(type_named(name), written, pictures).content,
        )
        PoolItemFactory(quiz=quiz, revision=revision)
    found = []
    for _ in range(2 * len(WAYS)):
        enrollment = EnrollmentFactory(user=UserFactory(), version=quiz.version)
        attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=timezone.now())
        client = Client()
        client.force_login(enrollment.user)
        session = client.cookies["sessionid"].value
        found.append(Learner(attempt, attempt.get_absolute_url(), session, live_server.url))
    return found


def number_of(page: Page, description: str, kind: str) -> str:
    """What a place is called on this page."""
    row = page.locator(f"[data-{kind}] :is(label, li)", has_text=description).first
    return row.locator(".place-number").inner_text()


def mark(page: Page, description: str, kind: str) -> Locator:
    number = number_of(page, description, kind)
    return page.locator(f'[data-{kind}] [data-place="{number}"] .picture-shape')


def seen(target: Locator) -> dict[str, float]:
    """Where it stands on the screen."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    return dict(box)


def middle(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def by_mouse(page: Page) -> None:
    # Beside the mark, and still within a finger of it.
    box = seen(mark(page, DESCRIPTIONS[0], "tap"))
    page.mouse.click(box["x"] + box["width"] + 8, box["y"] + box["height"] / 2)
    # Names and picture fit into the window together; a hand does not scroll while it drags.
    page.locator("[data-labels] .picture").evaluate(
        """each => scrollTo({
            top: each.getBoundingClientRect().top + scrollY - 20, behavior: "instant",
        })"""
    )
    for name, description in zip(NAMES, DESCRIPTIONS, strict=True):
        page.mouse.move(*middle(page.get_by_role("button", name=name, exact=True)))
        page.mouse.down()
        page.mouse.move(*middle(mark(page, description, "labels")), steps=4)
        # Near the edge of the window the page scrolls along; away from it, it stands still.
        page.mouse.move(*middle(mark(page, description, "labels")))
        page.mouse.up()


def by_taps(page: Page) -> None:
    box = seen(mark(page, DESCRIPTIONS[0], "tap"))
    page.touchscreen.tap(box["x"] - 8, box["y"] + 2)
    for name, description in zip(NAMES, DESCRIPTIONS, strict=True):
        page.get_by_role("button", name=name, exact=True).tap()
        mark(page, description, "labels").tap()


def by_keyboard(page: Page) -> None:
    radios = page.get_by_role("group", name=re.compile("Where is it")).get_by_role("radio")
    reach(page, radios.first)
    page.keyboard.press("Space")
    while not page.get_by_role("radio", name=re.compile(DESCRIPTIONS[0])).is_checked():
        page.keyboard.press("ArrowDown")
    for name, description in zip(NAMES, DESCRIPTIONS, strict=True):
        page.get_by_role("combobox", name=re.compile(description)).focus()
        page.keyboard.type(name)


def reach(page: Page, target: Locator) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not reach {target}.")


WAYS: list[Way] = [by_mouse, by_taps, by_keyboard]


def open_page(context: BrowserContext, learner: Learner, width: int) -> Page:
    context.clear_cookies()
    context.add_cookies([{"name": "sessionid", "value": learner.session, "url": learner.server}])
    page = learner.open(context)
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    return page


def answered(context: BrowserContext, learner: Learner, width: int, way: Way) -> Page:
    """The page of the attempt with everything answered, saved and shown on the pictures."""
    for page in context.pages:
        page.close()
    page = open_page(context, learner, width)
    way(page)
    expect_lines(page, ["Saved", "Saved"])
    chosen = number_of(page, DESCRIPTIONS[0], "tap")
    expect(page.get_by_role("radio", checked=True)).to_have_value(chosen)
    for name, description in zip(NAMES, DESCRIPTIONS, strict=True):
        number = number_of(page, description, "labels")
        written = page.locator(f'[data-labels] [data-place="{number}"] .picture-name')
        expect(written).to_have_text(name)
    return page


def test_every_way_of_answering_stores_the_same(learners: list[Learner]) -> None:
    axe = Axe()
    complaints: list[str] = []
    rest = iter(learners)
    with learners[0].browser(has_touch=True) as context:
        context.on("page", lambda page: page.on("pageerror", lambda e: complaints.append(str(e))))
        for width in SIZES:
            for way in WAYS:
                page = answered(context, next(rest), width, way)
                if way is by_mouse:
                    found = axe.run(page).response["violations"]
                    assert [each["id"] for each in found] == []
                if way is by_keyboard:
                    # Another window of the same attempt changes the answer; this one shows it.
                    follow(page)
                page.close()

    assert complaints == []
    stored = [
        sorted(
            AttemptItem.objects.filter(attempt=learner.attempt).values_list("response", flat=True)
        )
        for learner in learners
    ]
    right = {"names": dict(zip("abcd", "abcd", strict=True))}
    assert stored == [sorted([canonical(right), canonical({"places": ["a"]})]) for _ in learners]


def follow(page: Page) -> None:
    """`quiz:filled` from elsewhere reaches the picture, and sends nothing."""
    page.evaluate(
        """() => {
          for (const fieldset of document.querySelectorAll("[data-question]")) {
            for (const select of fieldset.querySelectorAll("select")) select.value = "";
            fieldset.dispatchEvent(new Event("quiz:filled", { bubbles: true }));
          }
        }"""
    )
    expect(page.locator(".picture-name")).to_have_count(0)


def canonical(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
