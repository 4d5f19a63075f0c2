from courses.domain.differences import Block, Paragraph, Piece
from courses.domain.read_blocks import differences_as_read, read_blocks

TEXT = """\
## Live *courses*

We pay **everything** back,
within `10` days.

- Canceled by you
- [Write to us](mailto:a@example.com), or <https://example.com>

1. First

| a | **b** |
|---|---|
| c | d |
"""


def test_a_text_is_cut_into_what_is_read() -> None:
    assert [(each.form, each.mark, each.text) for each in read_blocks(TEXT)] == [
        ("heading", "", "Live courses"),
        ("text", "", "We pay everything back, within 10 days."),
        ("item", "•", "Canceled by you"),
        ("item", "•", "Write to us (a@example.com), or https://example.com"),
        ("item", "1.", "First"),
        ("text", "", "a | b"),
        ("text", "", "c | d"),
    ]


def test_only_the_form_of_the_words_is_no_difference() -> None:
    before, after = "# A\n\n**Bold** words.\n\n1. x\n", "# A\n\nBold *words*.\n\n2. x\n"

    assert all(each.is_same for each in differences_as_read(before, after))


def test_where_a_link_leads_and_a_new_line_of_a_list_are_differences() -> None:
    found = differences_as_read(
        "[Ask](https://a.example)\n\n- one\n", "[Ask](https://b.example)\n\n- one\n- two\n"
    )

    assert found == [
        Paragraph(
            (
                Piece("same", "Ask "),
                Piece("removed", "(https://a.example)"),
                Piece("added", "(https://b.example)"),
            )
        ),
        Paragraph((Piece("same", "one"),), "item", "•"),
        Paragraph((Piece("added", "two"),), "item", "•"),
    ]


def test_blocks_are_the_same_whatever_number_stands_before_them() -> None:
    assert Block("x", "item", "1.") == Block("x", "item", "2.")
