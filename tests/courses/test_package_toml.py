"""What is written is read as the same, and reads well."""

import tomllib
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from courses.package.source import MANY_DOTS
from courses.package.toml import Rows, decimal_text, number, write_toml

# What breaks a writer of TOML: marks of texts, escapes, ends of lines, what looks like a table.
awkward = st.sampled_from(
    [
        '"',
        '"""',
        "'",
        "'''",
        "\\",
        "\n",
        "\r",
        "\t",
        "\x00",
        "\x7f",
        "[[a]]",
        "k = 1",
        "#",
        ".",
        "a.",
    ]
)
letters = st.characters(exclude_categories=["Cs"])
texts = st.lists(awkward | letters, max_size=40).map("".join)


@given(texts)
@example('"')
@example('ends in """')
@example("ends in \\")
@example("\nbegins with a new line")
@example("\r\n")
@example("+++")
@example("1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18")
@example('He said "C:\\temp"')
@example("Huyệt Thừa Khấp ở dưới mắt 💆🏽‍♀️")
@example("a very long line " * 2_000)
def test_any_text_is_read_as_it_was(text: str) -> None:
    values = {"before": "x", "text": text, "list": ["a", text], "after": "y"}

    written = write_toml({**values, "rows": Rows([values, values])})

    kept = values if text else {"before": "x", "list": ["a", ""], "after": "y"}
    assert tomllib.loads(written) == {**kept, "rows": [kept, kept]}


@given(st.lists(st.sampled_from(["a", ".", '"', " ", "\n", "b.", "1.2."]), max_size=60))
def test_no_text_looks_like_a_key_of_too_many_parts(pieces: list[str]) -> None:
    """The reader of packages refuses such keys before it knows what is a key and what a text."""
    assert MANY_DOTS.search(write_toml({"text": "".join(pieces)})) is None


@given(st.lists(st.floats(-10_000, 10_000) | st.integers(-10_000, 10_000), max_size=60))
def test_any_numbers_are_read_as_they_were(values: list[float]) -> None:
    written = write_toml({"crop": [number(value) for value in values]})

    assert tomllib.loads(written).get("crop", []) == values


def test_file_reads_like_one_written_by_hand() -> None:
    written = write_toml(
        {
            "title": "One line",
            "summary": "Two\nlines, \"said\" 'so'",
            "left_out": "",
            "left_out_too": None,
            "subjects": ["Facial massage", "Acupressure"],
            "worksheet": {"difficulty": 2},
            "questions": Rows(
                [
                    {
                        "stem": 'With "marks"',
                        "answer": False,
                        "choices": Rows([{"id": "a"}, {"id": "b"}]),
                    },
                    {
                        "at": [{"view": "front", "x": 596}],
                        "points": [[index * 40, index * 41.5] for index in range(8)],
                    },
                ]
            ),
        }
    )

    assert (
        written
        == '''\
title = "One line"
summary = """
Two
lines, "said" 'so'"""
subjects = ["Facial massage", "Acupressure"]

[worksheet]
difficulty = 2

[[questions]]
stem = 'With "marks"'
answer = false

[[questions.choices]]
id = "a"

[[questions.choices]]
id = "b"

[[questions]]
at = [{ view = "front", x = 596 }]
points = [
  [0, 0.0], [40, 41.5], [80, 83.0], [120, 124.5], [160, 166.0], [200, 207.5], [240, 249.0],
  [280, 290.5],
]
'''
    )


def test_rows_alone_begin_in_the_first_line() -> None:
    assert write_toml({"terms": Rows([{"id": "a"}])}) == '[[terms]]\nid = "a"\n'


@pytest.mark.parametrize(
    ("value", "text"), [("80.00", "80"), ("1.50", "1.5"), ("100", "100"), ("0.5", "0.5")]
)
def test_decimals_are_written_without_needless_zeros(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text
