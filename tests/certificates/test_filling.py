"""A filled page is the page that would have been laid out."""

import io
import random
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from ce_platform.core import codes
from certificates.addresses import verify_url_of
from certificates.domain.record import CertificateRecord
from certificates.pdf import filling, weasy
from certificates.pdf.many import FillingRenderer
from certificates.pdf.weasy import WeasyRenderer
from certificates.sample import sample_record
from tests.certificates.test_pdf import HOSTILE

FIRST = (
    "Ana",
    "Zoë",
    "Griffith",
    "María José",
    "Łukasz",
    "O’Neil",
    "Jean-François",
    "Thờ",
    "Ольга",
)
LAST = (
    "Affleck",
    "Sørensen Castañeda",
    "Fjord-Fifield",
    "Nguyễn",
    "de la Torre y Gutiérrez",
    "Иванова",
)


def record_of(number: int, base: CertificateRecord, *, name: str = "") -> CertificateRecord:
    draw = random.Random(number)
    serial = codes.new_code()
    licenses = (
        ("US-FL", "Florida", f"MA {draw.randrange(10**5)}"),
        ("US-NY", "New York", f"0{draw.randrange(10**6)}-01"),
    )
    return replace(
        base,
        holder_name=name or f"{draw.choice(FIRST)} {draw.choice(LAST)}",
        licenses=licenses[: draw.choice((1, 1, 2))],
        bodies=tuple(
            replace(body, license_number=f"MA {number}" if body.is_own else "")
            for body in base.bodies
        ),
        completed_on=date(2026, draw.randrange(1, 13), draw.randrange(1, 28)),
        serial=serial,
        verify_url=verify_url_of(serial),
    )


def same_day(record: CertificateRecord) -> CertificateRecord:
    return replace(record, as_of=record.completed_on)


@pytest.fixture(scope="module")
def renderer() -> FillingRenderer:
    """With a frozen page for each size of a name and for one and two licenses."""
    return FillingRenderer()


def text_of(content: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content)]


def structure_of(content: bytes) -> Counter[str]:
    reader = PdfReader(io.BytesIO(content))

    def walk(node: Any) -> Iterator[str]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if not isinstance(node, dict):
            return
        yield f"{node.get('/S')} {node.get('/Alt', '')}"
        below = node.get("/K", [])
        for each in below if isinstance(below, list) else [below]:
            yield from walk(each)

    return Counter(walk(reader.trailer["/Root"]["/StructTreeRoot"]))  # type: ignore[index]


def pixels_of(content: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(content)
    return [page.render(scale=1.5, grayscale=True).to_pil() for page in document]


def share_that_differs(one: Image.Image, other: Image.Image) -> float:
    histogram = ImageChops.difference(one, other).histogram()
    return sum(histogram[24:]) / sum(histogram)


@pytest.mark.parametrize("body_count", [0, 5, 40])
def test_filled_pages_are_those_that_would_be_laid_out(
    renderer: FillingRenderer, body_count: int
) -> None:
    base = sample_record(body_count=body_count)
    names = ("Ann Lee", "Zoë Fjord-Affleck", "Ann Lee")
    records = [same_day(record_of(number, base, name=name)) for number, name in enumerate(names)]
    records = [replace(record, licenses=record.licenses[:1]) for record in records]

    made = [renderer.render(record, pictures={}) for record in records]

    assert [each.is_laid_out for each in made] == [True, False, False]
    for record, filled in zip(records[1:], made[1:], strict=True):
        laid_out = WeasyRenderer().render(record, pictures={})
        assert filled.page_count == laid_out.page_count
        assert text_of(filled.content) == text_of(laid_out.content)
        assert structure_of(filled.content) == structure_of(laid_out.content)
        one, other = PdfReader(io.BytesIO(filled.content)), PdfReader(io.BytesIO(laid_out.content))
        assert one.metadata == other.metadata
        for drawn, wanted in zip(
            pixels_of(filled.content), pixels_of(laid_out.content), strict=True
        ):
            assert share_that_differs(drawn, wanted) < 0.005


def test_same_record_fills_to_the_same_bytes(renderer: FillingRenderer) -> None:
    records = [record_of(number, sample_record(), name="Ann Lee") for number in range(3)]
    records = [same_day(replace(record, licenses=())) for record in records]
    for record in records:
        renderer.render(record, pictures={})

    one, other = (renderer.render(records[2], pictures={}) for _ in range(2))

    assert not one.is_laid_out
    assert one.content == other.content


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Ánh",
        "Ольга Иванова",
        "Ann Q\u030cee",  # A mark that stands on the letter before it.
        "محمد علي",
    ],
)
def test_letters_that_the_frozen_page_lacks_are_laid_out(
    renderer: FillingRenderer, name: str
) -> None:
    base = replace(same_day(sample_record()), licenses=())
    for number in range(2):
        renderer.render(record_of(number, base, name="Ann Lee Brown"), pictures={})

    made = renderer.render(replace(base, holder_name=name), pictures={})

    assert made.is_laid_out


