"""What people typed, made fit for a message: it becomes neither a line nor an address of ours.

A message is plain text from which HTML is made (core/mail_html.py), so a line break or an address
in a name could forge a paragraph or a link. Every value in a mail template passes one of these,
except addresses of this site and our own dates and numbers.
"""

import re
from typing import Final

from django import template

register = template.Library()

# Marks that turn the direction of what follows, and other characters without a shape.
_TURNING: Final = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_JOINER: Final = "\u2060"


@register.filter
def line(value: object) -> str:
    """On one line; an address in it reads the same and is none any more."""
    words = " ".join(_TURNING.sub("", str(value)).split())
    return _CONTROL.sub("", words).replace("://", f":{_JOINER}//")


@register.filter
def quote(value: object) -> str:
    """Line by line behind “> ”: longer texts, in which nothing becomes a link."""
    text = _TURNING.sub("", str(value)).replace("\r\n", "\n").strip()
    lines = [
        _CONTROL.sub("", each).rstrip() for each in re.split("[\n\v\f\r\x85\u2028\u2029]", text)
    ]
    return "\n".join(f"> {each}".rstrip() for each in lines)
