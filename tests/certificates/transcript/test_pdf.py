"""The transcript on paper, read back by programs that are not ours."""

import io
import re
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from pypdf import PdfReader

from certificates.pdf.renderer import RenderingFailed
from certificates.transcript.document import Made, transcript_html, transcript_pdf
from certificates.transcript.gathering import fit_for_print
from certificates.transcript.record import Line, TranscriptRecord, grouped, total_of, totals_of
from tests.certificates.transcript.test_record import line, record

LONG_NAME = "María Concepción Fernández-Villanueva de la Torre y Gutiérrez"


def with_lines(lines: list[Line], **values: Any) -> TranscriptRecord:
    return replace(
        record(),
        **{
            "groups": grouped(lines, []),
            "totals": totals_of(lines),
            "total": total_of(lines),
            **values,
        },
    )


def text_of(made: Made) -> str:
    """The words alone: where a line was broken, and its hyphen, is not what was printed."""
    return squeezed(" ".join(pages_of(made)))


def pages_of(made: Made) -> list[str]:
    document = pypdfium2.PdfDocument(made.content)
    return [page.get_textpage().get_text_bounded() for page in document]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


@pytest.fixture(scope="module")
def many() -> tuple[TranscriptRecord, Made]:
    lines = [
        line(
            date(2026, 1, 1) + timedelta(days=number),
            hours="0.5",
            title=f"Course number {number} of a long working life",
            serial=f"0000-0000-{number:04}-00000",
        )
        for number in range(200)
    ]
    whole = with_lines(lines, holder_name=LONG_NAME)
    return whole, transcript_pdf(whole)


def test_every_row_of_many_pages_reads_back(many: tuple[TranscriptRecord, Made]) -> None:
    whole, made = many
    reader = PdfReader(io.BytesIO(made.content))

    text = text_of(made)
    assert made.page_count == len(reader.pages) > 5
    for each in whole.lines:
        assert squeezed(each.title) in text
        assert f"{squeezed(each.serial)}{squeezed(each.verify_words)}" in text
    assert "CEhoursinall100" in text
    assert squeezed(LONG_NAME) in text
    for number, page in enumerate(pages_of(made), start=1):
        on_page = squeezed(page)
        assert f"Page{number}of{made.page_count}" in on_page
        assert (f"Transcript{whole.code}" in on_page) == (number > 1)


def test_tagged_with_language_title_and_portrait_letter(
    many: tuple[TranscriptRecord, Made],
) -> None:
    whole, made = many
    reader = PdfReader(io.BytesIO(made.content))

    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-US"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == (
        f"Transcript of continuing education – {LONG_NAME} – {whole.code}"
    )
    assert [float(side) for side in reader.pages[0].mediabox[2:]] == [612, 792]


def test_qr_code_leads_to_its_verification(many: tuple[TranscriptRecord, Made]) -> None:
    page = pypdfium2.PdfDocument(many[1].content)[0]

    found = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())

    assert [each.text for each in found] == [many[0].verify_url]


def test_stated_left_out_and_specimen_are_said_in_words() -> None:
    text = text_of(transcript_pdf(replace(record(), is_specimen=True)))

    for words in (
        "As stated.",
        "Hours stated by the therapist are not verified by us, and not added to ours.",
        "Not counted",
        "Old, January 1, 2026, 2: Revoked.",
        "SPECIMEN – not valid for CE",
        "As of November 20, 2026, 12:30 PM EST".replace("As of", ""),
        "12 Elm Street",
        "Texas license 2 (until January 1, 2027)",
    ):
        assert squeezed(words) in text


def test_markup_in_titles_is_text_and_asks_for_nothing() -> None:
    hostile = with_lines(
        [
            line(title='<img src="file:///etc/passwd"><b>Bold</b>'),
            line(title="<style>@import 'https://example.com/x.css'</style>", hours="1"),
        ]
    )

    text = text_of(transcript_pdf(hostile))

    assert squeezed('<img src="file:///etc/passwd"><b>Bold</b>') in text
    assert squeezed("<style>@import 'https://example.com/x.css'</style>") in text
    assert '<img src="file' not in transcript_html(hostile)


def test_nothing_outside_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    html = transcript_html(record()).replace("asset:qr.svg", "file:///etc/hostname")
    monkeypatch.setattr("certificates.transcript.document.transcript_html", lambda _: html)

    with pytest.raises(RenderingFailed):
        transcript_pdf(record())


def test_letters_without_a_font_become_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certificates.pdf.lettering._is_installed", lambda letter: False)
    lines = [line(title="Cupping 💆 now", provider="Ω 指", source="stated")]

    fitted = fit_for_print(with_lines(lines, holder_name="Łucja"))

    assert (fitted.lines[0].title, fitted.lines[0].provider) == ("Cupping ? now", "Ω ?")
    assert fitted.holder_name == "Łucja"
    assert fitted.total.stated == Decimal(2)


def test_address_of_the_style_sheet_is_ours() -> None:
    style = (settings.BASE_DIR / "static" / "css" / "transcript-print.css").read_text()

    assert set(re.findall(r"url\((.*?)\)", style)) == {
        f'"asset:{name}"'
        for name in (
            "SourceSans3-Regular.ttf",
            "SourceSans3-Semibold.ttf",
            "SourceSerif4-It.ttf",
            "SourceSerif4Display-Regular.ttf",
            "SourceSerif4Display-Semibold.ttf",
            "medallion.svg",
        )
    }
