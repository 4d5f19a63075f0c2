"""Text that means harm, or takes long."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.markdown import MarkdownContext, ReferenceEntry, TermEntry, parse, render
from courses.markdown.grammar import LONGEST_PARAGRAPH, LONGEST_TEXT

NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    '[x](https://a.b"onclick="alert(1))',
    '[x](<https://a.b/" onclick="alert(1)>)',
    '!["onerror=alert(1)](figure:x)',
    "![x](javascript:alert(1))",
    '[x]{lang="en\\" onclick=\\"alert(1)"}',
    '[x]{style="position:fixed" lang=en}',
    "::: caution <script>alert(1)</script>\nx\n:::",
    '::: caution "onclick="alert(1)\nx\n:::',
    '::: chart "><script>alert(1)</script> view="><script>\nx\n:::',
    '::: claim C05" onclick="x unsupported @a\nx\n:::',
    "| <script> |\n|---|\n| <b onclick=x> |",
    "## <script>alert(1)</script>\n\n| a |\n|---|\n| b |",
    "x[^1]\n\n[^1]: <script>alert(1)</script>",
    "```<script>\n</code></pre><script>alert(1)</script>\n```",
    "<!--figure:{}--> <!--chart:{}-->x<!--/chart--> <!--references:[]-->",
    '[@a"><script>] [supported: @a"><script>]',
    "&lt;script&gt; &#60;script&#62;",
    "<style>*{display:none}</style><iframe src=//x></iframe><form action=//x>",
]
CONTEXT = MarkdownContext(
    references={"a": ReferenceEntry("a", 1, "<script>", "javascript:alert(1)")},
    glossary={"a": TermEntry("a", "<script>", '"><script>alert(1)</script>', 'en" onclick="x')},
)


ALLOWED = {
    "a": {"href", "id", "rel", "aria-label", "class"},
    "aside": {"class", "role", "aria-label", "data-claim"},
    "b": {"lang"},
    "button": {"type", "class", "popovertarget"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "li": {"id"},
    "ol": {"start"},
    "p": {"class"},
    "section": {"class"},
    "span": {"class", "id", "popover", "lang"},
    "sup": {"class"},
    "td": {"align"},
    "th": {"align", "scope"},
}
for _tag in (*("blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "pre"),
             *("strong", "table", "tbody", "thead", "tr", "ul")):  # fmt: skip
    ALLOWED[_tag] = set()


class Tags(HTMLParser):
    """What a browser would make of the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.bad.append(tag)
        for name, value in attrs:
            if name not in ALLOWED.get(tag, ()):
                self.bad.append(f"{tag} {name}")
            if name == "href" and not (value or "").startswith(("https://", "mailto:", "#")):
                self.bad.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.bad.append(f"comment {data}")


@pytest.mark.parametrize("text", [*NASTY, "[x](glossary:a) [@a]"])
@pytest.mark.parametrize("context", [CONTEXT, CONTEXT.without_list()])
def test_nothing_that_runs_comes_through(text: str, context: MarkdownContext) -> None:
    assert Tags(str(render(text, version_context=context))).bad == []


@given(st.text(alphabet="<>[](){}:!@#^|*_`\"'/\\- \nabc=javascript", max_size=120))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_a_tag_of_its_own(text: str) -> None:
    assert Tags(str(render(text, version_context=CONTEXT))).bad == []


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "![" * 10_000,
        "[a](" * 5_000,
        "[a](<b" * 3_000,
        "[a](https://b.c) " * 1_100,
        "[a](glossary:b) " * 1_200,
        "[a]{" * 5_000,
        "[a]{lang=x} " * 1_600,
        "[@a " * 5_000,
        "[@a] " * 4_000,
        "*a " * 6_600,
        "*a_ " * 5_000,
        "**a " * 5_000,
        "`" * 20_000,
        "> " * 5_000 + "a",
        "- " * 5_000 + "a",
        "::: note\n" * 10_000,
        ":::: note\n::: note\n" * 5_000,
        "".join(f"[^{number}]" for number in range(2_000))
        + "\n\n"
        + "".join(f"[^{number}]: x\n\n" for number in range(2_000)),
        "\"'" * 10_000,
        "[a]: b\n" * 20_000,
        "<a " * 6_000,
        "&" * 20_000,
        "|a" * 5_000 + "\n" + "|-" * 5_000 + "\n" + "|a" * 5_000,
        "a" * LONGEST_TEXT * 2,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()

    render(text, version_context=CONTEXT)

    assert time.process_time() - began < 3


def test_text_and_paragraphs_have_a_longest_length() -> None:
    problems = [problem.sentence for problem in parse("word " * LONGEST_TEXT).problems]

    assert problems == [
        f"the text is longer than {LONGEST_TEXT:,} characters",
        f"a paragraph is longer than {LONGEST_PARAGRAPH:,} characters",
    ]


def test_deep_nesting_stops_and_does_not_raise() -> None:
    assert render("> " * 3_000 + "a") is not None
