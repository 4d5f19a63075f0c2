"""A Word document to lessons. Pure: bytes in, lessons and notes out."""

from collections.abc import Callable
from dataclasses import dataclass

from courses.word.archive import Parts
from courses.word.blocks import BlockReader
from courses.word.converting import html_of
from courses.word.errors import WordRefused
from courses.word.images import WordPicture
from courses.word.lessons import WordLesson, cut
from courses.word.notes import Notes
from courses.word.preparing import Preparation

Progress = Callable[[int, int], None]
_STEPS = 100
# How far each stage gets; measured on a document of 30 pages.
_UNPACKED, _PREPARED, _CONVERTED = 10, 35, 60


@dataclass
class WordDocument:
    title: str
    lessons: list[WordLesson]
    pictures: dict[str, WordPicture]
    """By slug; every one stands in a lesson."""
    notes: list[str]
    """What was changed or left out, one sentence each, with its place."""


def read_docx(
    content: bytes, *, language: str = "en-US", progress: Progress | None = None
) -> WordDocument:
    """The lessons of a `.docx` in our Markdown; `language` is the one of the course.

    `progress(done, total)` is called now and then. Nothing is stored and nothing fetched.
    Errors: WordRefused with a sentence for the person who brought the file.
    """

    def tell(done: float) -> None:
        if progress is not None:
            progress(round(done), _STEPS)

    notes = Notes()
    tell(0)
    try:
        parts = Parts(content)
        tell(_UNPACKED)
        preparation = Preparation(
            parts,
            notes,
            language=language,
            progress=lambda share: tell(_UNPACKED + share * (_PREPARED - _UNPACKED)),
        )
        plain = preparation.write()
        tell(_PREPARED)
        top = html_of(plain)
        tell(_CONVERTED)
        reader = BlockReader(notes)
        blocks = []
        for index, block in reader.read(top):
            blocks.append(block)
            if len(blocks) % 20 == 0:
                tell(_CONVERTED + (_STEPS - _CONVERTED) * index / len(top))
    except RecursionError:
        raise WordRefused("The document is nested too deeply to be read.") from None
    title, lessons = cut(blocks, reader.footnotes, notes)
    if not lessons:
        raise WordRefused("There is no text in this document.")
    shown = {slug for lesson in lessons for slug in lesson.pictures}
    tell(_STEPS)
    return WordDocument(
        title=title,
        lessons=lessons,
        pictures={slug: each for slug, each in preparation.pictures.items() if slug in shown},
        notes=notes.sentences(),
    )
