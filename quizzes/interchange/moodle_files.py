"""Files inside Moodle XML, and text that it can hold."""

import re
from base64 import b64encode
from html import escape
from typing import Final
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from quizzes.interchange.outgoing import Losses

# Signs that XML cannot hold; no text of ours has the others that it cannot hold either.
NEVER: Final = re.compile("[\ufffe\uffff]")


def files_of(element: Element) -> dict[str, bytes]:
    """Path → base64, of the files that hang on a field."""
    found = {}
    for file in element.findall("file"):
        path = f"{file.get('path', '').strip('/')}/{file.get('name', '')}".lstrip("/")
        found[path] = "".join(file.itertext()).encode()
    return found


def file_element(name: str, content: bytes) -> str:
    return (
        f'<file name={quoteattr(name)} path="/" encoding="base64">{b64encode(content).decode()}'
        "</file>"
    )


def xml_text(text: str, losses: Losses) -> str:
    if NEVER.search(text):
        losses.add("Signs that stand for nothing were taken out.")
        text = NEVER.sub("", text)
    return escape(text, quote=False)
