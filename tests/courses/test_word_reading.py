"""Word documents to lessons: what is kept, what is told."""

import pytest

from courses.markdown import parse
from courses.word import WordDocument, read_docx
from tests.courses.word_files import (
    NAMESPACES,
    NUMBERING,
    docx,
    h,
    item,
    p,
    picture,
    png,
    r,
    relation,
    table,
)

PICTURE = {"relations": relation("rId9", "image", "media/i.png")}
NOTES = (
    '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:id="2">{}</w:footnote>'
)
BREAK = "<w:r><w:br/></w:r>"


def read(body: str, **more: object) -> WordDocument:
    """The document, whose lessons the parser of the platform reads without a problem."""
    document = read_docx(docx(body, **more))  # type: ignore[arg-type]
    for lesson in document.lessons:
        assert parse(lesson.body_markdown).problems == []
    return document


def body_of(body: str, **more: object) -> str:
    """The text of the only lesson."""
    (lesson,) = read(body, **more).lessons
    return lesson.body_markdown


# ------------------------------------------------------------------------- titles and lessons


def test_the_title_style_names_the_document_and_repeated_headings_begin_lessons() -> None:
    document = read(
        p("Facial massage", style="Title")
        + h(1, "Nodes")
        + p("One.")
        + h(2, "Places")
        + p("Two.")
        + h(1, "Flow")
        + p("Three.")
    )

    assert document.title == "Facial massage"
    assert [(each.title, each.body_markdown) for each in document.lessons] == [
        ("Nodes", "One.\n\n## Places\n\nTwo.\n"),
        ("Flow", "Three.\n"),
    ]
    assert document.notes == ["Every ‘Heading 1’ began a lesson."]


def test_the_only_heading_1_is_the_title_and_the_next_level_begins_lessons() -> None:
    document = read(
        h(1, "Course") + h(2, "A") + p("x") + h(3, "In A") + p("y") + h(2, "B") + p("z")
    )

    assert document.title == "Course"
    assert [(each.title, each.body_markdown) for each in document.lessons] == [
        ("A", "x\n\n## In A\n\ny\n"),
        ("B", "z\n"),
    ]
    assert "Every ‘Heading 2’ began a lesson." in document.notes


def test_without_headings_there_is_one_lesson_and_a_hint() -> None:
    document = read(p("Only text."))

    assert [(each.title, each.body_markdown) for each in document.lessons] == [
        ("Untitled lesson", "Only text.\n")
    ]
    assert "there are no headings" in document.notes[0].lower()


def test_text_before_the_first_lesson_is_an_introduction() -> None:
    document = read(p("Hello.") + h(1, "A") + p("x") + h(1, "B") + p("y"))

    assert [each.title for each in document.lessons] == ["Introduction", "A", "B"]


def test_an_empty_heading_is_told_and_makes_no_lesson() -> None:
    document = read(h(1, "Part one") + h(1, "A") + p("x") + h(1, "B") + p("y"))

    assert [each.title for each in document.lessons] == ["A", "B"]
    assert "The heading ‘Part one’ has no text below it and was left out." in document.notes


def test_a_skipped_level_of_headings_is_closed() -> None:
    document = read(h(1, "A") + p("x") + h(3, "Deep") + p("y") + h(1, "B") + p("z"))

    assert document.lessons[0].body_markdown == "x\n\n## Deep\n\ny\n"


def test_an_own_style_counts_by_the_one_it_is_based_on() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="My heading"/>'
        '<w:basedOn w:val="berschrift1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Level"><w:name w:val="By level"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    )

    document = read(
        p("A", style="berschrift1")
        + p("x")
        + p("B", style="Mine")
        + p("y")
        + p("C", style="Level")
        + p("z")
        + p("D", more='<w:outlineLvl w:val="0"/>')
        + p("q"),
        styles=styles,
    )

    assert [each.title for each in document.lessons] == ["A", "B", "C", "D"]


