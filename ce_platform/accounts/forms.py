"""Forms about the person."""

import zoneinfo
from typing import Any

from django import forms

from ce_platform.accounts.models import User
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
    others = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and name not in known
    )
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


class PersonName:
    """The one rule for a name as printed: cleaned, no line breaks, at most 120 letters."""

    @staticmethod
    def clean(value: str) -> str:
        return " ".join(clean(value).split())


class SignupFields(forms.Form):
    """Asked at sign-up beside e-mail and password."""

    name_on_certificates = forms.CharField(
        label="Your name, as on your license",
        help_text="It is printed on your certificates. You can change it until one is issued.",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    field_order = ["name_on_certificates", "email", "password1"]

    def clean_name_on_certificates(self) -> str:
        return PersonName.clean(self.cleaned_data["name_on_certificates"])

    def signup(self, request: Any, user: User) -> None:
        user.name_on_certificates = self.cleaned_data["name_on_certificates"]
        user.save(update_fields=["name_on_certificates"])


class ProfileForm(forms.ModelForm[User]):
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=zone_choices,
        help_text="The date on a certificate is the date where you are.",
    )

    class Meta:
        model = User
        fields = ["name_on_certificates", "time_zone"]
        labels = {"name_on_certificates": "Your name, as on your license"}
        help_texts = {
            "name_on_certificates": "Printed on future certificates. Issued ones do not change."
        }

    def clean_name_on_certificates(self) -> str:
        return PersonName.clean(self.cleaned_data["name_on_certificates"])
