from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.entrance_forms import PASSWORD_HELP
from ce_platform.accounts.forms import PersonName
from ce_platform.accounts.models import User
from ce_platform.core.text import clean


class CodeForm(forms.Form):
    """For somebody who is signed in already."""

    code = forms.CharField(
        label=_("Code from the server"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class OwnerForm(CodeForm):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Email"),
        help_text=_("You sign in with it. Look twice: codes for a forgotten password go there."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HELP,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_name(self) -> str:
        return PersonName.clean(self.cleaned_data["name"])

    def clean_email(self) -> str:
        return clean(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if "password" in values and "email" in values:
            try:
                validate_password(values["password"], User(email=values["email"]))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class TestMailForm(forms.Form):
    to_email = forms.EmailField(
        label=_("To"), help_text=_("An address whose mailbox you can open now."), max_length=254
    )


class StarterForm(forms.Form):
    folder = forms.CharField(max_length=100, widget=forms.HiddenInput)
    is_published = forms.BooleanField(
        label=_("Put it on sale at once"),
        help_text=_(
            "Otherwise it is a draft in the studio, where you replace the author, look at the "
            "hours and publish it when your licensing bodies have answered."
        ),
        required=False,
    )
