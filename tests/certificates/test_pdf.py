"""The PDF, read back by programs that are not ours."""

import hashlib
import io
import re
import socket
import threading
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from pypdf import PdfReader

from certificates.look import DEFAULT, FIRST, Look, Settings
from certificates.pdf import guilloche, lettering
from certificates.pdf.files import FILES, ornament_of
from certificates.pdf.renderer import MissingLetters, Picture, RenderingFailed
from certificates.pdf.weasy import WeasyRenderer
from certificates.sample import sample_record

LONG_NAME = "María Concepción Fernández-Villanueva de la Torre y Gutiérrez"
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def render_anew(**values: Any) -> bytes:
    return WeasyRenderer().render(sample_record(**values), pictures={}).content


_rendered_once = cache(render_anew)


def render(**values: Any) -> tuple[PdfReader, bytes]:
    """The same record gives the same bytes (see below), so it is rendered once for all tests."""
    content = _rendered_once(**values)
    return PdfReader(io.BytesIO(content)), content


def pages_of(content: bytes) -> list[str]:
    """The text of each page, as most browsers would copy it."""
    document = pypdfium2.PdfDocument(content)
    return [plain(page.get_textpage().get_text_bounded()) for page in document]


def plain(text: str) -> str:
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text))


def text_of(content: bytes) -> str:
    return " ".join(pages_of(content))


def test_text_reads_back() -> None:
    reader, content = render(body_count=6)

    by_one, by_another = text_of(content), plain(reader.pages[0].extract_text())

    for words in (
        "Certificate of Achievement",
        "Maria-Elena Sørensen Castañeda",
        "Florida license MA 12345 · New York license 027123-01",
        "Facial massage: a home-study introduction",
        "0.5 CE hours",
        "November 20, 2026",
        "Dana Okafor, LMT, BCTMB",
        "Eleanor Whitcomb",
        "0000-SPEC-1MEN-00006",
        "Verify at testserver/verify",
        "SPECIMEN – not valid for CE",
        "Status as of November 20, 2026.",
    ):
        assert words in by_one
        assert words in by_another


def test_each_body_stands_in_its_block() -> None:
    text = text_of(render(body_count=6)[1])

    approved = text.index("Approved and accepted")
    pending = text.index("Submitted, decision pending – not approved")
    assert approved < text.index("Approved by Florida Board") < pending
    assert approved < text.index("Approved by Georgia Board") < pending
    assert pending < text.index("Submitted to Texas Department")
    assert pending < text.index("Submitted to Louisiana Board")
    assert "approved by Texas" not in text.lower()


def test_tagged_with_language_title_and_dates() -> None:
    reader, _ = render()

    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-US"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert reader.metadata is not None
    assert reader.metadata.title == (
        "Certificate of Achievement – Facial massage: a home-study introduction – "
        "Maria-Elena Sørensen Castañeda"
    )
    assert reader.metadata.author == "Margin & Hand Continuing Education"
    assert str(reader.metadata["/CreationDate"]).startswith("D:20261120173000")
    assert "QR code: opens http://testserver/verify/0000-SPEC-1MEN-00006/" in alternatives(
        root["/StructTreeRoot"]
    )


