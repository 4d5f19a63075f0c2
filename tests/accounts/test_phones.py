"""A phone number is kept as it was typed, and known by its digits."""

import pytest
from django.core.exceptions import ValidationError

from ce_platform.accounts.phones import clean_phone, digits_of, found_by


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  (303)  555-0142 ", "(303) 555-0142"),
        ("'+1 303 555 0142", "+1 303 555 0142"),
        ("303.555.0142\next. 12", "303.555.0142 ext. 12"),
        ("303\u202e555\x000142", "3035550142"),
        ("", ""),
        ("9" * 40, "9" * 40),
    ],
)
def test_number_is_kept_as_typed(typed: str, kept: str) -> None:
    assert clean_phone(typed) == kept


@pytest.mark.parametrize("typed", ["none", "9" * 41, "☎"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_phone(typed)


def test_the_digits_are_the_same_however_it_is_written() -> None:
    written = ("(303) 555-0142", "+1 303.555.0142", "1-303-555-0142", "3035550142", "٣٠٣٥٥٥٠١٤٢")

    assert {digits_of(each) for each in written} == {"3035550142"}
    assert found_by(written[0]) == {"3035550142", "5550142"}
    assert found_by("555-0142") == {"5550142"}
    assert found_by("") == set()
