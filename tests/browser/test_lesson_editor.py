"""The visual lesson editor in real Chromium, under the site's own security policy."""

import difflib
import json
import mimetypes
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from csp.utils import build_policy
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from courses.markdown import grammar, parse, render
from tests.browser.lesson_generator import Generator
from tests.serving import ROOT, Site

NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
ORIGIN = "http://editor.test"
CLIPBOARD = Path(__file__).parent / "clipboard"
LESSONS = sorted((ROOT / "content").glob("*/*/*.md"))
STYLES = ("main", "components", "forms", "reading", "records", "courses", "studio-editor")
PARTS: dict[str, list[dict[str, str]]] = {
    "figures": [
        {
            "slug": "pressure-scale",
            "title": "Four steps of pressure",
            "alt": "A scale of four steps",
            "url": "/static/img/mark.svg",
        }
    ],
    "charts": [{"slug": "points-of-the-face", "title": "Points of the face"}],
    "recordings": [{"slug": "light-strokes", "title": "Light strokes"}],
    "handouts": [{"slug": "stroke-sheet", "title": "The strokes on one sheet"}],
    "glossary": [
        {"slug": "fascia", "term": "Fascia"},
        {"slug": "b-cun", "term": "B-cun"},
    ],
    "references": [
        {"slug": "who2008", "text": "WHO. 2008. Standard acupuncture point locations."},
        {"slug": "kwon2018", "text": "Kwon. 2018. A review of Yintang."},
    ],
}
EVERYTHING = """\
A paragraph with **bold**, *italic*, `code`, [a link](https://example.com),
[fascia](glossary:fascia), a line end, [Chengqi]{lang=zh-Latn}, [@who2008],
[weakly supported: @who2008 @kwon2018], [unsupported] and a footnote[^1].
And [a sheet](handout:stroke-sheet) to print.

## A heading

### Another *one*

#### A small one

* a list
* with stars
  1. and numbers
  2. in it

> A quotation
of two lines.

| code | name |
|:-----|-----:|
| ST1 | [Chengqi]{lang=zh-Latn} |
| ST2 |  |

***

![](figure:pressure-scale)

::: caution Not too hard
Text.

- and a list
:::


::: claim C05 unsupported @who2008
**Claim: it works.** No.
:::

::: chart points-of-the-face layers=stomach view=front
The caption.
:::

::: recording light-strokes
Watch the **thumb**.
:::

```
code, which the editor does not show
```

<div>neither this</div>

[^1]: The footnote.
"""


def body_of(path: Path) -> str:
    """A lesson file without its head."""
    return path.read_text().split("+++\n", 2)[2].lstrip("\n")


def html_page(
    text: str,
    *,
    static: Callable[[str], str] = "/static/{}".format,
    extra: str = "",
    is_mounted: bool = True,
) -> str:
    styles = "".join(f'<link rel="stylesheet" href="{static(f"css/{n}.css")}">' for n in STYLES)
    script = static("js/editor/editor.js") if is_mounted else "/start.js"
    extra += ' data-lesson-editor="parts"' if is_mounted else ""
    parts = json.dumps(PARTS).replace("<", "\\u003c")
    return f"""<!doctype html><html lang="en-US"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Edit a lesson</title>{styles}</head>
<body><div class="page"><main class="page-main"><h1>A lesson</h1>
<form method="post" action="/save/"><div class="field"><label for="body">Text of the lesson</label>
<textarea id="body" name="body" {extra}>\n{escape(text)}</textarea></div>
<button class="button">Save</button></form></main></div>
<script type="application/json" id="parts">{parts}</script>
<script type="module" src="{script}"></script></body></html>"""


# Gives tests the modules; a page of the product mounts by its data attribute.
START = """
import { mountEditor } from "/static/js/editor/editor.js";
import { Lesson } from "/static/js/editor/lesson.js";
import { MarkdownWriter } from "/static/js/editor/markdown-out.js";
import * as grammar from "/static/js/editor/grammar.js";
import { schema } from "/static/js/editor/schema.js";
Object.assign(window, { mountEditor, Lesson, MarkdownWriter, grammar, schema });
window.isStarted = true;
"""


