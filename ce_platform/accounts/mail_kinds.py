"""The messages of sign-in and of an account's safety; django-allauth decides when they are sent."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind, kind_named


def kind_of(template_prefix: str) -> MailKind | None:
    """The kind of one of django-allauth's templates, such as `mfa/email/totp_activated`."""
    folder, _, name = template_prefix.rpartition("/")
    return kind_named(f"{folder.partition('/')[0]}_{name}")


def _code() -> dict[str, Any]:
    return {"code": "QK7P2M", "email": "maria.santos@example.com"}


def _notice() -> dict[str, Any]:
    return {
        "email": "maria.santos@example.com",
        "from_email": "maria@example.com",
        "to_email": "maria.santos@example.com",
        "deleted_email": "maria@example.com",
        "ip": "203.0.113.7",
        "user_agent": "Firefox on a phone",
        "browser": "Firefox on Android",
        "timestamp": datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
    }


def _few_left() -> dict[str, Any]:
    return _notice() | {"left": 3}


def _guessed() -> dict[str, Any]:
    return {"person": _person(), "tried": "password", "when": _notice()["timestamp"]}


def _reset() -> dict[str, Any]:
    return {"person": _person(), "when": _notice()["timestamp"]}


def _invited() -> dict[str, Any]:
    return {
        "person": _person(),
        "note": "Your certificates of the last four years are there already.",
        "path": "/account/password/reset/?next=%2F",
    }


def _staff_invited() -> dict[str, Any]:
    return {
        "by": SimpleNamespace(get_full_name="Ruth Calloway"),
        "roles": "Registrar and Instructor",
        "last_day": datetime(2026, 11, 27, 17, 30, tzinfo=UTC),
        "path": "/staff/invitation/0a9b4c5e-8c1f-4c56-9a53-2f1f0e6a7c11/",
    }


def _roles_changed() -> dict[str, Any]:
    return {
        "person": _person(),
        "by": SimpleNamespace(get_full_name="Ruth Calloway"),
        "given": "Instructor",
        "removed": "Registrar",
        "when": _notice()["timestamp"],
    }


def _person() -> SimpleNamespace:
    return SimpleNamespace(get_full_name="Maria Santos")


def _addressed() -> dict[str, Any]:
    page = "https://learn.example.com/account/"
    return {
        "email": "maria.santos@example.com",
        "activate_url": page,
        "password_reset_url": page,
        "signup_url": page,
    }


_ASKED: Final = "a code was asked for with this address"
_TRIED: Final = "somebody typed this address on our site"
_SAFETY: Final = "something changed in how you sign in"


def _kind(
    name: str,
    words: str,
    why: str,
    sample: Any,
    *,
    is_secret: bool = False,
    app: str = "account",
) -> MailKind:
    return MailKind(
        code=f"{app}_{name}",
        name=words,
        audience=Audience.LEARNER,
        why=why,
        sample=sample,
        is_essential=True,
        is_secret=is_secret,
        template=f"{app}/email/{name}",
    )


KINDS: Final = (
    _kind("login_code", "Code to sign in", _ASKED, _code, is_secret=True),
    _kind("email_confirmation", "Code that confirms an address", _ASKED, _code, is_secret=True),
    _kind("email_confirmation_signup", "Code for a new account", _ASKED, _code, is_secret=True),
    _kind("password_reset_code", "Code for a new password", _ASKED, _code, is_secret=True),
    _kind("password_reset_key", "Link to a new password", _ASKED, _addressed, is_secret=True),
    _kind("account_already_exists", "There is an account already", _TRIED, _addressed),
    _kind("unknown_account", "No account with this address", _TRIED, _addressed),
    _kind("password_changed", "Password changed", _SAFETY, _notice),
    _kind("password_reset", "New password set", _SAFETY, _notice),
    _kind("password_set", "Password set", _SAFETY, _notice),
    _kind("email_changed", "Email address changed", _SAFETY, _notice),
    _kind("email_confirm", "Email address confirmed", _SAFETY, _notice),
    _kind("email_deleted", "Email address removed", _SAFETY, _notice),
    _kind("new_device", "Sign-in from a new device", _SAFETY, _notice),
    _kind("totp_activated", "Authenticator app set up", _SAFETY, _notice, app="mfa"),
    _kind("totp_deactivated", "Authenticator app taken away", _SAFETY, _notice, app="mfa"),
    _kind("webauthn_added", "Passkey added", _SAFETY, _notice, app="mfa"),
    _kind("webauthn_removed", "Passkey removed", _SAFETY, _notice, app="mfa"),
    _kind("recovery_codes_generated", "Recovery codes made", _SAFETY, _notice, app="mfa"),
    _kind("recovery_code_used", "Recovery code used", _SAFETY, _few_left, app="mfa"),
    MailKind(
        code="account_invited",
        name="Invitation to an account",
        audience=Audience.LEARNER,
        why="we made an account for this address",
        sample=_invited,
        is_essential=True,
    ),
    *(
        MailKind(
            code=code,
            name=words,
            audience=Audience.LEARNER,
            why="the office changed the address of an account",
            sample=_reset,
            is_essential=True,
        )
        for code, words in (
            ("address_set_old", "Address changed by the office, to the old address"),
            ("address_set_new", "Address changed by the office, to the new address"),
        )
    ),
    MailKind(
        code="guessing_refused",
        name="Somebody tries to get in",
        audience=Audience.LEARNER,
        why="somebody tried to sign in to your account",
        sample=_guessed,
        is_essential=True,
    ),
    MailKind(
        code="second_step_reset",
        name="Second step taken away",
        audience=Audience.LEARNER,
        why=_SAFETY,
        sample=_reset,
        is_essential=True,
    ),
    MailKind(
        code="staff_invited",
        name="Invitation to work here",
        audience=Audience.STAFF,
        why="our office invited this address",
        sample=_staff_invited,
        is_essential=True,
    ),
    MailKind(
        code="roles_changed",
        name="Your roles changed",
        audience=Audience.STAFF,
        why="what your account may do here changed",
        sample=_roles_changed,
        is_essential=True,
    ),
    MailKind(
        code="staff_roles_changed",
        name="Somebody’s roles changed",
        audience=Audience.REGISTRAR,
        why="you work in the office, and everybody there hears of it",
        sample=_roles_changed,
        is_essential=True,
    ),
)