def test_lines_that_do_not_fit_are_laid_out(renderer: FillingRenderer) -> None:
    base = sample_record()
    short = [record_of(number, base, name="Ann Lee") for number in range(2)]
    for record in short:
        renderer.render(replace(same_day(record), licenses=record.licenses[:1]), pictures={})
    many = tuple(("US-FL", f"A State With a Long Name {n}", "MA 1234567890") for n in range(6))

    made = renderer.render(replace(same_day(short[0]), licenses=many), pictures={})

    assert made.is_laid_out
    text = " ".join(text_of(made.content)[0].split())
    for _, place, _ in many:
        assert place in text


def test_what_is_printed_otherwise_is_another_kind(renderer: FillingRenderer) -> None:
    """Nothing of one course, provider or day's standing may reach another's certificate."""
    base = replace(same_day(sample_record(body_count=3)), licenses=())
    for number in range(3):
        renderer.render(record_of(number, base, name="Ann Lee"), pictures={})
    changes: list[dict[str, Any]] = [
        {"course_title": "Another course"},
        {"credit_hours": Decimal("1.5")},
        {"provider_name": "Another provider"},
        {"signatories": (("Another", "Director", ""),)},
        {"bodies": base.bodies[:2]},
        {"is_specimen": False},
        {"heading": "Certificate of Completion"},
        {"place": "Boise"},
        {"design": 7},
    ]

    for change in changes:
        made = renderer.render(replace(record_of(9, base, name="Ann Lee"), **change), pictures={})
        assert made.is_laid_out, change


def test_page_that_does_not_show_each_line_once_is_not_frozen() -> None:
    """A holder who signs as well: which of the two lines is the name?"""
    signer = (("Ann Lee", "Director", ""),)
    record = replace(same_day(sample_record(signatories=signer)), holder_name="Ann Lee")
    page = weasy.lay_out(record, pictures={})
    slots = [filling.Slot("name", "Eleanor Nobody", filling.Align.LEFT, 100)]

    with pytest.raises(filling.NotFillable, match="0 times"):
        filling.Frozen.of(
            page.document, slots, texts={}, qr_text=record.verify_url, **weasy.options_of(record)
        )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_letters_when_filled(
    renderer: FillingRenderer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the engine tried to open a connection")

    base = sample_record(name=name, body_count=12)
    records = [
        replace(record_of(number, base, name=base.holder_name), licenses=()) for number in range(3)
    ]
    records = [same_day(record) for record in records]
    monkeypatch.setattr(socket.socket, "connect", refuse)

    made = [renderer.render(record, pictures={}) for record in records][-1]

    reader = PdfReader(io.BytesIO(made.content))
    assert made.is_laid_out == (len(base.holder_name) > 60)
    assert len(reader.pages) == 1
    assert reader.attachments == {}
    shown = "".join(base.holder_name.split())
    assert shown in "".join(reader.pages[0].extract_text().split())
    links = [each.get_object()["/A"]["/URI"] for each in reader.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert set(links) == {records[-1].verify_url}


def test_words_that_overflow_to_a_second_page_are_filled_there_too(
    renderer: FillingRenderer,
) -> None:
    """Ten bodies that each approved another title: too many words for the first page."""
    base = sample_record(body_count=10)
    long = "A title as the body has approved it, with many more words than ours"
    bodies = tuple(replace(body, title=f"{long} {body.body_code}") for body in base.bodies)
    records = [
        replace(same_day(record_of(number, base, name="Ann Lee")), bodies=bodies, licenses=())
        for number in range(3)
    ]

    made = [renderer.render(record, pictures={}) for record in records]

    assert [(each.is_laid_out, each.page_count) for each in made] == [
        (True, 2),
        (False, 2),
        (False, 2),
    ]
    assert text_of(made[2].content) == text_of(
        WeasyRenderer().render(records[2], pictures={}).content
    )


@pytest.mark.parametrize("braces", ["{advanced}", "}{", "{0}", "{{x}}", "\\{"])
def test_braces_in_names_and_titles_are_only_letters(
    renderer: FillingRenderer, braces: str
) -> None:
    base = replace(same_day(sample_record()), course_title=f"Massage {braces}", licenses=())
    records = [record_of(number, base, name=f"Ann{number} {braces} Lee") for number in range(3)]
    records = [replace(same_day(record), licenses=()) for record in records]

    made = [renderer.render(record, pictures={}) for record in records][-1]

    metadata = PdfReader(io.BytesIO(made.content)).metadata
    assert not made.is_laid_out
    assert metadata is not None
    assert metadata.title == f"{base.heading} – Massage {braces} – Ann2 {braces} Lee"
    assert "Ann1" not in str(metadata)
