"""Looking into files and packing them anew; no database."""

import subprocess
import sys
from pathlib import Path

import av
import pytest
from PIL import Image

from courses import recordings
from courses.containers import RecordingRefused, container_of
from courses.recordings import Prepared, prepare, prepare_apart
from tests.courses import recorded


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


def refusal(source: Path, folder: Path) -> str:
    with pytest.raises(RecordingRefused) as refused:
        prepare(source, folder)
    return str(refused.value)


@pytest.mark.parametrize(
    ("container", "video", "audio", "content_type"),
    [
        ("mp4", "libx264", "aac", "video/mp4"),
        ("mov", "libx264", "aac", "video/mp4"),
        ("webm", "libvpx-vp9", "libopus", "video/webm"),
        ("webm", "libvpx", "libopus", "video/webm"),
        ("webm", "", "libopus", "audio/webm"),
        ("ipod", "", "aac", "audio/mp4"),
        ("mp3", "", "libmp3lame", "audio/mpeg"),
    ],
)
def test_recording_of_a_common_kind_is_let_in(
    tmp_path: Path, kept: Path, container: str, video: str, audio: str, content_type: str
) -> None:
    source = recorded.make(
        tmp_path / "any.name", container=container, video=video, audio=audio, seconds=2
    )

    prepared = prepare(source, kept)

    assert prepared.content_type == content_type
    assert 1_950 <= prepared.duration_ms <= 2_100
    if video:
        assert (prepared.width, prepared.height) == (320, 180)
        with Image.open(prepared.poster) as poster:
            assert (poster.format, poster.size) == ("WEBP", (320, 180))
    else:
        assert (prepared.width, prepared.height, prepared.poster) == (None, None, "")


def test_silent_video_is_let_in(tmp_path: Path, kept: Path) -> None:
    assert prepare(recorded.make(tmp_path / "a", audio=""), kept).kind == "video"


def test_movie_of_a_phone_becomes_mp4_that_can_be_played_at_once(
    tmp_path: Path, kept: Path
) -> None:
    source = recorded.phone_movie(tmp_path / "IMG_1.MOV")
    before = source.read_bytes()
    assert recorded.boxes(before).index("mdat") < recorded.boxes(before).index("moov")
    assert b"+40.7128" in before

    prepared = prepare(source, kept)

    after = Path(prepared.path).read_bytes()
    assert prepared.content_type == "video/mp4"
    assert recorded.boxes(after).index("moov") < recorded.boxes(after).index("mdat")
    for told in (b"40.7128", b"Pear", b"Phone 7", "©xyz".encode("latin-1"), b"qt  "):
        assert told not in after


def test_sound_and_picture_are_not_encoded_anew(tmp_path: Path, kept: Path) -> None:
    source = recorded.phone_movie(tmp_path / "a.mov")

    prepared = prepare(source, kept)

    assert packets(Path(prepared.path)) == packets(source)


def packets(path: Path) -> list[tuple[int, bytes]]:
    with av.open(str(path)) as file:
        return sorted(
            (packet.stream.index, bytes(packet)) for packet in file.demux() if packet.size
        )


@pytest.mark.parametrize("container", ["mp4", "mp3"])
def test_what_was_packed_anew_is_packed_the_same_again(tmp_path: Path, container: str) -> None:
    source = recorded.make(
        tmp_path / "a", container=container,
        video="libx264" if container == "mp4" else "",
        audio="aac" if container == "mp4" else "libmp3lame",
    )  # fmt: skip

    contents = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        source = Path(prepare(source, folder).path)
        contents.append(source.read_bytes())

    assert contents[0] == contents[1] == contents[2]


def test_same_webm_is_packed_the_same_twice(tmp_path: Path) -> None:
    source = recorded.make(tmp_path / "a", container="webm", video="libvpx-vp9", audio="libopus")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()

    one, two = (Path(prepare(source, tmp_path / name).path) for name in ("one", "two"))

    assert one.read_bytes() == two.read_bytes()


def test_upright_video_keeps_its_turn_and_shows_upright_sizes(tmp_path: Path, kept: Path) -> None:
    source = recorded.turned(recorded.phone_movie(tmp_path / "a.mov"))

    prepared = prepare(source, kept)

    assert (prepared.width, prepared.height) == (180, 320)
    with Image.open(prepared.poster) as poster:
        assert poster.size == (180, 320)
    with av.open(prepared.path) as file:
        assert next(iter(file.decode(video=0))).rotation == -90


def test_cover_and_titles_of_a_sound_are_left_behind(tmp_path: Path, kept: Path) -> None:
    source = recorded.make(
        tmp_path / "a", container="mp3", video="", audio="libmp3lame",
        metadata={"title": "Client of Tuesday"},
    )  # fmt: skip
    assert b"Client" in source.read_bytes()

    prepared = prepare(source, kept)

    assert b"Client" not in Path(prepared.path).read_bytes()


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"video": "libx265"}, "‘Most compatible’"),
        ({"video": "libx265", "container": "mov"}, "‘Most compatible’"),
        (
            {"container": "mov", "video": "prores", "pixels": "yuv422p10le"},
            "ProRes, made for editing",
        ),
        ({"container": "mov", "video": "mjpeg", "pixels": "yuvj420p"}, "Motion JPEG"),
        ({"container": "mov", "audio": "pcm_s16le"}, "The sound is pcm_s16le"),
        ({"pixels": "yuv444p"}, "8 bit (4:2:0)"),
        ({"container": "matroska"}, "Matroska"),
        ({"container": "avi"}, "AVI"),
        ({"container": "wav", "video": "", "audio": "pcm_s16le"}, "WAV"),
        ({"container": "ogg", "video": "", "audio": "libopus"}, "Ogg"),
    ],
)
def test_what_browsers_do_not_play_is_refused_with_what_to_do(
    tmp_path: Path, kept: Path, options: dict[str, str], part: str
) -> None:
    assert part in refusal(recorded.make(tmp_path / "a", **options), kept)


