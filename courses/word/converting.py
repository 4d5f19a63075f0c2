"""The plain document to HTML by mammoth, and the HTML as a tree."""

import io
from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from courses.word.errors import WordRefused
from courses.word.numbering import DEEPEST_LIST


def _list_style(level: int, kind: str) -> str:
    outer = "ul|ol > li > " * (level - 1)
    tag = "ul" if kind == "unordered" else "ol"
    return f"p:{kind}-list({level}) => {outer}{tag} > li:fresh"


_STYLE_MAP: Final = "\n".join(
    [
        "p.title => h1.title:fresh",
        "p.subtitle => p.subtitle:fresh",
        *(f"p.heading{level} => h{level}:fresh" for level in range(1, 10)),
        "p.quote => blockquote > p:fresh",
        *(
            _list_style(level, kind)
            for level in range(1, DEEPEST_LIST + 1)
            for kind in ("unordered", "ordered")
        ),
    ]
)


def html_of(document: bytes) -> Sequence[Element]:
    """The top level of the converted document. Errors: WordRefused."""
    import mammoth
    from defusedxml.ElementTree import fromstring

    try:
        html = mammoth.convert_to_html(
            io.BytesIO(document),
            style_map=_STYLE_MAP,
            include_default_style_map=False,
            include_embedded_style_map=False,
            external_file_access=False,
            convert_image=mammoth.images.img_element(lambda image: {"src": image.alt_text}),
        ).value
        return list(fromstring(f"<html>{html}</html>", forbid_dtd=True))
    except Exception:  # mammoth raises whatever its own code runs into on a damaged document.
        raise WordRefused(
            "The document is damaged in a way that could not be read. Open it in Word, save it "
            "once more as .docx, and bring that."
        ) from None
