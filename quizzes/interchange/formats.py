"""All formats in one place: what a file is, how it is read, how it is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from quizzes.interchange import (
    aiken,
    gift,
    gift_writing,
    moodle,
    moodle_writing,
    own,
    qti,
    qti_writing,
)
from quizzes.interchange import spreadsheet as sheet
from quizzes.interchange.errors import InterchangeRefused
from quizzes.interchange.files import MOST_BYTES, decoded
from quizzes.interchange.found import Note, Reading
from quizzes.interchange.outgoing import Outgoing, Written

READ: Final[Mapping[str, str]] = {
    gift.NAME: "GIFT",
    moodle.NAME: "Moodle XML",
    qti.NAME: "QTI (1.2 to 3.0)",
    aiken.NAME: "Aiken",
    sheet.NAME: "Spreadsheet (.xlsx, .csv)",
    own.NAME: "Course package (.toml)",
}
WRITTEN: Final[Mapping[str, str]] = {
    gift.NAME: "GIFT",
    moodle.NAME: "Moodle XML",
    qti.NAME: "QTI 2.1",
    own.NAME: "Course package",
}
_WRITERS: Final[Mapping[str, Callable[[Sequence[Outgoing]], Written]]] = {
    gift.NAME: gift_writing.write,
    moodle.NAME: moodle_writing.write,
    qti.NAME: qti_writing.write,
    own.NAME: own.write,
}
_BINARY: Final = {
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "a file of an old Office program", b"{\\rtf": "a Rich Text file",
}  # fmt: skip


def read(content: bytes, *, name: str = "", format_name: str = "") -> Reading:
    """Errors: InterchangeRefused, with a sentence for the author."""
    if not content.strip():
        raise InterchangeRefused("The file is empty.")
    for begin, what in _BINARY.items():
        if content.startswith(begin):
            raise InterchangeRefused(f"This is {what}, which holds no questions that can be read.")
    format_name = format_name or detected(content, name)
    if format_name not in READ:
        raise InterchangeRefused("This format is not known.")
    if format_name == moodle.NAME:
        return _checked(moodle.read(content))
    if format_name == qti.NAME:
        return _checked(qti.read(content))
    if content.startswith(b"PK"):
        if format_name != sheet.NAME:
            raise InterchangeRefused(f"This is a zip, not {READ[format_name]}.")
        return _checked(sheet.read_xlsx(content))
    text = decoded(content)
    readers: Mapping[str, Callable[[str], Reading]] = {
        gift.NAME: gift.read,
        aiken.NAME: aiken.read,
        sheet.NAME: sheet.read_csv,
        own.NAME: own.read,
    }
    reading = _checked(readers[format_name](text.text))
    if not text.guessed:
        return reading
    guess = Note(
        0,
        "",
        f"The file does not say how its letters are coded; it was read as {text.guessed}. Look at "
        "accents and quotes.",
    )
    return replace(reading, changes=[guess, *reading.changes])


def _checked(reading: Reading) -> Reading:
    if not reading.questions and not reading.left:
        raise InterchangeRefused("No question was found in the file.")
    return reading


def detected(content: bytes, name: str = "") -> str:
    """By what stands in it; where that leaves a doubt, by the ending of its name."""
    ending = name.rpartition(".")[2].lower()
    if content.startswith(b"PK"):
        # Names of files stand in a zip as they are.
        return sheet.NAME if b"xl/workbook.xml" in content else qti.NAME
    text = decoded(content, longest=MOST_BYTES).text
    head = text.lstrip()[:4000]
    if head.startswith("<"):
        return moodle.NAME if "<quiz" in head else qti.NAME
    lines = [line.strip() for line in text.split("\n")]
    if ending == "csv":
        return sheet.NAME
    if any(line.replace(" ", "") == "[[questions]]" for line in lines):
        return own.NAME
    if ending == "gift":
        return gift.NAME
    if any(aiken.is_answer(line) for line in lines) and "{" not in text:
        return aiken.NAME
    first = lines[0].lower() if lines else ""
    if "question" in first and any(first.count(sign) > 1 for sign in ",;\t"):
        return sheet.NAME
    return gift.NAME


def write(format_name: str, questions: Sequence[Outgoing]) -> Written:
    """Errors: InterchangeRefused."""
    writer = _WRITERS.get(format_name)
    if writer is None:
        raise InterchangeRefused(f"Questions are written as {', '.join(_WRITERS)}.")
    return writer(questions)
