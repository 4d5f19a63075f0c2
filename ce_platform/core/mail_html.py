"""The HTML of a message, made from its text when it is sent. Pure: text in, text out.

The text is the message; what it means is told by its lines:

    → See your certificate: https://…     the button (the first one; later ones are links)
    Label: https://…                      a link with that label
    - …                                   an item of a list
    > …                                   what somebody wrote; nothing in it becomes a link
        QK7P2M                            four spaces: a code, set large
    -- ⏎                                  below it, small: who sends this, and why

Any other address becomes a link that shows itself. Values typed by people never reach this module
as addresses (core/templatetags/mail_text.py). Mail programs know little: tables, styles in the
tags, fonts that machines have, nothing fetched. The style sheet only adds dark colors.
"""

import re
from collections.abc import Callable, Iterable
from html import escape
from itertools import groupby
from typing import Final

FOOTER: Final = "\n-- \n"
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")
_ACTION: Final = re.compile(r"→ (?P<label>\S.*): (?P<url>https?://\S+)")
_LABELED: Final = re.compile(r"(?P<label>[^:\s][^:]*): (?P<url>https?://\S+)")
_MAILBOX: Final = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_WHOLE: Final = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4,5}){2,}\b|\d[\d.,]* %")

_SERIF: Final = "Georgia,'Times New Roman',serif"
_SANS: Final = "Arial,Helvetica,sans-serif"
_TEXT: Final = f"margin:0 0 18px;font:17px/1.55 {_SERIF};color:#2b2620"
_SMALL: Final = f"margin:0 0 12px;font:14px/1.5 {_SANS};color:#5c544a"
_LINK: Final = "color:#0b5c69;text-decoration:underline;word-break:break-word"

