"""A document imported again: what Word changed is taken, what the studio added stays.

Three texts of one lesson are laid side by side, block by block: what Word gave last time, the
lesson as it is now, and what Word gives now. Nothing that the studio wrote is ever lost: where both
sides changed the same block, the lesson keeps its own, and the other is reported.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from courses.markdown import parse
from courses.markdown.grammar import LONGEST_TEXT

# A block that keeps this share of its words has been changed; with less it is another one.
_ALIKE: Final = 0.5
# Comparing goes by the product of lengths, so very many blocks are not compared for likeness.
_MOST_PAIRS: Final = 2_500
_DEFINITION = re.compile(r"\[\^([^\]\s]+)\]:")
_LABEL = re.compile(r"(?<!\\)((?:\\\\)*)\[\^([^\]\s]+)\]")


@dataclass(frozen=True)
class Change:
    kind: str
    """taken (changed in Word) | added | removed | conflict"""
    ours: str
    """The block in the lesson; empty when the lesson has none."""
    word: str
    """The block in Word; empty when Word has none."""


@dataclass(frozen=True)
class Merged:
    text: str
    changes: list[Change]

    @property
    def conflicts(self) -> list[Change]:
        return [each for each in self.changes if each.kind == "conflict"]


@dataclass
class _Side:
    """How one text relates to the blocks of the base."""

    kept: dict[int, str] = field(default_factory=dict)
    """Place in the base → the block as it reads here, the same or changed."""
    added: dict[int, list[str]] = field(default_factory=dict)
    """Number of base blocks before it → blocks that the base does not have."""


def merge_lesson(old_markdown: str, new_from_word: str, last_from_word: str) -> Merged:
    """The lesson with the changes of Word. `old_markdown` is the lesson as it is now.

    Without a change in Word the lesson stays as it is, letter by letter.
    """
    if _blocks(new_from_word) == _blocks(last_from_word):
        return Merged(old_markdown, [])
    base, ours = _blocks(last_from_word), _blocks(old_markdown)
    theirs = _blocks(_with_known_labels(new_from_word, last_from_word, old_markdown))
    if ours == theirs:
        return Merged(old_markdown, [])
    blocks, changes = _merge(base, _side(base, ours), _side(base, theirs))
    blocks += _missing_notes(blocks, [*ours, *theirs, *base])
    # Definitions of footnotes stand at the end, wherever blocks were added.
    texts = [each for each in blocks if not _DEFINITION.match(each)]
    notes = [each for each in blocks if _DEFINITION.match(each)]
    return Merged("\n\n".join([*texts, *notes]) + "\n", changes)


def _merge(base: list[str], ours: _Side, theirs: _Side) -> tuple[list[str], list[Change]]:
    result: list[str] = []
    changes: list[Change] = []
    moved = _moved_in_word(base, ours, theirs)
    for place in range(len(base) + 1):
        own = ours.added.get(place, [])
        result += own
        for block in theirs.added.get(place, []):
            if block in own or block in moved:
                continue
            result.append(block)
            changes.append(Change("added", "", block))
        if place == len(base):
            break
        block, change = _one(
            base[place],
            ours.kept.get(place, ""),
            theirs.kept.get(place, ""),
            is_moved=base[place] in moved,
        )
        result += [block] if block else []
        changes += [change] if change else []
    return result, changes


def _one(was: str, own: str, word: str, *, is_moved: bool) -> tuple[str, Change | None]:
    """What becomes of one block of the base. Empty: it is not there."""
    if word in (was, own) or is_moved:
        return own, None
    if own == was:
        return word, Change("taken" if word else "removed", was, word)
    return own, Change("conflict", own, word)


def _moved_in_word(base: list[str], ours: _Side, theirs: _Side) -> set[str]:
    """Blocks that Word only carried elsewhere while the lesson changed them: ours stay in place."""
    added = {block for blocks in theirs.added.values() for block in blocks}
    return {
        was
        for place, was in enumerate(base)
        if place not in theirs.kept and was in added and ours.kept.get(place, "") != was
    }


def _side(base: list[str], text: list[str]) -> _Side:
    side = _Side()
    matcher = SequenceMatcher(None, base, text, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            side.kept.update(zip(range(start, end), text[first:last], strict=True))
        elif kind == "insert":
            side.added.setdefault(start, []).extend(text[first:last])
        elif kind == "replace":
            _pair(base, range(start, end), text[first:last], side)
    return side


def _pair(base: list[str], places: range, blocks: list[str], side: _Side) -> None:
    """Blocks that differ: each new one is a change of the old one it is most like, in order."""
    waiting = list(places)
    before = places.start
    is_short = len(places) * len(blocks) <= _MOST_PAIRS
    for block in blocks:
        likeness = (
            [(_likeness(base[place], block), -place) for place in waiting] if is_short else []
        )
        best, minus = max(likeness, default=(0.0, 0))
        if best >= _ALIKE:
            place = -minus
            side.kept[place] = block
            waiting = [each for each in waiting if each > place]
            before = place + 1
        else:
            side.added.setdefault(before, []).append(block)


def _likeness(one: str, other: str) -> float:
    """0 to 1, by words. A block wrapped around a paragraph is alike; a figure is alike to none."""
    left, right = one.split(), other.split()
    if "](figure:" in one or "](figure:" in other:
        return 0.0
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()


# ---------------------------------------------------------------- blocks


def _blocks(text: str) -> list[str]:
    """The top level of a lesson: paragraphs, lists, tables, `:::` blocks, footnotes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text[:LONGEST_TEXT].split("\n")
    starts: list[tuple[int, int]] = []
    for token in parse(text).tokens:
        if token.level == 0 and token.map and token.nesting >= 0:
            starts.append((token.map[0], token.map[1]))
    blocks: list[str] = []
    line = 0
    for first, end in sorted(starts):
        if first < line:
            continue
        blocks += _between(lines[line:first])
        # The closing line of a `:::` block is not part of what the parser maps.
        if lines[first].lstrip().startswith(":::") and end < len(lines):
            end += lines[end].strip().startswith(":::")
        blocks.append(_stripped(lines[first:end]))
        line = end
    blocks += _between(lines[line:])
    if len(text) > LONGEST_TEXT:
        blocks.append(text[LONGEST_TEXT:])
    return [block for block in blocks if block]


