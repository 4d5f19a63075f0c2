from hypothesis import given
from hypothesis import strategies as st

from quizzes.tags import fold_tags, problem_with, tags_in, tags_text


def test_tags_have_one_spelling() -> None:
    assert tags_in(" Points,  Lymph\tflow ,POINTS,, Jōmon，face") == [
        "face",
        "jomon",
        "lymph flow",
        "points",
    ]


def test_too_many_and_too_long_ones_are_told() -> None:
    assert problem_with(["x" * 40] * 10) == ""
    assert "at most 10 tags" in problem_with([str(n) for n in range(11)])
    assert "at most 40 characters" in problem_with(["x" * 41])
    assert "no comma" in problem_with(["a,b"])


@given(st.text())
def test_what_was_written_once_is_read_again_the_same(text: str) -> None:
    tags = tags_in(text)

    assert tags_in(tags_text(tags)) == tags == fold_tags(tags)
