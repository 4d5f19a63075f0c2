"""An instructor brings pictures into a course, says what they show, and changes one everywhere."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.courses import sent_pictures as sent

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {
        "face.jpg": sent.phone_jpeg(900, 600),
        "neck.png": sent.png(seed=2, width=300, height=400),
        "holiday.heic": sent.HEIC,
        "new face.png": sent.png(seed=3, width=400, height=300),
    }
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in made}


def begin_course(page: Page, title: str) -> None:
    page.goto("/")
    page.get_by_role("button", name="Instructor").click()
    page.goto("/studio-new/")
    page.get_by_label("Title of the course").fill(title)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Pictures").click()


def test_two_files_at_once_of_which_one_is_refused(
    new_context: NewContext, files: dict[str, Path], assert_accessible: Check
) -> None:
    page = new_context().new_page()
    begin_course(page, "Pictures at once")
    assert_accessible(page)

    # ---- chosen together: each line tells its own end
    page.get_by_label("Credit of all of them").fill("Photo: Ana Reyes")
    page.get_by_label("Add pictures").set_input_files([files["face.jpg"], files["holiday.heic"]])
    lines = page.locator("[data-picture-queue] > li")
    expect(lines.nth(0)).to_contain_text("in the course as face")
    expect(lines.nth(1)).to_contain_text("Choose “Most compatible” in the camera settings")
    tiles = page.locator("[data-picture]")
    expect(tiles).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="One picture is in")).to_contain_text(
        "1 could not be added"
    )
    expect(tiles.first).to_contain_text("No alternative text yet")
    expect(tiles.first).to_contain_text("Photo: Ana Reyes")
    assert_accessible(page)

    # ---- the alternative text, without a pointer
    tiles.first.get_by_role("link", name="face").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/pictures/[0-9a-f-]{36}/"))
    assert_accessible(page)
    text = page.get_by_label("Alternative text")
    for _ in range(60):
        if text.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("A face from the front with six points on the left cheek.")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved what “face” shows.")).to_be_visible()
    expect(page.get_by_role("img", name="A face from the front")).to_be_visible()
    assert_accessible(page)

    # ---- another one in its place; a refusal leaves the old one
    page.get_by_text("Another picture in its place").click()
    page.get_by_label("The new picture").set_input_files(files["holiday.heic"])
    page.get_by_role("button", name="Replace it everywhere").click()
    expect(page.get_by_role("alert")).to_contain_text("This is a HEIC photo")
    assert_accessible(page)
    page.get_by_label("The new picture").set_input_files(files["new face.png"])
    page.get_by_role("button", name="Replace it everywhere").click()
    expect(page.get_by_text("Does the alternative text still say it?")).to_be_visible()
    expect(page.locator(".figure img")).to_have_attribute("width", "400")
    expect(page.get_by_role("heading", level=1)).to_have_text("face")


def test_dropped_picture_is_sent_and_a_removed_one_comes_back(
    new_context: NewContext, files: dict[str, Path]
) -> None:
    page = new_context().new_page()
    begin_course(page, "Pictures dropped")
    content = list(files["neck.png"].read_bytes())
    page.evaluate(
        """content => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(content)], "neck.png", { type: "image/png" }));
          document.body.dispatchEvent(
            new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
          );
        }""",
        content,
    )
    expect(page.locator("[data-picture]")).to_have_count(1)

    page.locator("[data-picture]").get_by_role("link", name="neck").click()
    page.get_by_text("Remove this picture").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("No pictures yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("“neck” is back.")).to_be_visible()


def test_without_javascript_the_form_sends_them_all(
    new_context: NewContext, files: dict[str, Path], assert_accessible: Check
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    begin_course(page, "Pictures by form")

    page.get_by_label("Add pictures").set_input_files(
        [files["face.jpg"], files["neck.png"], files["holiday.heic"]]
    )
    page.get_by_role("button", name="Add them").click()

    expect(page.get_by_text("In the course now: face, neck.")).to_be_visible()
    expect(page.get_by_text("holiday.heic: This is a HEIC photo")).to_be_visible()
    expect(page.locator("[data-picture]")).to_have_count(2)


def test_editor_of_a_lesson_sends_what_was_pasted(
    new_context: NewContext, files: dict[str, Path]
) -> None:
    page = new_context().new_page()
    begin_course(page, "Pictures pasted")
    page.get_by_role("link", name="Outline").click()
    page.get_by_label("Title of a new lesson in “Module 1”").fill("First")
    page.get_by_role("button", name="Add a lesson").click()
    page.get_by_role("link", name="First", exact=True).click()
    page.wait_for_url("**/lessons/**")
    paste = """async ([name, content]) => {
      const { uploadPicture } = await import("/static/js/picture-upload.js");
      const file = new File([new Uint8Array(content)], name);
      try {
        return await uploadPicture(file);
      } catch (error) {
        return { sentence: error.message };
      }
    }"""

    told = page.evaluate(paste, ["image.png", list(files["neck.png"].read_bytes())])
    refused = page.evaluate(paste, ["image.gif", list(sent.REFUSED["gif"][1])])

    assert (told["slug"], told["alt"]) == ("image", "")
    assert page.request.get(told["url"]).status == 200
    assert refused["sentence"].startswith("This is a GIF.")
