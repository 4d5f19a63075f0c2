import shutil
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ce_platform.core.models import StoredFile
from courses.models import Course, CourseVersion
from courses.parts import CoursePart, Item
from tests.courses.conftest import Package

pytestmark = pytest.mark.django_db
URL = "/office/packages/"


@pytest.fixture
def browser(client_of, registrar, alone: list[CoursePart]) -> Client:
    made: Client = client_of(registrar)
    return made


def zipped(package: Package) -> SimpleUploadedFile:
    path = shutil.make_archive(str(package.root.parent / "zipped"), "zip", package.root)
    return SimpleUploadedFile("course.zip", Path(path).read_bytes())


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def sha_of(url: str) -> str:
    return url.split("package=")[1]


def test_upload_shows_what_would_change_and_writes_no_course(
    browser: Client, package: Package
) -> None:
    response = browser.post(URL, {"package": zipped(package)})

    assert response.status_code == 302
    preview = browser.get(response["Location"])
    assert preview.status_code == 200
    assert "What would change" in text_of(preview)
    assert "new" in text_of(preview)
    assert "This would make a new draft, edition 1.0." in text_of(preview)
    assert not Course.objects.exists()
    assert StoredFile.objects.get().area == StoredFile.Area.PRIVATE


def test_confirming_imports_what_was_shown_once(browser: Client, package: Package) -> None:
    shown = browser.post(URL, {"package": zipped(package)})["Location"]

    for _ in range(2):
        response = browser.post(URL, {"sha256": sha_of(shown)})
        assert (response.status_code, response["Location"]) == (302, URL)

    version = CourseVersion.objects.get()
    assert version.status == "draft"
    assert "is imported as a draft" in text_of(browser.get(URL))


def test_confirming_may_publish_at_once(browser: Client, package: Package) -> None:
    shown = browser.post(URL, {"package": zipped(package)})["Location"]

    response = browser.post(URL, {"sha256": sha_of(shown), "publish": "on"})

    version = CourseVersion.objects.get()
    assert version.status == "published"
    assert response["Location"] == version.course.get_absolute_url()


class Demanding(CoursePart):
    def missing(self, version: CourseVersion) -> list[Item]:
        return [Item("no-signatory", "Nobody signs the certificates yet.")]


def test_what_cannot_be_published_yet_stays_a_draft(
    browser: Client, package: Package, alone: list[CoursePart]
) -> None:
    alone.append(Demanding())
    shown = browser.post(URL, {"package": zipped(package)})["Location"]

    response = browser.post(URL, {"sha256": sha_of(shown), "publish": "on"}, follow=True)

    assert CourseVersion.objects.get().status == "draft"
    assert "is imported as a draft, but cannot be published yet." in text_of(response)
    assert "Nobody signs the certificates yet." in text_of(response)


def test_typing_mistakes_make_a_revision(browser: Client, package: Package) -> None:
    shown = browser.post(URL, {"package": zipped(package)})["Location"]
    browser.post(URL, {"sha256": sha_of(shown), "publish": "on"})
    package.replace("course.toml", 'summary = "', 'summary = "Mended. ')

    shown = browser.post(URL, {"package": zipped(package)})["Location"]
    assert "Only typing mistakes were mended" in text_of(browser.get(shown))
    browser.post(URL, {"sha256": sha_of(shown), "is_typo": "on"})

    newest = CourseVersion.objects.latest("id")
    assert (newest.edition, newest.revision, newest.status) == (1, 1, "draft")


def test_mistakes_are_named_with_file_and_line(browser: Client, package: Package) -> None:
    package.replace("course.toml", "title =", "titel =")

    response = browser.post(URL, {"package": zipped(package)})

    assert response.status_code == 422
    assert "course.toml" in text_of(response)
    assert "nothing was imported" in text_of(response)
    assert not StoredFile.objects.filter(area=StoredFile.Area.PRIVATE).exists()


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_what_is_no_zip_is_422(browser: Client, content: bytes) -> None:
    response = browser.post(URL, {"package": SimpleUploadedFile("course.zip", content)})

    assert response.status_code == 422
    assert not StoredFile.objects.exists()


