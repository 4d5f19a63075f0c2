"""The forms of django-allauth in our words. Named in ACCOUNT_FORMS; nothing else is changed.

Apart from `forms.py`, which allauth itself imports while its own forms are being defined.
"""

from typing import Any

from allauth.account import forms as allauth_forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

PASSWORD_HELP = _("At least 10 characters, not your email address, not a common password.")


class SignupForm(allauth_forms.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            # The answer must not come sooner than for an address that nobody has here.
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class _NewPassword:
    """Mixed in before a form of allauth with `password1` and `password2`."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = PASSWORD_HELP
        self.fields["password2"].label = _("New password, once more")


class ChangePasswordForm(_NewPassword, allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")


class ResetPasswordKeyForm(_NewPassword, allauth_forms.ResetPasswordKeyForm):
    """After a forgotten password."""


class SetPasswordForm(_NewPassword, allauth_forms.SetPasswordForm):
    """For an account that has none yet."""


class _NewEmail:
    """Mixed in before a form of allauth with `email`."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New email address")


class AddEmailForm(_NewEmail, allauth_forms.AddEmailForm):
    """In the profile."""


class ChangeEmailForm(_NewEmail, allauth_forms.ChangeEmailForm):
    """During sign-up, when the code did not arrive."""
