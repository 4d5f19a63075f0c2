"""What django-allauth tells by signals, its only way: into the audit trail, and to the person."""

from typing import Any, Final

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.accounts.safety import guessing
from ce_platform.accounts.safety.factors import SECOND_STEPS
from ce_platform.core import audit
from ce_platform.core.ratelimit import client_address

LISTED: Final = "sign_in_listed"
"""In the session: this sign-in is on the person's list."""


def connect() -> None:
    mfa.authenticator_added.connect(_added)
    mfa.authenticator_removed.connect(_removed)
    mfa.authenticator_reset.connect(_codes_made)
    mfa.authenticator_used.connect(_used)
    account.password_reset_code_rejected.connect(_reset_code_rejected)
    account.password_changed.connect(_password_changed)
    account.password_reset.connect(_password_reset)
    account.email_changed.connect(_email_changed)
    account.user_logged_in.connect(_signed_in)


def _record(action: str, user: User, **detail: Any) -> None:
    audit.record(
        action, subject_type="user", subject_id=user.uid, by=user, now=timezone.now(), **detail
    )


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    from ce_platform.accounts.safety.signed_in import end_other_sign_ins  # rests on the rules

    _record("second_step.added", user, kind=authenticator.type)
    held = Authenticator.objects.filter(user=user, type__in=SECOND_STEPS).count()
    if authenticator.type in SECOND_STEPS and held == 1:
        # Whoever signed in with the password alone, perhaps not the owner, must come in anew.
        end_other_sign_ins(request, user, now=timezone.now())


def _removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    _record("second_step.removed", user, kind=authenticator.type)


def _codes_made(user: User, **_: Any) -> None:
    _record("second_step.recovery_codes_made", user)


def _used(user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        return
    from allauth.account.adapter import get_adapter  # reads settings that name our own modules

    authenticator.refresh_from_db()
    left = len(authenticator.wrap().get_unused_codes())
    _record("second_step.recovery_code_used", user, left=left)
    get_adapter().send_notification_mail("mfa/email/recovery_code_used", user, {"left": left})


def _reset_code_rejected(request: HttpRequest, user: User, last_attempt: bool, **_: Any) -> None:
    if last_attempt:
        guessing.note_refusal(
            user,
            kind=guessing.RESET_CODE,
            address=client_address(request),
            now=timezone.now(),
        )


def _password_changed(user: User, **_: Any) -> None:
    _record("password.changed", user)


def _password_reset(user: User, **_: Any) -> None:
    _record("password.reset", user)


def _email_changed(user: User, from_email_address: Any, to_email_address: Any, **_: Any) -> None:
    # The first proof of an address comes the same way, without one from before.
    if from_email_address is not None:
        _record("email.changed", user, old=from_email_address.email)


def _signed_in(request: HttpRequest, **_: Any) -> None:
    request.session[LISTED] = True
