"""Recordings for tests, made on the spot: a second of color and of a tone. One that was made
before in the same process is written again."""

import math
import struct
from array import array
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

RATE = 48_000
SAMPLES = 960
_FORMATS = {"aac": "fltp", "libmp3lame": "s16p", "libopus": "s16", "pcm_s16le": "s16"}


_made: dict[str, bytes] = {}


def make(path: Path, **how: Any) -> Path:
    """See `_encode`."""
    key = repr(sorted(how.items()))
    if key not in _made:
        _made[key] = _encode(path, **how).read_bytes()
    path.write_bytes(_made[key])
    return path


def _encode(
    path: Path,
    *,
    container: str = "mp4",
    video: str = "libx264",
    audio: str = "aac",
    seconds: float = 1,
    size: tuple[int, int] = (320, 180),
    pixels: str = "yuv420p",
    metadata: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    color: int = 90,
) -> Path:
    """Empty `video` or `audio`: without it."""
    with av.open(str(path), "w", format=container, container_options=options or {}) as file:
        file.metadata.update(metadata or {})
        picture = file.add_stream(video, rate=25) if video else None
        if picture is not None:
            picture.width, picture.height = size
            picture.pix_fmt = pixels
            if video == "libx265":
                picture.options = {"x265-params": "log-level=none"}
        sound = file.add_stream(audio, rate=RATE) if audio else None
        if sound is not None:
            sound.layout = "mono"
        if picture is not None:
            for number in range(int(25 * seconds)):
                frame = av.VideoFrame(*size, "yuv420p")
                for place, plane in enumerate(frame.planes):
                    value = (color + number * 3 + place * 60) % 256
                    plane.update(bytes([value]) * plane.buffer_size)
                frame.pts = number
                shown = frame if pixels == "yuv420p" else frame.reformat(format=pixels)
                shown.pts, shown.time_base = number, Fraction(1, 25)
                file.mux(picture.encode(shown))
            file.mux(picture.encode(None))
        if sound is not None:
            for start in range(0, int(RATE * seconds), SAMPLES):
                file.mux(sound.encode(_tone(start, _FORMATS[audio])))
            file.mux(sound.encode(None))
    return path


def _tone(start: int, sample_format: str) -> av.AudioFrame:
    wave = [math.sin((start + step) * 440 * math.tau / RATE) * 0.4 for step in range(SAMPLES)]
    frame = av.AudioFrame(format=sample_format, layout="mono", samples=SAMPLES)
    bare = (
        array("f", wave)
        if sample_format.startswith("flt")
        else array("h", [int(each * 32_000) for each in wave])
    )
    raw = bare.tobytes()
    frame.planes[0].update(raw.ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
    return frame


def phone_movie(path: Path) -> Path:
    """As a phone writes it: MOV, the index at the end, with place, make and model."""
    return make(
        path,
        container="mov",
        metadata={"location": "+40.7128-074.0060/", "make": "Pear", "model": "Phone 7"},
    )


def turned(path: Path) -> Path:
    """The camera was held upright: the picture is stored lying, with a note to turn it."""
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 4 + 4 + 20 + 8 + 8
    content[matrix : matrix + 36] = struct.pack(
        ">9i", 0, 65536, 0, -65536, 0, 0, 180 << 16, 0, 0x40000000
    )
    path.write_bytes(content)
    return path


def boxes(content: bytes) -> list[str]:
    """The names of the boxes of an MP4, in their order."""
    found, at = [], 0
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        found.append(content[at + 4 : at + 8].decode())
        at += length
    return found
