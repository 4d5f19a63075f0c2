"""What kind of recording a file really is, by its bytes, and whether it is whole.

Looked at before any decoder sees the file: the reader is then told what to expect, so that no
playlist or other clever format is ever followed. Nothing here believes the name of the file.
"""

from pathlib import Path
from typing import IO, Final

from ce_platform.core.errors import DomainError

MOST_BOXES: Final = 100_000
_FIRST: Final = 64
_EBML: Final = b"\x1a\x45\xdf\xa3"
_SEGMENT: Final = b"\x18\x53\x80\x67"
_VOID: Final = 0xEC

# What people send by mistake, and what to do about it.
_OTHERS: Final[tuple[tuple[int, bytes, str], ...]] = (
    (8, b"AVI ", "This is an AVI video. Export it as MP4 with H.264 and AAC."),
    (8, b"WAVE", "This is a WAV sound, far too large to be sent. Export it as M4A or MP3."),
    (0, b"OggS", "This is an Ogg file, which not every browser plays. Export it as M4A or MP3."),
    (0, b"fLaC", "This is a FLAC sound. Export it as M4A or MP3."),
    (0, b"FORM", "This is an AIFF sound. Export it as M4A or MP3."),
    (0, b"#!AMR", "This is an AMR sound. Export it as M4A or MP3."),
    (0, b"\x30\x26\xb2\x75", "This is a Windows Media file. Export it as MP4 or MP3."),
    (0, b"\x00\x00\x01\xba", "This is an MPEG-2 video. Export it as MP4 with H.264 and AAC."),
    (0, b"%PDF", "This is a PDF. It belongs among the handouts."),
    (0, b"FLV", "This is a Flash video. Export it as MP4 with H.264 and AAC."),
)
CUT_OFF: Final = (
    "The file ends in the middle: a part of it is missing. Export or copy it once more."
)
SOMETHING_ELSE: Final = (
    "Something that is no recording hangs on this file. Export it once more and send that."
)


class RecordingRefused(DomainError):
    """Not audio or video that every browser can play."""


def container_of(path: Path) -> str:
    """mp4 | webm | mp3. MOV and M4A are mp4 too. Errors: RecordingRefused."""
    size = path.stat().st_size
    if not size:
        raise RecordingRefused("The file is empty.")
    with path.open("rb") as file:
        first = file.read(_FIRST)
        for place, mark, sentence in _OTHERS:
            if first[place : place + len(mark)] == mark:
                raise RecordingRefused(sentence)
        if first[4:8] == b"ftyp":
            _check_boxes(file, size)
            return "mp4"
        if first.startswith(_EBML):
            _check_segment(file, size)
            return "webm"
    if first.startswith(b"ID3") or (first[0] == 0xFF and first[1:2] and first[1] & 0xE6 == 0xE2):
        return "mp3"
    raise RecordingRefused(
        "This is no video or audio file that browsers play. Send MP4, MOV, WebM, M4A or MP3."
    )


def _check_boxes(file: IO[bytes], size: int) -> None:
    """The boxes of an MP4 follow each other without a gap, and the last one ends the file."""
    kinds = set()
    at = 0
    for _ in range(MOST_BOXES):
        if at == size:
            break
        file.seek(at)
        head = file.read(16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        header = 8
        if length == 1:
            length, header = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:  # Up to the end of the file.
            length = size - at
        if len(head) < header or not (kind.isascii() and kind.decode("ascii").isprintable()):
            raise RecordingRefused(SOMETHING_ELSE)
        if length < header:
            raise RecordingRefused(SOMETHING_ELSE)
        if at + length > size:
            raise RecordingRefused(
                CUT_OFF if kind in (b"mdat", b"moov", b"moof", b"free") else SOMETHING_ELSE
            )
        kinds.add(kind)
        at += length
    else:
        raise RecordingRefused("The file is made of too many pieces. Export it once more.")
    if b"moov" not in kinds or not kinds & {b"mdat", b"moof"}:
        raise RecordingRefused(CUT_OFF)


def _check_segment(file: IO[bytes], size: int) -> None:
    """A WebM is a head and one segment; only filling may follow."""
    file.seek(4)
    head_length, at = _size_at(file, 4)
    file.seek(at)
    head = file.read(min(head_length or 0, 4096))
    if b"webm" not in head:
        raise RecordingRefused(
            "This is a Matroska (MKV) video. Export it as MP4 with H.264 and AAC."
        )
    at += head_length or 0
    file.seek(at)
    if file.read(4) != _SEGMENT:
        raise RecordingRefused(CUT_OFF if at >= size else SOMETHING_ELSE)
    length, at = _size_at(file, at + 4)
    if length is None:  # Recorded live: it goes on to the end.
        return
    at += length
    if at > size:
        raise RecordingRefused(CUT_OFF)
    while at < size:
        file.seek(at)
        if file.read(1) != bytes([_VOID]):
            raise RecordingRefused(SOMETHING_ELSE)
        length, at = _size_at(file, at + 1)
        at += length or 0
        if length is None or at > size:
            raise RecordingRefused(SOMETHING_ELSE)


def _size_at(file: IO[bytes], at: int) -> tuple[int | None, int]:
    """A length as EBML writes it, and where it ends; None: not known."""
    file.seek(at)
    first = file.read(1)
    if not first or not first[0]:
        raise RecordingRefused(CUT_OFF)
    width = 9 - first[0].bit_length()
    rest = file.read(width - 1)
    if len(rest) < width - 1:
        raise RecordingRefused(CUT_OFF)
    value = int.from_bytes(bytes([first[0] & ((1 << (8 - width)) - 1)]) + rest, "big")
    return (None if value == (1 << (7 * width)) - 1 else value), at + width
