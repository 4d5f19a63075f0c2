"""How a record is set: sizes, blocks, and every field that a body asks for."""

from dataclasses import replace

import pytest

from certificates.sample import sample_record
from certificates.sheet import Sheet, make_sheet, tighter


def texts(sheet: Sheet) -> str:
    return " | ".join(
        [
            sheet.heading,
            sheet.name,
            sheet.license_line,
            sheet.deed,
            sheet.title,
            *(f"{fact.label}: {fact.value}" for fact in sheet.facts),
            *(f"{each.name}, {each.title}" for each in sheet.signatures),
            *(
                f"{line.where} {line.license} {line.sentence}"
                for block in sheet.blocks
                for line in block.lines
            ),
            sheet.serial,
            sheet.verify_words,
        ]
    )


# Field × bodies that ask for it, with sources: facts of the field, 1.2 "Field table".
REQUIRED = [
    ("name", "NCBTMB FL TX GA MS SC LA MT", "Maria-Elena Sørensen Castañeda"),
    ("license number", "FL GA MS SC", "Florida license MA 12345"),
    ("license number, second", "FL GA MS SC", "New York license 027123-01"),
    ("course title", "all", "Facial massage: a home-study introduction"),
    ("number given by the body", "FL LA", "no. 20-100200"),
    ("hours", "all", "Credit: 0.5 CE hours"),
    ("the word CE", "NCBTMB", "CE hours"),
    ("completion date", "NCBTMB TX MS SC NC IA ID MT", "Completed on: November 20, 2026"),
    ("delivery type", "NCBTMB MT", "Delivery: Home study"),
    ("provider", "NCBTMB FL TX LA MS SC NC", "Margin & Hand Continuing Education"),
    ("provider number", "NCBTMB FL TX LA MS SC", "NCBTMB 000000-00"),
    ("provider address", "NCBTMB", "12 Elm Street, Suite 4, Asheville, NC 28801"),
    ("provider e-mail", "NCBTMB", "office@example.com"),
    ("signature", "NCBTMB TX", "Eleanor Whitcomb, Director of Education"),
    ("instructor with credentials", "LA MS SC NC IA ID MT", "Dana Okafor, LMT, BCTMB"),
    ("subjects", "TX ID", "Acupressure, Facial massage, Lymphatic drainage, Meridians"),
    ("place", "TX NC IA", "Place: Home study (online), Asheville, NC"),
    ("serial", "verification", "0000-SPEC-1MEN-00006"),
    ("verification address", "verification", "testserver/verify"),
]


@pytest.mark.parametrize(("field", "bodies", "words"), REQUIRED)
def test_sheet_has_every_required_field(field: str, bodies: str, words: str) -> None:
    assert words in texts(make_sheet(sample_record()))


def test_nowhere_ceu() -> None:
    assert "CEU" not in texts(make_sheet(sample_record()))


def test_blocks_are_apart_and_approved_comes_first() -> None:
    sheet = make_sheet(sample_record(body_count=6))

    assert [block.code for block in sheet.blocks] == ["approved", "pending"]
    approved, pending = sheet.blocks
    assert all(line.body.status == "approved" for line in approved.lines)
    assert all("Not approved." in line.sentence for line in pending.lines)
    assert "not approved" in pending.heading


def test_own_bodies_carry_their_license() -> None:
    sheet = make_sheet(sample_record(body_count=3))

    assert sheet.blocks[0].lines[0].license == "license MA 12345"


def test_no_bodies_no_blocks() -> None:
    assert make_sheet(sample_record(body_count=0)).blocks == ()


@pytest.mark.parametrize(
    ("count", "is_continued"), [(0, False), (1, False), (12, False), (13, True), (40, True)]
)
def test_more_than_twelve_bodies_continue(count: int, is_continued: bool) -> None:
    assert make_sheet(sample_record(body_count=count)).is_continued is is_continued


def test_continued_first_page_keeps_the_holders_own() -> None:
    sheet = make_sheet(sample_record(body_count=30))

    assert [line.where for block in sheet.first_page_blocks for line in block.lines] == [
        "Florida",
        "New York",
    ]
    assert "All 30" in sheet.continued_line


def test_long_names_are_set_smaller() -> None:
    sizes = [
        make_sheet(sample_record(name=name)).name_size
        for name in ("Li Wei", "A" + "nna Maria " * 5, "W" * 120)
    ]

    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (40, 16)


def test_title_of_a_body_is_printed_when_it_differs() -> None:
    record = sample_record(body_count=1)
    body = replace(record.bodies[0], title="Facial Massage Home Study")

    sheet = make_sheet(replace(record, bodies=(body,)))

    assert sheet.blocks[0].lines[0].title == "Title there: Facial Massage Home Study"


def test_grid_rows_are_full() -> None:
    rows: list[int] = []
    for fact in make_sheet(sample_record()).facts:
        if fact.is_first:
            rows.append(0)
        rows[-1] += fact.span

    assert rows == [4, 4, 4]


def test_columns_are_balanced_and_keep_the_order() -> None:
    block = make_sheet(sample_record(body_count=12)).blocks[0]

    left, right = block.columns

    assert left + right == block.lines
    assert abs(len(left) - len(right)) <= 1


def test_tighter_ends_with_a_second_page_and_then_nothing() -> None:
    sheet: Sheet | None = make_sheet(sample_record(body_count=12))
    seen = []
    while sheet is not None:
        seen.append((sheet.density, sheet.is_continued))
        sheet = tighter(sheet)

    assert seen == [
        ("dense", False),
        ("grand", True),
        ("airy", True),
        ("regular", True),
        ("close", True),
        ("dense", True),
    ]
