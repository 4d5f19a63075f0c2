"""Files that mean harm, or are no Word documents at all."""

import io
import time
import zipfile

import pytest

from courses.word import WordRefused, read_docx
from courses.word import archive as archive_module
from tests.courses.word_files import (
    MAIN_TYPE,
    NAMESPACES,
    docx,
    h,
    p,
    picture,
    png,
    relation,
    zipped,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def refusal(content: bytes) -> str:
    with pytest.raises(WordRefused) as caught:
        read_docx(content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a Word document"),
        (b"%PDF-1.7", "not a Word document"),
        (b"{\\rtf1 hello}", "Rich Text"),
        (OLE, "old .doc format"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        (b"PK\x03\x04 cut off", "cannot be unpacked"),
        (zipped({"a.txt": "hello"}), "not a Word document"),
        (
            zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}),
            "OpenDocument",
        ),
        (docx(p("x"), main_type="application/vnd.ms-excel.sheet.main+xml"), "not a Word document"),
        (
            docx(p("x"), main_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
            "macros",
        ),
        (docx(p("x"), files={"word/vbaProject.bin": b"x"}), "macros"),
        (docx(""), "no text"),
        (docx(p("x"), files={"word/styles.xml": "<w:styles"}), "damaged"),
        (docx(p("x"), files={"customXml/item1.xml": "<!DOCTYPE a><a/>"}), "entities"),
    ],
)
def test_what_is_no_plain_document_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    sentence = refusal(content)

    assert said in sentence
    assert sentence.endswith(".")


def test_an_entity_bomb_is_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (
        f'<!DOCTYPE w [<!ENTITY a0 "aaaaaaaaaa">{entities}]>'
        f"<w:document {NAMESPACES}><w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body>"
        "</w:document>"
    )
    started = time.monotonic()

    assert "entities" in refusal(docx("", files={"word/document.xml": bomb}))
    assert time.monotonic() - started < 2


def test_an_outside_entity_is_refused() -> None:
    inside = "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
    text = (
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        f"<w:document {NAMESPACES}><w:body>{inside}</w:body></w:document>"
    )

    for encoding in ("utf-8", "utf-16"):
        assert "entities" in refusal(docx("", files={"word/document.xml": text.encode(encoding)}))


def test_a_zip_bomb_is_refused_by_ratio_and_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "grows more than" in refusal(docx(p("x"), files={"word/media/i.png": b"\0" * 5_000_000}))

    monkeypatch.setattr(archive_module, "MOST_BYTES", 100_000)
    assert "larger than" in refusal(docx(p("x" * 200_000)))
    assert "larger than" in refusal(b"PK" + b"x" * 100_000)


def test_too_many_parts_are_counted_before_they_are_read() -> None:
    parts = {f"word/media/{n}.txt": b"" for n in range(archive_module.MOST_ENTRIES)}

    assert "more than 2,000 parts" in refusal(docx(p("x"), files=parts))


def test_two_parts_of_one_name_are_refused() -> None:
    made = io.BytesIO(docx(p("x")))
    with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", "<a/>")

    assert "two parts of the same name" in refusal(made.getvalue())


@pytest.mark.parametrize("depth", [100, 5_000, 50_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    deep = "<w:ins>" * depth + p("x") + "</w:ins>" * depth

    assert "nested too deeply" in refusal(
        docx("<w:sdt><w:sdtContent>" * 20 + deep + "</w:sdtContent></w:sdt>" * 20)
    )


def test_tables_in_tables_as_deep_as_is_let_in_are_read() -> None:
    deep = p("core")
    for _ in range(25):
        deep = f"<w:tbl><w:tr><w:tc>{deep}</w:tc><w:tc>{p('x')}</w:tc></w:tr></w:tbl>"

    document = read_docx(docx(deep))

    assert "core" in document.lessons[0].body_markdown


@pytest.mark.parametrize(
    "broken",
    [
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="x"/><w:numId w:val="77"/></w:numPr></w:pPr>'
        "<w:r><w:t>x</w:t></w:r></w:p>",
        '<w:p><w:r><w:sym w:font="Wingdings" w:char="zz"/><w:t>x</w:t></w:r></w:p>',
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p><w:r><w:t>x</w:t>'
        "</w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>",
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="-5"/><w:vMerge/></w:tcPr><w:p><w:r><w:t>x'
        "</w:t></w:r></w:p></w:tc><w:tc/></w:tr></w:tbl>",
        '<w:p><w:r><w:fldChar w:fldCharType="end"/><w:t>x</w:t></w:r></w:p>',
        '<w:p><w:hyperlink r:id="nowhere"><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>',
        "<w:p><w:r><w:t>x</w:t></w:r></w:p>" + p(picture("nowhere")),
        "<w:tc><w:p><w:r><w:t>lost</w:t></w:r></w:p></w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p>",
    ],
)
def test_nonsense_in_the_document_does_no_harm(broken: str) -> None:
    document = read_docx(docx(broken))

    assert "x" in document.lessons[0].body_markdown
    assert len(document.lessons[0].body_markdown) < 2_000


def test_styles_based_on_each_other_end() -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:name w:val="{one}"/>'
        f'<w:basedOn w:val="{other}"/></w:style>'
        for one, other in (("a", "b"), ("b", "a"))
    )

    assert read_docx(docx(p("x", style="a"), styles=styles)).lessons[0].body_markdown == "x\n"


def test_a_target_that_leads_out_of_the_file_is_not_followed() -> None:
    content = docx(
        p("x") + p(picture()),
        relations=relation("rId9", "image", "../../../../../../etc/passwd"),
    )

    assert read_docx(content).pictures == {}


def test_a_style_map_hidden_in_the_file_is_not_used() -> None:
    content = docx(p("x"), files={"mammoth/style-map": "p => script"})

    assert read_docx(content).lessons[0].body_markdown == "x\n"


def test_a_document_with_a_template_type_is_read() -> None:
    content = docx(p("x"), main_type=MAIN_TYPE.replace("document.main", "template.main"))

    assert read_docx(content).lessons[0].body_markdown == "x\n"


def test_thirty_pages_with_pictures_are_read_quickly() -> None:
    body = "".join(
        h(1 if page % 5 == 0 else 2, f"Page {page}")
        + "".join(p(f"Paragraph {n}. " + "The lymph flows to the nodes. " * 12) for n in range(8))
        + p(picture(f"rId{page}", alt="A drawing"))
        for page in range(30)
    )
    content = docx(
        body,
        relations="".join(relation(f"rId{n}", "image", f"media/{n}.png") for n in range(30)),
        files={f"word/media/{n}.png": png(side=200, shade=n) for n in range(30)},
    )
    started = time.process_time()

    document = read_docx(content)

    assert len(document.pictures) == 30
    assert time.process_time() - started < 5
