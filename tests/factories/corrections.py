"""Certificates on their way through life: corrected, replaced, asked about."""

from io import BytesIO
from typing import Any

from pypdf import PdfWriter

from certificates.domain.corrected import Correction, correction_in
from certificates.domain.record import record_of
from certificates.models import Certificate
from certificates.pdf.renderer import Rendered


def correction_of(certificate: Certificate, **changes: Any) -> Correction:
    """As printed, but for these."""
    row = Certificate.objects.select_related("design").get(pk=certificate.pk)
    printed = correction_in(record_of(row))
    return Correction.of(
        changes.get("holder_name", printed.holder_name), changes.get("licenses", printed.licenses)
    )


class BlankRenderer:
    """A page that can be signed, with nothing on it but the number in its title."""

    name = "blank"

    def render(self, record: Any, **options: Any) -> Rendered:
        writer, content = PdfWriter(), BytesIO()
        writer.add_blank_page(width=792, height=612)
        writer.add_metadata({"/Title": record.serial})
        writer.write(content)
        return Rendered(content=content.getvalue(), page_count=1)
