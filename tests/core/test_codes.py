import pytest
from hypothesis import given
from hypothesis import strategies as st

from ce_platform.core import codes


@given(st.integers())  # every example draws a new code
def test_new_code_has_17_letters_and_is_its_own_normal_form(number: int) -> None:
    code = codes.new_code()

    assert len(code) == 17
    assert codes.normalize(code) == code


@pytest.mark.parametrize("change", [str.lower, codes.dashed, lambda code: f" {code} "])
def test_normalize_reads_what_people_type(change) -> None:
    code = codes.new_code()

    assert codes.normalize(change(code)) == code


def test_normalize_reads_letters_that_look_like_digits() -> None:
    code = next(code for code in iter(codes.new_code, None) if "0" in code and "1" in code)

    assert codes.normalize(code.replace("0", "o").replace("1", "l")) == code


def test_normalize_refuses_every_single_wrong_letter() -> None:
    code = codes.new_code()
    wrong = [
        code[:place] + letter + code[place + 1 :]
        for place in range(17)
        for letter in codes.ALPHABET
        if letter != code[place]
    ]

    assert {codes.normalize(candidate) for candidate in wrong} == {None}


@pytest.mark.parametrize("typed", ["", "ABC", "U" * 17, "0" * 18, "é" * 17])
def test_normalize_refuses_what_is_no_code(typed: str) -> None:
    assert codes.normalize(typed) is None