_STYLE: Final = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .m-paper { background: #1b1815 !important; }
  .m-sheet { background: #25211d !important; border-color: #3d372f !important; }
  .m-text, .m-head { color: #efe8dc !important; }
  .m-small { color: #b9afa1 !important; }
  .m-link { color: #8fcbd6 !important; }
  .m-rule { border-color: #3d372f !important; }
  .m-quote { border-color: #6f675b !important; color: #d5ccbe !important; }
  .m-code { background: #1b1815 !important; color: #efe8dc !important; }
  .m-code { border-color: #3d372f !important; }
  .m-button { background: #2c7482 !important; }
}
@media (max-width: 480px) {
  .m-pad { padding-left: 20px !important; padding-right: 20px !important; }
  .m-edge { padding: 0 !important; }
}
"""


def html_of(subject: str, text: str, *, sender: str) -> str:
    """The whole page of one message; `sender` stands at its head."""
    body, _, footer = text.partition(FOOTER) if FOOTER in text else (text, "", "")
    parts = _Parts()
    inner = "".join(parts.of(body.split("\n")))
    small = "".join(_small(footer)) if footer else ""
    rule = (
        '<tr><td class="m-pad m-rule" style="padding:20px 36px 12px;border-top:1px solid #ddd4c5">'
        f"{small}</td></tr>"
        if small
        else ""
    )
    return (
        '<!doctype html><html lang="en-US"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(subject)}</title><style>{_STYLE}</style></head>"
        '<body class="m-paper" style="margin:0;padding:0;background:#f5f0e6">'
        f'<div style="display:none;max-height:0;overflow:hidden">{_preview(body)}</div>'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        'class="m-paper" style="background:#f5f0e6"><tr>'
        '<td class="m-edge" align="center" style="padding:24px 12px">'
        '<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" '
        'class="m-sheet" style="width:100%;max-width:600px;background:#fdfbf7;'
        'border:1px solid #e4dccd;text-align:left">'
        f'<tr><td class="m-pad" style="padding:26px 36px 0">'
        f'<p class="m-small" style="{_SMALL};letter-spacing:.02em">{escape(sender)}</p></td></tr>'
        '<tr><td class="m-pad" style="padding:6px 36px 14px">'
        f'<h1 class="m-head" style="margin:0 0 20px;font:bold 24px/1.28 {_SERIF};color:#2b2620;'
        f'word-break:break-word">{_plain(subject)}</h1>{inner}</td></tr>'
        f"{rule}</table></td></tr></table></body></html>"
    )


class _Parts:
    """Blocks of a message in their order; it remembers whether the button was used."""

    def __init__(self) -> None:
        self._has_button = False

    def of(self, lines: list[str]) -> Iterable[str]:
        for what, group in groupby(lines, key=_kind_of):
            if what is not None:
                yield getattr(self, f"_{what}")(list(group))

    def _text(self, lines: list[str]) -> str:
        return f'<p class="m-text" style="{_TEXT};word-break:break-word">{_lines(lines)}</p>'

    def _item(self, lines: list[str]) -> str:
        items = "".join(
            f'<li class="m-text" style="{_TEXT};margin:0 0 8px;word-break:break-word">'
            f"{_linked(each[2:])}</li>"
            for each in lines
        )
        return f'<ul style="margin:0 0 18px;padding:0 0 0 22px">{items}</ul>'

    def _quote(self, lines: list[str]) -> str:
        said = "<br>".join(_plain(each[1:].removeprefix(" ")) for each in lines)
        return (
            '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
            'style="margin:0 0 18px"><tr><td class="m-quote" style="padding:2px 0 2px 16px;'
            f"border-left:3px solid #b9ad99;font:17px/1.55 {_SERIF};color:#443d34;"
            f'word-break:break-word">{said}</td></tr></table>'
        )

    def _code(self, lines: list[str]) -> str:
        letters = "<br>".join(_plain(each.strip()) for each in lines)
        return (
            '<table role="presentation" cellpadding="0" cellspacing="0" border="0" '
            'style="margin:0 0 18px"><tr><td class="m-code" style="padding:12px 20px;'
            "background:#f5f0e6;border:1px solid #ddd4c5;font:bold 26px/1.3 "
            "'Courier New',Courier,monospace;letter-spacing:.16em;color:#2b2620;"
            f'word-break:break-word">'
            f"{letters}</td></tr></table>"
        )

    def _action(self, lines: list[str]) -> str:
        return "".join(self._one_action(each) for each in lines)

    def _one_action(self, line: str) -> str:
        label, _, url = line.removeprefix("→ ").rpartition(": ")
        if self._has_button:
            return f'<p class="m-text" style="{_TEXT}">{_anchor(url, label)}</p>'
        self._has_button = True
        # Outlook knows no padding of links; it reads its own property on the cell.
        return (
            '<table role="presentation" cellpadding="0" cellspacing="0" border="0" '
            'style="margin:6px 0 24px"><tr><td class="m-button" bgcolor="#0b5c69" '
            'style="background:#0b5c69;border-radius:5px;mso-padding-alt:13px 24px">'
            f'<a href="{escape(url)}" style="display:inline-block;padding:13px 24px;'
            f'font:bold 16px/1.25 {_SANS};color:#ffffff;text-decoration:none">'
            f"{escape(label)}</a></td></tr></table>"
        )


def _kind_of(line: str) -> str | None:
    """The name of the method that writes such lines; None between paragraphs."""
    if not line.strip():
        return None
    if line.startswith("- "):
        return "item"
    if line.startswith(">"):
        return "quote"
    if line.startswith("    "):
        return "code"
    return "action" if _ACTION.fullmatch(line) else "text"


def _small(footer: str) -> Iterable[str]:
    for has_words, group in groupby(footer.split("\n"), key=lambda each: bool(each.strip())):
        if has_words:
            said = "<br>".join(_mailbox(each) or _linked(each) for each in group)
            yield f'<p class="m-small" style="{_SMALL};word-break:break-word">{said}</p>'


def _lines(lines: list[str]) -> str:
    return "<br>".join(_linked(each) for each in lines)


def _linked(line: str) -> str:
    labeled = _LABELED.fullmatch(line)
    if labeled:
        return _anchor(labeled["url"], labeled["label"])
    return _replaced(_ADDRESS, line, lambda url: _anchor(url, url), _plain)


def _plain(text: str) -> str:
    """Escaped; a certificate's number or “80 %” is not broken over two lines."""
    return _replaced(
        _WHOLE, text, lambda it: f'<span style="white-space:nowrap">{it}</span>', escape
    )


def _replaced(
    pattern: re.Pattern[str], text: str, found: Callable[[str], str], other: Callable[[str], str]
) -> str:
    parts, end = [], 0
    for match in pattern.finditer(text):
        parts += [other(text[end : match.start()]), found(match[0])]
        end = match.end()
    return "".join([*parts, other(text[end:])])


def _anchor(url: str, label: str) -> str:
    return f'<a class="m-link" href="{escape(url)}" style="{_LINK}">{_plain(label)}</a>'


def _mailbox(line: str) -> str:
    return _anchor(f"mailto:{line}", line) if _MAILBOX.fullmatch(line) else ""


def _preview(body: str) -> str:
    """What mail programs show beside the subject: the first paragraph that is not the greeting."""
    for paragraph in body.strip().split("\n\n"):
        first = paragraph.strip()
        if _kind_of(first) == "text" and not first.endswith(","):
            return escape(" ".join(first.split())[:140])
    return ""