class Editor:
    """A page with one lesson in the editor, and what a test does with it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, text: str, **options: Any) -> None:
        def answer(route: Route) -> None:
            headers = {"Content-Security-Policy": build_policy()}
            route.fulfill(body=html_page(text, **options), content_type="text/html; charset=utf-8",
                          headers=headers)  # fmt: skip

        self.page.unroute(f"{ORIGIN}/lesson/")
        self.page.route(f"{ORIGIN}/lesson/", answer)
        self.page.goto(f"{ORIGIN}/lesson/")
        expect(self.text).to_be_visible()

    @property
    def text(self) -> Locator:
        return self.page.get_by_role("textbox", name="Text of the lesson")

    @property
    def toolbar(self) -> Locator:
        return self.page.get_by_role("toolbar", name="Formatting")

    @property
    def markdown(self) -> str:
        return self.page.locator("textarea[name=body]").input_value()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()

    def click(self, locator: Locator) -> None:
        locator.click()
        self.settle()

    def settle(self) -> None:
        """The browser tells of a moved cursor a moment later; no finger is that fast."""
        self.page.evaluate("() => new Promise((done) => setTimeout(done, 15))")

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to_start(self) -> None:
        self.text.focus()
        self.press("Control+Home")

    def to_end(self) -> None:
        self.text.focus()
        self.press("Control+End")

    def tool(self, name: str) -> Locator:
        return self.toolbar.get_by_role("button", name=name, exact=True)

    def insert(self, name: str) -> None:
        self.tool("Insert").click()
        self.page.get_by_role("menuitem", name=name, exact=True).click()

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def paste(self, **data: str) -> None:
        """`html=`, `plain=`, and `picture=` with base64 bytes of a PNG."""
        self.page.evaluate(
            """({ html, plain, picture }) => {
              const data = new DataTransfer();
              if (html !== undefined) data.setData("text/html", html);
              if (plain !== undefined) data.setData("text/plain", plain);
              if (picture) {
                const bytes = Uint8Array.from(atob(picture), (each) => each.charCodeAt(0));
                data.items.add(new File([bytes], "hand.png", { type: "image/png" }));
              }
              const options = { clipboardData: data, bubbles: true, cancelable: true };
              const event = new ClipboardEvent("paste", options);
              document.querySelector(".ProseMirror").dispatchEvent(event);
            }""",
            data,
        )


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Static files straight from the folder: no site is needed to edit text."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)

    def static(route: Route) -> None:
        path = ROOT / route.request.url.removeprefix(f"{ORIGIN}/").split("?")[0]
        if not path.is_file():
            route.fulfill(status=404, body="")
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        route.fulfill(body=path.read_bytes(), content_type=kind)

    context.route(f"{ORIGIN}/**", lambda route: route.fulfill(status=404, body=""))
    context.route(f"{ORIGIN}/static/**", static)
    context.route(
        f"{ORIGIN}/start.js",
        lambda route: route.fulfill(body=START, content_type="text/javascript"),
    )
    yield context
    context.close()


@pytest.fixture
def editor(context: BrowserContext) -> Iterator[Editor]:
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    yield Editor(page)
    page.close()
    # The small page has no icon; a refused upload is a refused upload.
    assert [each for each in complaints if "404" not in each and "422" not in each] == []


@pytest.fixture
def modules(editor: Editor) -> Page:
    """The editor's modules without an editor, for many texts at once."""
    page = editor.page
    page.route(
        f"{ORIGIN}/lesson/",
        lambda route: route.fulfill(
            body=html_page("", is_mounted=False), content_type="text/html; charset=utf-8"
        ),
    )
    page.goto(f"{ORIGIN}/lesson/")
    page.wait_for_function("window.isStarted")
    return page


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.split("\n"), after.split("\n"))
    return [line for line in lines if line[0] in "+-"]


def same_page(one: str, other: str) -> bool:
    """Whether the server makes the same page of both; lines may be broken elsewhere."""

    def shown(text: str) -> str:
        return re.sub(r"\s+", " ", str(render(text))).strip()

    return shown(one) == shown(other)


def problems(text: str) -> Counter[str]:
    return Counter(each.sentence for each in parse(text).problems)


# ---------------------------------------------------------------- the text stays as it was


