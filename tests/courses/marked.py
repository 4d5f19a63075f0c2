import re

_FOR_READERS = re.compile(
    r'<span class="visually-hidden"> ?\((?:added|removed|end of[^<]*)\) ?</span>'
)


def marked(page: str) -> str:
    """Without the words around what came and went that only screen readers read."""
    return _FOR_READERS.sub("", page)