def test_empty_file_is_refused(tmp_path: Path, kept: Path) -> None:
    (tmp_path / "a").write_bytes(b"")

    assert refusal(tmp_path / "a", kept) == "The file is empty."


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b"<html><script>alert(1)</script>",
        b"#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 60,
    ],
)
def test_file_of_another_kind_is_refused(tmp_path: Path, kept: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)

    assert "Send MP4, MOV, WebM, M4A or MP3" in refusal(tmp_path / "a.mp4", kept)


@pytest.mark.parametrize("container", ["mp4", "webm"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_file_that_was_cut_off_is_refused(
    tmp_path: Path, kept: Path, container: str, share: float
) -> None:
    source = recorded.make(
        tmp_path / "a", container=container,
        video="libx264" if container == "mp4" else "libvpx-vp9",
        audio="aac" if container == "mp4" else "libopus",
    )  # fmt: skip
    content = source.read_bytes()
    source.write_bytes(content[: int(len(content) * share)])

    assert refusal(source, kept)


@pytest.mark.parametrize("container", ["mp4", "webm"])
@pytest.mark.parametrize(
    "behind", [b"PK\x03\x04\x14\x00\x00\x00", b"%PDF-1.7\n1 0 obj", b"<script>", b"\0" * 20]
)
def test_file_with_something_behind_it_is_refused(
    tmp_path: Path, kept: Path, container: str, behind: bytes
) -> None:
    source = recorded.make(
        tmp_path / "a", container=container,
        video="libx264" if container == "mp4" else "libvpx-vp9",
        audio="aac" if container == "mp4" else "libopus",
    )  # fmt: skip
    source.write_bytes(source.read_bytes() + behind * 4)

    assert refusal(source, kept)


def test_page_hidden_in_free_room_is_left_behind(tmp_path: Path, kept: Path) -> None:
    content = recorded.make(tmp_path / "a").read_bytes()
    hidden = b"<script>alert(1)</script>"
    at = int.from_bytes(content[:4], "big")
    box = (len(hidden) + 8).to_bytes(4, "big") + b"free" + hidden
    # The index stands at the end of this file, so the places in it would be wrong: behind it.
    (tmp_path / "a").write_bytes(content + box)
    assert at

    prepared = prepare(tmp_path / "a", kept)

    assert hidden not in Path(prepared.path).read_bytes()


def test_sound_with_much_else_in_it_is_refused(tmp_path: Path, kept: Path) -> None:
    source = recorded.make(tmp_path / "a", container="mp3", video="", audio="libmp3lame")
    source.write_bytes(source.read_bytes() + b"<script>" * 20_000)

    assert refusal(source, kept) == recordings.SOMETHING_BETWEEN


def test_damage_in_the_index_is_refused(tmp_path: Path, kept: Path) -> None:
    source = recorded.make(tmp_path / "a")
    content = bytearray(source.read_bytes())
    for name in (b"stsd", b"stsz"):
        at = content.index(name)
        content[at + 8 : at + 16] = b"\xff" * 8
    source.write_bytes(content)

    assert refusal(source, kept)


def test_stretched_times_are_refused(tmp_path: Path, kept: Path) -> None:
    """One second of packets that claim to be hours would be claimed as hours of study."""
    source = recorded.make(tmp_path / "a", video="", container="ipod")
    content = bytearray(source.read_bytes())
    at = content.index(b"stts") + 12  # the duration of each packet, in samples
    content[at + 4 : at + 8] = (1024 * 5_000).to_bytes(4, "big")
    source.write_bytes(content)

    assert "cannot be right" in refusal(source, kept)


def test_more_than_four_hours_is_refused(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "LONGEST_MS", 900)

    assert "longer than 4 hours" in refusal(recorded.make(tmp_path / "a"), kept)


def test_larger_file_is_refused(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "LARGEST_FILE", 900)

    assert "larger than" in refusal(recorded.make(tmp_path / "a"), kept)


def test_live_recording_of_unknown_length_is_let_in(tmp_path: Path, kept: Path) -> None:
    source = recorded.make(
        tmp_path / "a", container="webm", video="libvpx", audio="libopus", options={"live": "1"}
    )

    assert container_of(source) == "webm"
    assert prepare(source, kept).duration_ms >= 950


# ---------------------------------------------------------------- in a process of its own


def test_process_of_its_own_gives_the_same(tmp_path: Path, kept: Path) -> None:
    source = recorded.phone_movie(tmp_path / "a.mov")
    other = tmp_path / "other"
    other.mkdir()
    here = prepare(source, kept)

    there = prepare_apart(source, other)

    assert Path(there.path).read_bytes() == Path(here.path).read_bytes()
    assert there == Prepared(
        str(other / "kept"), "video/mp4", here.duration_ms, 320, 180, str(other / "poster.webp")
    )


def test_process_of_its_own_hands_the_refusal_on(tmp_path: Path, kept: Path) -> None:
    source = recorded.make(tmp_path / "a", video="libx265")

    with pytest.raises(RecordingRefused, match="Most compatible"):
        prepare_apart(source, kept)


def test_process_that_dies_is_a_refusal(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(RecordingRefused, match="cannot be read"):
        prepare_apart(tmp_path / "absent", kept)


def test_process_knows_no_secret(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}
    real = subprocess.Popen

    def watch(*args, **kwargs):  # type: ignore[no-untyped-def]
        seen.update(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", watch)

    prepare_apart(recorded.make(tmp_path / "a", video="", container="ipod"), kept)

    assert set(seen) == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LANG"}
