"""The same lesson as Word, Google Docs and LibreOffice write it."""

import io
from pathlib import Path

import docx as python_docx
import pytest
from docx.shared import Inches

from courses.markdown import parse
from courses.word import read_docx
from tests.courses.word_files import PACKAGE, docx, p, picture, png, r, relation, table, zipped

# How they were made stands in the README beside them.
SAMPLES = Path(__file__).parent / "word_samples"
BOOKMARK = '<w:bookmarkStart w:id="0" w:name="{}"/><w:bookmarkEnd w:id="0"/>'


def by_word() -> bytes:
    """Made by python-docx out of the template that Word itself wrote."""
    document = python_docx.Document()
    document.add_heading("Lymph", level=0)
    document.add_heading("Nodes", level=1)
    paragraph = document.add_paragraph("Press ")
    paragraph.add_run("gently").bold = True
    paragraph.add_run(", ")
    paragraph.add_run("slowly").italic = True
    paragraph.add_run(".")
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("inner", style="List Bullet 2")
    document.add_paragraph("one", style="List Number")
    document.add_paragraph("two", style="List Number")
    document.add_heading("Places", level=2)
    grid = document.add_table(rows=2, cols=2)
    for index, text in enumerate(["Node", "Place", "Ear", "Front"]):
        grid.cell(index // 2, index % 2).text = text
    document.add_picture(io.BytesIO(png()), width=Inches(1))
    document.add_heading("Flow", level=1)
    document.add_paragraph("Towards the heart.")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def by_google() -> bytes:
    """Google Docs: all looks switched on or off in every run, own list ids, a link as anchor."""
    off = '<w:rtl w:val="0"/>'
    bold, italic = '<w:b w:val="1"/><w:bCs w:val="1"/>', '<w:i w:val="1"/><w:iCs w:val="1"/>'
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{said}"/>'
        '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr/><w:rPr/></w:style>'
        for name, said in [
            ("Heading1", "heading 1"),
            ("Heading2", "heading 2"),
            ("Title", "Title"),
            ("Subtitle", "Subtitle"),
        ]
    )
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{{0}}"/>'
        f'<w:lvlText w:val="x"/><w:pPr><w:ind w:left="720"/></w:pPr></w:lvl>'
        for level in range(9)
    )
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{number}">{levels.format(kind)}</w:abstractNum>'
        for number, kind in (("1", "bullet"), ("2", "decimal"))
    ) + "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in "12"
    )

    def listed(text: str, number: str, level: int = 0) -> str:
        return p(
            r(text, off),
            more=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
            '<w:ind w:left="720" w:hanging="360"/><w:rPr><w:u w:val="none"/></w:rPr>',
        )

    def heading(text: str, style: str) -> str:
        return p(BOOKMARK.format("_heading=h.gjdgxs") + r(text, off), style=style)

    body = (
        heading("Lymph", "Title")
        + heading("Nodes", "Heading1")
        + p(
            r("Press ", off)
            + r("gently", bold + off)
            + r(", ", off)
            + r("slowly", italic + '<w:b w:val="0"/>' + off)
            + r(".", off)
        )
        + listed("first", "1")
        + listed("inner", "1", 1)
        + listed("one", "2")
        + listed("two", "2")
        + heading("Places", "Heading2")
        + table(["Node", "Place"], ["Ear", "Front"])
        + p(picture("rId6"))
        + heading("Flow", "Heading1")
        + p(r("Towards the heart.", off))
    )
    return docx(
        body,
        styles=styles,
        numbering=numbering,
        relations=relation("rId6", "image", "media/image1.png"),
        files={"word/media/image1.png": png()},
    )


