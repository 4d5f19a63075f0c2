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
        ("Jonh Miller", "John Miller"),
        ("Philip Brown", "Phillip Brown"),
        ("Maria Lopez", "Maria Lopes"),
    ],
)
def test_slips_are_small_both_ways(before: str, after: str) -> None:
    assert is_small_name_change(before, after)
    assert is_small_name_change(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Maria Lopez", "Maria Elena Lopez"),
        ("Maria Lopez", "Maria E. Lopez"),
        ("Jonah Whitfield", "Jonah Whitefield"),
    ],
)
def test_what_is_added_is_small_and_what_is_left_out_is_not(before: str, after: str) -> None:
    assert is_small_name_change(before, after)
    assert not is_small_name_change(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Maria Lopez", "Mario Lopez"),
        ("John Smith", "Joan Smith"),
        ("Daniel Smith", "Daniela Smith"),
        ("Erik Olsen", "Erin Olsen"),
        ("Amy Chen", "May Chen"),
        ("Ana Lee", "Ann Lee"),
        ("Ana Reed", "Ana Reid"),
        ("Maria", "Mario"),
        ("Jean Mary Smith", "Joan Mark Smith"),
        ("Jonh Smith", "John Smyth"),
        ("Maria Garcia Lopez", "Mario Lopez"),
        ("Maria Elena Lopez", "Maria Lopes"),
        ("Maria Lopez", "Maria Elena Lopes"),
        ("Thomas James", "James Thomas"),
        ("Lopez, Maria", "Maria Lopes"),
        ("Maria Lopez", "Maria Jones"),
        ("Maria Lopez", "Bo Berg"),
        ("Maria Lopez", "Maria"),
        ("Maria Lopez", "Elena Maria Lopez"),
        ("Maria Lopez", "Maria Lopez Jones"),
        ("Maria Lopez", "Maria Anna Elena Lopez"),
        ("Maria Lopez", ""),
        ("!", "?"),
        ("王 伟", "王 芳"),
        ("김 민수", "김 민서"),
        ("सीता राम", "सती रमा"),
    ],
)
def test_another_person_is_never_small(before: str, after: str) -> None:
    assert not is_small_name_change(before, after)
    assert not is_small_name_change(after, before)