def test_a_very_long_document_without_headings_is_cut() -> None:
    document = read("".join(p(f"{number} " + "word " * 1000) for number in range(60)))

    assert [each.title for each in document.lessons] == [
        "Untitled lesson (1)",
        "Untitled lesson (2)",
        "Untitled lesson (3)",
    ]
    assert any("was cut into" in note for note in document.notes)


def test_a_very_long_paragraph_is_cut_without_losing_a_word() -> None:
    text = " ".join(f"Sentence {number}." for number in range(3000))

    body = body_of(p(text))

    assert " ".join(body.split()) == text
    assert "\n\n" in body


# ------------------------------------------------------------------------- inside a paragraph


def test_bold_and_italic_are_kept_and_spaces_stay_outside() -> None:
    body = body_of(
        p(r("Press ") + r("gently ", "<w:b/>") + r("and ", "<w:i/>") + r("slowly", "<w:b/><w:i/>"))
    )

    assert body == "Press **gently** *and* ***slowly***\n"


def test_bold_that_is_switched_off_is_not_bold() -> None:
    assert body_of(p(r("plain", '<w:b w:val="0"/><w:i w:val="false"/>'))) == "plain\n"


def test_bold_next_to_letters_and_brackets_reads_back() -> None:
    body = body_of(p(r("un") + r("(believ)", "<w:b/>") + r("able")))

    assert body == "u&#110;**(believ)**&#97;ble\n"


def test_a_character_style_brings_its_looks() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/>'
        "<w:rPr><w:b/></w:rPr></w:style>"
    )

    assert body_of(p(r("x", '<w:rStyle w:val="Strong"/>')), styles=styles) == "**x**\n"


def test_links_lead_to_https_only() -> None:
    document = read(
        p(
            '<w:hyperlink r:id="a"><w:r><w:t>safe</w:t></w:r></w:hyperlink>'
            + r(", ")
            + '<w:hyperlink r:id="b"><w:r><w:t>bad</w:t></w:r></w:hyperlink>'
            + r(", ")
            + '<w:hyperlink w:anchor="_Toc1"><w:r><w:t>inside</w:t></w:r></w:hyperlink>'
        ),
        relations=relation("a", "hyperlink", "https://example.com/a_(b)?x=1", is_outside=True)
        + relation("b", "hyperlink", "javascript:alert(1)", is_outside=True),
    )

    assert document.lessons[0].body_markdown == (
        "[safe](https://example.com/a_%28b%29?x=1), bad, inside\n"
    )
    assert (
        "At the beginning: the link ‘javascript:alert(1)’ was left out, because it does not begin "
        "with https://."
    ) in document.notes


