"""Where somebody is signed in, and ending that: one, all others, or all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest
from ce_platform.accounts.safety import browsers
from ce_platform.core import audit
from ce_platform.core.ratelimit import client_address

_MOST_SHOWN: Final = 50


@dataclass(frozen=True)
class SignIn:
    browser: str
    address: str
    is_this: bool
    began_at: datetime | None = None
    last_seen_at: datetime | None = None
    pk: int | None = None
    """Empty for a sign-in from before these were kept."""


def sign_ins(request: PersonRequest, *, now: datetime) -> list[SignIn]:
    """Those that still count, this one first, then the latest; two queries however many."""
    rows = list(
        UserSession.objects.filter(user=request.user).order_by("-last_seen_at", "-pk")[:_MOST_SHOWN]
    )
    expected = request.user.get_session_auth_hash()
    # A changed password leaves the row of a session, and its hash no longer fits.
    good = {
        session.session_key
        for session in Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=now
        )
        if session.get_decoded().get(HASH_SESSION_KEY) == expected
    }
    here = request.session.session_key
    found = [
        SignIn(
            browser=browsers.in_words(row.user_agent),
            address=row.ip,
            is_this=row.session_key == here,
            began_at=row.created_at,
            last_seen_at=row.last_seen_at,
            pk=row.pk,
        )
        for row in rows
        if row.session_key in good
    ]
    if not any(sign_in.is_this for sign_in in found):
        found.append(
            SignIn(
                browser=browsers.in_words(request.headers.get("User-Agent", "")),
                address=client_address(request),
                is_this=True,
            )
        )
    return sorted(found, key=lambda sign_in: not sign_in.is_this)


@transaction.atomic
def end_sign_in(row: UserSession, *, by: User, now: datetime) -> None:
    browser = browsers.in_words(row.user_agent)
    row.end()
    _record(row.user, how="one", by=by, now=now, browser=browser)


@transaction.atomic
def end_other_sign_ins(request: HttpRequest, user: User, *, now: datetime) -> None:
    """All but the one that asks; also those that no list knows of."""
    before = request.session.session_key
    _end_all(user, but=before)
    update_session_auth_hash(request, user)  # Gives this one a new key.
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
    _record(user, how="others", by=user, now=now)


@transaction.atomic
def end_all_sign_ins(user: User, *, by: User | None, now: datetime) -> None:
    _end_all(user, but=None)
    _record(user, how="all", by=by, now=now)


def _end_all(user: User, *, but: str | None) -> None:
    User.objects.filter(pk=user.pk).update(sign_in_generation=F("sign_in_generation") + 1)
    user.refresh_from_db(fields=["sign_in_generation"])
    ended = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    Session.objects.filter(
        session_key__in=list(ended.values_list("session_key", flat=True))
    ).delete()
    ended.delete()


def _record(user: User, *, how: str, by: User | None, now: datetime, **detail: str) -> None:
    audit.record(
        "sign_in.ended", subject_type="user", subject_id=user.uid, by=by, now=now, how=how, **detail
    )