def test_the_words_of_the_language_are_those_of_the_server(modules: Page) -> None:
    told = modules.evaluate("""() => ({
      grades: grammar.GRADES, callouts: grammar.CALLOUTS, claim: grammar.CLAIM_LABEL,
      citation: grammar.CITATION.source, language: grammar.LANGUAGE.source,
      claimId: grammar.CLAIM.source, blocks: [grammar.CHART, grammar.RECORDING],
      handout: grammar.HANDOUT,
    })""")

    callouts = {kind: words for kind, words in grammar.CALLOUTS.items() if kind != "claim"}
    assert told == {
        "grades": list(grammar.GRADES),
        "callouts": callouts,
        "claim": grammar.CALLOUTS["claim"],
        "citation": grammar.CITATION.pattern,
        "language": f"^{grammar.LANGUAGE.pattern}$",
        "claimId": f"^{grammar.CLAIM.pattern}$",
        "blocks": [grammar.CHART, grammar.RECORDING],
        "handout": grammar.HANDOUT,
    }


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_starter_lesson_keeps_its_bytes_and_a_word_changes_one_block(
    editor: Editor, path: Path
) -> None:
    before = body_of(path)
    editor.open(before)
    assert editor.markdown == before
    assert editor.page.locator(".studio-source").count() == 0

    # A letter typed and taken back is no change.
    editor.to_start()
    editor.type("Q")
    assert editor.markdown == f"Q{before}"
    editor.press("Control+z")
    assert editor.markdown == before

    paragraphs = editor.page.locator(".ProseMirror > p")
    for index in (1, paragraphs.count() - 1):
        before = editor.markdown
        paragraphs.nth(index).click(position={"x": 2, "y": 8})
        editor.settle()
        editor.press("Home")
        editor.type("Gladly ")
        gone, come = changed_lines(before, editor.markdown)
        assert come[2:] == f"Gladly {gone[2:]}"


def test_a_cell_and_a_line_of_a_callout_change_alone(editor: Editor) -> None:
    editor.open(EVERYTHING)

    editor.click(editor.page.get_by_role("cell", name="ST1", exact=True))
    editor.press("End")
    editor.type(" or so")
    editor.click(editor.page.locator(".callout-caution p", has_text="Text."))
    editor.press("End")
    editor.type(" More.")

    assert changed_lines(EVERYTHING, editor.markdown) == [
        "- | ST1 | [Chengqi]{lang=zh-Latn} |",
        "+ | ST1 or so | [Chengqi]{lang=zh-Latn} |",
        "- Text.",
        "+ Text. More.",
    ]


def test_everything_is_shown_in_its_own_form(editor: Editor) -> None:
    editor.open(EVERYTHING)

    assert editor.markdown == EVERYTHING
    text = editor.text
    for selector, count in {
        "strong": 3, "em": 2, "p code": 1, "a": 2, "[data-term]": 1, "[data-lang]": 2,
        "a[href='handout:stroke-sheet']": 1,
        "[data-citation]": 3, "[data-footnote]": 1, "h2": 1, "h3": 1, "h4": 1, "ul": 2, "ol": 1,
        "blockquote": 1, "table": 1, "th": 2, "hr": 1, ".figure img": 1, ".callout-caution": 1,
        ".callout-claim": 1, ".studio-chart": 1, ".studio-recording": 1, ".studio-source": 2,
        ".studio-footnote": 1,
    }.items():  # fmt: skip
        expect(text.locator(selector)).to_have_count(count)
    expect(text.locator("[data-citation]").nth(1)).to_have_text("weakly supported 1 2")
    island = text.locator(".studio-recording")
    expect(island).to_contain_text("Recording: Light strokes")
    expect(island.locator("p strong")).to_have_text("thumb")
    expect(text.locator("td[align=right]")).to_have_count(2)


