"""What the views of licensing share."""

from typing import Any

from django.http import HttpRequest, QueryDict


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: also an empty POST is one that was sent."""
    return request.POST if request.method == "POST" else None


def sent_files(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def office_crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    """Where a page stands below the sections of the office: (label, url) each, itself last."""
    return [{"label": label, "url": url} for label, url in more]
