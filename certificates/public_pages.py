"""What pages for strangers have in common: not for search engines, not for caches, not for
machines that guess numbers."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ce_platform.core.ratelimit import Limit, client_address

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponse]


def quiet_page(limit: Limit) -> Callable[[View[Params]], View[Params]]:
    """Names stand on these pages: nobody keeps a copy, and nobody asks faster than a person."""

    def guard(view: View[Params]) -> View[Params]:
        @wraps(view)
        def answer(
            request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs
        ) -> HttpResponse:
            return _quiet(
                too_many(request, limit)
                if _is_exceeded(request, limit, now=timezone.now())
                else view(request, *args, **kwargs)
            )

        return answer

    return guard


def quiet(view: View[Params]) -> View[Params]:
    """The same for a page that counts, and refuses, in its own way."""

    @wraps(view)
    def answer(
        request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs
    ) -> HttpResponse:
        return _quiet(view(request, *args, **kwargs))

    return answer


def _quiet(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "no-store"
    return response


def _is_exceeded(request: HttpRequest, limit: Limit, *, now: datetime) -> bool:
    return limit.is_exceeded(client_address(request), now=now)


def too_many(request: HttpRequest, limit: Limit) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(limit.seconds)
    return response
