"""Blocks of a document cut into lessons."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from courses.markdown.grammar import LONGEST_TEXT
from courses.word.blocks import Block
from courses.word.notes import Notes

LONGEST_TITLE = 200
# What a lesson may hold before it is cut, with room for what the studio adds.
_LONGEST = LONGEST_TEXT * 3 // 4
_UNTITLED = "Untitled lesson"


@dataclass
class WordLesson:
    title: str
    body_markdown: str
    pictures: list[str] = field(default_factory=list)
    """Slugs of the figures, in order."""


@dataclass
class _Draft:
    title: str
    blocks: list[Block] = field(default_factory=list)


def cut(
    blocks: list[Block], footnotes: dict[str, list[str]], notes: Notes
) -> tuple[str, list[WordLesson]]:
    """The title of the document and its lessons; `notes` says which headings began them."""
    title, blocks = _title(blocks)
    level = _lesson_level(blocks)
    drafts = [_Draft("")]
    for block in blocks:
        if level and block.kind == "heading" and block.level <= level:
            drafts.append(_Draft(block.text))
            if block.labels:
                notes.enter(block.text)
                notes.tell(
                    "the footnote of a heading that became the title of a lesson was left out"
                )
        else:
            drafts[-1].blocks.append(block)
    if level:
        notes.tell_once(f"every ‘Heading {level}’ began a lesson")
    elif not any(block.kind == "heading" for block in blocks):
        notes.tell_once(
            "there are no headings, so everything became one lesson; in Word, the style "
            "‘Heading 1’ on the title of each lesson makes several"
        )
    else:
        notes.tell_once("no level of headings comes twice, so everything became one lesson")
    lessons: list[WordLesson] = []
    for number, draft in enumerate(drafts):
        if not any(block.kind != "heading" for block in draft.blocks):
            _tell_of_empty(draft, notes)
            continue
        if number == 0:
            draft.title = ("Introduction" if level else title) or _first_words(draft.blocks)
            if level:
                notes.tell_once("the text before the first lesson became the lesson ‘Introduction’")
        lessons += _lessons(draft, footnotes, notes)
    return title, lessons


def _title(blocks: list[Block]) -> tuple[str, list[Block]]:
    """The paragraph in the style Title, or the only heading of the highest level when it leads."""
    for block in blocks:
        if block.kind == "title":
            rest = [_demoted(each) for each in blocks if each is not block]
            return _short(block.text), rest
    headings = [block for block in blocks if block.kind == "heading"]
    top = [block for block in headings if block.level == 1]
    if len(top) == 1 and headings[0] is top[0]:
        return _short(top[0].text), [block for block in blocks if block is not top[0]]
    return "", blocks


def _demoted(block: Block) -> Block:
    """A second title in one document is a heading above all others."""
    if block.kind != "title":
        return block
    return Block("heading", block.text, level=1, markdown=block.markdown, labels=block.labels)


def _lesson_level(blocks: list[Block]) -> int:
    """The highest level of which there are several headings; 0 when there is none."""
    counts = Counter(block.level for block in blocks if block.kind == "heading")
    return min((level for level, count in counts.items() if count > 1), default=0)


def _tell_of_empty(draft: _Draft, notes: Notes) -> None:
    lost = [each for each in [draft.title, *(block.text for block in draft.blocks)] if each]
    for heading in lost:
        notes.tell_once(f"the heading ‘{heading[:80]}’ has no text below it and was left out")


def _first_words(blocks: list[Block]) -> str:
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    return _short(first) or _UNTITLED


def _lessons(draft: _Draft, footnotes: dict[str, list[str]], notes: Notes) -> Iterable[WordLesson]:
    """One lesson, or several when it is too long for one."""
    shares: list[list[Block]] = [[]]
    size = 0
    for block in _leveled(draft.blocks):
        length = len(block.text) + sum(
            len(text) for label in block.labels for text in footnotes.get(label, ())
        )
        if size + length > _LONGEST and shares[-1]:
            shares.append([])
            size = 0
        shares[-1].append(block)
        size += length
    title = _short(draft.title)
    if len(shares) > 1:
        notes.enter(title)
        notes.tell(f"the lesson is very long and was cut into {len(shares)}")
    for number, share in enumerate(shares, start=1):
        name = title if len(shares) == 1 else f"{title[: LONGEST_TITLE - 12]} ({number})"
        yield WordLesson(
            title=name,
            body_markdown=_body(share, footnotes),
            pictures=list(dict.fromkeys(each.text for each in share if each.kind == "figure")),
        )


def _leveled(blocks: list[Block]) -> Iterable[Block]:
    """Headings from `##` on without gaps: a screen reader walks them like stairs."""
    above: list[int] = []
    for block in blocks:
        if block.kind != "heading":
            yield block
            continue
        while above and above[-1] >= block.level:
            above.pop()
        above.append(block.level)
        marks = "#" * min(6, len(above) + 1)
        yield Block("text", f"{marks} {block.markdown}", labels=block.labels)


def _body(blocks: list[Block], footnotes: dict[str, list[str]]) -> str:
    texts: list[str] = []
    numbers: dict[str, int] = {}
    previous = ""
    for block in blocks:
        text = f"![](figure:{block.text})" if block.kind == "figure" else block.text
        for label in block.labels:
            number = numbers.setdefault(label, len(numbers) + 1)
            # Brackets of the author are escaped, so this can only be our mark.
            text = text.replace(f"[^{label}]", f"[^{number}]")
        if block.kind == "list" and previous == "list":
            # Between two lists of one kind Markdown sees none at all.
            text = _apart(texts[-1], text)
        texts.append(text)
        previous = block.kind
    for label, number in numbers.items():
        first, *others = footnotes.get(label, ["–"])
        note = f"[^{number}]: {_indented(first)}"
        texts.append("\n\n".join([note, *(f"    {_indented(each)}" for each in others)]))
    return "\n\n".join(texts) + "\n"


def _apart(before: str, text: str) -> str:
    """Bullets after bullets get another bullet; numbers have changed their delimiter already."""
    if not (before.startswith("- ") and text.startswith("- ")):
        return text
    return "\n".join("*" + line[1:] if line.startswith("- ") else line for line in text.split("\n"))


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"
