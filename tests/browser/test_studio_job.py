"""A course from nothing to a certificate: made in the studio alone, then taken by a therapist."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from ce_platform.core import codes
from tests.browser.test_chart_editor import (
    click_at,
    describe,
    open_section,
    points,
    saved,
    sign_in,
)
from tests.browser.test_main_job import evaluate, main, pdf_text, qr_address
from tests.courses import recorded
from tests.courses import sent_pictures as sent
from tests.serving import Site

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
TITLE = "Calm hands on the face"
OBJECTIVE = "Locate five points of the face."
QUESTIONS = {
    "Where does ST3 lie?": ("Under the pupil", "On the chin"),
    "Which point lies on the chin?": ("CV24", "GV26"),
}
POINTS = [
    (404, 700, "ST4", "Dicang"),
    (600, 590, "ST3", "Juliao"),
    (500, 560, "LI20", "Yingxiang"),
    (500, 640, "GV26", "Shuigou"),
    (500, 780, "CV24", "Chengjiang"),
]
# Half an hour of home study are 6,000 counted words.
SENTENCE = "The hands rest on the cheek and wait."
WORDS = "\n\n".join(" ".join([SENTENCE] * 20) for _ in range(38))


class Studio:
    """The pages of one course, as its instructor goes through them."""

    def __init__(self, page: Page, look: Check) -> None:
        self.page = page
        self._look = look

    def look(self) -> None:
        self._look(self.page)

    def go(self, name: str) -> None:
        """By the navigation of the course."""
        navigation = self.page.get_by_role("navigation", name="This course")
        navigation.get_by_role("link", name=name, exact=True).click()

    def save(self, button: str) -> None:
        with self.page.expect_navigation():
            main(self.page).get_by_role("button", name=button, exact=True).click()

    def missing(self) -> list[str]:
        """What “Check and publish” still asks for; every line leads to a page that is there."""
        self.go("Publish")
        self.look()
        section = self.page.get_by_role("region", name=re.compile("missing"))
        lines = section.locator("li").all()
        for line in lines:
            href = line.get_by_role("link").get_attribute("href")
            assert href, line.inner_text()
            answer = self.page.request.get(href.partition("#")[0], max_redirects=0)
            assert answer.status == 200, href
            fragment = href.partition("#")[2]
            assert not fragment or f'id="{fragment}"' in answer.text(), href
        publish = main(self.page).get_by_role("button", name=re.compile("^Publish"))
        if lines:
            expect(publish).to_be_disabled()
        else:
            expect(publish).to_be_enabled()
        return [line.inner_text() for line in lines]


def begin(studio: Studio) -> None:
    page = studio.page
    page.goto("/studio/")
    studio.look()
    page.get_by_role("link", name="Begin a course").click()
    studio.look()
    page.get_by_label("Title of the course").fill(TITLE)
    studio.save("Begin")
    page.get_by_label("Title of a new lesson in “Module 1”").fill("Five points")
    page.get_by_role("button", name="Add a lesson").click()
    expect(main(page).get_by_role("link", name="Five points", exact=True)).to_be_visible()
    studio.look()


def write_course_page(studio: Studio) -> None:
    page = studio.page
    studio.go("Course page")
    page.get_by_label("Summary").fill("Five points and how to hold them.")
    page.get_by_label("Other subjects").fill("Face")
    page.get_by_label("Category").first.fill("Techniques")
    page.get_by_label("CE hours").first.fill("0.5")
    studio.save("Save")
    page.get_by_role("link", name="Change Ana Reyes").click()
    studio.look()
    page.get_by_label("Credentials").fill("LMT, CLT")
    studio.save("Save")
    studio.look()
    studio.go("Objectives")
    page.get_by_label("What will the learner be able to do?").last.fill(OBJECTIVE)
    studio.save("Add")
    studio.look()


def add_picture(studio: Studio, file: Path) -> None:
    page = studio.page
    studio.go("Pictures")
    page.get_by_label("Add pictures").set_input_files(file)
    page.locator("[data-picture]").get_by_role("link", name="cheek").click()
    page.wait_for_url(re.compile(r"/pictures/[0-9a-f-]{36}/"))


def describe_picture(studio: Studio) -> None:
    page = studio.page
    studio.go("Pictures")
    page.locator("[data-picture]").get_by_role("link", name="cheek").click()
    page.get_by_label("Alternative text").fill("A hand rests on a cheek.")
    page.get_by_label("Credit").fill("Photo: Ana Reyes")
    studio.save("Save")
    studio.look()


def add_video(studio: Studio, file: Path) -> None:
    page = studio.page
    studio.go("Video")
    page.get_by_label("Video or audio file").set_input_files(file)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("link", name="Stroke", exact=True)).to_be_visible(timeout=60_000)
    studio.look()


def describe_video(studio: Studio) -> None:
    page = studio.page
    studio.go("Video")
    page.get_by_role("link", name="Stroke", exact=True).click()
    page.get_by_label("Captions, typed").fill("00:00.100 --> 00:00.900\nOne slow stroke.")
    studio.save("Save the captions")
    studio.save("Make it from the captions")
    page.get_by_label("Who made it, and who is seen or heard").fill("Ana Reyes")
    studio.save("Save title and credit")
    studio.look()


def begin_chart(studio: Studio) -> None:
    page = studio.page
    studio.go("Charts")
    page.get_by_role("link", name="Begin a chart").click()
    page.get_by_label("Title of the chart").fill("Points of the face")
    page.get_by_role("radio", name="Front").check()
    studio.save("Begin the chart")
    expect(page.get_by_role("group", name="Drawing, Front")).to_be_visible()
    page.get_by_role("radio", name="Add points").check()
    click_at(page, *POINTS[0][:2])
    saved(page)


def draw_points(studio: Studio) -> None:
    page = studio.page
    studio.go("Charts")
    main(page).get_by_role("link", name="Points of the face").first.click()
    expect(page.get_by_role("group", name="Drawing, Front")).to_be_visible()
    points(page).first.focus()
    page.keyboard.press("Enter")
    describe(page, *POINTS[0][2:])
    page.get_by_role("radio", name="Add points").check()
    for number, (x, y, code, name) in enumerate(POINTS[1:], start=2):
        click_at(page, x, y)
        expect(points(page)).to_have_count(number)
        describe(page, code, name)
    open_section(page, "about")
    page.get_by_label("What is drawn, and from which side").fill("A face from the front.")
    page.locator("#chart-credit").fill("Drawing: Ana Reyes")
    expect(page.locator("[data-missing]")).to_be_hidden()
    saved(page)
    studio.look()


def write_lesson(studio: Studio) -> None:
    """In Markdown, for somebody who brings a long text."""
    page = studio.page
    studio.go("Outline")
    main(page).get_by_role("link", name="Five points", exact=True).click()
    page.get_by_role("button", name="Markdown", exact=True).click()
    page.locator("textarea[name=body]").fill(
        f"{WORDS}\n\n![](figure:cheek)\n\n"
        "::: recording stroke\nWatch the wrist.\n:::\n\n"
        "::: chart points-of-the-face\nFind all five.\n:::\n"
    )
    saved(page)
    expect(page.locator("[data-problems] li")).to_have_count(0)
    assert int(page.locator("[data-word-count]").inner_text()) >= 6_000
    studio.look()
    page.get_by_text("What this lesson teaches, and who may read it").click()
    page.get_by_label(re.compile(re.escape(OBJECTIVE))).check()
    studio.save("Save the settings")


def begin_exam(studio: Studio) -> None:
    studio.go("Quizzes")
    studio.look()
    studio.save("Add a final exam")


def write_exam(studio: Studio) -> None:
    page = studio.page
    studio.go("Quizzes")
    main(page).get_by_role("link", name="Final exam").click()
    for stem, (right, wrong) in QUESTIONS.items():
        page.get_by_role("link", name="Single choice").click()
        page.get_by_label("Question", exact=True).fill(stem)
        page.get_by_label("Choice 1", exact=True).fill(wrong)
        page.get_by_label("Choice 2", exact=True).fill(right)
        page.get_by_role("radio", name="Right choice 2").check()
        page.get_by_label("Explanation").fill(f"It is this: {right}.")
        page.get_by_label("Objective").select_option(label=f"O1: {OBJECTIVE}")
        studio.look()
        main(page).get_by_role("button", name="Save", exact=True).last.click()
        expect(page.get_by_text("The question is saved.")).to_be_visible()
    studio.look()


def preview(studio: Studio) -> None:
    """The draft as a therapist from Florida will take it, in a few pages, and back."""
    page = studio.page
    studio.go("Preview")
    page.get_by_label("See the course with a license of").select_option("US-FL")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(main(page)).to_contain_text("Florida: nothing is recorded about this course")
    studio.look()
    page.get_by_role("link", name="Start this course").click()
    main(page).get_by_role("link", name="Start the first lesson").click()
    expect(page.get_by_role("img", name="A hand rests on a cheek.")).to_be_visible()
    main(page).get_by_role("link", name="Finish this lesson").click()
    page.get_by_role("link", name="Start the quiz").click()
    for question in page.locator("fieldset.question").all():
        right, _wrong = QUESTIONS[question.locator(".question-stem").inner_text().strip()]
        question.get_by_text(right, exact=True).click()
    studio.look()
    page.get_by_role("button", name="Submit your answers").click()
    expect(page.locator(".score-figure")).to_contain_text("100")
    page.get_by_role("complementary", name="Preview").get_by_text("Certificate").click()
    expect(page.locator(".certificate-frame")).to_contain_text("Florida license (number)")
    studio.look()
    page.get_by_role("link", name="Back to the studio").click()


def take_course(page: Page, look: Callable[[], None]) -> None:
    """Follow the page's own next step from the first lesson to the evaluation."""
    for _ in range(20):
        look()
        if page.url.endswith("/evaluation/"):
            return
        if page.locator("form.quiz").count():
            for question in page.locator("fieldset.question").all():
                right, _wrong = QUESTIONS[question.locator(".question-stem").inner_text().strip()]
                question.get_by_text(right, exact=True).click()
                line = question.locator("[data-saved-line]")
                expect(line).to_have_attribute("data-state", "saved")
            page.get_by_role("button", name="Check and submit").click()
            page.wait_for_url("**/submit/")
            page.get_by_role("button", name="Submit your answers").click()
            page.wait_for_url("**/review/")
            expect(page.locator(".score-figure")).to_contain_text("100")
            continue
        for name in ("Finish this lesson", "Start the quiz"):
            if page.get_by_role("button", name=name).count():
                page.get_by_role("button", name=name).click()
                break
        else:
            main(page).locator("a.button").first.click()
    raise AssertionError(f"The steps never ended; now at {page.url}")


