"""Many PDFs in one file for paper."""

import io
from collections.abc import Iterable

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    TextStringObject,
)

from certificates.bulk.sheets import NotReadable, SheetWriter
from certificates.pdf.renderer import default_renderer
from certificates.sample import sample_record


def combined(documents: Iterable[bytes], *, has_blank_backs: bool = False) -> PdfReader:
    out = io.BytesIO()
    writer = SheetWriter(out, has_blank_backs=has_blank_backs)
    for document in documents:
        writer.add(document)
    writer.finish()
    return PdfReader(out, strict=True)


def pages(count: int, *, width: int, font: bytes = b"") -> bytes:
    """Empty pages, told apart by their width, with a picture of a font of two kilobytes."""
    writer, out = PdfWriter(), io.BytesIO()
    stream = DecodedStreamObject()
    stream.set_data(font * 2000)
    shared = writer._add_object(stream)
    for _ in range(count):
        page = writer.add_blank_page(width=width, height=612)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): shared})
    writer.write(out)
    return out.getvalue()


def widths(reader: PdfReader) -> list[int]:
    return [int(page.mediabox.width) for page in reader.pages]


def test_pages_follow_in_order_with_their_continuations() -> None:
    reader = combined([pages(1, width=100), pages(3, width=200), pages(2, width=300)])

    assert widths(reader) == [100, 200, 200, 200, 300, 300]


def test_with_blank_backs_each_document_begins_on_a_front() -> None:
    reader = combined(
        [pages(1, width=100), pages(2, width=200), pages(3, width=300)], has_blank_backs=True
    )

    assert widths(reader) == [100, 100, 200, 200, 300, 300, 300, 300]
    assert [page.get_contents() is None for page in reader.pages] == [True] * 8


def test_six_hundred_documents_have_a_tree_that_can_be_walked() -> None:
    reader = combined(pages(1, width=100 + number) for number in range(600))

    assert widths(reader) == list(range(100, 700))
    assert len(reader.root_object["/Pages"]["/Kids"]) == 3  # type: ignore[index]
    parents = {page.indirect_reference.idnum: page["/Parent"] for page in reader.pages}  # type: ignore[union-attr]
    assert sum(parent["/Count"] for parent in reader.root_object["/Pages"]["/Kids"]) == 600  # type: ignore[index]
    assert len(parents) == 600


def test_what_documents_share_is_stored_once() -> None:
    alone, many, other = io.BytesIO(), io.BytesIO(), io.BytesIO()
    for out, fonts in ((alone, [b"a"]), (many, [b"a"] * 50), (other, [b"a", b"b"])):
        writer = SheetWriter(out)
        for number, font in enumerate(fonts):
            writer.add(pages(1, width=100 + number, font=font))
        writer.finish()

    assert many.getvalue().count(b"a" * 2000) == alone.getvalue().count(b"a" * 2000) == 1
    assert (other.getvalue().count(b"a" * 2000), other.getvalue().count(b"b" * 2000)) == (1, 1)


def test_what_cannot_be_read_leaves_no_page() -> None:
    out = io.BytesIO()
    writer = SheetWriter(out)
    writer.add(pages(1, width=100))
    for broken in (b"", b"no PDF", pages(1, width=200)[:200]):
        with pytest.raises(NotReadable):
            writer.add(broken)
    writer.add(pages(1, width=300))
    writer.finish()

    assert widths(PdfReader(out, strict=True)) == [100, 300]


def test_objects_that_point_at_each_other_are_copied_once() -> None:
    writer, out = PdfWriter(), io.BytesIO()
    page = writer.add_blank_page(width=100, height=100)
    one = writer._add_object(DictionaryObject({NameObject("/Name"): TextStringObject("one")}))
    two = writer._add_object(DictionaryObject({NameObject("/Other"): one}))
    one.get_object()[NameObject("/Other")] = two  # type: ignore[index]
    page[NameObject("/PieceInfo")] = one
    writer.write(out)

    found = combined([out.getvalue()] * 2).pages[1]["/PieceInfo"]

    assert found["/Other"]["/Other"]["/Other"]["/Other"]["/Name"] == "one"  # type: ignore[index]
    assert isinstance(found.raw_get("/Other"), IndirectObject)  # type: ignore[union-attr]


def test_real_certificates_read_as_they_were_issued() -> None:
    renderer = default_renderer()
    documents = [
        renderer.render(sample_record(name=name, body_count=count), pictures={}).content
        for name, count in (("Ana Ödön", 3), ("Kim Lee", 30))
    ]

    reader = combined(documents)

    texts = [page.extract_text() for page in reader.pages]
    single = [
        page.extract_text() for each in documents for page in PdfReader(io.BytesIO(each)).pages
    ]
    assert texts == single
    assert len(texts) > 2
    assert all("/Annots" not in page for page in reader.pages)
