from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import hours
from courses.hours import (
    HoursWorksheet,
    claimable_hours,
    count_words,
    half_hours_down,
    internachi_hours,
    mergener_minutes,
    ncbtmb_hours,
)

words = st.integers(min_value=0, max_value=1_000_000)
minutes = st.decimals(min_value=0, max_value=6_000, places=1)


def test_mergener_gives_the_published_example() -> None:
    minutes = mergener_minutes(3774, 16, Decimal("2.5"))

    assert minutes.quantize(Decimal("0.01")) == Decimal("61.94")


@pytest.mark.parametrize(
    ("words", "questions", "difficulty", "mergener", "ncbtmb", "internachi"),
    [
        (6_000, 20, 2, "69.2", "0.50", "1.60"),
        (12_000, 20, 3, "94.4", "1.00", "2.45"),
        (24_000, 40, 3, "167.0", "2.00", "4.91"),
    ],
)
def test_methods_give_the_figures_of_the_table_in_the_sources(
    words: int, questions: int, difficulty: int, mergener: str, ncbtmb: str, internachi: str
) -> None:
    tenth, hundredth = Decimal("0.1"), Decimal("0.01")
    found = (
        mergener_minutes(words, questions, difficulty).quantize(tenth),
        ncbtmb_hours(words).quantize(hundredth),
        internachi_hours(words, questions).quantize(hundredth),
    )

    assert found == (Decimal(mergener), Decimal(ncbtmb), Decimal(internachi))


@pytest.mark.parametrize(
    ("words", "minutes", "most"),
    [
        (0, 0, "0.0"),
        (5_999, 0, "0.0"),
        (6_000, 0, "0.5"),
        (6_400, 0, "0.5"),
        (11_999, 0, "0.5"),
        (12_000, 0, "1.0"),
        (12_000, 120, "3.0"),
        (72_000, 0, "6.0"),
        (6_000, 29, "0.5"),
        (6_000, 30, "1.0"),
    ],
)
def test_claimable_hours_round_down_to_the_half_hour(words: int, minutes: int, most: str) -> None:
    assert claimable_hours(words, minutes) == Decimal(most)


@given(words, minutes)
def test_claim_is_never_above_the_figure_and_never_a_half_hour_below(
    words: int, minutes: Decimal
) -> None:
    claim, exact = claimable_hours(words, minutes), ncbtmb_hours(words, minutes)

    assert claim <= exact < claim + Decimal("0.5")
    assert claim * 2 == int(claim * 2)


@given(words, words, minutes)
def test_more_words_never_lower_the_hours(fewer: int, more: int, minutes: Decimal) -> None:
    fewer, more = sorted((fewer, more))

    assert claimable_hours(fewer, minutes) <= claimable_hours(more, minutes)
    assert mergener_minutes(fewer, 10, 3) <= mergener_minutes(more, 10, 3)
    assert internachi_hours(fewer, 10) <= internachi_hours(more, 10)


@given(words, st.integers(0, 500), st.integers(1, 5))
def test_mergener_is_a_decimal_and_never_negative(
    words: int, questions: int, difficulty: int
) -> None:
    found = mergener_minutes(words, questions, difficulty)

    assert isinstance(found, Decimal)
    assert found >= 0


def test_half_hours_down_never_goes_below_zero() -> None:
    assert half_hours_down(Decimal("-0.2")) == Decimal("0.0")


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One two three.", 3),
        ("don't stop", 2),
        ("a light-touch stroke – always", 4),
        ("ST3 at 0.5 cun", 4),
        ("4 % of 22", 3),
        ("**bold** and *leaning*, to*geth*er", 4),
        ("two lines\nof one paragraph", 5),
        ("hard break  \nhere", 3),
        ("- one\n- two words\n", 3),
        ("> a quotation counts", 3),
        ("| a | b |\n|---|---|\n| c d | e |\n", 5),
        ("::: caution Title not counted\ntext counted\n:::", 2),
        ("::: claim C05 unsupported @a\nThree words here.\n:::", 3),
        ("[fascia](glossary:fascia) counts", 2),
        ("[a link](https://example.com) counts", 3),
        ("[Chengqi]{lang=zh-Latn} counts", 2),
        # ---- not counted
        ("## A heading\n\ntext", 1),
        ("Heading\n-------\n\ntext", 1),
        ("graded [weakly supported: @a @b].", 1),
        ("cited [@a], twice [@b]", 2),
        ("marked[^1]\n\n[^1]: A footnote of many words.", 1),
        ("![](figure:x)\n\ntext", 1),
        ("::: chart points\nA caption of many words.\n:::\n\ntext", 1),
        ("`code` here", 1),
        ("    code block\n\ntext", 1),
        ("```\ncode\n```\n\ntext", 1),
        ("---\n\ntext", 1),
        ("[ref]: https://example.com 'title'\n\ntext", 1),
    ],
)
def test_count_words_counts_running_text_only(text: str, count: int) -> None:
    assert count_words(text) == count


def test_raw_html_is_text_and_so_its_words_count() -> None:
    assert count_words("<b>bold</b> words") == 2


plain = st.text(alphabet="abcdefghijk ", min_size=0, max_size=200)


@given(plain, plain)
def test_two_paragraphs_have_the_words_of_both(first: str, second: str) -> None:
    both = count_words(f"{first.strip()}\n\n{second.strip()}")

    assert both == len(first.split()) + len(second.split())


@given(st.text(max_size=300))
def test_count_words_accepts_any_text(text: str) -> None:
    assert count_words(text) >= 0


# ---------------------------------------------------------------- the worksheet


def test_worksheet_lines_tell_every_figure_and_the_claim() -> None:
    worksheet = HoursWorksheet(
        words=6_400,
        media_minutes=Decimal("0.0"),
        questions=30,
        difficulty=2,
        difficulty_reason="Plain prose.",
        claimed=Decimal("0.5"),
        further=[("Practice log", "Documented.", Decimal("1"))],
    )

    assert [(line.code, line.value) for line in worksheet.lines] == [
        ("words", "6,400"),
        ("media", "0 minutes"),
        ("questions", "30"),
        ("difficulty", "2 of 5"),
        ("ncbtmb", "0.533 hours"),
        ("mergener", "94.93 minutes"),
        ("internachi", "2.02 hours"),
        ("further", "1.00 hours"),
        ("claimable", "0.5 CE hours"),
        ("claimed", "0.5 CE hours"),
    ]
    assert worksheet.is_within


def test_worksheet_knows_a_claim_that_is_too_high() -> None:
    worksheet = HoursWorksheet(5_000, Decimal(0), 30, 5, "", claimed=Decimal("0.5"))

    assert not worksheet.is_within


def test_constants_are_decimals() -> None:
    assert all(isinstance(value, Decimal) for value in hours.MERGENER)
