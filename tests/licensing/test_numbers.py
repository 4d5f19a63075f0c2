"""What license numbers look like."""

import pytest

from ce_platform.licensing.numbers import fits, format_words


@pytest.mark.parametrize(
    ("number", "license_format", "expected"),
    [
        ("MA 98214", "MA #####", True),
        ("ma-98214", "MA #####", True),
        ("MA 982145", "MA #####", False),
        ("MA 982145", "MA ####*", True),
        ("98214", "MA #####", False),
        ("(a+)+b", "(a+)+b", True),
        ("LMT-104233", "???######", True),
        ("anything", "", True),
    ],
)
def test_license_format(number: str, license_format: str, expected: bool) -> None:
    assert fits(number, license_format) == expected


def test_a_format_is_shown_as_a_number() -> None:
    assert format_words("MA ####*") == "MA 1234…"
    assert format_words("??-###") == "AB-123"