def _between(lines: Sequence[str]) -> Iterable[str]:
    """What is no token of its own: definitions of footnotes with their further paragraphs."""
    block: list[str] = []
    for line in lines:
        if block and line.strip() and (not line.startswith((" ", "\t")) or _DEFINITION.match(line)):
            yield _stripped(block)
            block = []
        block.append(line)
    yield _stripped(block)


def _stripped(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()


# ---------------------------------------------------------------- footnotes


def _definitions(text: str) -> dict[str, str]:
    """Label → what the footnote says."""
    found = {}
    for block in _blocks(text):
        if match := _DEFINITION.match(block):
            found[match[1]] = block[match.end() :].strip()
    return found


def _with_known_labels(new: str, last: str, now: str) -> str:
    """Word numbers its footnotes anew; here each keeps the label it had last time.

    So a footnote added at the top does not change every paragraph below it.
    """
    known, given = _definitions(last), _definitions(new)
    taken = set(known) | set(_definitions(now))
    names: dict[str, str] = {}
    left = dict(known)
    for label, text in given.items():
        same = next((each for each, said in left.items() if said == text), None)
        if same is not None:
            names[label] = same
            del left[same]
    for label, text in given.items():
        if label in names:
            continue
        alike = next((each for each, said in left.items() if _likeness(said, text) >= _ALIKE), None)
        if alike is not None:
            names[label] = alike
            del left[alike]
            continue
        free = next(n for n in range(1, len(taken) + 2) if str(n) not in taken)
        names[label] = str(free)
        taken.add(str(free))
    return _LABEL.sub(lambda found: f"{found[1]}[^{names.get(found[2], found[2])}]", new)


def _missing_notes(blocks: list[str], sources: list[str]) -> list[str]:
    """Definitions that the merged text still names although Word has dropped them."""
    defined = {match[1] for block in blocks if (match := _DEFINITION.match(block))}
    named = {
        label
        for block in blocks
        for _, label in _LABEL.findall(_DEFINITION.sub("", block, count=1))
    }
    missing = []
    for block in sources:
        match = _DEFINITION.match(block)
        if match and match[1] in named - defined:
            defined.add(match[1])
            missing.append(block)
    return missing