def test_generated_lessons_survive_unread_edited_and_rewritten(modules: Page) -> None:
    texts = [Generator(seed).lesson() for seed in range(250)]

    answers = modules.evaluate(
        """(texts) => texts.map((text) => {
          const lesson = new Lesson();
          const doc = lesson.open(text);
          const untouched = lesson.write(doc);
          const islands = doc.children.filter((node) => node.type.name === "source").length;
          const sources = doc.children.map((node) => lesson.sources.of(node).text);
          // Each block in turn gives way to a new paragraph; the others must not notice.
          const edited = doc.children.map((_, index) => {
            const added = schema.nodes.paragraph.create(null, schema.text("Put here."));
            return lesson.write(doc.copy(doc.content.replaceChild(index, added)));
          });
          const rewritten = new MarkdownWriter().write(doc);
          return { untouched, islands, sources, edited, rewritten };
        })""",
        texts,
    )

    shown = 0
    for text, answer in zip(texts, answers, strict=True):
        assert answer["untouched"] == text
        sources = answer["sources"]
        shown += len(sources) - answer["islands"]
        for index, edited in enumerate(answer["edited"]):
            position = 0
            for source in [*sources[:index], "Put here.", *sources[index + 1 :]]:
                position = edited.index(source, position) + len(source)
        # Every block written anew is the same page for the server.
        assert same_page(answer["rewritten"], text), text
        assert problems(answer["rewritten"]) <= problems(text), text
    # Most of what is generated can be edited as it looks: fences and HTML are islands.
    assert shown > 0.75 * sum(len(answer["sources"]) for answer in answers)


# ---------------------------------------------------------------- writing


HOSTILE = [
    "## not a heading", "- not a list", "1. nor this", "> nor a quotation", "::: note", "a | b",
    "*not italic* and _nor this_ or **this**", "`no code`", "[no link](https://example.com)",
    "[@who2008] [unsupported: @who2008]", "[^1] [^1]: x", "<b>not bold</b> <https://example.com>",
    "back\\slash \\* \\", "&amp; &copy; R&D", "![no](figure:picture)", "snake_case and 2 * 3 * 4",
    "---", "===", "```", "~~~", "+ plus", "# hash", "[x]{lang=fr}", "| a | b |", "====== ?",
]  # fmt: skip


def test_what_is_typed_is_read_as_it_was_typed(editor: Editor) -> None:
    editor.open("")
    editor.text.focus()
    # ProseMirror puts its selection back 20 ms after it got the focus; no hand is faster.
    editor.page.evaluate("new Promise(done => setTimeout(done, 50))")
    for line in HOSTILE:
        # A word in front keeps `## ` and the like from turning into a heading while typed.
        editor.type(f"x{line}")
        editor.press("Home", "Delete", "End", "Enter")
    text = editor.markdown

    assert not problems(text)
    tokens = [token for token in parse(text).tokens if token.type == "inline"]
    shown = ["".join(child.content for child in token.children or []) for token in tokens]
    curly = str.maketrans({"“": '"', "”": '"', "’": "'"})
    assert [each.translate(curly) for each in shown] == [line.rstrip() for line in HOSTILE]

    editor.open(text)
    assert editor.page.locator(".ProseMirror > p").all_inner_texts() == HOSTILE


def test_a_lesson_is_written_with_the_keyboard_alone(editor: Editor) -> None:
    editor.open("")
    editor.text.focus()
    editor.type("## ")
    editor.type("Warm hands")
    editor.press("Enter")
    editor.type("Rub them ")
    editor.press("Control+b")
    editor.type("well")
    editor.press("Control+b")
    editor.type(".")
    editor.press("Enter")
    editor.type("- ")
    editor.type("one")
    editor.press("Enter")
    editor.type("two")
    editor.press("Tab", "Enter")
    editor.type("three")
    editor.press("Enter", "Enter", "Enter")
    # The toolbar: Alt+F10, then arrows; a menu opens downward.
    editor.press("Alt+F10")
    for _ in range(30):
        focused = editor.page.evaluate("document.activeElement.textContent")
        if focused == "Insert":
            break
        editor.press("ArrowRight")
    editor.press("ArrowDown")
    for _ in range(30):
        if editor.page.evaluate("document.activeElement.textContent").startswith("Table"):
            break
        editor.press("ArrowDown")
    editor.press("Enter")
    editor.type("code")
    editor.press("Tab")
    editor.type("name")
    editor.press("Tab", "Tab")
    editor.type("ST1")
    # Below the last row Enter leads out of the table.
    editor.press("Enter", "Enter")
    editor.type("Done.")
    editor.press("Control+k")
    editor.type("the page")
    editor.press("Tab")
    editor.type("example.com")
    editor.press("Enter")

    assert editor.markdown == (
        "## Warm hands\n\nRub them **well**.\n\n- one\n  - two\n  - three\n\n"
        "| code | name | |\n| --- | --- | --- |\n| ST1 | | |\n| | | |\n\n"
        "Done.[the page](https://example.com)"
    )
    # Escape, then Tab leads out, also from a list.
    editor.click(editor.page.get_by_text("three"))
    editor.press("Escape", "Tab")
    expect(editor.page.get_by_role("button", name="Save")).to_be_focused()


