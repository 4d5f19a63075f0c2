from hypothesis import given
from hypothesis import strategies as st

from courses.domain.differences import Paragraph, Piece, differences, folded

TEXTS = st.lists(st.text("ab \n", max_size=12), max_size=5).map("\n\n".join)


def test_changed_word_is_shown_in_its_paragraph() -> None:
    found = differences("One two three.\n\nSame.\n", "One four three.\n\nSame.\n")

    assert found == [
        Paragraph(
            (
                Piece("same", "One "),
                Piece("removed", "two "),
                Piece("added", "four "),
                Piece("same", "three."),
            )
        ),
        Paragraph((Piece("same", "Same."),)),
    ]


def test_unchanged_paragraphs_are_folded() -> None:
    before = "\n\n".join("abcdefg")
    found = folded(differences(before, before.replace("d", "x")))

    assert [
        "…" if each is None else "".join(piece.text for piece in each.pieces) for each in found
    ] == ["…", "c", "dx", "e", "…"]


def test_same_texts_have_no_differences() -> None:
    assert all(each.is_same for each in differences("One.\n\nTwo.", "One.\n\nTwo."))
    assert folded(differences("One.", "One.")) == [None]


@given(before=TEXTS, after=TEXTS)
def test_both_texts_can_be_read_back(before: str, after: str) -> None:
    found = differences(before, after)

    def read(left_out: str) -> list[str]:
        texts = (
            "".join(piece.text for piece in each.pieces if piece.kind != left_out) for each in found
        )
        return [text for text in texts if text]

    def paragraphs(text: str) -> list[str]:
        return [each for each in read_paragraphs(text) if each]

    assert read("added") == paragraphs(before)
    assert read("removed") == paragraphs(after)


def read_paragraphs(text: str) -> list[str]:
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found]


def test_a_changed_paragraph_finds_its_old_self_behind_a_new_one() -> None:
    found = differences("We pay back in 10 days.\n\nLast.", "New.\n\nWe pay back in 5 days.")

    assert [each.kind for each in found] == ["added", "changed", "removed"]
