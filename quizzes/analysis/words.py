"""Texts of questions in one plain line."""

from functools import lru_cache
from typing import Final

from django.utils.text import Truncator

from courses.markdown import render_inline
from quizzes import wording

LONGEST_TEXT: Final = 160


@lru_cache(maxsize=4_096)
def plain(text: str) -> str:
    """Markdown without its marks and without numbers of sources, shortened."""
    return Truncator(wording.without_marks(render_inline(text))).chars(LONGEST_TEXT)
