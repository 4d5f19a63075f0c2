"""The forms of allauth's second steps in our words, and what they leave open: see MFA_FORMS."""

from datetime import datetime
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn import forms as webauthn_forms
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.adapter import AccountAdapter
from ce_platform.accounts.models import User
from ce_platform.accounts.safety import guessing
from ce_platform.core.ratelimit import client_address
from ce_platform.core.text import clean

_STEP_SECONDS = 30


def use_up(user: User, code: str) -> bool:
    """True the first time; False while the same code would still be good.

    allauth remembers a used code for one step; with a tolerance it is good for three.
    """
    good_for = _STEP_SECONDS * (2 * settings.MFA_TOTP_TOLERANCE + 1)
    return cache.add(_used_key(user, code), 1, timeout=good_for)


def _used_key(user: User, code: str) -> str:
    digits = "".join(letter for letter in code if letter.isdigit())
    return f"second-step-used:{user.pk}:{digits}"


class _CountedCode:
    """Mixed in before a form of allauth with `user` and `code`."""

    user: User
    authenticator: Authenticator
    fields: dict[str, forms.Field]
    data: Any
    tells_of_used_codes = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your app, or a recovery code")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        now = timezone.now()
        # Asked first: allauth remembers for half a minute itself and refuses before we come to it.
        was_used = _used_key(self.user, str(self.data.get("code", ""))) in cache
        too_many = guessing.CODES_A_DAY.is_exceeded(str(self.user.pk), now=now)
        try:
            if too_many:
                raise AccountAdapter().validation_error("too_many_login_attempts")
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                guessing.note_refusal(
                    self.user,
                    kind=guessing.CODE,
                    address=client_address(context.request),
                    now=now,
                )
            elif was_used and self.tells_of_used_codes:
                self._tell_of_used_code(now=now)
            raise
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not use_up(self.user, code):
            if self.tells_of_used_codes:
                self._tell_of_used_code(now=now)
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _tell_of_used_code(self, *, now: datetime) -> None:
        """Whoever types it has the password, and saw the code: over a shoulder, or on a page
        that looks like ours."""
        address = client_address(context.request)
        guessing.note_refusal(self.user, kind=guessing.USED_CODE, address=address, now=now)


class AuthenticateForm(_CountedCode, base_forms.AuthenticateForm):
    """The second step of a sign-in."""

    # Not in the form below: whoever sends it is signed in, and may only have pressed twice.
    tells_of_used_codes = True


class ReauthenticateForm(_CountedCode, base_forms.ReauthenticateForm):
    """Before what matters."""


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    """The secret waits in the session, a row of the database: it is encrypted there too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        if waiting := session.get(SECRET_SESSION_KEY):
            session[SECRET_SESSION_KEY] = get_adapter().decrypt(waiting)
        super().__init__(*args, **kwargs)
        session[SECRET_SESSION_KEY] = get_adapter().encrypt(self.secret)
        self.fields["code"].label = _("The six digits that the app shows now")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        code: str = super().clean_code()
        use_up(self.user, code)  # It must not sign somebody in as well.
        return code


class _PasskeyName:
    """Mixed in before a form of allauth with `name`: it is stored without a limit."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        required = self.fields["name"].required
        self.fields["name"] = forms.CharField(
            label=_("Name of this passkey"),
            help_text=_("So that you know it again: “my phone”, “office laptop”."),
            max_length=60,
            required=required,
        )


class _Credential:
    """Mixed in before a form of allauth that reads what a passkey says.

    allauth lets errors of the library through: anybody could fill the log by sending made-up
    credentials, and a wrong signature would be an error page.
    """

    _UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, InvalidSignature)

    def clean_credential(self) -> Any:
        # The form that adds a passkey reads it in `clean`.
        read = getattr(super(), "clean_credential", None)
        if read is None:
            return self.cleaned_data["credential"]  # type: ignore[attr-defined]
        try:
            return read()
        except self._UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SignInPasskeyForm(_Credential, webauthn_forms.LoginWebAuthnForm):
    """In place of the password and the second step."""


class AuthenticatePasskeyForm(_Credential, webauthn_forms.AuthenticateWebAuthnForm):
    """The second step of a sign-in."""


class ReauthenticatePasskeyForm(_Credential, webauthn_forms.ReauthenticateWebAuthnForm):
    """Before what matters."""


class AddPasskeyForm(_PasskeyName, _Credential, webauthn_forms.AddWebAuthnForm):
    """Every passkey can sign in by itself: one kind, one explanation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)

    def clean_name(self) -> str:
        self.cleaned_data["name"] = clean(self.cleaned_data["name"]).strip()
        return str(super().clean_name())

    def clean(self) -> dict[str, Any]:
        # Makes allauth insist that the device has checked who holds it (finger, face, PIN).
        self.cleaned_data["passwordless"] = True
        try:
            return dict(super().clean())
        except self._UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class RenamePasskeyForm(_PasskeyName, webauthn_forms.EditWebAuthnForm):
    """A passkey gets another name."""

    def clean_name(self) -> str:
        name = clean(self.cleaned_data["name"]).strip()
        if not name:
            raise forms.ValidationError(_("Write a name."))
        return name
