"""The provider, its numbers, and who signs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ce_platform.accounts.forms import zone_choices
from ce_platform.core.models import Provider
from ce_platform.licensing.domain.office import PROVIDER_FIELDS
from ce_platform.licensing.forms.fields import BodyField, DayField, LineField, TextField
from ce_platform.licensing.models import ProviderNumber, Signatory
from ce_platform.licensing.queries import bodies_by_place


class ProviderForm(forms.Form):
    name = LineField(
        label="Name",
        help_text="Exactly as on your provider account at NCBTMB: it is printed like this.",
        max_length=200,
    )
    address = TextField(
        label="Postal address", help_text="As printed on certificates.", max_length=500
    )
    city = LineField(
        label="City",
        help_text="The place of home study on certificates, e.g. Asheville, NC.",
        max_length=120,
    )
    email = forms.EmailField(
        label="E-mail",
        help_text="Printed on certificates and in mails.",
        error_messages={"invalid": "Write an address like office@example.com."},
    )
    phone = LineField(label="Phone", max_length=40, required=False)
    website = forms.URLField(
        label="Website",
        required=False,
        max_length=200,
        assume_scheme="https",
        error_messages={"invalid": "Write an address like https://www.example.com."},
    )
    time_zone = forms.ChoiceField(
        label="Time zone", choices=zone_choices, help_text="Of the office."
    )
    logo = forms.FileField(
        label="Logo",
        help_text="PNG or JPEG on white, at most 5 MB. It stands above your name on certificates.",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        error_messages={"empty": "The file is empty."},
    )
    is_logo_removed = forms.BooleanField(label="Print no logo from now on", required=False)

    def __init__(self, *args: Any, provider: Provider | None, **options: Any) -> None:
        if provider is not None:
            options["initial"] = {name: getattr(provider, name) for name in PROVIDER_FIELDS}
        super().__init__(*args, **options)
        if provider is None or provider.logo_id is None:
            del self.fields["is_logo_removed"]


class NumberForm(forms.Form):
    number = LineField(
        label="Our number there",
        max_length=60,
        widget=forms.TextInput(attrs={"class": "input-short", "autocomplete": "off"}),
    )
    valid_from = DayField(label="First day", required=False)
    valid_to = DayField(label="Last day", required=False)
    field_order = ("body", "number", "valid_from", "valid_to")

    def __init__(self, *args: Any, row: ProviderNumber | None = None, **options: Any) -> None:
        if row is not None:
            options["initial"] = {
                "body": row.body.code,
                "number": row.number,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
            }
        super().__init__(*args, **options)
        self.fields["body"] = BodyField(bodies=bodies_by_place(), label="Licensing body")
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "The last day cannot be earlier than the first.")
        return data


class SignatoryForm(forms.Form):
    name = LineField(label="Name", max_length=120)
    title = LineField(label="Title", help_text="E.g. Program Administrator.", max_length=120)
    picture = forms.FileField(
        label="Signature",
        help_text="PNG or JPEG of the signature alone, on white, at most 5 MB.",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        error_messages={"empty": "The file is empty."},
    )
    position = forms.IntegerField(
        label="Order",
        help_text="1 signs first. Two signatures fit on a certificate.",
        min_value=1,
        max_value=99,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )
    is_active = forms.BooleanField(label="Signs new certificates", required=False, initial=True)

    def __init__(self, *args: Any, row: Signatory | None = None, **options: Any) -> None:
        if row is not None:
            options["initial"] = {
                "name": row.name,
                "title": row.title,
                "position": row.position,
                "is_active": row.is_active,
            }
        super().__init__(*args, **options)

    def clean_picture(self) -> Any:
        upload = self.cleaned_data["picture"]
        if upload and not upload.size:
            raise ValidationError("The file is empty.")
        return upload