def test_islands_are_reached_and_opened_by_keys(editor: Editor) -> None:
    editor.open("Before.\n\n```\ncode\n```\n\nAfter.\n")
    editor.to_start()
    editor.press("ArrowDown")
    expect(editor.page.locator(".studio-source")).to_have_class(re.compile("selectednode"))
    editor.press("Enter")
    expect(editor.dialog().get_by_label("Markdown")).to_have_value("```\ncode\n```")
    editor.press("Escape")
    expect(editor.dialog()).to_have_count(0)
    assert editor.markdown == "Before.\n\n```\ncode\n```\n\nAfter.\n"

    editor.press("Enter")
    editor.dialog().get_by_label("Markdown").fill("### Now *shown*\n\n```\nstill code\n```")
    editor.dialog().get_by_role("button", name="Save").click()
    assert editor.markdown == "Before.\n\n### Now *shown*\n\n```\nstill code\n```\n\nAfter.\n"
    expect(editor.text.locator("h3 em")).to_have_text("shown")


def test_chips_are_reached_and_opened_by_keys(editor: Editor) -> None:
    editor.open("One [supported: @who2008] two.\n")
    editor.to_start()
    editor.press("Control+ArrowRight", "ArrowRight")
    for _ in range(4):
        if editor.page.locator(".chip.ProseMirror-selectednode").count():
            break
        editor.press("ArrowRight")
    editor.press("Enter")

    expect(editor.dialog().get_by_label("How well")).to_have_value("supported")
    editor.dialog().get_by_role("button", name="Remove").click()
    assert editor.markdown == "One  two.\n"


def test_a_mark_that_lost_its_footnote_says_so_and_takes_a_new_text(editor: Editor) -> None:
    editor.open("One[^1] two.\n\n[^1]: The note.\n")
    mark = editor.page.locator("[data-footnote]")
    editor.click(editor.page.locator(".studio-footnote p"))
    editor.press("Alt+ArrowUp", "Alt+ArrowUp", "Delete")
    assert "The note" not in editor.markdown
    expect(mark).to_have_class(re.compile("is-missing"))

    mark.dblclick()
    editor.dialog().get_by_label("Text of the footnote").fill("Another note.")
    editor.dialog().get_by_role("button", name="Save").click()
    expect(mark).not_to_have_class(re.compile("is-missing"))
    assert editor.markdown == "One[^1] two.\n\n[^1]: Another note.\n"


def test_the_insert_menu_makes_what_the_server_understands(
    editor: Editor, assert_accessible: Check
) -> None:
    editor.open("Touch is calm\n")
    editor.to_end()

    editor.insert("Reference with grade")
    assert_accessible(editor.page)
    dialog = editor.dialog()
    dialog.get_by_role("button", name="Insert").click()
    expect(dialog.get_by_text("Choose at least one reference.")).to_be_visible()
    dialog.get_by_label("How well").select_option("weakly supported")
    dialog.get_by_label("Kwon").check()
    dialog.get_by_role("button", name="Insert").click()

    editor.insert("Footnote")
    dialog.get_by_label("Text of the footnote").fill("Measured *once*.")
    dialog.get_by_role("button", name="Insert").click()

    editor.insert("Glossary term")
    dialog.get_by_label("Words").fill("fascia")
    dialog.get_by_label("Glossary term").select_option("Fascia")
    dialog.get_by_role("button", name="Insert").click()

    editor.insert("Word in another language")
    dialog.get_by_label("Words").fill("Chengqi")
    dialog.get_by_role("button", name="Insert").click()

    editor.insert("Callout")
    dialog.get_by_label("Kind").select_option("Caution")
    dialog.get_by_label("Title").fill("Slowly")
    dialog.get_by_role("button", name="Insert").click()
    editor.type("Wait.")
    editor.press("Enter", "Enter")

    editor.insert("Chart")
    dialog.get_by_role("button", name="Insert").click()
    editor.type("See the points.")
    editor.press("Control+Enter")

    editor.insert("Video or audio")
    assert_accessible(editor.page)
    dialog.get_by_label("Recording of this course").select_option("Light strokes")
    dialog.get_by_role("button", name="Insert").click()
    editor.type("See the thumb.")
    editor.press("Enter", "Enter")
    editor.insert("Handout")
    dialog.get_by_label("Handout of this course").select_option("The strokes on one sheet")
    dialog.get_by_role("button", name="Insert").click()
    editor.type(" to print")

    editor.insert("Picture")
    dialog.get_by_role("button", name="Insert").click()

    editor.insert("Claim examined")
    dialog.get_by_label("Number of the claim").fill("C05")
    dialog.get_by_label("WHO").check()
    dialog.get_by_role("button", name="Insert").click()
    editor.type("It works.")

    assert editor.markdown == (
        "Touch is calm[weakly supported: @kwon2018][^1]"
        "[fascia](glossary:fascia)[Chengqi]{lang=zh-Latn}\n\n"
        "::: caution Slowly\nWait.\n:::\n\n"
        "::: chart points-of-the-face\nSee the points.\n:::\n\n"
        "::: recording light-strokes\nSee the thumb.\n:::\n\n"
        "[The strokes on one sheet](handout:stroke-sheet) to print\n\n"
        "![](figure:pressure-scale)\n\n"
        "::: claim C05 unsupported @who2008\nIt works.\n:::\n\n"
        "[^1]: Measured *once*.\n"
    )
    assert not problems(editor.markdown)
    assert_accessible(editor.page)


