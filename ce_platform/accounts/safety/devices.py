"""Which browsers somebody has signed in with before: a signed cookie in the browser itself.

Kept for a year, for up to ten people who share a browser. It lets nobody in; without it the
person is told of the sign-in by mail.
"""

from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from ce_platform.accounts.models import User

_SALT: Final = "accounts.known-devices"
_YEAR: Final = 365 * 24 * 60 * 60
_MOST_PEOPLE: Final = 10


def cookie_name() -> str:
    return "__Host-known" if settings.IS_HTTPS else "known"


def people_of(request: HttpRequest) -> list[str]:
    """The public ids of who has signed in here; nobody where the cookie is not ours."""
    try:
        known = signing.loads(
            request.COOKIES.get(cookie_name(), ""),
            salt=_SALT,
            max_age=_YEAR,
        )
    except signing.BadSignature:
        return []
    return [str(uid) for uid in known] if isinstance(known, list) else []


def is_known(request: HttpRequest, user: User) -> bool:
    return str(user.uid) in people_of(request)


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    uid = str(user.uid)
    people = [uid, *(other for other in people_of(request) if other != uid)][:_MOST_PEOPLE]
    response.set_cookie(
        cookie_name(),
        signing.dumps(people, salt=_SALT, compress=True),
        max_age=_YEAR,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )
