"""Pages of the studio about video, audio and handouts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ce_platform.accounts.models import User
from courses.domain import uploading
from courses.models import CourseMember, CourseVersion, Handout, Recording, Upload
from tests.conftest import NOW
from tests.courses import recorded
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    HandoutFactory,
    LessonFactory,
    RecordingFactory,
    VersionFactory,
    publish,
    publishable,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
BASE = "/studio/face/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def version(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__slug="face", course__owner=instructor)


@pytest.fixture
def browser(client_of: Callable[[User], Client], instructor: User) -> Client:
    return client_of(instructor)


@pytest.fixture
def film(tmp_path: Path) -> bytes:
    return recorded.phone_movie(tmp_path / "film.mov").read_bytes()


def begin(browser: Client, size: int, **more: Any) -> dict[str, Any]:
    told = {"file_name": "film.mov", "size": size, "fingerprint": "f", **more}
    answer = browser.post(f"{BASE}uploads/begin/", told)
    assert answer.status_code == 200, answer.content
    return answer.json()


def send(browser: Client, url: str, offset: int, piece: bytes) -> Any:
    return browser.put(
        url, piece, content_type="application/octet-stream", headers={"Upload-Offset": str(offset)}
    )


# ---------------------------------------------------------------- uploads


def test_file_arrives_in_pieces_and_becomes_a_recording(
    browser: Client,
    version: CourseVersion,
    film: bytes,
    django_capture_on_commit_callbacks: Any,
) -> None:
    told = begin(browser, len(film))
    assert (told["state"], told["received"]) == ("receiving", 0)

    assert send(browser, told["url"], 0, film[:3000]).json()["received"] == 3000
    # The answer to the first was lost, so it is sent again.
    again = send(browser, told["url"], 0, film[:3000])
    assert (again.status_code, again.json()["received"]) == (409, 3000)
    # The page was loaded anew and the same file chosen.
    assert begin(browser, len(film))["received"] == 3000
    send(browser, told["url"], 3000, film[3000:])
    assert browser.get(told["url"]).json()["received"] == len(film)

    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post(told["finish_url"], headers={"X-Requested-With": "fetch"})

    assert (done.status_code, done.json()["state"]) == (200, "inspecting")
    assert browser.get(told["url"]).status_code == 404
    recording = Recording.objects.get()
    page = browser.get(f"{BASE}recordings/").content.decode()
    assert f"/studio/face/recordings/{recording.key}/" in page
    assert "Video, 1 second" in page


def test_refused_file_says_why(
    browser: Client, version: CourseVersion, django_capture_on_commit_callbacks: Any
) -> None:
    told = begin(browser, 6)
    send(browser, told["url"], 0, b"<html>")
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(told["finish_url"], headers={"X-Requested-With": "fetch"})

    state = browser.get(told["url"]).json()

    assert (state["state"], state["sentence"][:31]) == (
        "refused",
        "This is no video or audio file ",
    )
    assert state["sentence"] in browser.get(f"{BASE}recordings/").content.decode()
    assert browser.post(told["drop_url"]).status_code == 302
    assert Upload.objects.count() == 0


@pytest.mark.parametrize(
    "headers", [{}, {"Upload-Offset": "-1"}, {"Upload-Offset": "x"}, {"Upload-Offset": "9" * 16}]
)
def test_piece_that_belongs_nowhere_is_422(
    browser: Client, version: CourseVersion, headers: dict[str, str]
) -> None:
    told = begin(browser, 10)

    answer = browser.put(
        told["url"], b"0", content_type="application/octet-stream", headers=headers
    )

    assert (answer.status_code, answer.json()["state"]) == (422, "refused")


def test_too_large_a_piece_is_422(browser: Client, version: CourseVersion) -> None:
    told = begin(browser, 10_000_000)

    answer = send(browser, told["url"], 0, b"0" * (uploading.LARGEST_PIECE + 1))

    assert answer.status_code == 422
    assert Upload.objects.get().received_bytes == 0


@pytest.mark.parametrize(
    "told", [{}, {"file_name": "a", "size": "x"}, {"file_name": "a", "size": 5}]
)
def test_beginning_without_facts_is_422(
    browser: Client, version: CourseVersion, told: dict[str, Any]
) -> None:
    assert browser.post(f"{BASE}uploads/begin/", told).status_code == 422


def test_upload_of_somebody_else_is_404(
    browser: Client, version: CourseVersion, client_of: Callable[[User], Client], registrar: User
) -> None:
    told = begin(browser, 10)
    office = client_of(registrar)

    assert office.get(told["url"]).status_code == 404
    assert send(office, told["url"], 0, b"0").status_code == 404
    assert office.post(told["finish_url"]).status_code == 404
    assert office.post(told["drop_url"]).status_code == 404


def test_recording_of_another_course_is_not_replaced(
    browser: Client, version: CourseVersion
) -> None:
    other = RecordingFactory()

    answer = browser.post(
        f"{BASE}uploads/begin/",
        {"file_name": "a", "size": 5, "fingerprint": "f", "replaces": str(other.key)},
    )

    assert answer.status_code == 404


def test_file_sent_whole_by_a_form(
    browser: Client, version: CourseVersion, film: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(
            f"{BASE}recordings/add/", {"file": SimpleUploadedFile("Light strokes.mov", film)}
        )

    assert (answer.status_code, answer.url) == (302, f"{BASE}recordings/")
    assert Recording.objects.get().slug == "light-strokes"


def test_form_without_a_file_is_422(browser: Client, version: CourseVersion) -> None:
    answer = browser.post(f"{BASE}recordings/add/", {})

    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


def test_replacing_by_a_form_keeps_the_key(
    browser: Client, version: CourseVersion, film: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    before = RecordingFactory(version=version)
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(
            f"{BASE}recordings/{before.key}/replace/",
            {"file": SimpleUploadedFile("new.mov", film)},
        )

    assert answer.status_code == 302
    after = Recording.objects.get()
    assert (after.pk, after.key, after.title) == (before.pk, before.key, before.title)
    assert after.file.sha256 != before.file.sha256


# ---------------------------------------------------------------- pages


def test_list_shows_where_each_is_used_and_what_it_lacks(
    browser: Client, version: CourseVersion
) -> None:
    full = RecordingFactory(version=version, title="Full")
    RecordingFactory(version=version, title="Bare", captions="", transcript="", credit="")
    LessonFactory(
        module__version=version, title="With film", body=f"::: recording {full.slug}\n:::"
    )

    page = browser.get(f"{BASE}recordings/").content.decode()

    for part in ("With film", "Not in a lesson yet", "No captions", "No transcript", "No credit"):
        assert page.count(part) == 1


def test_empty_list_says_what_will_be_here(browser: Client, version: CourseVersion) -> None:
    assert "Nothing here yet" in browser.get(f"{BASE}recordings/").content.decode()
    assert "Nothing here yet" in browser.get(f"{BASE}handouts/").content.decode()


def test_queries_of_the_lists_do_not_grow(
    browser: Client, version: CourseVersion, django_assert_num_queries: Any
) -> None:
    def fill() -> None:
        recording, handout = RecordingFactory(version=version), HandoutFactory(version=version)
        LessonFactory(
            module__version=version,
            body=f"::: recording {recording.slug}\n:::\n\n[x](handout:{handout.slug})",
        )

    fill()
    for url, count in ((f"{BASE}recordings/", 8), (f"{BASE}handouts/", 7)):
        browser.get(url)  # Facts of the provider are remembered.
        with django_assert_num_queries(count):
            browser.get(url)
        fill()
        fill()
        with django_assert_num_queries(count):
            browser.get(url)


def test_texts_are_saved(browser: Client, version: CourseVersion) -> None:
    recording = RecordingFactory(version=version)
    url = f"{BASE}recordings/{recording.key}/"

    answer = browser.post(url, {"title": "New title", "credit": "Ana"})

    assert (answer.status_code, answer.url) == (302, f"{url}#texts")
    recording.refresh_from_db()
    assert (recording.title, recording.credit) == ("New title", "Ana")
    assert browser.post(url, {"title": " ", "credit": ""}).status_code == 422


def test_captions_come_typed_or_as_a_file(browser: Client, version: CourseVersion) -> None:
    recording = RecordingFactory(version=version, captions="")
    url = f"{BASE}recordings/{recording.key}/captions/"

    typed = browser.post(url, {"language": "en-US", "text": "00:01.000 --> 00:02.000\nTyped"})
    recording.refresh_from_db()
    assert typed.status_code == 302
    assert recording.captions.endswith("Typed\n")

    file = SimpleUploadedFile("a.srt", "\ufeff1\n00:00:01,000 --> 00:00:02,000\nFrom file".encode())
    browser.post(url, {"language": "en-US", "text": "left over", "file": file})
    recording.refresh_from_db()
    assert recording.captions.endswith("From file\n")


def test_mistake_in_captions_is_shown_with_its_line_and_nothing_is_lost(
    browser: Client, version: CourseVersion
) -> None:
    recording = RecordingFactory(version=version)
    url = f"{BASE}recordings/{recording.key}/captions/"

    answer = browser.post(url, {"language": "en-US", "text": "00:01 --> 00:02\nHalf typed"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Line 1: “00:01 --&gt; 00:02” are no times" in page
    assert "Half typed" in page
    latin = SimpleUploadedFile("a.srt", "é".encode("latin-1"))
    answer = browser.post(url, {"language": "en-US", "file": latin})
    assert (answer.status_code, "not UTF-8" in answer.content.decode()) == (422, True)


def test_transcript_is_made_from_captions_with_one_click(
    browser: Client, version: CourseVersion
) -> None:
    recording = RecordingFactory(version=version, transcript="")
    url = f"{BASE}recordings/{recording.key}/transcript/"

    browser.post(url, {"from": "captions"})
    recording.refresh_from_db()
    assert recording.transcript == "Slow, light strokes."

    browser.post(url, {"text": "Typed *anew*."})
    recording.refresh_from_db()
    assert recording.transcript == "Typed *anew*."
    assert browser.post(url, {"text": "# Title"}).status_code == 422


def test_recording_in_a_lesson_stays(browser: Client, version: CourseVersion) -> None:
    recording = RecordingFactory(version=version)
    lesson = LessonFactory(module__version=version, body=f"::: recording {recording.slug}\n:::")
    url = f"{BASE}recordings/{recording.key}/"

    answer = browser.post(f"{url}remove/", follow=True)
    assert "Take it out there first" in answer.content.decode()
    assert Recording.objects.count() == 1

    lesson.delete()
    assert browser.post(f"{url}remove/").url == f"{BASE}recordings/"
    assert Recording.objects.count() == 0


def test_handout_is_added_changed_removed(browser: Client, version: CourseVersion) -> None:
    answer = browser.post(
        f"{BASE}handouts/", {"file": SimpleUploadedFile("Pressure_scale.pdf", PDF), "credit": "Ana"}
    )
    assert answer.status_code == 302
    handout = Handout.objects.get()
    assert (handout.title, handout.slug) == ("Pressure scale", "pressure-scale")
    page = browser.get(f"{BASE}handouts/").content.decode()
    assert "[Pressure scale](handout:pressure-scale)" in page

    url = f"{BASE}handouts/{handout.key}/"
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"title": "Scale", "credit": ""}).status_code == 302
    handout.refresh_from_db()
    assert (handout.title, handout.slug, handout.credit) == ("Scale", "pressure-scale", "")

    assert browser.post(f"{url}remove/").status_code == 302
    assert Handout.objects.count() == 0


@pytest.mark.parametrize("content", [b"", b"<html>", b"%PDF-1.7 half"])
def test_bad_handout_is_422(browser: Client, version: CourseVersion, content: bytes) -> None:
    answer = browser.post(f"{BASE}handouts/", {"file": SimpleUploadedFile("a.pdf", content)})

    assert answer.status_code == 422
    assert Handout.objects.count() == 0


# ---------------------------------------------------------------- who


def urls(version: CourseVersion) -> dict[str, str]:
    recording = RecordingFactory(version=version)
    HandoutFactory(version=version)
    base = f"/studio/{version.course.slug}/"
    return {
        "list": f"{base}recordings/",
        "recording": f"{base}recordings/{recording.key}/",
        "handouts": f"{base}handouts/",
    }


def test_course_of_another_instructor_is_404(
    client_of: Callable[[User], Client], instructor: User
) -> None:
    version = VersionFactory(status="draft", course__owner=UserFactory())
    browser = client_of(instructor)

    for url in urls(version).values():
        assert browser.get(url).status_code == 404
        assert browser.post(url).status_code in (404, 405)
    assert browser.post(f"/studio/{version.course.slug}/uploads/begin/").status_code == 404


def test_reviewer_looks_and_changes_nothing(
    client_of: Callable[[User], Client], instructor: User
) -> None:
    version = VersionFactory(status="draft", course__owner=UserFactory())
    CourseMember.objects.create(
        course=version.course, user=instructor, role="reviewer", added_at=NOW, added_by_id=1
    )
    browser = client_of(instructor)
    places = urls(version)

    for url in places.values():
        page = browser.get(url)
        assert page.status_code == 200
        assert b'type="file"' not in page.content
    assert browser.post(places["recording"], {"title": "x"}).status_code == 403
    assert browser.post(f"{places['recording']}captions/").status_code == 403
    assert browser.post(places["handouts"]).status_code == 403
    assert browser.post(f"/studio/{version.course.slug}/uploads/begin/").status_code == 403


def test_published_course_is_looked_at_only(
    client_of: Callable[[User], Client], instructor: User
) -> None:
    version = publishable(course__owner=instructor)
    places = urls(version)
    publish(version)
    browser = client_of(instructor)

    for url in places.values():
        assert browser.get(url).status_code == 200
    assert browser.post(places["recording"], {"title": "x"}).status_code == 403


# ---------------------------------------------------------------- the editor of a lesson


def test_editor_of_a_lesson_offers_recordings_and_handouts(
    browser: Client, version: CourseVersion
) -> None:
    lesson = LessonFactory(module__version=version)
    for slug, title in (("strokes", "Light strokes"), ("after", "Afterwards")):
        RecordingFactory(version=version, slug=slug, title=title)
    HandoutFactory(version=version, slug="sheet", title="On one sheet")
    RecordingFactory(slug="of-another-course")

    answer = browser.get(f"{BASE}lessons/{lesson.key}/")

    assert answer.context["library"]["recordings"] == [
        {"slug": "after", "title": "Afterwards"},
        {"slug": "strokes", "title": "Light strokes"},
    ]
    assert answer.context["library"]["handouts"] == [{"slug": "sheet", "title": "On one sheet"}]
    assert b'"title": "On one sheet"' in answer.content