def test_nothing_chosen_is_422(browser: Client) -> None:
    assert browser.post(URL, {}).status_code == 422


@pytest.mark.parametrize("sha256", ["", "x", "0" * 63, "G" * 64])
def test_confirming_nothing_is_422(browser: Client, sha256: str) -> None:
    assert browser.post(URL, {"sha256": sha256}).status_code == 422


def test_confirming_or_looking_at_an_unknown_file_is_404(browser: Client) -> None:
    assert browser.post(URL, {"sha256": "0" * 64}).status_code == 404
    assert browser.get(URL, {"package": "0" * 64}).status_code == 404
    assert browser.get(URL, {"package": "x"}).status_code == 404


def test_instructor_imports_a_new_course_and_their_own(
    client_of, instructor, package: Package, alone: list[CoursePart]
) -> None:
    browser = client_of(instructor)
    shown = browser.post(URL, {"package": zipped(package)})["Location"]
    browser.post(URL, {"sha256": sha_of(shown)})
    Course.objects.update(owner=instructor)

    assert browser.post(URL, {"package": zipped(package)}).status_code == 302


def test_instructor_cannot_import_over_somebody_elses_course(
    client_of, instructor, owner, browser: Client, package: Package
) -> None:
    shown = browser.post(URL, {"package": zipped(package)})["Location"]
    browser.post(URL, {"sha256": sha_of(shown)})
    Course.objects.update(owner=owner)

    refused = client_of(instructor).post(URL, {"package": zipped(package)})
    confirmed = client_of(instructor).post(URL, {"sha256": sha_of(shown)})

    for response in (refused, confirmed):
        assert response.status_code == 422
        assert "This course belongs to somebody else." in text_of(response)


def test_page_is_for_staff(client: Client, client_of, stranger, instructor, registrar) -> None:
    assert client.get(URL).status_code == 302
    assert client_of(stranger).get(URL).status_code == 403
    assert client_of(stranger).post(URL, {"sha256": "0" * 64}).status_code == 403
    assert client_of(instructor).get(URL).status_code == 200
    assert client_of(registrar).get(URL).status_code == 200


def test_wrong_method_is_405(browser: Client) -> None:
    assert browser.put(URL).status_code == 405


def test_unchanged_published_course_offers_nothing_to_import(
    browser: Client, package: Package
) -> None:
    shown = browser.post(URL, {"package": zipped(package)})["Location"]
    browser.post(URL, {"sha256": sha_of(shown), "publish": "on"})

    again = text_of(browser.get(browser.post(URL, {"package": zipped(package)})["Location"]))

    assert "Nothing changes: edition 1.0 says all of this already." in again
    assert "Import the package" not in again


def test_unchanged_draft_can_still_be_published(browser: Client, package: Package) -> None:
    shown = browser.post(URL, {"package": zipped(package)})["Location"]
    browser.post(URL, {"sha256": sha_of(shown)})

    again = text_of(browser.get(shown))
    browser.post(URL, {"sha256": sha_of(shown), "publish": "on"})

    assert "Publish it" in again
    assert "Only typing mistakes were mended" not in again
    assert CourseVersion.objects.get().status == "published"


def test_a_space_in_the_key_does_not_open_somebody_elses_course(
    client_of, instructor, owner, browser: Client, package: Package
) -> None:
    shown = browser.post(URL, {"package": zipped(package)})["Location"]
    browser.post(URL, {"sha256": sha_of(shown)})
    Course.objects.update(owner=owner)
    text = (package.root / "course.toml").read_text()
    package.write("course.toml", text.replace('key = "', 'key = " ', 1))
    package.replace("course.toml", 'title = "', 'title = "Taken over: ')

    response = client_of(instructor).post(URL, {"package": zipped(package)})

    assert response.status_code == 422
    assert "This course belongs to somebody else." in text_of(response)
    assert StoredFile.objects.filter(area=StoredFile.Area.PRIVATE).count() == 1