def test_a_link_written_as_a_field_is_kept() -> None:
    def field(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    code = '<w:r><w:instrText> HYPERLINK "https://example.com" </w:instrText></w:r>'

    body = body_of(p(field("begin") + code + field("separate") + r("here") + field("end") + r(".")))

    assert body == "[here](https://example.com).\n"


def test_a_checkbox_keeps_its_state() -> None:
    def box(state: str) -> str:
        return (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>'
            f"{state}</w:checkBox></w:ffData></w:fldChar></w:r>"
            "<w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>"
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    body = body_of(p(box("<w:checked/>") + r(" yes ") + box('<w:default w:val="0"/>') + r(" no")))

    assert body == "☑ yes ☐ no\n"


def test_an_exclamation_mark_before_a_link_makes_no_picture() -> None:
    body = body_of(
        p(r("Look!") + '<w:hyperlink r:id="a"><w:r><w:t>x</w:t></w:r></w:hyperlink>'),
        relations=relation("a", "hyperlink", "https://example.com", is_outside=True),
    )

    assert body == "Look\\![x](https://example.com)\n"


def test_raised_and_lowered_letters_are_told() -> None:
    up, down = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
    document = read(
        p(
            r("10")
            + r("2", up)
            + r(" H")
            + r("2", down)
            + r("O 1")
            + r("st", up)
            + r(" x")
            + r("ab", up)
        )
    )

    assert document.lessons[0].body_markdown == "10² H₂O 1st xab\n"
    assert document.notes[:3] == [
        "At the beginning: the raised ‘2’ was written as ‘²’.",
        "At the beginning: the lowered ‘2’ was written as ‘₂’.",
        "At the beginning: the raised ‘ab’ was taken as ordinary text.",
    ]


def test_chinese_words_are_marked_with_their_language() -> None:
    body = body_of(p(r("Point ") + r("承泣", '<w:lang w:eastAsia="zh-CN"/>') + r(".")))

    assert body == "Point [承泣]{lang=zh-CN}.\n"


def test_line_breaks_stay_and_what_looks_like_markdown_is_text() -> None:
    body = body_of(
        p(r("1. no list") + BREAK + r("- no list") + BREAK + r("# no heading"))
        + p("::: note")
        + p("| a | b |")
        + p("[x](y) [@who] ![](figure:a) <b> &amp; *a* _b_ `c`")
    )

    assert body == (
        "1\\. no list\\\n\\- no list\\\n\\# no heading\n\n\\:\\:\\: note\n\n\\| a | b |\n\n"
        "\\[x\\](y) \\[@who\\] !\\[\\](figure:a) \\<b> \\&amp; \\*a\\* \\_b\\_ \\`c\\`\n"
    )


# ------------------------------------------------------------------------- lists and tables


def test_lists_nest_and_numbers_go_on_after_a_picture() -> None:
    document = read(
        item("one", number="2")
        + item("inner", level=1, number="1")
        + p(picture(alt="A hand"))
        + item("two", number="2")
        + item("again", number="3"),
        **PICTURE,
        files={"word/media/i.png": png()},
    )
    (slug,) = document.pictures

    assert document.lessons[0].body_markdown == (
        f"1. one\n   - inner\n\n![](figure:{slug})\n\n2. two\n\n1) again\n"
    )


def test_nine_levels_of_a_list_are_read() -> None:
    body = body_of("".join(item(f"level {level}", level=level) for level in range(9)))

    assert body.splitlines()[-1] == " " * 16 + "- level 8"
    assert parse(body).tokens[0].type == "bullet_list_open"
    assert sum(each.type == "list_item_open" for each in parse(body).tokens) == 9


def test_a_list_that_begins_deep_is_a_list() -> None:
    assert body_of(item("deep", level=2) + item("next", level=2)) == "- deep\n- next\n"


def test_a_list_by_style_is_a_list() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )

    assert body_of(p("x", style="ListBullet"), styles=styles) == "- x\n"


def test_a_list_by_style_lies_as_deep_as_its_style_also_where_the_paragraph_repeats_it() -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="ListBullet{level}"><w:name '
        f'w:val="List Bullet {level}"/><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/>'
        "</w:numPr></w:pPr></w:style>"
        for level in (1, 2)
    )
    repeated = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr>'

    body = body_of(
        item("outer")
        + p("inner", style="ListBullet2", more=repeated.format(1))
        + p("moved to another list", style="ListBullet2", more=repeated.format(2)),
        styles=styles,
    )

    assert body == "- outer\n  - inner\n\n1. moved to another list\n"


def test_a_list_may_have_single_levels_otherwise_than_the_one_it_was_made_of() -> None:
    """LibreOffice names every level twice, the second time with nothing in it."""
    numbering = NUMBERING + (
        '<w:num w:numId="4"><w:abstractNumId w:val="1"/>'
        '<w:lvlOverride w:ilvl="1"><w:lvl w:ilvl="1"><w:start w:val="1"/>'
        '<w:numFmt w:val="bullet"/></w:lvl></w:lvlOverride><w:lvlOverride w:ilvl="1"/></w:num>'
    )

    body = body_of(
        item("one", number="2")
        + item("numbered", level=1, number="2")
        + item("two", number="2")
        + item("with a dot", level=1, number="4")
        + item("three", number="4"),
        numbering=numbering,
    )

    assert body == "1. one\n   1. numbered\n2. two\n   - with a dot\n3. three\n"