def test_chips_frames_and_tables_are_changed_in_place(editor: Editor) -> None:
    editor.open(EVERYTHING)
    dialog = editor.dialog()

    editor.click(editor.text.locator("[data-citation]").nth(1))
    editor.tool("Change what is selected: a link, a reference, a figure").click()
    dialog.get_by_label("How well").select_option("supported")
    dialog.get_by_label("WHO").uncheck()
    dialog.get_by_role("button", name="Save").click()
    assert "[supported: @kwon2018]," in editor.markdown

    editor.text.locator("[data-footnote]").dblclick()
    dialog.get_by_label("Text of the footnote").fill("Another text.")
    dialog.get_by_role("button", name="Save").click()
    assert editor.markdown.endswith("\n\n[^1]: Another text.\n")

    editor.text.locator(".callout-caution").get_by_label("Kind of callout").select_option("Do not")
    editor.text.locator(".callout-do-not").get_by_label("Title of the callout").fill("Never")
    assert "\n::: do-not Never\nText.\n\n- and a list\n:::\n\n\n::: claim" in editor.markdown

    editor.click(editor.page.get_by_role("cell", name="ST1", exact=True))
    for choice in ("Row above", "Column after", "Delete the row"):
        editor.tool("Table").click()
        editor.page.get_by_role("menuitem", name=choice, exact=True).click()
    # The row with the cursor went; the new one and the new column are there.
    assert "| code | | name |\n| :-- | --- | --: |\n| | | |\n| ST2 | | |\n" in editor.markdown

    editor.click(editor.text.locator("a[href^=https]"))
    editor.press("Control+k")
    dialog.get_by_role("button", name="Remove, keep the words").click()
    assert "`code`, a link, [fascia]" in editor.markdown
    assert problems(editor.markdown) == problems(EVERYTHING)


def test_a_recording_and_a_handout_change_in_place_and_alone(editor: Editor) -> None:
    text = (
        "Take [ the *sheet* ]( handout:stroke-sheet ) along.\n\nAnd [this](handout:gone).\n\n"
        "::: recording  gone\nWatch.\n:::\n\n"
        "::: recording light-strokes\n:::\n"
    )
    editor.open(text)
    assert editor.markdown == text
    assert not editor.page.locator(".studio-source").count()
    dialog = editor.dialog()

    # What the course does not have is called by its name, and saving the form keeps it.
    gone = editor.text.locator(".studio-recording").first
    expect(gone).to_contain_text("Recording: gone")
    gone.get_by_role("button", name="Choose a recording").click()
    expect(dialog.get_by_label("Recording of this course")).to_have_value("gone")
    dialog.get_by_label("Recording of this course").select_option("Light strokes")
    dialog.get_by_role("button", name="Save").click()
    assert changed_lines(text, editor.markdown) == [
        "- ::: recording  gone",
        "+ ::: recording light-strokes",
    ]

    # The key of links knows a handout.
    before = editor.markdown
    editor.click(editor.text.locator("a[href='handout:gone']"))
    editor.press("Control+k")
    dialog.get_by_label("Handout of this course").select_option("The strokes on one sheet")
    dialog.get_by_role("button", name="Save").click()
    assert editor.markdown == before.replace("handout:gone", "handout:stroke-sheet")


