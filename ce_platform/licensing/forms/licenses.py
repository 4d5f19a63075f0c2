"""A therapist's license."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import escape

from ce_platform.licensing.card_hints import EndHint
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
        label="End of the current period",
        help_text="From the card. With it we can tell you which license is next and what it needs.",
        required=False,
    )
    first_issued_on = DayField(
        label="First issued on",
        help_text="From the card, if it says so. At a first renewal many states ask for less.",
        required=False,
    )
    hours_due_on = DayField(
        label="Hours are due on",
        help_text="Your state counts hours over another span than the license runs. Ask the "
        "board, or look at your last renewal.",
        required=False,
    )
    name_on_license = LineField(
        label="Name on the license",
        help_text="Only if it differs from the name on your certificates.",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = (
        "body",
        "number",
        "expires_on",
        "hours_due_on",
        "first_issued_on",
        "name_on_license",
    )

    def __init__(
        self,
        *args: Any,
        license: License | None = None,
        asks_when_due: bool = False,
        **options: Any,
    ) -> None:
        if license is not None:
            options["initial"] = {
                "body": license.body.code,
                "number": license.number,
                "name_on_license": license.name_on_license,
                "first_issued_on": license.first_issued_on,
                "expires_on": license.expires_on,
                "hours_due_on": license.hours_due_on,
            }
        super().__init__(*args, **options)
        if not asks_when_due:
            del self.fields["hours_due_on"]
        self.bodies = license_bodies()
        self.fields["body"] = BodyField(
            bodies=self.bodies, label="Issued by", empty="Choose a state or certifier …"
        )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any] | None:
        first, end = self.cleaned_data.get("first_issued_on"), self.cleaned_data.get("expires_on")
        if first and end and first > end:
            self.add_error("expires_on", "A license cannot end before it was first issued.")
        return self.cleaned_data

    def suggest(self, hints: Mapping[int, EndHint], *, license: License | None) -> None:
        """Offer the end that the rule tells, where the license says none yet."""
        if license is None or self.is_bound or license.expires_on is not None:
            return
        hint = hints.get(license.body_id)
        if hint is not None:
            self.initial["expires_on"] = hint.suggested
            self.fields["expires_on"].help_text = escape(hint.sentence)
