"""Lessons out of a Word document (`.docx`); see docs/decisions/0021-word-documents.md."""

from courses.word.errors import WordRefused
from courses.word.images import WordPicture
from courses.word.lessons import WordLesson
from courses.word.reading import WordDocument, read_docx

__all__ = ["WordDocument", "WordLesson", "WordPicture", "WordRefused", "read_docx"]
