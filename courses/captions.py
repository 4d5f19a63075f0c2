"""Captions: WebVTT or SubRip in, WebVTT of our own writing out. Pure.

What comes in is taken apart into times and words and written anew; of its marks only italics,
bold and the voice of a speaker are kept. Places on the screen, colors and styles are not: the
reader's own settings decide how captions look.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Final

from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean

LONGEST_TEXT: Final = 1_000_000
LONGEST_CUE: Final = 600
MOST_CUES: Final = 20_000
MOST_PROBLEMS: Final = 20
# Programs round the last time up.
AT_THE_END_MS: Final = 1_000
# A pause after which a transcript begins a new paragraph, and how long a paragraph may grow.
PAUSE_MS: Final = 2_000
LONG_PARAGRAPH: Final = 600

_TIME: Final = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_TIMES: Final = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_TAG: Final = re.compile(r"</?([a-zA-Z]{1,10})(?:\.[^\s<>]*)?(?:\s+([^<>]*))?>|<[\d:.]+>")
_SUBRIP_PLACE: Final = re.compile(r"\{\\[^{}]*\}")
_VOICE: Final = re.compile(r"<v ([^<>]*)>")
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LEADING: Final = re.compile(r"^(\s*)([-+>]|:::|\d{1,9}[.)])")


@dataclass(frozen=True)
class Cue:
    start_ms: int
    end_ms: int
    text: str
    """Cleaned: `<i>`, `<b>`, `<v Name>` in pairs, everything else escaped."""


class CaptionsRefused(DomainError):
    """What is wrong, with the line (from 1) where it stands."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = list(problems)
        super().__init__(
            " ".join(f"Line {line}: {sentence}" for line, sentence in self.problems[:5])
        )


