"""A film from the instructor's machine to the learner's page: the network goes, the page is loaded
anew, captions are typed, and the learner jumps into the middle."""

import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from ce_platform.pages.demo_people import PASSWORD
from tests.serving import Mailbox, Site, copy_site

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
PIECE = 2 * 1024 * 1024
SLUG = "facial-massage-introduction"


@pytest.fixture(scope="module")
def own_site(
    template: Path, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The course is published anew here, so other tests have another site."""
    with copy_site(template, tmp_path_factory.mktemp("recordings"), mailbox) as site:
        site.start_web()
        site.start_worker()
        yield site


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, so that five seconds are several pieces; the index at the end, as phones have it."""
    path = tmp_path_factory.mktemp("film") / "Light strokes.mov"
    with av.open(str(path), "w", format="mov") as file:
        picture = file.add_stream("libx264", rate=25, options={"preset": "ultrafast", "g": "25"})
        picture.width, picture.height, picture.pix_fmt = 640, 360, "yuv420p"
        for number in range(125):
            frame = av.VideoFrame(640, 360, "yuv420p")
            for plane in frame.planes:
                plane.update(os.urandom(plane.buffer_size))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            file.mux(picture.encode(frame))
        file.mux(picture.encode(None))
    assert path.stat().st_size > 4 * PIECE
    return path


class Network:
    """Lets so many pieces through, then nothing until it is mended."""

    def __init__(self, page: Page) -> None:
        self.offsets: list[int] = []
        self.left = 10**6
        page.route(re.compile(r"/uploads/[0-9a-f-]{36}/$"), self._handle)

    def _handle(self, route: Route) -> None:
        if route.request.method == "PUT":
            if self.left <= 0:
                route.abort("internetdisconnected")
                return
            self.left -= 1
            self.offsets.append(int(route.request.headers["upload-offset"]))
        route.continue_()


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill("instructor@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def choose(page: Page, film: Path) -> None:
    page.get_by_label("Video or audio file").set_input_files(film)
    page.get_by_role("button", name="Send the file").click()


def test_film_comes_in_over_a_bad_network_and_is_seen_by_learners(
    own_site: Site, new_context: NewContext, film: Path, assert_accessible: Check
) -> None:
    page = new_context(base_url=own_site.url).new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page)
    page.goto(f"/studio/{SLUG}/")
    page.get_by_role("button", name="Begin a new edition").click()
    page.get_by_role("link", name="Video", exact=True).click()
    assert_accessible(page)

    # ---- the network goes away in the middle, and comes back
    network = Network(page)
    network.left = 2
    choose(page, film)
    expect(page.locator("[data-upload-state]")).to_contain_text("No connection")
    assert_accessible(page)
    network.left = 1
    page.wait_for_function(
        "() => document.querySelector('[data-upload-progress]').value > 20", timeout=30_000
    )
    expect(page.locator("[data-upload-state]")).to_contain_text("No connection")

    # ---- the page is loaded anew; the same file goes on where it stopped
    page.reload()
    expect(page.locator("[data-upload-state]")).to_contain_text("Choose the same file again")
    assert_accessible(page)
    network.left = 10**6
    choose(page, film)
    expect(page.get_by_role("link", name="Light strokes", exact=True)).to_be_visible(timeout=60_000)
    assert network.offsets == list(range(0, film.stat().st_size, PIECE))
    assert_accessible(page)

    # ---- captions and all the rest
    page.get_by_role("link", name="Light strokes", exact=True).click()
    assert_accessible(page)
    page.get_by_label("Captions, typed").fill("00:00.500 --> 00:09.000\nSlow, light strokes.")
    page.get_by_role("button", name="Save the captions").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 1: The recording ends at 00:00:05.000")
    assert_accessible(page)
    page.get_by_label("Captions, typed").fill(
        "00:00.500 --> 00:04.000\n<v Ana>Slow, light strokes."
    )
    page.get_by_role("button", name="Save the captions").click()
    page.get_by_role("button", name="Make it from the captions").click()
    expect(page.get_by_role("textbox", name="Transcript")).to_have_value(
        "**Ana:** Slow, light strokes."
    )
    page.get_by_label("Who made it, and who is seen or heard").fill("Ana Reyes")
    page.get_by_role("button", name="Save title and credit").click()
    lines = page.get_by_label("Lines for the lesson").inner_text()

    page.get_by_role("link", name="Handouts").click()
    assert_accessible(page)

    # ---- into the first lesson, as text
    page.get_by_role("link", name="Outline").click()
    page.locator("a.studio-title").first.click()
    page.get_by_role("toolbar", name="Formatting").get_by_role("button", name="Markdown").click()
    body = page.get_by_role("textbox", name="Text of the lesson")
    body.fill(f"{lines}\n\n{body.input_value()}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-save-state]")).to_contain_text("Saved on")
    own_site.manage("shell", "-c", PUBLISH)

    # ---- a learner, who has no account yet
    visitor = new_context(base_url=own_site.url).new_page()
    asked: list[str] = []
    # Nothing of the film is here yet: its place is kept free.
    visitor.route("**/media/**", lambda route: route.abort())
    lesson = f"/courses/{SLUG}/lessons/a-map-not-a-structure/"
    visitor.goto(lesson)
    kept_free = visitor.locator("video").bounding_box()
    visitor.unroute("**/media/**")
    visitor.on("request", lambda request: asked.extend(_range_of(request)))
    visitor.goto(lesson)
    video = visitor.locator("video")
    expect(video).to_be_visible()
    visitor.wait_for_function("() => document.querySelector('video').readyState > 0")
    assert video.bounding_box() == kept_free
    expect(visitor.get_by_text("Video, 5 seconds")).to_be_visible()
    assert_accessible(visitor)
    video.evaluate(
        """video => new Promise((resolve, reject) => {
            video.onseeked = resolve;
            video.onerror = () => reject(new Error(video.error.message));
            video.muted = true;
            video.currentTime = 4.2;
        })"""
    )
    assert video.evaluate("video => video.currentTime") == pytest.approx(4.2)
    assert (video.evaluate("video => video.textTracks[0].cues?.[0]?.text")) == (
        "<v Ana>Slow, light strokes.</v>"
    )
    assert any(int(each.removeprefix("bytes=").split("-")[0]) > 0 for each in asked), asked
    visitor.get_by_text("Transcript").click()
    expect(visitor.locator(".recording-transcript strong")).to_have_text("Ana:")


def _range_of(request: Request) -> list[str]:
    return [request.headers["range"]] if "range" in request.headers else []


# The page of publishing has its own test.
PUBLISH = """
from django.utils import timezone
from courses.domain.lessons import render_lessons
from courses.domain.publishing import publish_version
from courses.models import CourseVersion
version = CourseVersion.objects.get(status="draft")
render_lessons(version, list(version.lessons.all()))
publish_version(version, by=None, now=timezone.now())
"""


def test_film_is_sent_and_seen_without_javascript(
    own_site: Site, new_context: NewContext, film: Path, tmp_path: Path
) -> None:
    page = new_context(base_url=own_site.url, java_script_enabled=False).new_page()
    sign_in(page)
    page.goto("/studio-new/")
    page.get_by_label("Title of the course").fill("Without a script")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Video", exact=True).click()
    choose(page, film)
    expect(page.get_by_text("The file is here. It is being looked into.")).to_be_visible()

    for _ in range(60):
        page.reload()
        if page.get_by_role("link", name="Light strokes", exact=True).count():
            break
        page.wait_for_timeout(500)

    page.get_by_role("link", name="Light strokes", exact=True).click()
    expect(page.locator("video[controls]")).to_be_visible()
