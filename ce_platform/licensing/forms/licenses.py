"""A therapist's license."""

from typing import Any

from django import forms

from ce_platform.licensing.forms.fields import BodyField, DayField, LineField
from ce_platform.licensing.models import License
from ce_platform.licensing.queries import license_bodies


class LicenseForm(forms.Form):
    number = LineField(
        label="License number",
        help_text="As printed on the card, prefix included, e.g. MA 12345.",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    expires_on = DayField(
        label="Expires on",
        help_text="From the card. With it we can tell you which license is next.",
        required=False,
    )
    field_order = ("body", "number", "expires_on")

    def __init__(self, *args: Any, license: License | None = None, **options: Any) -> None:
        if license is not None:
            options["initial"] = {
                "body": license.body.code,
                "number": license.number,
                "expires_on": license.expires_on,
            }
        super().__init__(*args, **options)
        self.fields["body"] = BodyField(
            bodies=license_bodies(), label="Issued by", empty="Choose a state or certifier …"
        )
        self.order_fields(self.field_order)
