"""The lesson language: what comes out, and what an author is told."""

import re

import pytest

from courses.markdown import (
    MarkdownContext,
    ReferenceEntry,
    TermEntry,
    parse,
    render,
    render_inline,
)

CONTEXT = MarkdownContext(
    references={
        "who2008": ReferenceEntry("who2008", 2, "WHO. 2008.", "https://example.com/who"),
        "klein2014": ReferenceEntry("klein2014", 1, "Klein. 2014.", ""),
    },
    glossary={"fascia": TermEntry("fascia", "Fascia", "Sheets of <tissue>.", "la")},
)


def html(text: str) -> str:
    return str(render(text, version_context=CONTEXT, prefix="l1")).strip()


def said(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.sentence) for problem in parse(text).problems]


def test_commonmark_with_curly_quotes() -> None:
    assert html('*Say* "it\'s **fine**".') == ("<p><em>Say</em> “it’s <strong>fine</strong>”.</p>")


def test_citation_leads_to_the_list_and_can_be_found_from_there() -> None:
    assert html("So [@who2008].") == (
        '<p>So <sup class="ref"><a href="#ref-2" id="l1-cite-2-1" aria-label="Reference 2">2</a>'
        "</sup>.</p>"
    )


def test_second_citation_of_a_reference_has_its_own_anchor() -> None:
    found = html("One [@who2008]. Two [@who2008].")

    assert re.findall(r'id="([^"]*)"', found) == ["l1-cite-2-1", "l1-cite-2-2"]


def test_grade_stands_with_its_references() -> None:
    assert html("So [weakly supported: @who2008 @klein2014].") == (
        '<p>So <span class="grade grade-weakly-supported">weakly supported <sup class="ref">'
        '<a href="#ref-2" id="l1-cite-2-1" aria-label="Reference 2">2</a> '
        '<a href="#ref-1" id="l1-cite-1-1" aria-label="Reference 1">1</a></sup></span>.</p>'
    )


def test_citation_without_a_list_on_the_page_leads_to_the_source() -> None:
    found = render("A [@who2008] B [@klein2014].", version_context=CONTEXT.without_list())

    assert str(found) == (
        '<p>A <sup class="ref"><a href="https://example.com/who" rel="noopener" '
        'aria-label="Reference 2">2</a></sup> B <sup class="ref">1</sup>.</p>\n'
    )


def test_term_opens_its_definition_without_a_script() -> None:
    assert html("The [web of tissue](glossary:fascia).") == (
        '<p>The <span class="term"><button type="button" class="term-word" '
        'popovertarget="l1-term-1">web of tissue</button><span class="term-definition" '
        'id="l1-term-1" popover=""><b lang="la">Fascia</b> Sheets of &lt;tissue&gt;.</span>.</span>'
        "</p>"
    )


def test_word_of_another_language_is_marked() -> None:
    assert html("[Chengqi]{lang=zh-Latn}") == '<p><span lang="zh-Latn">Chengqi</span></p>'


def test_footnotes_lead_both_ways_with_ids_of_this_text() -> None:
    found = html("One[^a] and again[^a].\n\n[^a]: The note.")

    assert re.findall(r'(?:id|href)="([^"]*)"', found) == [
        "#l1-fn-1", "l1-fnref-1", "#l1-fn-1", "l1-fnref-1-2",
        "l1-fn-1", "#l1-fnref-1", "#l1-fnref-1-2",
    ]  # fmt: skip
    assert found.endswith("</section>")


def test_callout_has_label_and_title() -> None:
    assert html("::: caution Keep <off>\nText.\n:::") == (
        '<aside class="callout callout-caution" role="note" aria-label="Caution">\n'
        '<p class="callout-label">Caution</p>\n<p class="callout-title">Keep &lt;off&gt;</p>\n'
        "<p>Text.</p>\n</aside>"
    )


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("caution", "Caution"),
        ("do-not", "Do not"),
        ("contraindication", "When not to"),
        ("try", "Try it"),
        ("note", "Note"),
        ("tradition", "Tradition, not tested"),
    ],
)
def test_every_callout_says_what_it_is(kind: str, label: str) -> None:
    assert f'<p class="callout-label">{label}</p>' in html(f"::: {kind}\nText.\n:::")


def test_claim_shows_its_verdict_in_the_same_block() -> None:
    assert html("::: claim C05 unsafe as stated @klein2014\n**Claim: x.**\n:::") == (
        '<aside class="callout callout-claim" role="note" aria-label="Claim examined" '
        'data-claim="C05">\n<p class="callout-label">Claim examined</p>\n'
        "<p><strong>Claim: x.</strong></p>\n"
        '<p class="verdict verdict-unsafe-as-stated"><span class="verdict-word">unsafe as stated'
        '</span> <sup class="ref"><a href="#ref-1" id="l1-cite-1-1" aria-label="Reference 1">1'
        "</a></sup></p>\n</aside>"
    )


def test_table_scrolls_by_itself_and_is_named_by_its_heading() -> None:
    assert html("## Points\n\n| a | b |\n|---|--:|\n| 1 | 2 |") == (
        "<h2>Points</h2>\n"
        '<div class="table-scroll" role="group" tabindex="0" aria-label="Table: Points"><table>\n'
        '<thead>\n<tr>\n<th scope="col">a</th>\n<th scope="col" align="right">b</th>\n</tr>\n'
        '</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td align="right">2</td>\n</tr>\n</tbody>\n'
        "</table></div>"
    )


