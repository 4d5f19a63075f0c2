"""Forms about the person."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.models import User, zone_names
from ce_platform.accounts.phones import LONGEST, clean_phone
from ce_platform.core import policies
from ce_platform.core.text import clean

# The zones of the US first: nearly everybody picks one of these.
US_ZONES = [
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Arizona (Phoenix)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
    ("Pacific/Guam", "Guam"),
]


def zone_choices() -> list[tuple[str, Any]]:
    known = {name for name, _ in US_ZONES}
    others = sorted(name for name in zone_names() if "/" in name and name not in known)
    return [
        ("United States", US_ZONES),
        (
            "Elsewhere",
            [
                (name, name.replace("_", " "))
                for name in others
                if not name.startswith(("Etc/", "posix/", "right/", "SystemV/"))
            ],
        ),
    ]


# What stands in names beside letters, accents and digits ("Henry Ford 3rd").
_NAME_SIGNS = frozenset("'’‘ʼ`´.,-‐‑–()·&/")
# Letters by category, yet nothing is seen of them.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_LONGEST_NAME = 120
_MOST_MARKS = 3


class PersonName:
    """The one rule for a name as printed: one line of letters that can be seen."""

    @staticmethod
    def clean(value: str) -> str:
        """Errors: ValidationError for pictures and signs, and when no letter is left."""
        seen = "".join(
            letter
            for letter in clean(value)
            # Direction marks and other invisible signs could make one name read like another.
            if letter.isspace() or (unicodedata.category(letter)[0] != "C")
        )
        name = " ".join("".join(letter for letter in seen if letter not in _FILLERS).split())
        strange = {
            letter
            for letter in name
            if unicodedata.category(letter)[0] not in "LMNZ" and letter not in _NAME_SIGNS
        }
        if strange:
            raise forms.ValidationError(
                "A name has letters, spaces, hyphens and apostrophes. Remove: "
                + " ".join(sorted(strange))
            )
        if not any(letter.isalpha() for letter in name):
            raise forms.ValidationError("Write your name in letters.")
        if _has_tower_of_marks(name):
            raise forms.ValidationError("Write your name with fewer accents on one letter.")
        if len(name) > _LONGEST_NAME:  # Composing accents may make a text longer.
            raise forms.ValidationError(f"A name has at most {_LONGEST_NAME} letters.")
        return name


# Mail programs make a link of it.
_LIKE_AN_ADDRESS = re.compile(r"\w{2,}\.\w{2,}|\w/\w")


def name_to_greet(typed: str) -> str:
    """A name that a stranger gave, for a mail to an address that they gave too; empty for what is
    no name: nobody is to send words and links of their own in the name of the provider."""
    try:
        name = PersonName.clean(typed)
    except forms.ValidationError:
        return ""
    return "" if _LIKE_AN_ADDRESS.search(name) else name


def _has_tower_of_marks(name: str) -> bool:
    in_a_row = 0
    for letter in name:
        in_a_row = in_a_row + 1 if unicodedata.category(letter)[0] == "M" else 0
        if in_a_row > _MOST_MARKS:
            return True
    return False


class SignupFields(forms.Form):
    """Asked at sign-up beside e-mail and password."""

    name_on_certificates = forms.CharField(
        label="Your name, as on your license",
        help_text="It is printed on your certificates; you see each one before it is issued.",
        max_length=_LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    field_order = ["name_on_certificates", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._to_accept = policies.in_force(timezone.now(), policies.AT_SIGN_UP)
        if self._to_accept:
            self._ask_to_accept()

    def _ask_to_accept(self) -> None:
        links = [(each.url, each.name) for each in self._to_accept]
        self.fields["policies"] = forms.CharField(
            widget=forms.HiddenInput,
            required=False,
            max_length=200,
            initial=policies.marks_of(self._to_accept),
        )
        self.fields["accepts_policies"] = forms.BooleanField(
            label=_("I have read and accept the policies"),
            # In a tab of their own: what was typed here stays.
            help_text=format_html_join(
                " · ", '<a href="{}" target="_blank" rel="noopener">{}</a>', links
            ),
            error_messages={"required": _("We can make an account only with your yes.")},
        )

    def clean_accepts_policies(self) -> bool:
        try:
            policies.check_shown(self.cleaned_data.get("policies", ""), self._to_accept)
        except policies.ShownIsOld as refusal:
            # The next answer shows what is in force now, and asks anew.
            kept = {key: value for key, value in self.data.items() if key != "accepts_policies"}
            self.data = {**kept, "policies": policies.marks_of(self._to_accept)}
            raise forms.ValidationError(str(refusal)) from refusal
        return True

    def clean_name_on_certificates(self) -> str:
        return PersonName.clean(self.cleaned_data["name_on_certificates"])

    def signup(self, request: Any, user: User) -> None:
        user.name_on_certificates = self.cleaned_data["name_on_certificates"]
        user.save(update_fields=["name_on_certificates"])
        policies.accept(user.pk, self._to_accept, where=policies.Where.SIGN_UP, now=timezone.now())


class ProfileForm(forms.ModelForm[User]):
    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("Only the office sees it, and finds you by it when you call."),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=zone_choices,
        help_text="The date on a certificate is the date where you are.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_on_certificates"].required = True
        field, kept = self.fields["time_zone"], self.instance.time_zone
        if isinstance(field, forms.ChoiceField) and not field.valid_value(kept):
            # Else the browser would choose the first of the list unasked.
            field.choices = [("Now", [(kept, kept)]), *zone_choices()]

    class Meta:
        model = User
        fields = ["name_on_certificates", "phone", "time_zone"]
        labels = {"name_on_certificates": "Your name, as on your license"}
        help_texts = {
            "name_on_certificates": (
                "Printed on the certificates to come. Those already issued do not change."
            )
        }

    def clean_name_on_certificates(self) -> str:
        return PersonName.clean(self.cleaned_data["name_on_certificates"])

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])
