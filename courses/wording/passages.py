"""A text taken apart into sentences, each with the place it stands in.

What a reader sees decides: marks of Markdown, HTML tags, soft hyphens and line breaks between or
inside words hide nothing.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it.token import Token

from courses.markdown import parse, parse_inline
from courses.wording.patterns import CLAIM, DO_NOT, TRADITION

# Stands where a reference stands; taken out of what authors write.
_CITED: Final = "\ufffc"
_TAGS: Final = (
    "a|abbr|b|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup"
    "|tt|u|var|wbr"
)
_INLINE_TAG: Final = re.compile(
    rf"</?(?:{_TAGS})(?:\s[^<>]{{0,300}})?/?>|<!--[^<>]{{0,300}}-->", re.I
)
_BLOCK_TAG: Final = re.compile(r"</?[a-z][a-z0-9]{0,12}(?:\s[^<>]{0,300})?/?>", re.I)
_SENTENCE_END: Final = re.compile(rf"[.!?…][.!?…”’\"')\]{_CITED}]{{0,12}}\s+")
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_OPENERS: Final = {"“": "”", "‘": "’", "«": "»", "„": "“"}
# Marks of a text that is Markdown for others but plain here, like the title of a lesson.
_MARKS: Final = str.maketrans("", "", "*_`~")
_CRITICAL: Final = frozenset({"unsupported", "contradicted", "unsafe as stated"})
_TRADITION: Final = "tradition"


@dataclass(frozen=True)
class Sentence:
    text: str
    words: tuple[str, ...]
    quoted: tuple[bool, ...]
    """Of each word: whether it stands in quotation marks."""
    contexts: frozenset[str]
    is_cited: bool
    line: int | None
    """From 0; None where the text has no lines."""
    clause: tuple[int, ...] = ()
    """Of each word: how many clauses began before it in this sentence."""


def sentences_of_markdown(text: str) -> Iterator[Sentence]:
    """Every sentence of a lesson, a description, a transcript, in order."""
    contexts: list[frozenset[str]] = []
    line = 0
    for token in parse(text).tokens:
        line = token.map[0] if token.map else line
        if token.type == "callout_open":
            contexts.append(_context_of(token))
            title = token.meta.get("title")
            if title:
                yield from _sentences(title, [], frozenset().union(*contexts), line)
        elif token.type == "callout_close":
            contexts.pop()
        elif token.type == "inline":
            around = frozenset().union(*contexts)
            yield from _of_inline(token.children or [], around, line)
        elif token.type in ("fence", "code_block"):
            yield from _sentences(token.content, [], frozenset().union(*contexts), line)


def sentences_of_line(text: str) -> Iterator[Sentence]:
    """Of one line of Markdown: an objective, a choice."""
    for token in parse_inline(text).tokens:
        yield from _of_inline(token.children or [], frozenset(), None)


def sentences_of_plain(text: str) -> Iterator[Sentence]:
    """Of a text without marks: a title, a summary."""
    yield from _sentences(html.unescape(text).translate(_MARKS), [], frozenset(), None)


def _context_of(token: Token) -> frozenset[str]:
    meta = token.meta
    if meta["kind"] == "claim":
        is_whole = meta.get("claim") and meta.get("verdict") and meta.get("slugs")
        return frozenset({CLAIM}) if is_whole else frozenset()
    if meta["kind"] in ("do-not", "contraindication"):
        return frozenset({DO_NOT})
    return frozenset({TRADITION}) if meta["kind"] == "tradition" else frozenset()


def _of_inline(
    children: Sequence[Token], contexts: frozenset[str], line: int | None
) -> Iterator[Sentence]:
    pieces: list[str] = []
    grades: list[str] = []
    for child in children:
        if child.type in ("text", "text_special", "code_inline", "html_inline"):
            pieces.append(child.content.replace(_CITED, ""))
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type == "citation":
            pieces.append(_CITED)
            grades.append(child.meta["grade"])
        elif child.type == "image":
            pieces.append(child.content.replace(_CITED, ""))
    yield from _sentences("".join(pieces), grades, contexts, line)


def _sentences(
    text: str, grades: Sequence[str], contexts: frozenset[str], line: int | None
) -> Iterator[Sentence]:
    """`grades` of the references, in the order in which they stand in the text."""
    text = _BLOCK_TAG.sub(" ", _INLINE_TAG.sub("", text))
    text = "".join(letter for letter in text if unicodedata.category(letter) not in ("Cf", "Mn"))
    cited = 0
    for piece in _split(" ".join(text.split())):
        own = list(grades[cited : cited + piece.count(_CITED)])
        cited += piece.count(_CITED)
        found = set(contexts)
        if any(grade in _CRITICAL for grade in own):
            found.add(CLAIM)
        if _TRADITION in own:
            found.add(TRADITION)
        words, quoted, clause = _words(piece)
        if words:
            yield Sentence(
                text=_shown(piece),
                words=tuple(words),
                quoted=tuple(quoted),
                contexts=frozenset(found),
                is_cited=_CITED in piece,
                line=line,
                clause=tuple(clause),
            )


def _split(text: str) -> Iterator[str]:
    """Sentences. References that stand after the full stop belong to what they follow."""
    start = 0
    for found in _SENTENCE_END.finditer(text):
        if text[found.end() : found.end() + 1] == _CITED:
            continue
        yield text[start : found.end()]
        start = found.end()
    if start < len(text):
        yield text[start:]


def _words(piece: str) -> tuple[list[str], list[bool], list[int]]:
    """Words without case and accents, which of them are quoted, and the clause of each."""
    plain = _fold(piece)
    quoted_letters = _quoted(plain)
    words, quoted, clauses = [], [], []
    clause = end = 0
    for found in _WORD.finditer(plain.replace("’", "'")):
        between = plain[end : found.start()]
        clause += any(mark in between for mark in ";:–—")
        words.append(found[0])
        quoted.append(quoted_letters[found.start()])
        clauses.append(clause)
        end = found.end()
    return _joined(words, quoted, clauses)


def _fold(piece: str) -> str:
    """One letter for one letter wherever possible, so that quotation marks stay where they are."""
    decomposed = unicodedata.normalize("NFKD", piece.replace("%", " percent "))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def _joined(
    words: list[str], quoted: list[bool], clauses: list[int]
) -> tuple[list[str], list[bool], list[int]]:
    """“Face lift” and “face-lifting” are one word; “massage lifts the face” are four."""
    kept = [True] * len(words)
    for place in range(1, len(words)):
        if words[place].startswith("lift") and words[place - 1] == "face":
            words[place] = "face" + words[place]
            kept[place - 1] = False
    return (
        [word for word, keep in zip(words, kept, strict=True) if keep],
        [mark for mark, keep in zip(quoted, kept, strict=True) if keep],
        [clause for clause, keep in zip(clauses, kept, strict=True) if keep],
    )


def _quoted(text: str) -> list[bool]:
    """Of each letter: whether it stands in quotation marks that are closed in this text."""
    marks = [False] * len(text)
    closer, start = "", 0
    for place, letter in enumerate(text):
        if closer:
            after = text[place + 1 : place + 2]
            if letter == closer and not (letter in "’'" and after.isalnum()):
                marks[start:place] = [True] * (place - start)
                closer = ""
        elif letter in _OPENERS or letter == '"':
            closer, start = _OPENERS.get(letter, '"'), place
    return marks


def _shown(piece: str) -> str:
    return " ".join(piece.replace(_CITED, "").replace(" .", ".").split())
