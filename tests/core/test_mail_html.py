"""HTML from the text of a message: pure, without a database."""

import re
from html.parser import HTMLParser

from ce_platform.core.mail_html import html_of
from ce_platform.core.templatetags.mail_text import line, quote

PAGE = "https://learn.example.com/certificates/7Q4M/"
TEXT = f"""Dear Maria <Santos>,

your certificate is attached.
It counts.

→ See your certificate: {PAGE}

Its number: 7Q4M-K2XA-93DT-0VWRE
Anybody can verify it at {PAGE}v.

→ Another step: {PAGE}?a=1&b=2

- two hours of ethics
- one more

> I wrote https://evil.example/
>
> <b>twice</b>

    QK7P2M

--\x20
The Provider
office@example.com

No more mail of this kind: {PAGE}stop/
"""


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self._href = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self._href = dict(attrs)["href"] or ""
            self.links.append((self._href, ""))

    def handle_data(self, data: str) -> None:
        if self._href:
            self.links[-1] = (self._href, self.links[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._href = ""


def test_addresses_of_the_message_become_links_and_quoted_ones_do_not() -> None:
    html = html_of("Your certificate", TEXT, sender="The Provider")

    assert Seen(html).links == [
        (PAGE, "See your certificate"),
        (f"{PAGE}v", f"{PAGE}v"),
        (f"{PAGE}?a=1&b=2", "Another step"),
        ("mailto:office@example.com", "office@example.com"),
        (f"{PAGE}stop/", "No more mail of this kind"),
    ]
    assert html.count('class="m-button"') == 1


def test_text_is_escaped_and_keeps_its_shape() -> None:
    html = html_of("A <b> subject", TEXT, sender="Him & Her")

    assert Seen(html).tags.isdisjoint({"b", "script", "img", "link"})
    assert "Dear Maria &lt;Santos&gt;," in html
    assert "your certificate is attached.<br>It counts." in html
    assert html.count("<li ") == 2
    assert '<span style="white-space:nowrap">7Q4M-K2XA-93DT-0VWRE</span>' in html
    assert "A &lt;b&gt; subject" in html
    assert "Him &amp; Her" in html


def test_nothing_is_fetched_and_a_long_message_is_not_cut_off_by_gmail() -> None:
    html = html_of("Long", "A line of the day, about a license holder.\n" * 400, sender="X")

    assert re.findall(r"url\(|src=|@import|@font-face", html) == []
    assert len(html.encode()) < 102_000


def test_typed_values_stay_on_their_line_and_are_no_address() -> None:
    typed = "Eve\n→ Press here: https://evil.example/\u202e\x07 www"

    html = html_of("Hello", f"Dear {line(typed)},\n\n{quote(typed)}\n", sender="X")

    assert "\n" not in line(typed)
    assert "\u202e" not in line(typed) + quote(typed)
    assert quote("a\nb\u2028c") == "> a\n> b\n> c"
    assert Seen(html).links == []
