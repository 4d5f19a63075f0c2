"""Who types a number of an earlier system has to know the name."""

import pytest

from certificates.domain.imported import has_last_name


@pytest.mark.parametrize(
    ("holder", "typed", "fits"),
    [
        ("María de la Cruz", "Cruz", True),
        ("María de la Cruz", "DE LA CRUZ", True),
        ("María de la Cruz", "maria de la cruz", True),
        ("María de la Cruz", "María", False),
        ("María de la Cruz", "Maria de", False),
        ("María de la Cruz", "la", False),
        ("Sean O’Brien Jr., LMT", "LMT", False),
        ("De La", "de la", True),
        ("Sean O’Brien Jr., LMT", "obrien", True),
        ("Sean O’Brien Jr., LMT", "O'Brien, Jr", True),
        ("Sean O’Brien Jr., LMT", "Sean", False),
        ("Maya Delgado-Ortiz", "delgado ortiz", True),
        ("Maya Delgado‑Ortiz", "Ortiz", True),
        ("Björk", "bjork", True),
        ("Li Wei", "We", False),
        ("Li Wei", " . ", False),
        ("", "Wei", False),
        ("", "", False),
    ],
)
def test_last_name_fits(holder: str, typed: str, fits: bool) -> None:
    assert has_last_name(holder, typed) is fits
