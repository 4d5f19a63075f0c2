"""The text of a message: its template, who sends it, why it comes and how it stops."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from ce_platform.core.mail_html import FOOTER
from ce_platform.core.mail_kinds import Audience, MailKind
from ce_platform.core.models import Provider
from ce_platform.core.templatetags.mail_text import line

# Of django-allauth: subject and message are files of their own.
ENTRANCE: Final = ("account/", "mfa/")
"""Kinds whose templates are django-allauth's: a subject and a message."""
_ASKS_THE_OFFICE: Final = (Audience.LEARNER, Audience.INSTRUCTOR)
"""Who has a use for its form; everybody else works there."""
# What a condition of a template leaves behind.
_HOLES: Final = re.compile(r"\n\s*\n(?:[ \t]*\n)+")


def written(
    kind: MailKind, context: Mapping[str, Any], *, provider: Provider | None
) -> tuple[str, str]:
    """(subject, body) without the footer. Errors: TemplateDoesNotExist."""
    values = {"provider": provider, "base_url": settings.PUBLIC_BASE_URL, **context}
    name = kind.template_name
    if name.startswith(ENTRANCE):
        first = render_to_string(f"{name}_subject.txt", values)
        rest = render_to_string(f"{name}_message.txt", values)
        return " ".join(first.split()), _HOLES.sub("\n\n", rest.strip())
    subject, _, body = render_to_string(f"mail/{name}.txt", values).strip().partition("\n")
    return subject.strip(), _HOLES.sub("\n\n", body.strip())


def with_footer(
    body: str, kind: MailKind | None, *, provider: Provider | None, stop_url: str = ""
) -> str:
    """The body and, below the line that mail programs know, sender and reason."""
    address = ", ".join(provider.address.split("\n")) if provider else ""
    sender = [line(provider.name), line(address), line(provider.email)] if provider else []
    if kind and kind.audience in _ASKS_THE_OFFICE:
        sender.append(f"Ask the office: {settings.PUBLIC_BASE_URL}{reverse('office:ask')}")
    reason = [f"You get this mail because {kind.why}."] if kind else []
    if stop_url:
        reason.append(f"No more mail of this kind: {stop_url}")
    elif kind and kind.is_essential and kind.audience != Audience.OFFICE:
        reason[0] += " It cannot be switched off."
    parts = ["\n".join(filter(None, sender)), "\n".join(reason)]
    footer = "\n\n".join(filter(None, parts))
    whole = body.strip("\n") + "\n"
    return f"{whole}{FOOTER}{footer}\n" if footer else whole