def test_a_table_has_its_first_row_as_header_and_escapes_its_bars() -> None:
    assert body_of(table(["Node", "A|B"], ["x\\|y", ""])) == (
        "| Node | A\\|B |\n| --- | --- |\n| x\\\\\\|y |  |\n"
    )


def test_merged_cells_are_taken_apart_and_told() -> None:
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + p("wide")
    high = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + p("high")
    rest = "<w:tcPr><w:vMerge/></w:tcPr>" + p()

    document = read(table([wide, "c"], [high, "1", "2"], [rest, "3", "4"]))

    assert document.lessons[0].body_markdown == (
        "| wide |  | c |\n| --- | --- | --- |\n| high | 1 | 2 |\n|  | 3 | 4 |\n"
    )
    assert document.notes[0] == (
        "At the beginning: merged cells of a table were taken apart; please look at it."
    )


def test_several_paragraphs_and_pictures_in_a_cell_are_told() -> None:
    document = read(
        table(["a", "b"], [p("one") + p(picture()) + p("two"), ""]),
        **PICTURE,
        files={"word/media/i.png": png()},
    )
    (slug,) = document.pictures

    assert document.lessons[0].body_markdown == (
        f"| a | b |\n| --- | --- |\n| one two |  |\n\n![](figure:{slug})\n"
    )
    assert "At the beginning: pictures of a table were put below it." in document.notes


def test_a_frame_of_one_cell_is_text_and_a_table_in_a_table_too() -> None:
    document = read(table([p("Boxed.")]) + table(["a", table(["in", "ner"]) + p()], ["c", "d"]))

    assert document.lessons[0].body_markdown == (
        "Boxed.\n\n| a | in ner |\n| --- | --- |\n| c | d |\n"
    )
    assert any("a frame around text" in note for note in document.notes)
    assert any("a table inside a table" in note for note in document.notes)


# ------------------------------------------------------------------------- pictures and notes


def test_a_picture_keeps_its_bytes_and_alternative_text() -> None:
    content = png(shade=7)
    document = read(
        p(r("Before ") + picture(alt="A hand on a cheek") + r(" after.")),
        **PICTURE,
        files={"word/media/i.png": content},
    )
    ((slug, kept),) = document.pictures.items()

    assert document.lessons[0].body_markdown == f"Before after.\n\n![](figure:{slug})\n"
    assert document.lessons[0].pictures == [slug]
    assert (kept.content, kept.content_type, kept.alt) == (
        content,
        "image/png",
        "A hand on a cheek",
    )


def test_a_picture_without_alternative_text_is_told() -> None:
    guessed = "A close-up of a hand\n\nDescription automatically generated"
    document = read(
        p(picture(alt=guessed)) + p(picture(relation="rId8")),
        relations=relation("rId9", "image", "media/i.png")
        + relation("rId8", "image", "media/j.png"),
        files={"word/media/i.png": png(), "word/media/j.png": png(shade=3)},
    )

    assert [each.alt for each in document.pictures.values()] == ["A close-up of a hand", ""]
    assert "At the beginning: a picture has no alternative text yet." in document.notes


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x01\x00\x00\x00" + b"\x00" * 36 + b" EMF" + b"\x00" * 20, "of the kind EMF"),
        (b"\xd7\xcd\xc6\x9a" + b"\x00" * 20, "of the kind WMF"),
        (b"nothing known", "of an unknown kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "of the kind SVG"),
    ],
)
def test_a_picture_that_no_browser_shows_is_left_out_and_told(content: bytes, told: str) -> None:
    document = read(p("x") + p(picture()), **PICTURE, files={"word/media/i.png": content})

    assert document.pictures == {}
    assert any(f"a picture {told} was left out" in note for note in document.notes)


def test_a_picture_elsewhere_is_never_fetched() -> None:
    document = read(
        p("x") + p(picture()),
        relations=relation("rId9", "image", "https://example.com/a.png", is_outside=True),
    )

    assert document.pictures == {}
    assert any("nothing was fetched" in note for note in document.notes)