def alternatives(element: Any) -> list[str]:
    """The texts that stand for pictures, from the structure tree."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        return [text for child in element for text in alternatives(child)]
    if not isinstance(element, dict):
        return []
    own = [str(element["/Alt"])] if "/Alt" in element else []
    return own + alternatives(element.get("/K", []))


def test_fonts_are_ours_and_embedded() -> None:
    reader, _ = render()

    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for font in reader.pages[0]["/Resources"]["/Font"].values()
    }
    assert fonts
    assert {name.split("-")[0] for name in fonts} == {"Sheet"}


def test_same_record_same_bytes() -> None:
    assert render_anew(body_count=5) == render_anew(body_count=5)


def test_bytes_are_the_same_from_any_thread() -> None:
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(render_anew(body_count=3))) for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert {hashlib.sha256(content).hexdigest() for content in found} == {
        hashlib.sha256(render_anew(body_count=3)).hexdigest()
    }


@pytest.mark.parametrize("dpi", [100, 200])
def test_qr_code_reads_back_from_the_drawn_page(dpi: int) -> None:
    _, content = render(body_count=12)

    picture = pypdfium2.PdfDocument(content)[0].render(scale=dpi / 72, grayscale=True).to_pil()

    found = zxingcpp.read_barcodes(picture)
    assert [code.text for code in found] == [sample_record().verify_url]
    assert found[0].ec_level == "M"


@pytest.mark.parametrize(
    ("count", "name"),
    [(0, "Li Wei"), (1, "Li Wei"), (5, LONG_NAME), (8, LONG_NAME), (12, LONG_NAME)],
)
def test_one_page_up_to_twelve_bodies(count: int, name: str) -> None:
    reader, content = render(body_count=count, name=name)

    assert len(reader.pages) == 1
    assert name in text_of(content)
    assert (float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height)) == (
        792,
        612,
    )


def test_thirty_bodies_continue_as_a_table() -> None:
    first, *others = pages_of(render(body_count=30)[1])

    assert others
    rest = " ".join(others)
    assert "All 30 with numbers and hours on the next page" in first
    assert "0000-SPEC-1MEN-00006" in first
    for body in sample_record(body_count=30).bodies:
        assert body.sentence in rest
    assert rest.index("Approved and accepted") < rest.index("Submitted, decision pending")
    assert "SPECIMEN – not valid for CE" in rest


def test_long_words_of_bodies_move_to_the_second_page_instead_of_off_the_first() -> None:
    record = sample_record(body_count=12)
    bodies = tuple(
        replace(body, sentence=f"{body.sentence} {'Practical hours are extra. ' * 8}".strip())
        for body in record.bodies
    )

    rendered = WeasyRenderer().render(replace(record, bodies=bodies), pictures={})

    assert rendered.page_count >= 2
    text = text_of(rendered.content)
    assert all(body.sentence in text for body in bodies)


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Hồng Ánh",
        "Đặng Trần Quốc Tuấn",
        "Владимир Александрович Преображенский",
        "Οδυσσέας Παπαδόπουλος",
        "Łukasz Żółć-Świętek",
        "Þórdís Åsgeirsdóttir",
        "O’Brien-Smith Jr.",
    ],
)
def test_letters_of_names_read_back_from_our_own_fonts(name: str) -> None:
    assert lettering.foreign_letters([name]) == []

    assert name in text_of(render(name=name)[1])


def test_letters_without_a_font_are_named_and_never_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lettering, "_is_installed", lambda letter: False)

    with pytest.raises(MissingLetters, match="王 小 明"):
        render(name="王小明")


def test_letters_are_looked_for_in_the_fonts_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None)
    lettering._is_installed.cache_clear()

    try:
        assert lettering.unprintable_letters(["ab王"]) == ["王"]
    finally:
        lettering._is_installed.cache_clear()


def test_marks_that_nobody_sees_are_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_is_installed", lambda letter: False)

    assert lettering.unprintable_letters(["A\u200dn\u200ca\ufe0f"]) == []
    assert lettering.unprintable_letters(["王 😀 محمد ประ"]) == list("王😀محدประ")


@pytest.mark.parametrize("name", ["N" * 120, "Нина" * 30, "Á" * 120])
def test_an_endless_word_breaks_instead_of_leaving_the_paper(name: str) -> None:
    _, content = render(name=name, body_count=1)

    page = pypdfium2.PdfDocument(content)[0]
    text = page.get_textpage()
    boxes = [text.get_charbox(index) for index in range(text.count_chars())]
    assert min(box[0] for box in boxes) > 50
    assert max(box[2] for box in boxes) < 792 - 50


LOOKS = {
    "first": Look(FIRST),
    "letter": DEFAULT,
    "a4": replace(DEFAULT, settings=Settings(paper="a4", note="A school since 1987")),
    "rules": replace(
        DEFAULT,
        settings=Settings(frame="rules", ink="#000000", accent="#5b1a14", tint="#f6e7d8"),
    ),
    "a4 rules": replace(DEFAULT, settings=Settings(paper="a4", frame="rules")),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_every_look_holds_twelve_bodies_and_reads_back(look: Look) -> None:
    record = sample_record(
        name=LONG_NAME,
        body_count=12,
        is_specimen=False,
        signatories=(("Eleanor Whitcomb", "Director", ""), ("Dana Okafor", "Instructor", "")),
    )

    rendered = WeasyRenderer().render(record, pictures={}, look=look)

    reader = PdfReader(io.BytesIO(rendered.content))
    assert len(reader.pages) == 1
    text = text_of(rendered.content)
    for words in (
        record.holder_name,
        "Florida license MA 12345 · New York license 027123-01",
        "November 20, 2026",
        "0000-SPEC-1MEN-00006",
        look.settings.note,
        *(body.sentence for body in record.bodies),
    ):
        assert words in text
    size = (float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height))
    assert size == pytest.approx(look.settings.size, abs=0.01)
    # As a copier without colors sees it.
    page = pypdfium2.PdfDocument(rendered.content)[0]
    picture = page.render(scale=100 / 72, grayscale=True).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [record.verify_url]


@pytest.mark.parametrize(
    ("paper", "count", "pages"), [("letter", 1, 1), ("a4", 5, 1), ("a4", 40, 3)]
)
def test_forty_bodies_take_two_more_pages(paper: str, count: int, pages: int) -> None:
    look = replace(DEFAULT, settings=Settings(paper=paper))
    record = sample_record(body_count=count, is_specimen=False)

    rendered = WeasyRenderer().render(record, pictures={}, look=look)

    assert rendered.page_count == pages


def test_ornament_is_drawn_in_the_colors_of_the_design() -> None:
    look = replace(DEFAULT, settings=Settings(accent="#5b1a14", tint="#f6e7d8"))

    for drawing in ornament_of(look).values():
        colors = set(re.findall(rb"#[0-9a-f]{6}", drawing))
        assert colors <= {b"#5b1a14", b"#f6e7d8", look.settings.ground.encode()}


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=file:///etc/passwd>",
    "<img src=http://127.0.0.1:9/x.png>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<style>@page{size:1px}</style>",
    "<style>@import 'http://127.0.0.1:9/x.css';</style>",
    "url(file:///etc/passwd)",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "Ana \u202e\u2066airaM\u0007",
    "W" * 200,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_letters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the engine tried to open a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    content = render_anew(name=name, body_count=12)
    reader = PdfReader(io.BytesIO(content))

    assert len(reader.pages) == 1 or len(name) == 200
    assert reader.attachments == {}
    assert b"root:" not in content
    shown = "".join(sample_record(name=name).holder_name.split())
    assert shown in text_of(content).replace(" ", "")


def test_anything_but_our_files_ends_the_rendering() -> None:
    from weasyprint.urls import FatalURLFetchingError, fetch

    from ce_platform.core.pdf import closed_fetcher

    fetcher = closed_fetcher({"asset:a": (b"x", "image/png")})
    for url in ("file:///etc/passwd", "http://127.0.0.1/", "data:text/plain,x", "asset:b"):
        with pytest.raises(FatalURLFetchingError), fetch(fetcher, url):
            pass
    with fetch(fetcher, "asset:a") as response:
        assert response.read() == b"x"


def test_a_picture_that_cannot_be_read_ends_the_rendering() -> None:
    record = sample_record(signatories=(("Eleanor Whitcomb", "Director", "a" * 64),))

    with pytest.raises(RenderingFailed):
        WeasyRenderer().render(
            record, pictures={"a" * 64: Picture(content=b"no picture", content_type="image/png")}
        )


def test_signature_and_logo_are_drawn() -> None:
    record = sample_record(signatories=(("Eleanor Whitcomb", "Director", "a" * 64),))
    picture = Picture(content=PIXEL, content_type="image/png")

    rendered = WeasyRenderer().render(
        record, pictures={"a" * 64: picture, "b" * 64: picture}, look=DEFAULT.with_logo("b" * 64)
    )

    reader = PdfReader(io.BytesIO(rendered.content))
    assert len(list(reader.pages[0].images)) == 2


def test_specimen_marks_are_absent_from_real_certificates() -> None:
    _, content = render(is_specimen=False)

    assert "specimen" not in text_of(content).lower()


@pytest.mark.parametrize("name", sorted(guilloche.FILES))
def test_ornament_files_are_what_the_arithmetic_gives(name: str) -> None:
    stored = Path(settings.BASE_DIR) / "static" / "img" / name

    assert stored.read_text(encoding="utf-8") == guilloche.FILES[name]()


def test_design_names_files_that_are_there() -> None:
    paths = [path for each in FILES.values() for path in each]

    assert [path for path in paths if not path.is_file()] == []