def test_the_markdown_is_one_switch_away(editor: Editor) -> None:
    editor.open(EVERYTHING)
    field = editor.page.locator("textarea[name=body]")
    expect(field).to_be_hidden()

    editor.tool("Markdown").click()
    expect(field).to_be_focused()
    expect(editor.page.locator(".ProseMirror")).to_be_hidden()
    field.fill(EVERYTHING.replace("## A heading", "## A *new* heading"))
    editor.tool("Markdown").click()

    expect(editor.text.locator("h2 em")).to_have_text("new")
    assert changed_lines(EVERYTHING, editor.markdown) == ["- ## A heading", "+ ## A *new* heading"]
    editor.press("Control+z")
    assert editor.markdown == EVERYTHING


def test_a_script_can_mount_read_set_and_take_down(modules: Page) -> None:
    answer = modules.evaluate("""async () => {
      const textarea = document.querySelector("textarea");
      const told = [];
      const editor = mountEditor({ textarea, onChange: (text) => told.push(text) });
      const before = [editor.mode, editor.markdown()];
      editor.setMarkdown("One\\n\\nTwo\\n");
      const after = [editor.markdown(), document.querySelectorAll(".ProseMirror > p").length];
      editor.focus();
      const isInside = document.activeElement.className.includes("ProseMirror");
      document.execCommand("insertText", false, "X");
      await new Promise((done) => setTimeout(done, 50));
      editor.destroy();
      const left = document.querySelectorAll(".studio-editor").length;
      const { hidden: isHidden, value } = textarea;
      return { before, after, isInside, told, left, isHidden, value };
    }""")

    assert answer == {
        "before": ["visual", ""],
        "after": ["One\n\nTwo\n", 2],
        "isInside": True,
        "told": ["XOne\n\nTwo\n"],
        "left": 0,
        "isHidden": False,
        "value": "XOne\n\nTwo\n",
    }


KEYS = [
    "Enter", "Enter", "Backspace", "Backspace", "Delete", "Tab", "Shift+Tab", "Control+z",
    "Control+y", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End",
    "Shift+ArrowDown", "Control+Shift+ArrowRight", "Control+x", "Control+v", "Control+b",
    "Control+i", "Shift+Enter", "Control+Enter", "Control+Alt+2", "Control+Alt+0",
    "Control+Shift+7", "Control+Shift+8", "Control+Shift+9",
]  # fmt: skip
TYPED = ["hello ", "* ", "a*b", "## ", "- ", "1. ", "> ", "[x] ", "_", "|", "`", "<b>", ":::"]
# What is shown, line by line, with the kind of block each line is and stands in.
SHOWN = """() => [...document.querySelectorAll(
  ".ProseMirror :is(p, h2, h3, h4):not(.studio-island-head *, .verdict), .studio-source pre",
)].map((each) => [each.parentElement.localName, each.localName,
                  each.textContent.replace(/\\s+/g, " ").trim()])
  .filter((each) => each[2] !== "")"""


@pytest.mark.parametrize("seed", [1, 3])
def test_random_keys_leave_a_lesson_that_opens_as_it_was(editor: Editor, seed: int) -> None:
    chance = random.Random(seed)
    editor.open(EVERYTHING)
    blocks = editor.page.locator(".ProseMirror :is(p, h2, h3)")
    for _ in range(50):
        action = chance.random()
        if action < 0.15:
            # Beside the first letter: that of a head cell is a box of its own, not the paragraph's.
            blocks.nth(chance.randrange(blocks.count())).click(position={"x": 24, "y": 8})
        elif action < 0.4:
            editor.type(chance.choice(TYPED))
        else:
            editor.press(chance.choice(KEYS))
        if editor.dialog().count():
            editor.press("Escape")
        # Tab may have led to the toolbar.
        if not editor.page.evaluate("document.activeElement.closest('.ProseMirror') !== null"):
            editor.text.focus()
    editor.settle()
    shown, text = editor.page.evaluate(SHOWN), editor.markdown

    # Keys may delete a footnote whose mark stays; the page says so.
    lost = Counter(["a footnote is used that is not written below the text"])
    assert problems(text) - lost <= problems(EVERYTHING), text
    editor.open(text)
    assert editor.page.evaluate(SHOWN) == shown, text
    assert editor.markdown == text


