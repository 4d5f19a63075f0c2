"""Audio and video are packed anew, without being encoded anew: sound and pictures stay as they
came, everything else in the file (place, camera, a second format behind the first) is left behind.

FFmpeg (through PyAV) reads what strangers send, so it works in a process of its own with limits;
`prepare_apart` starts it, `prepare` is what it does. The result of the same file is the same.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from courses.containers import RecordingRefused, container_of

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

__all__ = ["EXTENSIONS", "Prepared", "RecordingRefused", "prepare", "prepare_apart"]

LARGEST_FILE: Final = 2_000_000_000
LONGEST_MS: Final = 4 * 60 * 60 * 1000
WIDEST: Final = 4096
SMALLEST_SIDE: Final = 16
POSTER_SIDE: Final = 1280
# How a kept file is named when it is served.
EXTENSIONS: Final[dict[str, str]] = {
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/webm": "weba",
}
_DEMUXERS: Final = {"mp4": "mp4", "webm": "matroska", "mp3": "mp3"}
_VIDEO: Final = {"mp4": {"h264"}, "webm": {"vp8", "vp9", "av1"}, "mp3": set[str]()}
_AUDIO: Final = {"mp4": {"aac"}, "webm": {"opus", "vorbis"}, "mp3": {"mp3"}}
_DECODERS: Final = (
    "h264,aac,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,opus,libopus,vorbis,mp3,mp3float"
)
# Without the flag the name and version of the program, and a random id, stand in the file.
_MUXER: Final = {
    "mp4": {"movflags": "+faststart", "fflags": "+bitexact"},
    "webm": {"cues_to_front": "1", "fflags": "+bitexact"},
    "mp3": {"id3v2_version": "0", "fflags": "+bitexact"},
}
_PLAIN_PIXELS: Final = {"yuv420p", "yuvj420p"}
_DEEP_PIXELS: Final = {"yuv420p10le"}
# The reader of MP3 takes whatever lies between two sounds for a part of the first.
_LARGEST_MP3_PACKET: Final = 4_096
# No sound is cut into longer pieces, no picture stands still for longer in a real recording.
_LONGEST_PACKET: Final = {"audio": 1, "video": 60}

HEVC: Final = (
    "The video is HEVC (H.265), which many browsers do not play. On the phone choose ‘Most "
    "compatible’ (iPhone: Settings, Camera, Formats) and record again, or export it as MP4 with "
    "H.264."
)
SOMETHING_BETWEEN: Final = (
    "A large part of this file is no sound. Export it once more as MP3 or M4A."
)
_EDITING: Final = "The video is {name}, made for editing. Export it as MP4 with H.264 and AAC."
_NAMES: Final = {"prores": "ProRes", "dnxhd": "DNxHD", "mjpeg": "Motion JPEG", "rawvideo": "raw"}

# What the process of its own may use.
_MOST_MEMORY: Final = 4_000_000_000
_MOST_SECONDS: Final = 1_800
_REFUSED: Final = 3


@dataclass(frozen=True)
class Prepared:
    """A recording as we keep it."""

    path: str
    content_type: str
    duration_ms: int
    width: int | None
    """As it is shown: turned as the camera says. None: audio."""
    height: int | None
    poster: str
    """A picture of it (WebP); empty: audio."""

    @property
    def kind(self) -> str:
        return self.content_type.partition("/")[0]


def prepare(source: Path, folder: Path) -> Prepared:
    """Look into `source` and write into `folder` what is kept. Errors: RecordingRefused.

    Packets are copied one by one. How long it is, is what the packets say, not the header.
    """
    import av

    if source.stat().st_size > LARGEST_FILE:
        raise RecordingRefused(f"The file is larger than {LARGEST_FILE // 1_000_000_000} GB.")
    container = container_of(source)
    kept = folder / "kept"
    try:
        with av.open(str(source), format=_DEMUXERS[container], container_options=_safe()) as file:
            video, audio = _streams(file, container)
            duration_ms = _copy(file, container, [each for each in (video, audio) if each], kept)
            width, height = _shown_size(video) if video else (None, None)
        kind = "video" if video else "audio"
        content_type = "audio/mpeg" if container == "mp3" else f"{kind}/{container}"
        poster = ""
        if video:
            poster = str(folder / "poster.webp")
            turned = _make_poster(kept, container, duration_ms, Path(poster))
            if turned and width and height:
                width, height = height, width
        else:
            _check_sound(kept, container)
    except RecordingRefused:
        raise
    except (av.FFmpegError, ValueError, EOFError, OSError, RuntimeError, OverflowError) as error:
        raise RecordingRefused(
            f"The file is damaged; it cannot be read to its end ({_said(error)}). Export it once "
            "more."
        ) from None
    return Prepared(str(kept), content_type, duration_ms, width, height, poster)


def _safe() -> dict[str, str]:
    """No other file, no address of the network, no decoder that we have no use for."""
    return {"protocol_whitelist": "file", "codec_whitelist": _DECODERS}


def _streams(
    file: "InputContainer", container: str
) -> "tuple[VideoStream | None, AudioStream | None]":
    """The picture and the sound; covers, subtitles, time codes and places are left behind."""
    from av.stream import Disposition

    video = next(
        (each for each in file.streams.video if Disposition.attached_pic not in each.disposition),
        None,
    )
    if video is not None:
        _check_video(video, container)
    audio = next(
        (each for each in file.streams.audio if _codec(each) in _AUDIO[container]),
        next(iter(file.streams.audio), None),
    )
    if audio is not None and _codec(audio) not in _AUDIO[container]:
        raise RecordingRefused(
            f"The sound is {_codec(audio) or 'of an unknown kind'}, which browsers do not play "
            "here. Export it with AAC sound (MP4, M4A), or as MP3."
        )
    if video is None and audio is None:
        raise RecordingRefused("There is neither a picture nor a sound in this file.")
    return video, audio


def _check_video(video: "VideoStream", container: str) -> None:
    codec = _codec(video)
    if codec == "hevc":
        raise RecordingRefused(HEVC)
    if codec in _NAMES:
        raise RecordingRefused(_EDITING.format(name=_NAMES[codec]))
    if codec not in _VIDEO[container]:
        raise RecordingRefused(
            f"The video is {codec or 'of an unknown kind'}, which browsers do not play. Export it "
            "as MP4 with H.264 and AAC."
        )
    pixels = video.codec_context.pix_fmt or ""
    if pixels not in _PLAIN_PIXELS | (_DEEP_PIXELS if container == "webm" else set()):
        raise RecordingRefused(
            "The colors of the video are stored as editing programs do it, which browsers do not "
            "show. Export it as MP4, H.264, 8 bit (4:2:0)."
        )
    if min(video.width, video.height) < SMALLEST_SIDE or max(video.width, video.height) > WIDEST:
        raise RecordingRefused(
            f"The picture is {video.width} × {video.height}; its sides are between "
            f"{SMALLEST_SIDE} and {WIDEST} pixels."
        )


def _codec(stream: "Stream") -> str:
    """The name of the format, whatever the decoder of it is called."""
    context = stream.codec_context
    return str(context.codec.canonical_name) if context is not None else ""


def _copy(file: "InputContainer", container: str, streams: "list[Stream]", kept: Path) -> int:
    """The packets of these streams, packed anew; returns the duration in milliseconds."""
    import av

    said = Fraction(file.duration or 0, av.time_base)
    spans = {each.index: _Span() for each in streams}
    with av.open(
        str(kept), "w", format="mp4" if container == "mp4" else container,
        container_options=dict(_MUXER[container]),
    ) as out:  # fmt: skip
        twins = {each.index: out.add_stream_from_template(each) for each in streams}
        for packet in file.demux(streams):
            if packet.dts is None:  # The empty one that ends a stream.
                continue
            if packet.is_corrupt:
                raise RecordingRefused("The file is damaged in the middle. Export it once more.")
            if container == "mp3" and packet.size > _LARGEST_MP3_PACKET:
                raise RecordingRefused(SOMETHING_BETWEEN)
            index = packet.stream.index
            # What was trimmed away on the phone comes along and is not shown.
            if not packet.is_discard:
                spans[index].take(packet.pts, packet.dts, packet.duration, packet.time_base)
            packet.stream = twins[index]
            out.mux(packet)
    if not all(span.count for span in spans.values()):
        raise RecordingRefused("There is nothing to see or to hear in this file.")
    begin = max(Fraction(0), min(span.begin for span in spans.values()))
    seconds = max(span.end for span in spans.values()) - begin
    for stream in streams:
        span = spans[stream.index]
        if span.end - span.begin > _LONGEST_PACKET[stream.type] * span.count:
            raise RecordingRefused(
                "The times in the file cannot be right: it claims to be far longer than what is "
                "in it. Export it once more."
            )
    if seconds * 1000 > LONGEST_MS:
        raise RecordingRefused("The recording is longer than 4 hours. Cut it into several.")
    # Of an MP3 the reader only guesses the length, from the first sounds.
    if container != "mp3" and seconds < said * Fraction(9, 10) - 1:
        raise RecordingRefused(
            f"The file says that it is {float(said):.0f} seconds long, and holds only "
            f"{float(seconds):.0f}. Export it once more."
        )
    return max(1, int(seconds * 1000))


class _Span:
    """From when to when the packets of one stream go."""

    def __init__(self) -> None:
        self.begin = Fraction(0)
        self.end = Fraction(0)
        self.count = 0

    def take(self, pts: int | None, dts: int, duration: int | None, base: Fraction) -> None:
        start = (pts if pts is not None else dts) * base
        self.begin = min(self.begin, start) if self.count else start
        self.end = max(self.end, start + (duration or 0) * base)
        self.count += 1


def _shown_size(video: "VideoStream") -> tuple[int, int]:
    ratio = video.sample_aspect_ratio
    width = round(video.width * ratio) if ratio else video.width
    return min(max(width, SMALLEST_SIDE), WIDEST), video.height


def _make_poster(kept: Path, container: str, duration_ms: int, poster: Path) -> bool:
    """One frame from near the beginning; returns whether it lies on its side. It also proves that
    what we keep can be opened and decoded."""
    import av
    from PIL import Image

    with av.open(str(kept), format=_DEMUXERS[container], container_options=_safe()) as file:
        video = file.streams.video[0]
        width, height = _shown_size(video)
        seconds = min(duration_ms / 10_000, 5)
        file.seek(int(seconds * av.time_base))
        frame = next(iter(file.decode(video)), None)
        if frame is None:
            raise RecordingRefused("No picture of the video can be shown. Export it once more.")
        picture: Image.Image = frame.to_image()
        if picture.size != (width, height):
            picture = picture.resize((width, height))
        if frame.rotation:
            picture = picture.rotate(frame.rotation, expand=True)
        picture.thumbnail((POSTER_SIDE, POSTER_SIDE))
        picture.save(poster, "WEBP", quality=80, method=4)
        return abs(frame.rotation) % 180 == 90


def _check_sound(kept: Path, container: str) -> None:
    import av

    with av.open(str(kept), format=_DEMUXERS[container], container_options=_safe()) as file:
        if next(iter(file.decode(file.streams.audio[0])), None) is None:
            raise RecordingRefused("No sound can be played. Export it once more.")


def _said(error: Exception) -> str:
    text = getattr(error, "strerror", "") or str(error) or type(error).__name__
    return text[:80].rstrip(".")


# ---------------------------------------------------------------- in a process of its own


def prepare_apart(
    source: Path, folder: Path, *, still_here: Callable[[], None] = lambda: None
) -> Prepared:
    """`prepare` in a process of its own: a file that breaks FFmpeg breaks nothing else.

    `still_here` is called every few seconds; what it raises ends the work.
    Errors: RecordingRefused.
    """
    root = Path(__file__).resolve().parent.parent
    began = monotonic()
    process = subprocess.Popen(  # noqa: S603 – our own module, two paths of our own making
        [sys.executable, "-m", "courses.recordings", str(source), str(folder)],
        cwd=root,
        # Of the environment nothing: it holds the secrets of the site.
        env={"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            with suppress(subprocess.TimeoutExpired):
                answer, _ = process.communicate(timeout=5)
                break
            still_here()
            if monotonic() - began > _MOST_SECONDS:
                raise RecordingRefused("The file takes too long to read. Export it once more.")
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    return _answer(process.returncode, answer)


def _answer(code: int, answer: bytes) -> Prepared:
    try:
        told: dict[str, Any] = json.loads(answer)
    except ValueError:
        told = {}
    if code == 0 and told:
        return Prepared(**told)
    raise RecordingRefused(
        told.get("refused") or "The file cannot be read. Export it once more, or in another format."
    )


def _main(source: str, folder: str) -> int:
    import resource

    import av.logging

    for limit, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_CPU, _MOST_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE + 100_000_000),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    av.logging.set_level(None)
    try:
        told = asdict(prepare(Path(source), Path(folder)))
    except RecordingRefused as error:
        sys.stdout.write(json.dumps({"refused": str(error)}))
        return _REFUSED
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:3]))
