"""Blocks between `:::` lines: callouts, claims examined, charts, recordings."""

from typing import TYPE_CHECKING, Any

from markdown_it.token import Token

from courses.markdown.grammar import (
    BLOCKS,
    CALLOUTS,
    CHART,
    CLAIM,
    GRADES,
    RECORDING,
    REFERENCE,
)

if TYPE_CHECKING:
    from courses.markdown.parser import Notes

CHART_OPTIONS = ("layers", "view")


def read_blocks(tokens: list[Token], source: str, notes: "Notes") -> None:
    """Turn the containers of the parser into callouts, charts and recordings, in place."""
    lines = source.split("\n")
    open_blocks: list[Token] = []
    for token in tokens:
        if token.type == "container_block_open":
            line = token.map[0] if token.map else 0
            if not _is_closed(token, lines):
                notes.problem(line, "this block is never closed; end it with ‘:::’")
            _read_head(token, line, is_top=token.level == 0, notes=notes)
            open_blocks.append(token)
        elif token.type == "container_block_close":
            opener = open_blocks.pop()
            token.type = opener.type.replace("_open", "_close")
            token.meta = opener.meta


def _is_closed(token: Token, lines: list[str]) -> bool:
    end = token.map[1] if token.map else 0
    # Inside quotations and lists the closing line carries their marks in front.
    last = lines[end].lstrip("> \t").rstrip() if end < len(lines) else ""
    return last.startswith(":::") and not last.strip(":")


def _read_head(token: Token, line: int, *, is_top: bool, notes: "Notes") -> None:
    kind, _, rest = token.info.strip().partition(" ")
    rest = rest.strip()
    if kind not in BLOCKS:
        notes.problem(line, f"‘{kind[:40]}’ is not a block; the blocks are: {', '.join(BLOCKS)}")
        kind = "note"
    if kind == CHART:
        token.type = "chart_open"
        token.meta = _chart(rest, line, notes)
        if not is_top:
            notes.problem(line, "a chart stands outside lists and other blocks")
            token.type, token.meta = "callout_open", {"kind": "note", "title": ""}
    elif kind == RECORDING:
        token.type = "recording_open"
        token.meta = _recording(rest, line, notes)
        if not is_top:
            notes.problem(line, "a recording stands outside lists and other blocks")
            token.type, token.meta = "callout_open", {"kind": "note", "title": ""}
    elif kind == "claim":
        token.type = "callout_open"
        token.meta = {"kind": "claim", "title": "", **_claim(rest, line, notes)}
    else:
        token.type = "callout_open"
        token.meta = {"kind": kind, "title": rest, "label": CALLOUTS[kind]}


def _claim(rest: str, line: int, notes: "Notes") -> dict[str, Any]:
    """`C05 unsupported @klein2014`: claim id, verdict words, references."""
    slugs = REFERENCE.findall(rest)
    claim, _, verdict = REFERENCE.sub("", rest).strip().partition(" ")
    verdict = " ".join(verdict.split())
    if not CLAIM.fullmatch(claim):
        notes.problem(
            line, "a claim block begins with its id: ‘::: claim C05 unsupported @klein2014’"
        )
        claim, verdict = "", " ".join(f"{claim} {verdict}".split())
    if verdict not in GRADES:
        said = f"‘{verdict[:40]}’ is not a verdict" if verdict else "the claim has no verdict"
        notes.problem(line, f"{said}; the verdicts are: {', '.join(GRADES)}")
        verdict = "unsupported"
    if not slugs:
        notes.problem(line, "a claim names at least one reference, like @klein2014")
    for slug in slugs:
        notes.use("reference", slug, line)
    return {"claim": claim, "verdict": verdict, "slugs": slugs}


def _chart(rest: str, line: int, notes: "Notes") -> dict[str, Any]:
    """`points-of-the-face layers=stomach,gallbladder view=front`."""
    words = rest.split()
    meta: dict[str, Any] = {"slug": "", "layers": None, "view": ""}
    if not words or "=" in words[0]:
        notes.problem(line, "a chart block names its chart: ‘::: chart points-of-the-face’")
        return meta
    meta["slug"] = words[0]
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if not equals or name not in CHART_OPTIONS:
            notes.problem(line, f"‘{word[:40]}’ is not understood; a chart has layers=… and view=…")
        elif name == "layers":
            meta["layers"] = [layer for layer in value.split(",") if layer]
        else:
            meta["view"] = value
    notes.use("chart", words[0], line, layers=meta["layers"] or [], view=meta["view"])
    return meta


def _recording(rest: str, line: int, notes: "Notes") -> dict[str, Any]:
    """`light-strokes`: the name of a recording and nothing else."""
    words = rest.split()
    if not words:
        notes.problem(line, "a recording block names its recording: ‘::: recording light-strokes’")
        return {"slug": ""}
    if len(words) > 1:
        notes.problem(line, f"‘{words[1][:40]}’ is not understood after the name of a recording")
    notes.use("recording", words[0], line)
    return {"slug": words[0]}
