"""The messages of sign-in and of an account's safety; django-allauth decides when they are sent."""

from datetime import UTC, datetime
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind, kind_named

_FOLDER: Final = "account/email/"


def kind_of(template_prefix: str) -> MailKind | None:
    """The kind of one of django-allauth's templates."""
    return kind_named(f"account_{template_prefix.rpartition('/')[2]}")


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
        "timestamp": datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
    }


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


def _kind(name: str, words: str, why: str, sample: Any, *, is_secret: bool = False) -> MailKind:
    return MailKind(
        code=f"account_{name}",
        name=words,
        audience=Audience.LEARNER,
        why=why,
        sample=sample,
        is_essential=True,
        is_secret=is_secret,
        template=f"{_FOLDER}{name}",
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
)
