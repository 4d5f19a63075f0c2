"""What every request passes first."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class WithoutNulMiddleware:
    """Takes NUL characters out of addresses: PostgreSQL takes none, and answers with an error.

    What people type in forms is cleaned there; here it is what anybody can put into a link.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        while "%00" in query or "\x00" in query:  # Taking one out may make another.
            query = query.replace("%00", "").replace("\x00", "")
            request.META["QUERY_STRING"] = query
        if "\x00" in request.path_info:
            request.path = request.path.replace("\x00", "")
            request.path_info = request.path_info.replace("\x00", "")
        return self.get_response(request)
