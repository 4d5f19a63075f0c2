"""What people type on the pages of certificates."""

import unicodedata
from typing import Any

from django import forms

from ce_platform.accounts.forms import PersonName
from ce_platform.licensing.forms.fields import LineField
from ce_platform.licensing.models import License
from ce_platform.licensing.queries import place_of
from certificates.checking.check import LARGEST_FILE
from certificates.domain.record import printable
from certificates.domain.revoke import LONGEST_REASON
from certificates.pdf.lettering import unprintable_letters

# Beside letters, marks, digits and spaces: what stands in names.
_NAME_SIGNS = frozenset("'’‘ʼ`´.,-‐‑–()·&/")


class NameForm(forms.Form):
    """The name as it will be printed."""

    name = forms.CharField(
        label="Your name, as on your license",
        max_length=120,
        help_text="Boards compare it with their roster.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        name = printable(PersonName.clean(self.cleaned_data["name"]))
        strange = sorted(
            {
                letter
                for letter in name
                if unicodedata.category(letter)[0] not in "LMNZ" and letter not in _NAME_SIGNS
            }
        )
        if strange:
            raise forms.ValidationError(
                f"A name has letters, spaces, hyphens and apostrophes. Remove: {' '.join(strange)}"
            )
        if not any(unicodedata.category(letter).startswith("L") for letter in name):
            raise forms.ValidationError("Write your name in letters.")
        foreign = unprintable_letters([name])
        if foreign:
            raise forms.ValidationError(
                f"We have no letters to print these: {' '.join(foreign)}. Write your name in the "
                "letters of your license, or write to the office."
            )
        return name


class AttestForm(forms.Form):
    """The signature under the statement."""

    is_agreed = forms.BooleanField(
        label="I have looked at the certificate above, and I sign this statement.",
        error_messages={"required": "Check the box to sign the statement."},
    )
    seen = forms.CharField(max_length=64)


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        help_text=(
            "Everybody who verifies the certificate reads it, and so does the holder. "
            "Write a sentence; no health or other private facts."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_sure = forms.BooleanField(
        label="I know that this cannot be undone",
        error_messages={"required": "Check the box: a revoked certificate stays revoked."},
    )


class VerifyForm(forms.Form):
    code = forms.CharField(
        label="Certificate number",
        max_length=60,
        help_text=(
            "17 letters and digits, printed under “Certificate number”. Dashes and capitals do "
            "not matter."
        ),
        widget=forms.TextInput(
            attrs={
                "class": "input-code",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class OldNumberForm(forms.Form):
    """Numbers of an earlier system run on: the name is asked of whoever types one."""

    code = forms.CharField(max_length=60, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Last name",
        max_length=120,
        help_text="Of the holder, as it stands on the certificate.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class CheckFileForm(forms.Form):
    """Only shows the field: the file is read by `checking.upload`, which keeps it off the disk."""

    file = forms.FileField(
        label="PDF of a certificate",
        help_text=f"Up to {LARGEST_FILE // 1_000_000} MB. We look at it and keep nothing of it.",
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )


class LicenseNumberForm(forms.Form):
    """The number of one license, mended right beside the certificate that shows it."""

    number = LineField(
        max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(self, sent: Any = None, *, license: License) -> None:
        super().__init__(
            sent, auto_id=f"id_{license.uid.hex}_%s", initial={"number": license.number}
        )
        self.license = license
        self.fields["number"].label = f"{place_of(license.body)} license number"
