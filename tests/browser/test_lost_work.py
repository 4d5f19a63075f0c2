"""What an author typed is never lost: a page that died, an ended login, a second author, a killed
server."""

import contextlib
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Locator, Page, Route, expect

from ce_platform.pages.demo_people import PASSWORD
from tests.browser.test_chart_editor import sign_in
from tests.serving import ROOT, Mailbox, Site, copy_site

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
INSTRUCTOR, OFFICE = "instructor@example.com", "registrar@example.com"
SAVE = "**/save/"


@pytest.fixture
def own_site(template: Path, mailbox: Mailbox, tmp_path: Path) -> Iterator[Site]:
    """Its server is killed."""
    with copy_site(template, tmp_path, mailbox) as site:
        site.start_web(workers=1)
        yield site


def begin_lesson(page: Page, title: str) -> str:
    """A course with one lesson, open in the editor; its address."""
    sign_in(page, INSTRUCTOR)
    page.goto("/studio-new/")
    page.get_by_label("Title of the course").fill(title)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Title of a new lesson in “Module 1”").fill("First")
    page.get_by_role("button", name="Add a lesson").click()
    page.get_by_role("main").get_by_role("link", name="First", exact=True).click()
    write_and_save(page, "One.")
    return page.url


def write(page: Page, words: str) -> None:
    """At the end of the lesson, as fingers do."""
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def write_and_save(page: Page, words: str) -> None:
    with page.expect_response(SAVE):
        write(page, words)
    expect(state(page)).to_contain_text("Saved on")


def state(page: Page) -> Locator:
    return page.locator("[data-save-state]")


def text(page: Page) -> str:
    """The Markdown that the page would send."""
    return page.locator("textarea[name=body]").input_value().strip()


def history(site: Site, address: str) -> list[str]:
    """What the lesson at this address said, newest first, as the database has it."""
    key = re.search(r"/lessons/([0-9a-f-]{36})/", address)
    assert key
    code = (
        "import json\n"
        "from courses.models import Lesson, LessonRevision\n"
        f"lesson = Lesson.objects.get(key='{key[1]}')\n"
        "kept = LessonRevision.objects.filter(lesson_key=lesson.key).order_by('-number')\n"
        "print(json.dumps([lesson.body, *kept.values_list('body', flat=True)]))"
    )
    result = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", code],
        cwd=ROOT,
        env=site.env,
        capture_output=True,
        text=True,
        check=True,
    )
    now, *kept = json.loads(result.stdout.strip().splitlines()[-1])
    assert kept[0] == now, "The newest revision says what the lesson says."
    return [body.strip() for body in kept]


