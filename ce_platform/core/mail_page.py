"""A message as mail programs show it, for a frame in a page of the office."""

from django.http import HttpResponse

from ce_platform.core.mail_html import html_of
from ce_platform.core.provider import provider_facts


def html_page(subject: str, body: str) -> HttpResponse:
    """Its styles stand in its tags, so it has a policy of its own: nothing else is allowed."""
    answer = HttpResponse(html_of(subject, body, sender=provider_facts().name))
    answer["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Cache-Control"] = "private, no-store"
    return answer