def by_libreoffice() -> bytes:
    """LibreOffice: capital style names, numbered headings of kind none, its own anchors."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{said}"/>'
        f'<w:basedOn w:val="{base}"/>{more}</w:style>'
        for name, said, base, more in [
            ("Normal", "Normal", "", ""),
            ("Heading", "Heading", "Normal", ""),
            (
                "Heading1",
                "Heading 1",
                "Heading",
                '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
                '<w:outlineLvl w:val="0"/></w:pPr>',
            ),
            ("Heading2", "Heading 2", "Heading", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
            ("Title", "Title", "Heading", ""),
            ("TextBody", "Body Text", "Normal", ""),
            ("TableContents", "Table Contents", "Normal", ""),
        ]
    ) + (
        '<w:style w:type="character" w:styleId="StrongEmphasis"><w:name w:val="Strong"/><w:rPr>'
        '<w:b/><w:bCs/></w:rPr></w:style><w:style w:type="character" w:styleId="Emphasis">'
        '<w:name w:val="Emphasis"/><w:rPr><w:i/><w:iCs/></w:rPr></w:style>'
    )
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{number}">'
        + "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/></w:lvl>'
            for level in range(9)
        )
        + "</w:abstractNum>"
        for number, kind in (("1", "none"), ("2", "bullet"), ("3", "decimal"))
    ) + "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in "123"
    )

    def listed(text: str, number: str, level: int = 0) -> str:
        return p(
            text,
            style="TextBody",
            more=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>',
        )

    body = (
        p("Lymph", style="Title")
        + p(BOOKMARK.format("__RefHeading___Toc1") + r("Nodes"), style="Heading1")
        + p(
            r("Press ")
            + r("gently", '<w:rStyle w:val="StrongEmphasis"/>')
            + r(", ")
            + r("slowly", '<w:rStyle w:val="Emphasis"/>')
            + r(".")
            + BOOKMARK.format("_GoBack"),
            style="TextBody",
        )
        + listed("first", "2")
        + listed("inner", "2", 1)
        + listed("one", "3")
        + listed("two", "3")
        + p("Places", style="Heading2")
        + table(["Node", "Place"], ["Ear", "Front"])
        + p(picture("rId2"), style="TextBody")
        + p("Flow", style="Heading1")
        + p("Towards the heart.", style="TextBody")
        + p(style="TextBody")
    )
    return docx(
        body,
        styles=styles,
        numbering=numbering,
        relations=relation("rId2", "image", "media/image1.png"),
        files={"word/media/image1.png": png()},
    )


def by_google_saved_again_by_libreoffice() -> bytes:
    return (SAMPLES / "google-docs-resaved.docx").read_bytes()


@pytest.mark.parametrize(
    "made", [by_word, by_google, by_libreoffice, by_google_saved_again_by_libreoffice]
)
def test_all_programs_give_the_same_lessons(made: "object") -> None:
    content = made()  # type: ignore[operator]

    document = read_docx(content)
    (slug,) = document.pictures

    assert document.title == "Lymph"
    assert [(each.title, each.body_markdown) for each in document.lessons] == [
        (
            "Nodes",
            "Press **gently**, *slowly*.\n\n"
            "- first\n  - inner\n\n"
            "1. one\n2. two\n\n"
            "## Places\n\n"
            "| Node | Place |\n| --- | --- |\n| Ear | Front |\n\n"
            f"![](figure:{slug})\n",
        ),
        ("Flow", "Towards the heart.\n"),
    ]
    assert all(parse(each.body_markdown).problems == [] for each in document.lessons)
    assert document.notes == [
        "In ‘Places’: a picture has no alternative text yet.",
        "Every ‘Heading 1’ began a lesson.",
    ]


def test_a_lesson_that_libreoffice_itself_wrote_comes_in_whole() -> None:
    document = read_docx((SAMPLES / "libreoffice.docx").read_bytes())
    ((slug, drawing),) = document.pictures.items()

    assert document.title == "A calm facial massage"
    assert [(each.title, each.body_markdown) for each in document.lessons] == [
        (
            "Before you begin",
            "A face is touched with **clean, warm hands** and *little* pressure. Ask about contact "
            "lenses, recent treatments, and allergies[^1] before you choose an oil.\n\n"
            "Frau Müller, who taught many of us, began every session with a breath and a smile "
            "😊. Keep the oil at 37\u00a0°C or a little below, and see the "
            "[list of oils](https://example.org/oils?kind=face&page=2) for its shelf\u00a0life. "
            "Consent is an under\u00adstanding, not a signature.\n\n"
            "## What to lay out\n\n"
            "- Two towels\n"
            "- Oils\n"
            "  - **jojoba** for most skins\n"
            "  - sunflower, where a person reacts to nuts\n"
            "    - refined, so that it has no scent\n"
            "- A bowl of warm water\n\n"
            "[^1]: Ask about nuts too: many oils are pressed from them.\n",
        ),
        (
            "The strokes",
            "Work from the chin to the forehead. Every stroke is slow, and every stroke ends in "
            "stillness[^1].\n\n"
            "1. Rest both palms on the cheeks.\n"
            "2. Glide along the jaw:\n"
            "   1. left side first,\n"
            "   2. then the right side.\n"
            "3. Circle at the temples.\n"
            "   - Small circles\n"
            "   - No pressure on the eyes\n"
            "4. Hold the forehead.\n\n"
            "## How long each stroke takes\n\n"
            "| Stroke | Minutes | Pressure |\n| --- | --- | --- |\n"
            "| Gliding | 4 | light |\n"
            "| Circling | 3 | *very* light |\n"
            "| Holding | 1 | none |\n\n"
            f"![](figure:{slug})\n\n"
            "Let the person rest for a few minutes, and offer water. Speak softly; there is no "
            "hurry.\n\n"
            "## Afterwards\n\n"
            "Write down what you did, which oil you used, and what the person said of it.\n\n"
            "[^1]: About *one breath* long.\n",
        ),
    ]
    assert all(parse(each.body_markdown).problems == [] for each in document.lessons)
    assert drawing.alt == "A face with lines that lead from its middle outward and upward"
    assert document.notes == [
        "Lists with letters or Roman numerals were numbered 1, 2, 3.",
        "Every ‘Heading 1’ began a lesson.",
    ]


def test_strict_open_xml_is_read() -> None:
    body = docx(p("Title", style="Title") + p(r("bold", "<w:b/>")))
    strict = _renamed(
        body,
        {
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main": (
                "http://purl.oclc.org/ooxml/wordprocessingml/main"
            ),
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
                "http://purl.oclc.org/ooxml/officeDocument/relationships"
            ),
        },
    )

    document = read_docx(strict)

    assert (document.title, document.lessons[0].body_markdown) == ("Title", "**bold**\n")


def test_parts_may_lie_elsewhere_in_the_file() -> None:
    moved = docx(
        "",
        files={
            "_rels/.rels": (
                f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" Type="http://'
                'schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
                'Target="/word/document2.xml"/></Relationships>'
            ),
            "word/document2.xml": _part(docx(p("Here.")), "word/document.xml"),
        },
    )

    assert read_docx(moved).lessons[0].body_markdown == "Here.\n"


def _part(content: bytes, name: str) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def _renamed(content: bytes, names: dict[str, str]) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {each: archive.read(each).decode() for each in archive.namelist()}
    for old, new in names.items():
        parts = {each: text.replace(old, new) for each, text in parts.items()}
    return zipped(parts)
