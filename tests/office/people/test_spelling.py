"""Words of names, and which were meant."""

import pytest

from ce_platform.office.people.spelling import keys_of, meant, slips, sound_of, words_of

NAMES = ("johnson", "jones", "garcia", "catherine", "li", "obrien", "castaneda", "smith", "gross")


def found(typed: str) -> list[str]:
    """As the search does it: by shared keys, then by closeness."""
    return meant(typed, [name for name in NAMES if keys_of(typed) & keys_of(name)])


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("jonson", "johnson"),
        ("johnsno", "johnson"),
        ("jhonson", "johnson"),
        ("garzia", "garcia"),
        ("kathryn", "catherine"),
        ("castenada", "castaneda"),
        ("smyth", "smith"),
        ("obrian", "obrien"),
    ],
)
def test_mistyped_word_finds_its_name_alone(typed: str, name: str) -> None:
    assert found(typed) == [name]


@pytest.mark.parametrize("typed", ["la", "xyzzy", "smart"])
def test_other_word_finds_nothing(typed: str) -> None:
    assert found(typed) == []


def test_words_know_no_accents_and_no_punctuation() -> None:
    assert words_of("José O’Brien-García, 3rd 🔑") == ["jose", "obrien", "garcia", "rd"]


def test_slips_count_neighbors_that_were_swapped_once() -> None:
    assert slips("maria", "mraia") == 1
    assert slips("", "abc") == 3


def test_too_few_consonants_sound_like_nothing() -> None:
    assert sound_of("lee") == ""
    assert sound_of("李") == ""