def test_footnotes_and_endnotes_are_numbered_within_their_lesson() -> None:
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    end = '<w:r><w:endnoteReference w:id="5"/></w:r>'
    document = read(
        h(1, "A") + p(r("First") + end + r(".")) + h(1, "B") + p(r("Second") + mark + r(".")),
        footnotes=NOTES.format(p("A *note*.") + p("More.")),
        endnotes=f'<w:endnote w:id="5">{p("At the end.")}</w:endnote>',
    )

    assert [each.body_markdown for each in document.lessons] == [
        "First[^1].\n\n[^1]: At the end.\n",
        "Second[^1].\n\n[^1]: A \\*note\\*.\n\n    More.\n",
    ]


def test_a_mark_of_a_footnote_that_is_missing_is_nothing() -> None:
    assert body_of(p(r("x") + '<w:r><w:footnoteReference w:id="9"/></w:r>')) == "x\n"


# ------------------------------------------------------------------------- what is told


def test_tracked_changes_are_settled_and_told_with_their_place() -> None:
    document = read(
        h(1, "A")
        + p(
            r("Old ")
            + f'<w:ins w:id="1" w:author="x">{r("new ")}</w:ins>'
            + '<w:del w:id="2" w:author="x"><w:r><w:delText>gone</w:delText></w:r></w:del>'
            + r("end.")
        )
        + p(r("joined "), more='<w:rPr><w:del w:id="3"/></w:rPr>')
        + p(r("here."))
        + h(1, "B")
        + p("x")
    )

    assert document.lessons[0].body_markdown == "Old new end.\n\njoined here.\n"
    assert document.notes[:2] == [
        "In ‘A’: text that was marked as inserted was taken.",
        "In ‘A’: text that was marked as deleted was left out (2 times).",
    ]


def test_a_text_box_is_a_paragraph_told_once() -> None:
    inside = f"<w:txbxContent>{p('In the box.')}</w:txbxContent>"
    kind = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    box = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><a:graphic>'
        f'<a:graphicData uri="{kind}"><wps:wsp><wps:txbx>{inside}</wps:txbx></wps:wsp>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    document = read(h(1, "Nodes and flow") + p(r("Around.") + box) + h(1, "B") + p("x"))

    assert document.lessons[0].body_markdown == "Around.\n\nIn the box.\n"
    assert document.notes[0] == "In ‘Nodes and flow’: a text box was taken as a paragraph."


def test_an_equation_is_text_to_be_checked() -> None:
    fraction = (
        "<m:oMath><m:r><m:t>p=</m:t></m:r><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num>"
        "<m:den><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup>"
        "</m:sSup></m:den></m:f></m:oMath>"
    )
    document = read(p(r("So ") + fraction))

    assert document.lessons[0].body_markdown == "So p=(a+b)/(c^2)\n"
    assert "please check it" in document.notes[0]


def test_comments_page_frames_contents_and_hidden_text_are_left_out_and_told() -> None:
    header = f"<w:hdr {NAMESPACES}>{p('Top')}</w:hdr>"
    document = read(
        p("Contents", style="TOCHeading")
        + p("Nodes 1", style="TOC1")
        + p(r("Text") + r("secret", "<w:vanish/>") + '<w:r><w:commentReference w:id="1"/></w:r>'),
        relations=relation("h", "header", "header1.xml"),
        files={"word/header1.xml": header},
    )

    assert document.lessons[0].body_markdown == "Text\n"
    assert document.notes[:4] == [
        "The headers of the pages were left out.",
        "The table of contents was left out; the course makes its own.",
        "At the beginning: hidden text was left out.",
        "One comment was left out.",
    ]


def test_progress_goes_up_to_the_end() -> None:
    seen: list[tuple[int, int]] = []

    read_docx(
        docx("".join(p(f"x {n}") for n in range(200))),
        progress=lambda done, total: seen.append((done, total)),
    )

    assert seen[0] == (0, 100)
    assert seen[-1] == (100, 100)
    assert seen == sorted(seen)
    assert len(seen) > 5
