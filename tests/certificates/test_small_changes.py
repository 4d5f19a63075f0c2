"""Which new spelling of a name is granted without a person looking."""

import pytest

from certificates.small_changes import is_small_name_change


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ana Odon", "Ana Ödön"),
        ("ana odon", "Ana Odon"),
        ("Odon, Ana", "Ana Odon"),
        ("Ana-Maria Lopez", "Ana Maria Lopez"),
        ("Ann Marie Lopez", "Annmarie Lopez"),
        ("Shaun ONeil", "Shaun O’Neil"),
        ("Maria Lopez", "Maria Elena Lopez"),
        ("Maria E. Lopez", "Maria Lopez"),
        ("Maria Lopez", "Maria Lopes"),
        ("Jonh Miller", "John Miller"),
        ("Maria Lopezz", "Lopez Maria"),
        ("Maria Elena Lopez", "Maria Lopes"),
    ],
)
def test_slips_are_small_both_ways(before: str, after: str) -> None:
    assert is_small_name_change(before, after)
    assert is_small_name_change(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Maria Lopez", "Maria Jones"),
        ("Maria Lopez", "Bo Berg"),
        ("Ana Lee", "Ann Lee"),
        ("Maria Lopez", "Mario Lopes"),  # Each word a letter: nothing stayed as it was.
        ("Maria Lopez", "Maria"),
        ("Maria Lopez", "Elena Maria Lopez"),
        ("Maria Lopez", "Maria Lopez Jones"),
        ("Maria Lopez", "Maria Anna Elena Lopez"),
        ("Maria Lopez", ""),
        ("王 伟", "王 芳"),
    ],
)
def test_another_person_is_never_small(before: str, after: str) -> None:
    assert not is_small_name_change(before, after)


def test_long_names_take_no_time() -> None:
    words = " ".join(f"word{letter}" for letter in "abcdefghijklmnop")

    assert not is_small_name_change(words, words.replace("worda", "other"))
