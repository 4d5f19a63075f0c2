"""Texts of questions in one plain line."""

import re
from functools import lru_cache
from html import unescape
from typing import Final

from django.utils.html import strip_tags
from django.utils.text import Truncator

from courses.markdown import render_inline

LONGEST_TEXT: Final = 160
_CITED: Final = re.compile(r'<sup class="ref">.*?</sup>')


@lru_cache(maxsize=4_096)
def plain(text: str) -> str:
    """Markdown without its marks and without numbers of sources, shortened."""
    html = _CITED.sub("", render_inline(text))
    return Truncator(" ".join(unescape(strip_tags(html)).split())).chars(LONGEST_TEXT)
