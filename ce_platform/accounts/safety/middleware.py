"""Leads the office's people to their second step; keeps when a sign-in was last seen."""

import time
from collections.abc import Callable
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext

from ce_platform.accounts.rules import sleeping_roles
from ce_platform.accounts.safety.receivers import LISTED

WANTED: Final = "second_step_wanted"
"""In the session: the page that was asked for before the set-up, and when."""
_WANTED_FOR_SECONDS: Final = 60 * 60


def is_signed_in(request: HttpRequest) -> bool:
    """Without asking the database: public pages stay without a query."""
    return "_auth_user_id" in request.session


class SecondStepMiddleware:
    """The one place that turns a sleeping role into the way to wake it.

    Roles sleep in `rules.roles_of`; a page that refuses a person whose role sleeps was refused
    for that reason, whichever app it belongs to. The operators' pages ask Django's own
    permissions instead of our roles, so they are stopped before they run.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and (match.url_name or "").startswith("mfa_"):
            # Secrets and codes are shown there: the back button must not bring them again.
            add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "admin" not in match.app_names or not is_signed_in(request):
            return None
        return _lead(request) if sleeping_roles(request.user) else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, PermissionDenied | Http404) or not is_signed_in(request):
            return None
        # Only where a role was asked for: else the refusal had another reason.
        return _lead(request) if getattr(request.user, "_sleeping_roles", None) else None


def _lead(request: HttpRequest) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        request.session[WANTED] = {"path": request.get_full_path(), "at": time.time()}
        sentence = gettext(
            "The office’s pages open once your account has a second step. Set one up here; then "
            "we lead you on."
        )
    else:
        sentence = gettext(
            "Nothing was saved: the office’s pages open once your account has a second step. Set "
            "one up here, then send the form again."
        )
    messages.warning(request, sentence)
    return redirect("accounts:security")


def wanted_page(request: HttpRequest) -> str:
    """Where the person wanted to go when they were led to the set-up; empty after an hour."""
    wanted = request.session.get(WANTED)
    if not wanted or time.time() - wanted["at"] > _WANTED_FOR_SECONDS:
        return ""
    return str(wanted["path"])


class LastSeenMiddleware:
    """At most one write per sign-in, process and quarter of an hour, and no query otherwise.

    (allauth's own writes at every request.)
    """

    seconds: Final = 15 * 60
    most_kept: Final = 10_000

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._noted: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.session.get(LISTED) and is_signed_in(request):
            self._note(key)
        return self.get_response(request)

    def _note(self, key: str) -> None:
        clock = time.monotonic()
        if clock - self._noted.get(key, -self.seconds) < self.seconds:
            return
        if len(self._noted) >= self.most_kept:
            self._noted.clear()
        self._noted[key] = clock
        UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())
