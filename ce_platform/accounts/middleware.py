"""Times are shown in the signed-in person's zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ce_platform.accounts.models import User, zone_named


class PersonTimeZoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Only a session that exists is asked: public pages stay without a query.
        user = request.user if "_auth_user_id" in request.session else None
        if isinstance(user, User):
            with timezone.override(zone_named(user.time_zone)):
                return self.get_response(request)
        return self.get_response(request)