def die(page: Page) -> None:
    """The page's process ends at once: no event tells its scripts."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash", wait_until="commit")
    page.close()


def test_text_of_a_page_that_died_is_offered_when_the_lesson_is_opened_again(
    site: Site, new_context: NewContext, assert_accessible: Check
) -> None:
    context = new_context()
    page = context.new_page()
    address = begin_lesson(page, "A page that dies")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    write(page, " Two, typed a moment ago.")
    die(page)

    # ---- what was called saved is there; what was not, is on the device
    assert [url for url in asked if url.endswith("/save/")] == []
    assert history(site, address)[0] == "One."
    again = context.new_page()
    again.goto(address)
    assert text(again) == "One."
    offer = again.locator("[data-kept]")
    expect(offer).to_contain_text("This device has a text of this lesson")
    assert_accessible(again)

    again.get_by_role("button", name="Use it").click()
    expect(state(again)).to_contain_text("Saved on")
    expect(offer).to_be_hidden()
    assert history(site, address)[0] == text(again) == "One. Two, typed a moment ago."
    again.reload()
    expect(offer).to_be_hidden()


def test_offered_text_that_is_typed_over_is_offered_again(
    site: Site, new_context: NewContext
) -> None:
    context = new_context()
    page = context.new_page()
    address = begin_lesson(page, "An offer typed over")
    write(page, " Two, of the page that died.")
    die(page)

    again = context.new_page()
    again.goto(address)
    expect(again.locator("[data-kept]")).to_be_visible()
    write_and_save(again, " Two, typed instead.")
    again.reload()
    again.get_by_role("button", name="Use it").click()
    # It was written on an older text, so it is laid beside the newer one.
    state(again).get_by_role("link", name="Look at both").click()
    expect(again.get_by_role("main")).to_contain_text("of the page that died")

    assert history(site, address)[0] == "One. Two, typed instead."


def test_words_typed_before_the_script_came_are_saved(site: Site, new_context: NewContext) -> None:
    page = new_context().new_page()
    address = begin_lesson(page, "A slow line")
    held: list[Route] = []
    page.route(re.compile(r"/js/studio-lesson\b[^/]*\.js$"), lambda route: held.append(route))

    page.goto(address, wait_until="commit")
    page.get_by_label("Text of the lesson").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("Early")
    with page.expect_response(SAVE):
        held[0].continue_()
        expect(page.locator(".ProseMirror")).to_be_focused()
        page.keyboard.type(", and late.")
    expect(state(page)).to_contain_text("Saved on")

    assert history(site, address)[0].split() == ["One.", "Early,", "and", "late."]


def test_text_typed_after_the_login_ended_is_saved_when_one_has_signed_in_again(
    site: Site, new_context: NewContext, assert_accessible: Check
) -> None:
    context = new_context()
    page = context.new_page()
    address = begin_lesson(page, "A login that ends")

    context.clear_cookies()
    write(page, " Two, signed out.")
    expect(state(page)).to_contain_text("You have been signed out. Your text is kept")
    assert text(page) == "One. Two, signed out."
    assert_accessible(page)
    assert history(site, address)[0] == "One."

    with context.expect_page() as opening:
        page.get_by_role("link", name="Sign in (opens a new tab)").click()
    tab = opening.value
    tab.get_by_label("Email").fill(INSTRUCTOR)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("main").get_by_role("button", name=re.compile("Sign in")).click()
    tab.wait_for_url(address)
    tab.close()
    # Here every page believes that it is in front all the time.
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect(state(page)).to_contain_text("Saved on")
    write_and_save(page, " Three.")
    assert history(site, address)[0] == "One. Two, signed out. Three."


def test_two_authors_of_one_lesson_lose_no_word(
    site: Site, new_context: NewContext, assert_accessible: Check
) -> None:
    first, second = new_context().new_page(), new_context().new_page()
    address = begin_lesson(first, "For two authors")
    sign_in(second, OFFICE)
    second.goto(address)
    assert text(second) == "One."

    write_and_save(first, " Two by the first.")
    write(second, " Two by the second.")
    both = state(second).get_by_role("link", name="Look at both")
    expect(both).to_be_visible()
    assert_accessible(second)

    # ---- the second one has not seen it and types on: that is kept too
    write(second, " Three by the second.")
    expect(both).to_be_hidden()
    expect(both).to_be_visible()
    both.click()
    second.wait_for_url("**/aside/")
    assert_accessible(second)
    shown = second.get_by_role("region", name="From the lesson as it is now")
    expect(shown.locator("del").first).to_be_attached()
    for words in ("first", "second", "Three by the"):
        expect(shown).to_contain_text(words)
    assert history(site, address)[0] == "One. Two by the first."
    second.get_by_role("button", name="Use my text").click()

    assert text(second) == "One. Two by the second. Three by the second."
    kept = history(site, address)
    assert kept[:2] == ["One. Two by the second. Three by the second.", "One. Two by the first."]

    # ---- and the first one is told in turn
    write(first, " Three by the first.")
    expect(state(first).get_by_role("link", name="Look at both")).to_be_visible()
    assert history(site, address) == kept
    first.reload()
    expect(first.get_by_text("It is kept.")).to_be_visible()
    first.get_by_role("link", name="Look at both").click()
    expect(first.get_by_role("main")).to_contain_text("Three by the first.")


def test_server_killed_while_it_saves_has_the_text_once_in_the_end(
    own_site: Site, new_context: NewContext
) -> None:
    page = new_context(base_url=own_site.url).new_page()
    address = begin_lesson(page, "A server that dies")

    # ---- killed in the middle: the save waits for the database and never gets it
    database = sqlite3.connect(own_site.data / "ce.sqlite3", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    with page.expect_request(SAVE):
        write(page, " Two.")
    expect(state(page)).to_contain_text("Saving…")
    own_site.kill("web")
    database.execute("ROLLBACK")
    database.close()
    expect(state(page)).to_contain_text("No connection. Your text is kept on this device")
    assert history(own_site, address)[0] == "One."
    own_site.start_web(workers=1)
    expect(state(page)).to_contain_text("Saved on", timeout=20_000)
    assert history(own_site, address)[0] == "One. Two."

    # ---- killed after it stored the text, before it could say so; one goes on typing
    def lose_the_answer(route: Route) -> None:
        assert route.fetch().status == 200
        own_site.kill("web")
        route.abort("connectionreset")

    page.route(SAVE, lose_the_answer, times=1)
    write(page, " Three.")
    expect(state(page)).to_contain_text("No connection")
    write(page, " Four.")
    own_site.start_web(workers=1)
    expect(state(page)).to_contain_text("Saved on", timeout=20_000)

    kept = history(own_site, address)
    assert kept[0] == text(page) == "One. Two. Three. Four."
    assert kept.count(kept[0]) == 1
    page.reload()
    expect(page.locator("[data-kept]")).to_be_hidden()
    expect(page.get_by_text("could not be saved")).to_have_count(0)
    assert text(page) == kept[0]
