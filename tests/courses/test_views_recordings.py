"""Recordings, captions, posters and handouts as they are served."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from ce_platform.core.text import sha256_text
from courses.models import Handout, Recording
from courses.views import streaming
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    EnrollmentFactory,
    HandoutFactory,
    RecordingFactory,
    VersionFactory,
    stored_file,
)

pytestmark = pytest.mark.django_db
CONTENT = b"0123456789" * 10


def url_of(recording: Recording, extension: str = "mp4") -> str:
    return f"/media/recordings/{recording.file.sha256}.{extension}"


def captions_url(recording: Recording) -> str:
    return f"/media/captions/{recording.key}/{sha256_text(recording.captions)}.vtt"


def poster_url(recording: Recording) -> str:
    assert recording.poster is not None
    return f"/media/posters/{recording.poster.sha256}.webp"


def handout_url(handout: Handout) -> str:
    return f"/media/handouts/{handout.file.sha256}/{handout.file_name}"


@pytest.fixture
def film() -> Recording:
    return RecordingFactory(file=stored_file(CONTENT, "video/mp4"))


def body(response) -> bytes:  # type: ignore[no-untyped-def]
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_whole_recording_is_served_for_ever(client: Client, film: Recording) -> None:
    response = client.get(url_of(film))

    assert (response.status_code, body(response)) == (200, CONTENT)
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Length"] == "100"
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{film.file.sha256}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert set(response["Cache-Control"].split(", ")) == {
        "public",
        "max-age=31536000",
        "immutable",
    }


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-9", 0, 9),
        ("bytes=95-", 95, 99),
        ("bytes=95-500", 95, 99),
        ("bytes=-5", 95, 99),
        ("bytes=-500", 0, 99),
        ("bytes=0-", 0, 99),
    ],
)
def test_part_is_served(client: Client, film: Recording, asked: str, start: int, end: int) -> None:
    response = client.get(url_of(film), headers={"Range": asked})

    assert (response.status_code, body(response)) == (206, CONTENT[start : end + 1])
    assert response["Content-Range"] == f"bytes {start}-{end}/100"
    assert response["Content-Length"] == str(end - start + 1)


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_part_behind_the_end_is_416(client: Client, film: Recording, asked: str) -> None:
    response = client.get(url_of(film), headers={"Range": asked})

    assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")
    assert "Cache-Control" not in response


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "bytes=5-2", "bytes=-", "bytes=a-b", "seconds=0-1", "bytes=0-1 x", "0-1"],
)
def test_what_is_no_single_range_is_the_whole(client: Client, film: Recording, asked: str) -> None:
    response = client.get(url_of(film), headers={"Range": asked})

    assert (response.status_code, body(response)) == (200, CONTENT)


def test_open_range_is_answered_with_a_piece(
    client: Client, film: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paused player must not hold a thread of the server."""
    monkeypatch.setattr(streaming, "MOST_OF_AN_OPEN_RANGE", 10)

    response = client.get(url_of(film), headers={"Range": "bytes=20-"})

    assert (response["Content-Range"], body(response)) == ("bytes 20-29/100", CONTENT[20:30])


def test_if_range_of_this_file_gives_the_part(client: Client, film: Recording) -> None:
    for etag, status in ((f'"{film.file.sha256}"', 206), ('"other"', 200)):
        response = client.get(url_of(film), headers={"Range": "bytes=0-4", "If-Range": etag})

        assert response.status_code == status


def test_known_file_is_304(client: Client, film: Recording) -> None:
    response = client.get(
        url_of(film), headers={"If-None-Match": f'"{film.file.sha256}"', "Range": "bytes=0-4"}
    )

    assert (response.status_code, body(response)) == (304, b"")


def test_head_tells_the_size_and_sends_nothing(client: Client, film: Recording) -> None:
    whole = client.head(url_of(film))
    part = client.head(url_of(film), headers={"Range": "bytes=10-19"})

    assert (whole.status_code, whole["Content-Length"], body(whole)) == (200, "100", b"")
    assert (part.status_code, part["Content-Length"], body(part)) == (206, "10", b"")


def test_long_file_comes_in_pieces(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "PIECE", 30)
    film = RecordingFactory(file=stored_file(CONTENT + b"x", "video/mp4"))

    response = client.get(url_of(film))

    assert [len(piece) for piece in response.streaming_content] == [30, 30, 30, 11]


def test_captions_are_served_as_captions(client: Client) -> None:
    film = RecordingFactory()

    response = client.get(captions_url(film))

    assert (response.status_code, response.content.decode()) == (200, film.captions)
    assert response["Content-Type"] == "text/vtt; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]


def test_poster_is_a_picture(client: Client) -> None:
    response = client.get(poster_url(RecordingFactory()))

    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")


def test_handout_is_a_download_with_its_name(client: Client) -> None:
    handout = HandoutFactory(slug="scale")

    response = client.get(handout_url(handout))

    assert (response.status_code, body(response)) == (200, handout.file.read())
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="scale.pdf"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


def every_url(version) -> list[str]:  # type: ignore[no-untyped-def]
    film = RecordingFactory(version=version, file=stored_file(b"of it", "video/mp4"))
    return [
        url_of(film),
        captions_url(film),
        poster_url(film),
        handout_url(HandoutFactory(version=version)),
    ]


@pytest.mark.parametrize("status", ["draft", "in-review"])
def test_recording_of_a_draft_opens_for_its_author_and_the_office(
    client: Client, client_of, owner, instructor, registrar, status: str
) -> None:
    elsewhere = UserFactory()
    elsewhere.groups.add(Group.objects.get(name="instructor"))
    for url in every_url(VersionFactory(status=status, course__owner=instructor)):
        assert client.get(url).status_code == 404
        assert client_of(owner).get(url).status_code == 404
        assert client_of(elsewhere).get(url).status_code == 404
        for person in (instructor, registrar):
            response = client_of(person).get(url)
            assert response.status_code == 200
            assert "private" in response["Cache-Control"]


def test_recording_of_a_retired_version_is_kept_for_its_learners(
    client: Client, client_of, owner, stranger
) -> None:
    version = VersionFactory(status="retired")
    EnrollmentFactory(user=owner, version=version)

    for url in every_url(version):
        assert client.get(url).status_code == 404
        assert client_of(stranger).get(url).status_code == 404
        assert client_of(owner).get(url).status_code == 200


def test_odd_address_is_404(client: Client, film: Recording) -> None:
    handout = HandoutFactory(slug="scale")
    for url in (
        url_of(film, "webm"),
        url_of(film, "html"),
        f"/media/recordings/{'0' * 64}.mp4",
        f"/media/captions/{film.key}/{'0' * 64}.vtt",
        f"/media/posters/{film.file.sha256}.webp",
        f"/media/recordings/{handout.file.sha256}.mp4",
        f"/media/handouts/{handout.file.sha256}/other.pdf",
        f"/media/handouts/{film.file.sha256}/scale.pdf",
    ):
        assert client.get(url).status_code == 404, url


def test_wrong_method_is_405(client: Client, film: Recording) -> None:
    for url in (url_of(film), captions_url(film), poster_url(film)):
        assert client.post(url).status_code == 405


def test_number_of_queries_is_small(
    client: Client, film: Recording, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(2):
        client.get(url_of(film))
