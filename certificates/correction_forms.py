"""What is typed to have a certificate corrected: by its holder, and by the office."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from ce_platform.licensing.forms.fields import BodyField, LineField, TextField
from ce_platform.licensing.forms.submissions import LetterField
from ce_platform.licensing.models import License
from ce_platform.licensing.queries import bodies_by_place, place_of
from certificates.domain.corrected import Correction, LicenseLine
from certificates.domain.corrections import LONGEST_MESSAGE
from certificates.domain.record import CertificateRecord
from certificates.domain.revoke import LONGEST_REASON
from certificates.forms import NameForm

ADDED_LICENSES: Final = 2
LONGEST_NUMBER: Final = 60


class CorrectForm(NameForm):
    """By the holder: numbers come from the list of their licenses, where they are mended."""

    licenses = forms.MultipleChoiceField(
        label="License numbers to print", widget=forms.CheckboxSelectMultiple, required=False
    )
    message = TextField(
        label="A word to the office",
        max_length=LONGEST_MESSAGE,
        required=False,
        help_text="Read only if a person has to look at it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    proof = LetterField(
        noun="license",
        label="Picture of your license",
        required=False,
        help_text="PDF, PNG or JPEG, at most 10 MB; only the office sees it.",
    )
    field_order = ("name", "licenses", "message", "proof")

    def __init__(
        self,
        sent: Any = None,
        files: Any = None,
        *,
        record: CertificateRecord,
        licenses: Sequence[License],
    ) -> None:
        self.lines, chosen = _offered(record.licenses, licenses)
        super().__init__(sent, files, initial={"name": record.holder_name, "licenses": chosen})
        self.fields["licenses"].choices = [  # type: ignore[attr-defined]
            (key, f"{place} {number}{note}") for key, (_, place, number), note in self.lines
        ]

    @property
    def has_more(self) -> bool:
        """Whether the part that is folded away has to be seen."""
        return bool(self["message"].value() or self["message"].errors or self["proof"].errors)

    def correction(self) -> Correction:
        chosen = set(self.cleaned_data["licenses"])
        return Correction.of(
            self.cleaned_data["name"], [line for key, line, _ in self.lines if key in chosen]
        )


Offer = tuple[str, LicenseLine, str]
"""(value of the box, what is printed, what to say beside it)"""


def _offered(
    printed: Sequence[LicenseLine], licenses: Sequence[License]
) -> tuple[list[Offer], list[str]]:
    """Everything that may be printed, in the order of print, and what is checked at first: what
    is printed now, with numbers as they were mended since."""
    known = {(code, number) for code, _, number in printed}
    mine = [(row.uid.hex, (row.body.code, place_of(row.body), row.number)) for row in licenses]
    held = {(code, number) for _, (code, _, number) in mine}
    new_of_body = {code for _, (code, _, number) in mine if (code, number) not in known}
    offers: list[Offer] = []
    chosen: list[str] = []
    for place, line in enumerate(printed):
        code, _, number = line
        is_held = (code, number) in held
        is_mended = not is_held and code in new_of_body
        key = f"printed-{place}"
        note = (
            " – as printed now"
            if is_held or not is_mended
            else " – as printed, not your number now"
        )
        offers.append((key, line, note))
        if not is_mended:
            chosen.append(key)
    printed_codes = [code for code, _, _ in printed]
    lost = {code for code, _, number in printed if (code, number) not in held}
    for key, line in mine:
        code, _, number = line
        if (code, number) in known:
            continue
        is_mended = code in lost
        offers.append((key, line, " – new" if is_mended else " – not on the certificate"))
        if is_mended:
            chosen.append(key)
    order = {code: place for place, code in reversed(list(enumerate(printed_codes)))}
    offers.sort(key=lambda offer: order.get(offer[1][0], len(order)))
    return offers, chosen


_READ_BY_ALL: Final = (
    "Everybody who verifies the earlier number reads it, and so does the holder. Say what was "
    "corrected, not what it said before."
)
_READ_BY_HOLDER: Final = "Stands in the history, where the holder reads it."


def _reason_field(initial: str, *, help_text: str = _READ_BY_ALL) -> forms.CharField:
    return forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        initial=initial,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReissueForm(NameForm):
    """By the office: name and numbers as they should read."""

    def __init__(
        self, sent: Any = None, *, record: CertificateRecord, reason: str, is_anew: bool = False
    ) -> None:
        super().__init__(sent, initial={"name": record.holder_name}, auto_id="id_correct_%s")
        self.record = record
        self.fields["name"].label = "Name, as on the license"
        for place, (_, where, number) in enumerate(record.licenses):
            self.fields[f"number-{place}"] = LineField(
                label=f"{where} license number",
                max_length=LONGEST_NUMBER,
                required=False,
                initial=number,
                widget=_number_widget(),
            )
        bodies = bodies_by_place()
        for place in range(ADDED_LICENSES):
            self.fields[f"body-{place}"] = BodyField(
                label="Licensing body", bodies=bodies, required=False
            )
            self.fields[f"added-{place}"] = LineField(
                label="License number",
                max_length=LONGEST_NUMBER,
                required=False,
                widget=_number_widget(),
            )
        self.fields["reason"] = _reason_field(
            reason, help_text=_READ_BY_HOLDER if is_anew else _READ_BY_ALL
        )
        if is_anew:
            self.fields["is_sure"] = forms.BooleanField(
                label="The completion counts after all",
                error_messages={"required": "Check the box: the hours count again from now on."},
            )

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[f"number-{place}"] for place in range(len(self.record.licenses))]

    @property
    def added(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"body-{place}"], self[f"added-{place}"]) for place in range(ADDED_LICENSES)]

    @property
    def has_added(self) -> bool:
        return any(body.errors or number.errors or number.value() for body, number in self.added)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for place in range(ADDED_LICENSES):
            body, number = found.get(f"body-{place}"), found.get(f"added-{place}")
            if bool(body) != bool(number):
                name = f"added-{place}" if body else f"body-{place}"
                self.add_error(name, ValidationError("A license needs its body and its number."))
        return found

    def correction(self) -> Correction:
        found = self.cleaned_data
        kept = [
            (code, where, found[f"number-{place}"])
            for place, (code, where, _) in enumerate(self.record.licenses)
        ]
        added = [
            (found[f"body-{place}"].code, place_of(found[f"body-{place}"]), found[f"added-{place}"])
            for place in range(ADDED_LICENSES)
            if found.get(f"body-{place}")
        ]
        return Correction.of(found["name"], [*kept, *added])


class AsOfForm(forms.Form):
    """By the office: the bodies with their status of today."""

    reason = _reason_field("It shows how the course stands with licensing bodies on a later day.")

    def __init__(self, sent: Any = None) -> None:
        super().__init__(sent, auto_id="id_as_of_%s")


class GrantForm(forms.Form):
    answer = TextField(
        label="A word to the holder",
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, sent: Any = None) -> None:
        super().__init__(sent, auto_id="id_grant_%s")


class RefuseForm(forms.Form):
    answer = TextField(
        label="Why it cannot be made",
        max_length=LONGEST_REASON,
        help_text="The holder reads it. Say what would help, for example a picture of the license.",
        error_messages={"required": "Write why: the holder reads it."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, sent: Any = None) -> None:
        super().__init__(sent, auto_id="id_refuse_%s")


def _number_widget() -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
