import pytest
from hypothesis import given
from hypothesis import strategies as st

from ce_platform.core.text import clean, fold

ANYTHING = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one\x0btwo\x0cthree\x85four\u2028five", "one\ntwo\nthree\nfour\nfive"),
        ("a\x00b\x1bc\x7fd\x9fe", "abcde"),
        ("half \ud800 of a pair", "half  of a pair"),
        ("\ufeff with a byte order mark", "with a byte order mark"),
        ("\ta tab stays\tinside", "a tab stays\tinside"),
        ("क\u093c family 👩\u200d🔬", "क\u093c family 👩\u200d🔬"),
    ],
)
def test_clean_keeps_what_can_be_stored(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(ANYTHING)
def test_clean_text_can_be_encoded_and_is_clean(value: str) -> None:
    cleaned = clean(value)

    assert clean(cleaned) == cleaned
    assert "\x00" not in cleaned
    cleaned.encode()


@given(ANYTHING)
def test_folded_text_is_its_own_folded_form(value: str) -> None:
    assert fold(fold(value)) == fold(value)


@pytest.mark.parametrize(("typed", "folded"), [("ℌ", "h"), ("İstanbul", "istanbul"), ("ＡB", "ab")])
def test_fold_reaches_letters_in_fancy_dress(typed: str, folded: str) -> None:
    assert fold(typed) == folded
