"""Files as other systems write them, and files that nobody should trust."""

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from quizzes.interchange import files, formats, spreadsheet
from quizzes.interchange.errors import InterchangeRefused
from quizzes.interchange.found import MOST_QUESTIONS, Reading
from quizzes.interchange.outgoing import Outgoing
from quizzes.question_types import type_named

FILES = Path(__file__).parent / "interchange_files"
MULTICHOICE = """<?xml version="1.0" encoding="UTF-8"?><quiz>
<question type="multichoice"><name><text>A</text></name>
<questiontext format="html"><text>{}</text></questiontext><single>true</single>
<answer fraction="100"><text>Yes</text></answer><answer fraction="0"><text>No</text></answer>
</question></quiz>"""


def told(name: str) -> Reading:
    return formats.read((FILES / name).read_bytes(), name=name)


def kinds(reading: Reading) -> list[tuple[int, str]]:
    return [(each.line, each.type) for each in reading.questions]


def zip_of(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


# ------------------------------------------------------------------------------- other systems


def test_an_export_of_moodle_comes_along_with_everything_said() -> None:
    reading = told("moodle.xml")

    assert (reading.format, kinds(reading)) == (
        "moodle-xml",
        [(15, "single-choice"), (66, "true-false"), (94, "fill-in")],
    )
    first = reading.questions[0]
    assert (first.title, str(first.points), first.tags, first.category) == (
        "ST3 place",
        "2.00",
        ("Points",),
        "$course$/top/Default for Facial massage",
    )
    assert (
        first.content
        == type_named("single-choice")
        .clean(
            {
                "stem": "Where is **ST3**?\n\n![A face](figure:picture-4c4b6a3be1314ab86138)",
                "explanation": "Level with the *lower edge* of the nostril.",
                "choices": [
                    {"id": "a", "text": "Under the pupil", "correct": True, "feedback": "Yes."},
                    {"id": "b", "text": "On the chin"},
                ],
            }
        )
        .content
    )
    assert [reading.said(note) for note in reading.changes] == [
        "The file: The numbering of choices was left out.",
        "The file: The penalty for another try was left out; attempts are counted by the quiz.",
        "The file: Whether choices are mixed is a setting of the quiz here.",
    ]
    assert [reading.said(note) for note in reading.left] == [
        "Line 15, “ST3 place”: A hint was left out: “Think of the pupil.”",
        "Line 15, “ST3 place”: The note to a wrong answer was left out: “Look at the drawing once "
        "more.”",
        "Line 94, “Lymph”: Notes on single options of a gap have no place here.",
        "Line 109, “Own words”: It asks for a free text (essay), which no computer can mark.",
    ]


def test_gift_of_moodle_comes_along_with_everything_said() -> None:
    reading = told("moodle.gift.txt")

    assert (reading.format, kinds(reading)) == (
        "gift",
        [
            (7, "single-choice"),
            (16, "true-false"),
            (18, "matching"),
            (24, "short-text"),
            (26, "numeric"),
            (28, "numeric"),
            (30, "multiple-choice"),
        ],
    )
    assert reading.questions[0].tags == ("points", "face")
    assert reading.questions[1].content["feedback_true"] == "Think of bruises."
    assert reading.questions[2].content["extras"] == ["Mastoid nodes"]
    assert [reading.said(note) for note in (*reading.changes, *reading.left)] == [
        "Line 7, “ST3”: Choices that earned a part of the points earn none here.",
        "Line 24, “The muscle that closes the lips is the”: The gap in the middle of the question "
        "became a line.",
        "Line 36, “Essay”: It asks for a free text (essay), which no computer can mark.",
        "Line 38, “Broken”: Its braces are not closed.",
    ]


def test_aiken_comes_along_and_names_the_line_of_what_does_not() -> None:
    reading = told("aiken.txt")

    assert (reading.format, kinds(reading)) == ("aiken", [(1, "single-choice"), (8, "true-false")])
    assert reading.questions[0].content["explanation"].startswith("Gliding lets")
    assert [reading.said(note) for note in reading.left] == [
        "Line 13, “Which oil?”: The answer “D” is none of its choices."
    ]


def test_items_of_qti_come_along_alone_and_in_a_package() -> None:
    alone = told("new-quizzes-item.xml")
    third = told("qti3-item.xml")
    manifest = (
        b'<manifest><resources><resource identifier="a" type="imsqti_item_xmlv2p1" '
        b'href="a/item%201.xml"><file href="a/item 1.xml"/></resource>'
        b'<resource identifier="b" type="imsqti_item_xmlv2p1" href="gone.xml"/></resources>'
        b"</manifest>"
    )
    item = (FILES / "new-quizzes-item.xml").read_bytes()
    package = formats.read(
        zip_of(**{"imsmanifest.xml": manifest, "a/item 1.xml": item, "a/face.png": b"x"})
    )

    assert kinds(alone) == [(2, "single-choice")]
    assert str(alone.questions[0].points) == "2.00"
    assert [each["text"] for each in third.questions[0].content["items"]] == [
        "Contact",
        "Gliding",
        "Kneading",
    ]
    assert [each.content for each in package.questions] == [alone.questions[0].content]
    assert [package.said(note) for note in package.left][:2] == [
        "The file: The file a/face.png of the package was not read.",
        "The file: The manifest names gone.xml, which is not in the zip.",
    ]


def test_a_package_of_classic_quizzes_comes_along() -> None:
    manifest = (
        b'<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"><resources>'
        b'<resource identifier="g1" type="imsqti_xmlv1p2"><file href="g1/g1.xml"/>'
        b'<dependency identifierref="g2"/></resource><resource identifier="g2" '
        b'type="associatedcontent/imscc_xmlv1p1/learning-application-resource" '
        b'href="g1/assessment_meta.xml"><file href="g1/assessment_meta.xml"/></resource>'
        b"</resources></manifest>"
    )
    item = (FILES / "classic-quiz.xml").read_bytes()
    reading = formats.read(
        zip_of(
            **{"imsmanifest.xml": manifest, "g1/g1.xml": item, "g1/assessment_meta.xml": b"<quiz/>"}
        )
    )

    assert kinds(reading) == [
        (1, "single-choice"),
        (2, "true-false"),
        (3, "multiple-choice"),
        (4, "short-text"),
        (5, "matching"),
        (6, "numeric"),
        (7, "fill-in"),
    ]
    first, _truth, _several, typed, pairs, number, gaps = (
        each.content for each in reading.questions
    )
    assert (first["explanation"], first["choices"][1]["feedback"]) == ("Level with it.", "Yes.")
    assert str(reading.questions[0].points) == "2.00"
    assert [each["text"] for each in typed["answers"]] == ["orbicularis oris", "orbicularis"]
    assert [(each["term"], each["answer"]) for each in pairs["pairs"]] == [
        ("Chin", "Submental nodes"),
        ("Cheek", "Submandibular nodes"),
    ]
    assert pairs["extras"] == ["Mastoid nodes"]
    assert (number["value"], number["tolerance"]) == ("10", "2")
    assert (gaps["text"], gaps["gaps"][0]["right"]) == (
        "Lymph flows to the [[a]] nodes.",
        "submandibular",
    )
    assert [reading.said(note) for note in (*reading.changes, *reading.left)] == [
        "Question 3, “Question”: The file gives points for all right choices together.",
        "Question 7, “Question”: It has no words before the text with gaps; “Fill in the gaps.” "
        "was put there.",
        "Question 8, “Question”: It asks for a free text (essay), which no computer can mark.",
    ]


def test_the_template_says_the_same_as_a_table_and_as_text() -> None:
    book = formats.read(spreadsheet.template_xlsx(), name="questions.xlsx")
    text = formats.read(spreadsheet.template_csv(), name="questions.csv")

    assert [each.type for each in book.questions] == [
        "single-choice",
        "multiple-choice",
        "true-false",
        "short-text",
        "numeric",
        "ordering",
        "matching",
        "fill-in",
    ]
    assert [each.content for each in book.questions] == [each.content for each in text.questions]
    assert (book.changes, book.left, text.left) == ([], [], [])
    assert (book.unit, book.questions[0].line) == ("Row", 2)


def test_a_table_names_cells_and_columns_that_mean_nothing() -> None:
    reading = formats.read(
        "Question;Right answer;Choice 1;Choice 2;Mood\n"
        "Which oil?;b;Almond;Olive;good\n"
        "Which oil now?;c;Almond;Olive;\n"
        "Is it warm?;true;;;\n".encode("utf-16")
    )

    assert kinds(reading) == [(2, "single-choice"), (4, "true-false")]
    assert [reading.said(note) for note in reading.left] == [
        "Row 1: The column “Mood” is not known.",
        "Row 2, “Which oil?”: The cell “good” stands under no column that is known.",
        "Row 3, “Which oil now?”: The right answer “c” is none of its choices.",
    ]


def test_html_becomes_markdown_and_what_it_cannot_say_is_named() -> None:
    html = (
        "<h2>Look</h2><p>One &amp; <b>two</b><br>three *x*</p><ul><li>a<li>b</ul>"
        '<table border="1"><tr><td>1</td><td colspan="2">2</td></tr></table>'
        "<script>alert(1)</script><sup>2</sup><iframe src='https://x.example'></iframe>"
    )
    reading = formats.read(MULTICHOICE.format(f"<![CDATA[{html}]]>").encode())

    assert reading.questions[0].content["stem"] == (
        "**Look**\n\nOne & **two**\\\nthree \\*x\\*\n\n- a\n- b\n\n"
        "| 1 | 2 |  |\n| --- | --- | --- |\n\n2"
    )
    assert [note.sentence for note in reading.changes] == [
        "A heading became a bold line.",
        "Joined cells of a table were parted.",
        "The look or meaning of <sup> was left out.",
    ]
    assert [note.sentence for note in reading.left] == [
        "It holds a program or style (<script>), which no question here can show.",
        "It holds an embedded page (<iframe>), which no question here can show.",
    ]


def test_letters_of_older_systems_are_read_and_said() -> None:
    text = "Müller asks: why “so”?\nA. Ja\nB. Né\nANSWER: A\n"
    old = formats.read(text.encode("cp1252"))
    wide = formats.read(text.encode("utf-16"))

    assert [each.content for each in old.questions] == [each.content for each in wide.questions]
    assert old.changes[0].sentence.startswith("The file does not say how its letters are coded")
    assert wide.changes == []


# ------------------------------------------------------------------------------- refused


def bomb() -> bytes:
    return zip_of(**{"imsmanifest.xml": b" " * 20_000_000})


def book_with_a_date() -> bytes:
    from datetime import date

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Question", "Right answer", "Choice 1", "Choice 2"])
    sheet.append(["Which?", "1", date(2026, 1, 2), "b"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"%PDF-1.7", "This is a PDF, which holds no questions that can be read."),
        (b'<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "declares a document type"),
        (b'<!DOCTYPE q SYSTEM "http://x.example/q.dtd"><quiz/>', "declares a document type"),
        (b"<quiz><question></quiz>", "no well-formed XML (line 1)"),
        (b"<quiz>" + b"<a>" * 200 + b"</a>" * 200 + b"</quiz>", "nested too deeply"),
        (b"<questestinterop/>", "This QTI 1.2 file holds no item."),
        (b"<html/>", "This XML holds no QTI item"),
        (zip_of(**{"../imsmanifest.xml": b"<a/>"}), "leads out of it"),
        (zip_of(**{"/imsmanifest.xml": b"<a/>"}), "leads out of it"),
        (zip_of(**{"C:\\a.xml": b"<a/>"}), "leads out of it"),
        (zip_of(**{"a.zip": b"PK"}), "holds another zip"),
        (zip_of(**{"a.xml": b"<a/>"}), "has no imsmanifest.xml"),
        (zip_of(**{f"a{n}": b"" for n in range(2_001)}), "more than 2,000 files"),
        (bomb(), "grows more than 100 times"),
        (b"PK\x03\x04broken", "cannot be unpacked"),
        (zip_of(**{"xl/workbook.xml": b"<a/>"}), "The spreadsheet cannot be read."),
        (book_with_a_date(), "took for a date or a time"),
        (b"x" * 20_000_001, "larger than 20 MB"),
        (b"One two\x00three" * 9, "NUL characters"),
        (b"[[questions]]\nkey = [", "no TOML that can be read"),
        ("Q{=a ~b}\n\n" * (MOST_QUESTIONS + 1), "more than 500 questions"),
    ],
    ids=lambda value: None if isinstance(value, (bytes, str)) and len(value) > 90 else str(value),
)  # fmt: skip
def test_what_cannot_be_trusted_or_read_is_refused_with_a_sentence(
    content: bytes | str, sentence: str
) -> None:
    if isinstance(content, str):
        content = content.encode()

    with pytest.raises(InterchangeRefused) as refusal:
        formats.read(content)

    assert sentence in str(refusal.value)


def test_a_text_longer_than_a_question_takes_is_left_with_its_line() -> None:
    reading = formats.read(f"::Long::{'x' * 9_000}{{T}}\n\n::Short::Is it?{{T}}".encode())

    assert kinds(reading) == [(3, "true-false")]
    assert [(note.line, note.title) for note in reading.left] == [(1, "Long")]


# ------------------------------------------------------------------------------- damage


def good_files() -> list[tuple[str, bytes]]:
    questions = [
        Outgoing(each.type, each.content)
        for each in formats.read(spreadsheet.template_csv(), name="a.csv").questions
    ]
    return [
        *((path.name, path.read_bytes()) for path in sorted(FILES.iterdir())),
        *(
            (f"own{result.name}", result.content)
            for result in (formats.write(name, questions) for name in formats.WRITTEN)
        ),
        ("a.xlsx", spreadsheet.template_xlsx()),
        ("a.csv", spreadsheet.template_csv()),
    ]


def damaged(content: bytes, chance: random.Random) -> bytes:
    parts = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(parts) or 1)
        end = min(len(parts), place + chance.randint(1, 60))
        match chance.randrange(5):
            case 0:
                del parts[place:end]
            case 1:
                parts[place:end] = bytes(chance.randrange(256) for _ in range(end - place))
            case 2:
                parts[place:place] = parts[place:end] * chance.randint(1, 20)
            case 3:
                parts[place:place] = chance.choice([b"}{", b"<![CDATA[", b"]]>", b"%", b"[[", b'"'])
            case _:
                del parts[max(place, 1) :]
    return bytes(parts)


def test_three_hundred_damaged_files_are_refused_or_read_in_part() -> None:
    chance = random.Random(20261126)
    good = good_files()
    refused = 0
    for number in range(300):
        name, content = good[number % len(good)]
        try:
            reading = formats.read(damaged(content, chance), name=name)
        except InterchangeRefused:
            refused += 1
            continue
        for each in reading.questions:
            assert type_named(each.type).clean(each.content).problems == []

    assert 0 < refused < 300


def test_no_more_of_a_zip_is_unpacked_than_was_said(monkeypatch: Any) -> None:
    monkeypatch.setattr(files, "MOST_UNZIPPED", 1_000)

    with pytest.raises(InterchangeRefused, match="when unpacked"):
        files.unzipped(zip_of(a=b"x" * 600, b=b"y" * 600))
