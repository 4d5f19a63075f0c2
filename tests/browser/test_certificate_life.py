"""From the last signature to a corrected certificate, and what strangers are told on the way."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_counting_and_reporting import Check, NewContext, main, signed_in
from tests.certificates.readers import run
from tests.serving import Mailbox, Site, copy_site


@pytest.fixture
def own_site(template: Path, mailbox: Mailbox, tmp_path: Path) -> Iterator[Site]:
    """The course is finished here: others need the learner who has not done so."""
    with copy_site(template, tmp_path, mailbox, demo=False) as site:
        site.start_web()
        site.start_worker()
        yield site


def finish_course(page: Page) -> str:
    """The number of the certificate."""
    page.goto("/")
    main(page).locator("a.button").first.click()
    page.get_by_label(re.compile("I sign this statement")).check()
    page.get_by_role("button", name="Sign and finish").click()
    page.wait_for_url(re.compile("/certificates/[0-9A-Z]{17}/"))
    return page.url.split("/certificates/")[1].split("/")[0]


def download(page: Page, serial: str, folder: Path) -> Path:
    page.goto(f"/certificates/{serial}/")
    link = page.get_by_role("link", name=re.compile("(Download|Get) the PDF"))
    expect(page.get_by_role("link", name="Download the PDF")).to_be_visible(timeout=60_000)
    with page.expect_download() as downloading:
        link.click()
    path = folder / f"{serial}.pdf"
    path.write_bytes(downloading.value.path().read_bytes())
    return path


def verdict_on(page: Page, path: Path) -> str:
    page.goto("/verify/")
    page.get_by_label("PDF of a certificate").set_input_files(path)
    if page.get_by_role("heading", level=1, name="The file that you sent").count() == 0:
        page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The file that you sent")
    return main(page).locator(".result").first.inner_text()


def test_certificate_is_checked_corrected_and_checked_again(
    own_site: Site, new_context: NewContext, assert_accessible: Check, tmp_path: Path
) -> None:
    holder = signed_in(new_context, own_site, "almost.done@example.com")
    first = finish_course(holder)
    original = download(holder, first, tmp_path)
    said = run("pdfsig", str(original))
    assert "Total document signed" in said
    assert "Signature is Valid." in said

    # ---- a stranger with the file, and with one that was changed
    stranger = new_context(base_url=own_site.url).new_page()
    assert "Genuine and valid" in verdict_on(stranger, original)
    assert_accessible(stranger)
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(original.read_bytes().replace(b"/Subject (C", b"/Subject (X", 1))
    assert "Not the file that we issued" in verdict_on(stranger, changed)
    appended = tmp_path / "appended.pdf"
    appended.write_bytes(original.read_bytes() + b"1 0 obj\n<<>>\nendobj\n")
    assert "Genuine" not in verdict_on(stranger, appended)

    # ---- a slip in the name is mended by the holder
    holder.goto(f"/certificates/{first}/")
    holder.get_by_role("link", name=re.compile("A name or license number is wrong")).click()
    assert_accessible(holder)
    holder.get_by_label("Your name, as on your license").fill("Jonah Whitefield")
    holder.get_by_role("button", name="Correct it").click()
    expect(main(holder).get_by_text("Jonah Whitefield").first).to_be_visible()
    second = holder.url.split("/certificates/")[1].split("/")[0]
    assert second != first
    corrected = download(holder, second, tmp_path)

    # ---- the old one is told of by its file and its number; the new one holds
    assert "replaced" in verdict_on(stranger, original)
    assert "Genuine and valid" in verdict_on(stranger, corrected)
    stranger.goto(f"/verify/{first}/")
    expect(main(stranger)).to_contain_text("Genuine, but replaced")
    main(stranger).get_by_role(
        "link", name=re.compile("newest|in its place|took", re.I)
    ).first.click()
    expect(main(stranger)).to_contain_text("Jonah Whitefield")
    record = stranger.request.get(f"/verify/{first}/record.json").json()
    assert record["state"] == "replaced"