# ---------------------------------------------------------------- pasting


@pytest.mark.parametrize("name", ["word", "google-docs"])
def test_pasted_documents_keep_their_shape_and_lose_their_looks(editor: Editor, name: str) -> None:
    editor.open("")
    editor.text.focus()

    editor.paste(html=(CLIPBOARD / f"{name}.html").read_text(), plain="the same as text")

    assert editor.markdown.strip() == (CLIPBOARD / f"{name}.md").read_text().strip()
    assert not problems(editor.markdown)
    expect(editor.page.get_by_role("status")).to_contain_text("A picture was left out")


def test_pasted_text_stays_text_and_fits_a_cell(editor: Editor) -> None:
    editor.open("| a | b |\n| --- | --- |\n| c | d |\n\nEnd.\n")
    editor.to_end()
    editor.paste(plain=" **stars**")
    assert editor.markdown.endswith("\n\nEnd. \\*\\*stars\\*\\*\n")

    editor.click(editor.page.get_by_role("cell", name="c", exact=True))
    editor.press("End")
    editor.paste(html="<p>one</p><ul><li>two</li><li><b>three</b></li></ul>")
    assert "\n| cone two **three** | d |\n" in editor.markdown


PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_pasted_pictures_are_sent_and_become_figures(editor: Editor) -> None:
    sent: list[str] = []

    def take(route: Route) -> None:
        assert route.request.method == "POST"
        sent.append(route.request.headers["content-type"].split(";")[0])
        told = {"slug": f"pasted-{len(sent)}", "url": "/static/img/mark.svg"}
        if len(sent) == 3:
            sentence = {"sentence": "The picture is too large."}
            route.fulfill(status=422, json=sentence)
        else:
            route.fulfill(json=told)

    editor.page.route(f"{ORIGIN}/upload/", take)
    editor.open("Look.\n", extra='data-upload-url="/upload/"')
    editor.to_end()

    editor.paste(html=f'<p>Here: <img src="data:image/png;base64,{PIXEL}"></p>')
    expect(editor.page.locator(".figure img[src='/static/img/mark.svg']")).to_have_count(1)
    editor.to_end()
    editor.paste(picture=PIXEL)
    expect(editor.page.locator(".figure img[src='/static/img/mark.svg']")).to_have_count(2)
    assert editor.markdown.count("![](figure:pasted-1)") == 1
    assert editor.markdown.count("![](figure:pasted-2)") == 1

    before = editor.markdown
    editor.paste(picture=PIXEL)
    expect(editor.page.get_by_role("status")).to_have_text("The picture is too large.")
    assert editor.markdown == before
    assert sent == ["multipart/form-data"] * 3


# ---------------------------------------------------------------- the page around it


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_editor_is_accessible(
    editor: Editor, assert_accessible: Check, width: int, scheme: str
) -> None:
    editor.page.set_viewport_size({"width": width, "height": 800})
    editor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    editor.open(EVERYTHING)

    expect(editor.text).to_have_attribute("aria-multiline", "true")
    assert_accessible(editor.page)
    editor.tool("Insert").click()
    assert_accessible(editor.page)
    wide = editor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide


def test_without_javascript_the_markdown_is_the_field(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(html_page(EVERYTHING))

    expect(page.get_by_label("Text of the lesson")).to_have_value(EVERYTHING)
    context.close()


def test_the_editor_runs_from_the_hashed_files_of_a_real_site(
    site: Site, new_context: NewContext
) -> None:
    names = json.loads((site.data / "static" / "staticfiles.json").read_text())["paths"]
    page = new_context().new_page()
    page.goto("/")
    policy = page.request.get("/").headers["content-security-policy"]
    text = html_page("Some *text*.\n", static=lambda name: f"/static/{names[name]}")
    page.route(
        "**/lesson/",
        lambda route: route.fulfill(
            body=text,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": policy},
        ),
    )
    page.goto("/lesson/")

    expect(page.get_by_role("textbox", name="Text of the lesson").locator("em")).to_have_text(
        "text"
    )
    assert "editor." in names["js/editor/editor.js"]
