"""Which sentences assert what a course may not assert."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from ce_platform.core.text import sha256_text
from courses.markdown.grammar import GRADES
from courses.wording.passages import (
    Sentence,
    sentences_of_line,
    sentences_of_markdown,
    sentences_of_plain,
)
from courses.wording.patterns import (
    CLAIM,
    NEGATED,
    PATTERNS,
    QUOTED,
    SO_CALLED,
    STANCE,
    WRONG,
    Facts,
    Pattern,
)
from courses.wording.phrases import Group, Hit, Index, group, phrases, words_of

LONGEST_SHOWN: Final = 300
_BEFORE: Final = 8
_AFTER: Final = 14
_NOT: Final = words_of(
    "no not never nor neither nobody nothing none without cannot hardly avoid avoids avoiding "
    "instead myth untested unproven unsupported refuse refuses refused skip leave"
)
# What looks like a no and is none: “no matter how”, “not only”, “never fails to”, “do not forget”.
_NOT_A_NO: Final = words_of(
    "matter doubt wonder only just merely simply hesitate forget fail fails failed afraid "
    "afford worry miss stop"
)
_DENIED: Final = words_of(
    "unsupported unproven untested unknown false wrong myth contradicted untrue disproved disproven"
)
_BEING: Final = words_of("is are was were has have had does do did can could")
# Words with which a sentence speaks about words.
_ABOUT_WORDS: Final = group(
    "claim*|word|words|wording|phrase*|slogan*|advert*|brochure*|call|calls|called|say|says|said"
    "|promis*|myth*|marketing|label*|term|terms|read|reads|write|writes|written|name*|headline*"
    "|sentence*|quote*|instead|avoid*|ask|asks|asked|title*|means"
)
_STANCE: Final = re.compile(r"\bclaims?\b|\bexamined\b|\bcalled\b|\bmyths?\b|\btested\b", re.I)
_VERDICT: Final = re.compile(
    rf"\b(?:{'|'.join(GRADES[3:6])}|untested|no|not|never|nobody|none|wrong|false|nothing|without"
    r"|neither|cannot|leave|avoid|refer)\b|n[’']t\b",
    re.I,
)


@dataclass(frozen=True)
class Finding:
    """A sentence that asserts what a pattern names."""

    pattern: Pattern
    sentence: str
    """As it is read; a long one shortened round the words."""
    fingerprint: str
    """The same for the same words, however they are marked up and wherever they stand."""
    line: int | None
    """From 0; None where the text has no lines."""


def check_markdown(text: str) -> list[Finding]:
    """A lesson, a description, a transcript."""
    return _findings(sentences_of_markdown(text), frozenset())


def check_statement(
    text: str,
    *,
    is_markdown: bool = True,
    is_question: bool = False,
    is_wrong: bool = False,
    verdict: str = "",
) -> list[Finding]:
    """A line or a short text: an objective, a summary, a choice. `is_question`: sentences with a
    question mark ask, and assert nothing. `verdict`: what is said of a wrong one, without which
    it stands as if it were right."""
    is_refuted = is_wrong and _VERDICT.search(verdict) is not None
    contexts = frozenset({WRONG}) if is_refuted else frozenset[str]()
    if not is_markdown:
        sentences = sentences_of_plain(text)
    elif "\n" in text.strip():
        sentences = sentences_of_markdown(text)
    else:
        sentences = sentences_of_line(text)
    if is_question:
        sentences = (each for each in sentences if not each.text.rstrip("”’\"')]").endswith("?"))
    return _findings(sentences, contexts)


def check_title(text: str, *, is_examined: bool) -> list[Finding]:
    """A title. `is_examined`: whether the text under it has a block that examines a claim."""
    shows = is_examined and _STANCE.search(text) is not None
    return _findings(sentences_of_plain(text), frozenset({STANCE}) if shows else frozenset())


def examines_a_claim(text: str) -> bool:
    return any(CLAIM in sentence.contexts for sentence in sentences_of_markdown(text))


def _findings(sentences: Iterable[Sentence], contexts: frozenset[str]) -> list[Finding]:
    """One per sentence and pattern, in the order of the text."""
    found = []
    for sentence in sentences:
        for pattern, hit in _asserted(sentence, contexts | sentence.contexts):
            found.append(
                Finding(
                    pattern=pattern,
                    sentence=_shortened(sentence, hit),
                    fingerprint=sha256_text(" ".join(sentence.words)),
                    line=sentence.line,
                )
            )
    return found


def _asserted(sentence: Sentence, contexts: frozenset[str]) -> Iterator[tuple[Pattern, Hit]]:
    index, conditions = _index()
    facts: Facts | None = None
    settled: set[int] = set()
    relevant: set[int] = set()
    for number, hit in index.hits(sentence.words):
        if number in settled:
            continue
        pattern = PATTERNS[number]
        if contexts & pattern.contexts:
            settled.add(number)
            continue
        if number not in relevant:
            facts = facts or _facts(sentence)
            unless, needs, _ = conditions[number]
            if (
                (unless and any(unless.has(word) for word in facts.words))
                or (needs and not any(needs.has(word) for word in facts.words))
                or (pattern.is_fine and pattern.is_fine(facts))
            ):
                settled.add(number)
                continue
            relevant.add(number)
        after = conditions[number][2]
        if after and hit.start and after.has(sentence.words[hit.start - 1]):
            continue
        if _context_of(sentence, hit) & pattern.contexts:
            continue
        settled.add(number)
        yield pattern, hit


def _facts(sentence: Sentence) -> Facts:
    words = frozenset(sentence.words)
    number = group("#")
    return Facts(
        is_cited=sentence.is_cited,
        has_number=any(number.has(word) for word in words),
        words=words,
    )


def _context_of(sentence: Sentence, hit: Hit) -> frozenset[str]:
    """What the words just around a hit make of it."""
    words, found = sentence.words, set()
    before = words[max(0, hit.start - 4) : hit.start]
    if "so" in before and "called" in before:
        found.add(SO_CALLED)
    if all(sentence.quoted[hit.start : hit.end]) and _speaks_of_words(sentence, hit):
        found.add(QUOTED)
    if _is_negated(sentence, hit):
        found.add(NEGATED)
    return frozenset(found)


def _speaks_of_words(sentence: Sentence, hit: Hit) -> bool:
    """Whether a word outside the quotation says what is quoted. Looked for near by only."""
    near = range(max(0, hit.start - 40), min(len(sentence.words), hit.end + 40))
    return any(
        not sentence.quoted[place] and _ABOUT_WORDS.has(sentence.words[place]) for place in near
    )


def _is_negated(sentence: Sentence, hit: Hit) -> bool:
    words, clause = sentence.words, sentence.clause
    for place in range(hit.end - 1, max(0, hit.start - _BEFORE) - 1, -1):
        if clause[place] != clause[hit.start]:
            break
        # “But” takes a no back: “not a drug but detoxifies”.
        if place < hit.start and words[place] in ("but", "yet", "because", "so"):
            break
        # A no that belongs to the phrase itself is what the pattern is about: “no side effects”.
        if place == hit.start:
            continue
        if _is_no(words[place]) and not _NOT_A_NO & set(words[place + 1 : place + 4]):
            return True
    after = words[hit.end : hit.end + _AFTER]
    for place, word in enumerate(after):
        if clause[hit.end + place] != clause[hit.start] and word not in _DENIED:
            return False
        is_denial = word in _DENIED and _BEING & set(after[max(0, place - 4) : place])
        is_not = place > 0 and _is_no(word) and after[place - 1] in _BEING
        follows = set(after[place + 1 : place + 3])
        if is_denial or word.endswith("n't") or (is_not and not _NOT_A_NO & follows):
            return True
        if word in ("but", "and", "while", "because", "so"):
            return False
    return False


def _is_no(word: str) -> bool:
    return word in _NOT or word.endswith("n't")


def _shortened(sentence: Sentence, hit: Hit) -> str:
    text = sentence.text
    if len(text) <= LONGEST_SHOWN:
        return text
    # Where the words stand in the text, near enough: by their share of all words.
    middle = len(text) * hit.start // len(sentence.words)
    start = max(0, min(middle - LONGEST_SHOWN // 2, len(text) - LONGEST_SHOWN))
    piece = text[start : start + LONGEST_SHOWN].strip()
    return ("…" if start else "") + piece + ("…" if start + LONGEST_SHOWN < len(text) else "")


@cache
def _index() -> tuple[Index, Sequence[tuple[Group | None, Group | None, Group | None]]]:
    index = Index()
    for number, pattern in enumerate(PATTERNS):
        for text in pattern.phrases:
            for phrase in phrases(text):
                index.add(number, phrase)
    conditions = [
        (
            group(pattern.unless) if pattern.unless else None,
            group(pattern.needs) if pattern.needs else None,
            group(pattern.unless_after) if pattern.unless_after else None,
        )
        for pattern in PATTERNS
    ]
    return index, conditions
