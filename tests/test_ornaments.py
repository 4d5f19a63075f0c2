"""What makes the tests of PDFs faster changes no byte of them."""

import pytest
from weasyprint import svg as drawing

from certificates.pdf.weasy import WeasyRenderer
from certificates.sample import sample_record


def drawn() -> bytes:
    return WeasyRenderer().render(sample_record(body_count=2), pictures={}).content


def test_certificate_has_the_same_bytes_with_remembered_ornaments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remembered = [drawn(), drawn()]
    monkeypatch.setitem(drawing.TAGS, "path", drawing.TAGS["path"].__wrapped__)

    read_anew = drawn()

    assert remembered == [read_anew, read_anew]