def test_course_is_made_in_the_studio_and_a_therapist_is_certified_by_it(
    real_site: Site, new_context: NewContext, assert_accessible: Check, tmp_path: Path
) -> None:
    cheek, stroke = tmp_path / "cheek.jpg", tmp_path / "Stroke.mp4"
    cheek.write_bytes(sent.phone_jpeg(900, 600))
    recorded.make(stroke)
    size = {"width": 1280, "height": 900}
    page = new_context(base_url=real_site.url, viewport=size).new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, "instructor@example.com")
    studio = Studio(page, assert_accessible)

    # ---- nothing yet but a title and an empty lesson: the list leads to each place
    begin(studio)
    slug = urlsplit(page.url).path.split("/")[2]
    first = studio.missing()
    for sentence in (
        "The lesson “Five points” is empty.",
        "The course has no learning objectives.",
        "The course has no summary for the catalogue.",
        "The course claims no credit hours.",
    ):
        assert sentence in first

    write_course_page(studio)
    add_picture(studio, cheek)
    add_video(studio, stroke)
    begin_chart(studio)
    second = studio.missing()
    for sentence in (
        "The picture “cheek” has no alternative text.",
        "The picture “cheek” has no credit.",
        "The video “Stroke” has no captions.",
        "The video “Stroke” has no transcript.",
        "The video “Stroke” does not say who made it.",
    ):
        assert sentence in second
    assert any(line.startswith("The chart “Points of the face” is not finished") for line in second)
    assert any("claims 0.5 hours; 0 counted words" in line for line in second)
    assert "The course has no summary for the catalogue." not in second

    describe_picture(studio)
    describe_video(studio)
    draw_points(studio)
    write_lesson(studio)
    assert studio.missing() == []

    # ---- an exam is not asked for, but an empty one is not published
    begin_exam(studio)
    assert studio.missing() == ["“Final exam” has no questions."]
    write_exam(studio)

    preview(studio)

    # ---- nothing is missing any more
    assert studio.missing() == []
    main(page).get_by_role("button", name=re.compile("^Publish")).click()
    expect(page.get_by_text("is published and on sale")).to_be_visible()
    studio.look()

    # ---- a therapist takes it
    learner = new_context(base_url=real_site.url).new_page()

    def look() -> None:
        assert_accessible(learner)

    sign_in(learner, "therapist@example.com")
    learner.goto(f"/courses/{slug}/")
    look()
    learner.get_by_role("button", name="Start this course").click()
    main(learner).locator("a.button").first.click()
    expect(learner.get_by_role("img", name="A hand rests on a cheek.")).to_be_visible()
    expect(learner.locator("figcaption", has_text="Photo: Ana Reyes")).to_be_visible()
    expect(learner.locator("video")).to_be_visible()
    expect(learner.locator("[data-chart] svg .chart-point")).to_have_count(5)
    take_course(learner, look)
    evaluate(learner)
    learner.wait_for_url("**/finish/")
    expect(learner.locator(".certificate-frame")).to_contain_text("0.5 CE hours")
    look()
    learner.get_by_label(re.compile("I sign this statement")).check()
    learner.get_by_role("button", name="Sign and finish").click()
    learner.wait_for_url(re.compile(r"/certificates/[0-9A-Z]{17}/"))
    look()
    serial = urlsplit(learner.url).path.split("/")[2]

    # ---- the certificate says what the instructor wrote
    expect(learner.get_by_role("link", name="Download the PDF")).to_be_visible(timeout=60_000)
    with learner.expect_download() as downloading:
        learner.get_by_role("link", name="Download the PDF").click()
    content = downloading.value.path().read_bytes()
    text = pdf_text(content)
    for printed in (
        TITLE,
        "0.5 CE hours",
        "Ana Reyes, LMT, CLT",
        "Maya Delgado-Ortiz",
        codes.dashed(serial),
    ):
        assert printed in text

    # ---- and the page behind its code names this edition
    stranger = new_context(base_url=real_site.url).new_page()
    stranger.goto(qr_address(content))
    expect(stranger.locator(".result")).to_contain_text(re.compile("genuine", re.I))
    for printed in (TITLE, "0.5 CE hours", "edition 1.0"):
        expect(main(stranger)).to_contain_text(printed)
    assert_accessible(stranger)
