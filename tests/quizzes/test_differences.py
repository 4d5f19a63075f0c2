import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.differences import Difference, Piece, differences, word_pieces
from quizzes.question_types.base import Said


def test_words_that_changed_stand_between_those_that_stayed() -> None:
    assert word_pieces("Where does ST3 lie?", "Where does ST4 lie now?") == [
        Piece("same", "Where does "),
        Piece("removed", "ST3 lie?"),
        Piece("added", "ST4 lie now?"),
    ]
    assert word_pieces("one two three", "one three") == [
        Piece("same", "one "),
        Piece("removed", "two "),
        Piece("same", "three"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", []),
        ("", "new", [Piece("added", "new")]),
        ("old", "", [Piece("removed", "old")]),
        ("same", "same", [Piece("same", "same")]),
    ],
)
def test_empty_and_equal_texts(old: str, new: str, pieces: list[Piece]) -> None:
    assert word_pieces(old, new) == pieces


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_both_texts_can_be_read_out_of_the_pieces(old: str, new: str) -> None:
    pieces = word_pieces(old, new)

    assert "".join(each.text for each in pieces if each.kind != "added") == old
    assert "".join(each.text for each in pieces if each.kind != "removed") == new


def test_a_long_text_is_replaced_as_a_whole() -> None:
    long = "word " * 4_000

    assert [piece.kind for piece in word_pieces(long, f"{long}more")] == ["removed", "added"]


def test_lines_are_found_by_key_and_what_is_gone_stays_in_its_place() -> None:
    old = [Said("stem", "Question", "Where?"), Said("a", "Choice a", "Here"), Said("z", "Z", "")]
    new = [Said("stem", "Question", "Where?"), Said("b", "Choice b", "There")]

    assert differences(old, new) == [
        Difference("Question", [Piece("same", "Where?")], is_changed=False),
        Difference("Choice a", [Piece("removed", "Here")], is_changed=True),
        Difference("Choice b", [Piece("added", "There")], is_changed=True),
    ]