def test_link_that_leads_outside_gives_no_opener() -> None:
    assert html("[x](https://example.com)") == (
        '<p><a href="https://example.com" rel="noopener">x</a></p>'
    )


def test_render_inline_has_no_paragraph() -> None:
    assert render_inline("Locate *points*") == "Locate <em>points</em>"


def test_a_line_of_ones_own_prefix_keeps_ids_apart() -> None:
    first = render("[a](glossary:fascia)", version_context=CONTEXT, prefix="q1")
    second = render("[a](glossary:fascia)", version_context=CONTEXT, prefix="q2")

    assert "q1-term-1" in first
    assert "q1-term-1" not in second


# ---------------------------------------------------------------- uses


def test_parse_lists_what_a_text_refers_to_with_lines() -> None:
    text = (
        "One [@who2008]\ntwo [fascia](glossary:fascia)\n\n![](figure:scale)\n\n"
        "::: chart points layers=a,b view=front\nCaption.\n:::\n\n"
        "| a |\n|---|\n| x [@klein2014] |\n"
    )
    found = [(use.kind, use.name, use.line) for use in parse(text).uses]

    assert found == [
        ("reference", "who2008", 0),
        ("glossary", "fascia", 1),
        ("figure", "scale", 3),
        ("reference", "klein2014", 11),
        ("chart", "points", 5),
    ]
    assert parse(text).uses[-1].options == {"layers": ["a", "b"], "view": "front"}


# ---------------------------------------------------------------- mistakes

BLOCKS = "caution, do-not, contraindication, try, note, tradition, claim, chart, recording"
GRADES = (
    "supported, weakly supported, plausible but untested, unsupported, contradicted, "
    "unsafe as stated, tradition"
)
LONELY = "a figure stands alone in a paragraph of its own, outside lists and blocks"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a\n\n# Title", [(2, "headings start at ‘##’")]),
        ("::: foo\nx\n:::", [(0, f"‘foo’ is not a block; the blocks are: {BLOCKS}")]),
        ("a\n\n::: note\nx", [(2, "this block is never closed; end it with ‘:::’")]),
        ("a\n\n:::", [(2, "‘:::’ closes nothing here")]),
        ("::: note\nx\n:::\n\n:::", [(4, "‘:::’ closes nothing here")]),
        ("a\nb [supported]", [(1, "the grade ‘supported’ names no reference")]),
        (
            "[strongly supported: @a1]",
            [(0, f"‘strongly supported’ is not a grade; the grades are: {GRADES}")],
        ),
        ("[@who 2008]", [(0, "a reference is written like [@who2008] or [@who2008 @kwon2018]")]),
        ("a[^9]", [(0, "a footnote is used that is not written below the text")]),
        ("[x](http://a.b)", [(0, "the link ‘http://a.b’ must begin with https:// or mailto:")]),
        ("[x](/admin/)", [(0, "the link ‘/admin/’ must begin with https:// or mailto:")]),
        ("[x](javascript:alert(1))", [(0, "a link is written like [text](https://example.com)")]),
        ("a ![](figure:x)", [(0, LONELY)]),
        ("- ![](figure:x)", [(0, LONELY)]),
        ("::: note\n![](figure:x)\n:::", [(1, LONELY)]),
        ("![](x.png)", [(0, "the picture ‘x.png’ must be a figure of this package")]),
        (
            "[x]{.red}",
            [(0, "braces after brackets hold a language only, like {lang=zh-Latn}")],
        ),
        (
            "[x]{lang=zh-Latn onclick=x}",
            [(0, "braces after brackets hold a language only, like {lang=zh-Latn}")],
        ),
        (
            "::: chart\nx\n:::",
            [(0, "a chart block names its chart: ‘::: chart points-of-the-face’")],
        ),
        (
            "::: chart a colour=b\nx\n:::",
            [(0, "‘colour=b’ is not understood; a chart has layers=… and view=…")],
        ),
        (
            "> ::: chart a\n> x\n> :::",
            [(0, "a chart stands outside lists and other blocks")],
        ),
        (
            "::: claim C05 wrong @a\nx\n:::",
            [(0, f"‘wrong’ is not a verdict; the verdicts are: {GRADES}")],
        ),
        (
            "::: claim C05 @a\nx\n:::",
            [(0, f"the claim has no verdict; the verdicts are: {GRADES}")],
        ),
        (
            "::: claim C05 unsupported\nx\n:::",
            [(0, "a claim names at least one reference, like @klein2014")],
        ),
        (
            "::: claim unsupported @a\nx\n:::",
            [
                (
                    0,
                    "a claim block begins with its id: ‘::: claim C05 unsupported @klein2014’",
                )
            ],
        ),
    ],
)
def test_author_is_told_what_is_wrong_and_where(text: str, problems: list[tuple[int, str]]) -> None:
    assert said(text) == problems


def test_good_text_has_no_problems() -> None:
    text = (
        "## A\n\nText [@a] [tradition: @b], [x](https://a.b), [y](mailto:a@b.c), `[x]`[^1].\n\n"
        "::: note\n- a list\n:::\n\n:::: try\n::: caution\nnested\n:::\n::::\n\n[^1]: Note."
    )

    assert said(text) == []