def read_captions(text: str, *, duration_ms: int) -> list[Cue]:
    """The cues of WebVTT or SubRip, in their order. Errors: CaptionsRefused."""
    if len(text) > LONGEST_TEXT:
        raise CaptionsRefused([(1, "Captions of one recording are shorter than 1 MB.")])
    problems: list[tuple[int, str]] = []
    cues: list[Cue] = []
    for line, block in _blocks(clean(text)):
        if len(problems) >= MOST_PROBLEMS:
            break
        found = _cue(line, block, problems)
        if found is None:
            continue
        at, cue = found
        cues += _within(cue, cues, at, duration_ms, problems)
        if len(cues) > MOST_CUES:
            problems.append((at, f"There are more than {MOST_CUES:,} captions."))
            break
    if problems:
        raise CaptionsRefused(problems)
    if not cues:
        raise CaptionsRefused(
            [(1, "No captions were found. A caption is a line of times with its words below.")]
        )
    return cues


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Runs of lines between empty ones, with the number of their first line."""
    blocks: list[tuple[int, list[str]]] = []
    is_open = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            is_open = False
        elif is_open:
            blocks[-1][1].append(line)
        else:
            blocks.append((number, [line]))
            is_open = True
    if blocks and blocks[0][1][0].startswith("WEBVTT"):
        # The head may be followed at once by captions, without an empty line.
        number, head = blocks.pop(0)
        first = next((i for i, line in enumerate(head) if "-->" in line), None)
        if first is not None:
            blocks.insert(0, (number + first, head[first:]))
    return blocks


def _cue(line: int, block: list[str], problems: list[tuple[int, str]]) -> tuple[int, Cue] | None:
    if re.match(r"(?:NOTE|STYLE|REGION)(?:\s|$)", block[0]) and "-->" not in block[0]:
        return None
    # Above the times may stand a number or a name.
    place = next((i for i, each in enumerate(block[:2]) if "-->" in each), None)
    if place is None:
        problems.append((line, f"“{block[0][:40]}” has no times, like 00:01.000 --> 00:04.000."))
        return None
    at = line + place
    times = _TIMES.fullmatch(block[place])
    if times is None:
        problems.append((at, f"“{block[place][:40]}” are no times, like 00:01.000 --> 00:04.000."))
        return None
    start, end = _milliseconds(*times.groups()[:4]), _milliseconds(*times.groups()[4:])
    words = block[place + 1 :]
    again = next((i for i, each in enumerate(words) if "-->" in each), None)
    if again is not None:
        problems.append((at + 1 + again, "An empty line is missing above these times."))
        return None
    text = _cleaned("\n".join(words))
    if end <= start:
        problems.append((at, "This caption ends before it begins."))
    elif not _bare(text).strip():
        problems.append((at, "This caption has no words."))
    elif len(text) > LONGEST_CUE:
        problems.append((at, f"This caption is longer than {LONGEST_CUE} characters."))
    else:
        return at, Cue(start, end, text)
    return None


def _within(
    cue: Cue, before: list[Cue], at: int, duration_ms: int, problems: list[tuple[int, str]]
) -> list[Cue]:
    if before and cue.start_ms < before[-1].start_ms:
        problems.append((at, "This caption begins before the one above it."))
    elif cue.start_ms >= duration_ms or cue.end_ms > duration_ms + AT_THE_END_MS:
        problems.append(
            (at, f"The recording ends at {_written(duration_ms)}, before this caption does.")
        )
    else:
        return [Cue(cue.start_ms, min(cue.end_ms, duration_ms), cue.text)]
    return []


def _milliseconds(hours: str | None, minutes: str, seconds: str, parts: str) -> int:
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(parts.ljust(3, "0"))


def _cleaned(raw: str) -> str:
    """Text with italics, bold and voices, each closed, and nothing else that means something."""
    out: list[str] = []
    still_open: list[str] = []
    end = 0
    raw = _SUBRIP_PLACE.sub("", raw)
    for found in _TAG.finditer(raw):
        out.append(_escaped(raw[end : found.start()]))
        end = found.end()
        name = (found[1] or "").lower()
        if name not in ("i", "b", "v"):
            continue
        if found[0].startswith("</"):
            if name in still_open:
                while still_open:
                    last = still_open.pop()
                    out.append(f"</{last}>")
                    if last == name:
                        break
        elif name == "v":
            speaker = _escaped(" ".join((found[2] or "").split())[:60])
            # A new voice ends the one before.
            out += [f"</{each}>" for each in reversed(still_open)]
            still_open = ["v"] if speaker else []
            out.append(f"<v {speaker}>" if speaker else "")
        elif name not in still_open:
            still_open.append(name)
            out.append(f"<{name}>")
    out.append(_escaped(raw[end:]))
    out += [f"</{each}>" for each in reversed(still_open)]
    lines = (" ".join(line.split()) for line in "".join(out).split("\n"))
    return "\n".join(line for line in lines if line)


def _escaped(text: str) -> str:
    """Twice: what was escaped in the file is not escaped again."""
    return escape(unescape(text).replace("\u00ad", ""), quote=False)


def write_captions(cues: Sequence[Cue]) -> str:
    """WebVTT."""
    blocks = ["WEBVTT"]
    blocks += [f"{_written(cue.start_ms)} --> {_written(cue.end_ms)}\n{cue.text}" for cue in cues]
    return "\n\n".join(blocks) + "\n"


def _written(milliseconds: int) -> str:
    seconds, parts = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{parts:03}"


def end_of(captions: str) -> int:
    """When the last of these captions (as we write them) ends, in milliseconds."""
    ends = [
        _milliseconds(*times.groups()[4:])
        for line in captions.split("\n")
        if (times := _TIMES.fullmatch(line))
    ]
    return max(ends, default=0)


def transcript_of(cues: Sequence[Cue]) -> str:
    """Markdown: a paragraph until somebody else speaks, or until a pause."""
    paragraphs: list[list[str]] = []
    speaker = ""
    last_end = 0
    for cue in cues:
        for who, words in _turns(cue.text):
            is_new = (
                not paragraphs
                or (who and who != speaker)
                or cue.start_ms - last_end >= PAUSE_MS
                or (
                    sum(map(len, paragraphs[-1])) > LONG_PARAGRAPH
                    and paragraphs[-1][-1].endswith((".", "?", "!"))
                )
            )
            if is_new:
                named = f"**{_as_markdown(who)}:** " if who and who != speaker else ""
                paragraphs.append([f"{named}{_as_markdown(words, is_first=not named)}"])
            else:
                paragraphs[-1].append(_as_markdown(words, is_first=False))
            speaker = who or speaker
            last_end = cue.end_ms
    return "\n\n".join(" ".join(pieces) for pieces in paragraphs)


def _turns(text: str) -> list[tuple[str, str]]:
    """Who says what in one caption; no name: as before."""
    pieces = _VOICE.split(text)
    turns = [("", pieces[0])]
    turns += [(unescape(who), words) for who, words in zip(pieces[1::2], pieces[2::2], strict=True)]
    told = [(who, " ".join(_bare(words).split())) for who, words in turns]
    return [(who, words) for who, words in told if words]


def _bare(text: str) -> str:
    """The words alone, as they are read."""
    return unescape(re.sub(r"</?[ibv](?: [^<>]*)?>", "", text))


def _as_markdown(words: str, *, is_first: bool = False) -> str:
    safe = _MARKDOWN.sub(r"\\\1", words)
    return _LEADING.sub(r"\1\\\2", safe) if is_first and not safe[:1].isdigit() else _dated(safe)


def _dated(safe: str) -> str:
    """“1. ” at the start of a line would make a list."""
    return re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", safe)
