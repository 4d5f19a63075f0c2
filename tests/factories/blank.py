"""For tests that are about what becomes of a document, not about how it looks."""

from io import BytesIO
from typing import Any

from pypdf import PdfWriter

from certificates.pdf.renderer import Rendered


def blank_page(title: str) -> bytes:
    """A PDF that can be signed, with nothing on it but the title in its facts."""
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(width=792, height=612)
    writer.add_metadata({"/Title": title})
    writer.write(content)
    return content.getvalue()


class BlankRenderer:
    """Draws nothing; the title is the serial."""

    name = "blank 1"

    def render(self, record: Any, **options: Any) -> Rendered:
        return Rendered(content=blank_page(record.serial), page_count=1)
