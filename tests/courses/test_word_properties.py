"""What is true of any text in a Word document."""

import html
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ce_platform.core.text import clean
from courses.markdown import parse, render
from courses.word import read_docx
from courses.word.inline import Span, address, markdown
from tests.courses.word_files import docx, h, item, p, r, table

# Letters that mean something to Markdown come often, and XML holds no control characters.
_NASTY = st.text("*_`[](){}<>#+-=|\\!&;:@^~\"'.,1 2\n\ta,é\u00a0ß", max_size=40)
_MARKS = [
    *("**", "*", "_", "`", "[", "](", ")", "![](figure:x)", "[^1]", "[@a]", ":::", "::: note"),
    *("{lang=en}", "&amp;", "&#35;", "<b>", "1. ", "- ", "# ", "> ", "| ", "---", "===", "~~~"),
    *("\\", " ", "a", "B", "é", "9", "\u2028", "(x)", "[supported]", "https://a.b", "    "),
]
_PIECES = st.lists(st.sampled_from(_MARKS), max_size=12).map("".join)
_ANY = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40
)
texts = _NASTY | _PIECES | _ANY
_QUOTES = str.maketrans("“”‘’", "\"\"''")


def words(text: str) -> str:
    """As a browser shows it: white space runs together; straight quotes are printed curly."""
    return " ".join(clean(text).translate(_QUOTES).split())


def shown(markdown_text: str) -> str:
    text = re.sub(r"<br ?/?>|</p>|</li>", " ", render(markdown_text))
    return words(html.unescape(re.sub(r"<[^>]*>", "", text)))


def escaped(text: str) -> str:
    return "".join(
        r(line) if index == 0 else "<w:r><w:br/></w:r>" + r(line)
        for index, line in enumerate(text.split("\n"))
    )


@given(texts)
@settings(max_examples=150, deadline=None)
def test_any_text_of_a_paragraph_comes_out_as_the_same_text(text: str) -> None:
    document = read_docx(docx(p("before") + p(escaped(text)) + p("after")))
    (lesson,) = document.lessons

    assert parse(lesson.body_markdown).problems == []
    assert shown(lesson.body_markdown) == words(f"before {text} after")


@given(texts, texts, texts)
@settings(max_examples=100, deadline=None)
def test_any_text_survives_in_headings_lists_and_tables(one: str, two: str, three: str) -> None:
    one, two, three = (f"x{each}y".replace("\n", " ") for each in (one, two, three))
    body = h(1, "A") + p("t") + h(2, one) + item(two) + table([three, "b"], ["c", three])
    document = read_docx(docx(body + h(1, "B") + p("t")))
    lesson = document.lessons[0].body_markdown
    tokens = parse(lesson)

    assert tokens.problems == []
    texts = [
        words("".join(child.content or " " for child in token.children or []))
        for token in tokens.tokens
        if token.type == "inline"
    ]
    assert texts == ["t", words(one), words(two), words(three), "b", "c", words(three)]


looks = st.builds(
    Span,
    text=texts,
    is_bold=st.booleans(),
    is_italic=st.booleans(),
    href=st.sampled_from(["", "", "", "https://example.com/a?b=c"]),
    language=st.sampled_from(["", "", "", "zh-Latn"]),
)


@given(st.lists(looks, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_looks_keep_the_text(spans: list[Span]) -> None:
    text, _ = markdown(spans)

    assert parse(text).problems == []
    assert shown(text) == words("".join(span.text for span in spans))


@given(
    st.lists(
        st.builds(Span, text=st.text("ab. (", min_size=1, max_size=5), is_bold=st.booleans()),
        max_size=6,
    )
)
@settings(deadline=None)
def test_bold_letters_are_never_given_up(spans: list[Span]) -> None:
    _, is_whole = markdown(spans)

    assert is_whole


@given(texts)
def test_an_address_is_safe_or_nothing(text: str) -> None:
    href = address(f"https://example.com/{text}")
    written, is_whole = markdown([Span("x", href=href)])

    assert is_whole
    assert not href or written.startswith("[x](https://example.com/")
    assert address(f"javascript:{text}") == address(f"http://{text}") == ""
