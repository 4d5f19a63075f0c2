"""What the office filters by, and what it wants made of what it found."""

from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict

from ce_platform.core import codes
from ce_platform.licensing.forms.fields import BodyField, DayField, LineField
from ce_platform.licensing.queries import bodies_by_place
from certificates.bulk.selection import MOST_TICKED, Selection
from certificates.models import Certificate, CertificateBundle
from certificates.reports.queries import course_choices
from courses.models import CourseVersion

LONGEST_QUERY = 120
STATUSES = [
    (Certificate.Status.ISSUED, "Valid"),
    (Certificate.Status.REVOKED, "Revoked"),
    (Certificate.Status.REPLACED, "Replaced"),
]


class FilterForm(forms.Form):
    """From the address, on the list and on the page that asks what is to be made."""

    q = LineField(
        label="Number, name or e-mail",
        max_length=LONGEST_QUERY,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    first = DayField(label="Completed from", required=False)
    last = DayField(label="Completed to", required=False)
    delivery = forms.ChoiceField(
        label="Delivery", choices=[("", "All"), *CourseVersion.Delivery.choices], required=False
    )
    status = forms.ChoiceField(label="State", choices=[("", "All"), *STATUSES], required=False)

    def __init__(self, sent: QueryDict) -> None:
        super().__init__(sent, auto_id="f-%s", label_suffix="")
        # Old addresses may name what is gone: such a filter finds nothing rather than everything.
        self.fields["course"] = forms.ChoiceField(
            label="Course", choices=[("", "All"), *course_choices()], required=False
        )
        self.fields["body"] = BodyField(
            bodies=bodies_by_place(), label="Licensing body printed", empty="All", required=False
        )
        self.order_fields(["q", "first", "last", "course", "body", "delivery", "status"])
        self._sent = sent

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day cannot be earlier than the first.")
        return found

    @property
    def selection(self) -> Selection:
        """Of a valid form. What is ticked stands alone, also when it is nothing: it must not turn
        into everything."""
        found = self.cleaned_data
        ticked = self._sent.getlist("serial")
        if ticked or "ticked" in self._sent:
            typed = map(codes.normalize, ticked[:MOST_TICKED])
            return Selection(
                is_ticked=True, serials=tuple(dict.fromkeys(serial for serial in typed if serial))
            )
        body = found["body"]
        return Selection(
            q=found["q"],
            first=found["first"],
            last=found["last"],
            course=found["course"],
            body=body.code if body is not None else "",
            delivery=found["delivery"],
            status=found["status"],
        )


KINDS_TOLD = {
    CertificateBundle.Kind.ZIP: (
        "Each PDF as it was issued and signed, called by the holder’s name and the certificate "
        "number, so that no namesake overwrites another. With a table of all of them and the "
        "SHA-256 of every file."
    ),
    CertificateBundle.Kind.PAPER: (
        "All pages one after another, to send to a printer. For paper only: the digital "
        "signatures do not survive being put together. As files, hand out the single PDFs."
    ),
    CertificateBundle.Kind.TABLE: (
        "A line for each certificate with everything that is printed on it, for a spreadsheet."
    ),
}


class BundleForm(forms.Form):
    kind = forms.ChoiceField(
        label="What shall be made?",
        choices=CertificateBundle.Kind.choices,
        initial=CertificateBundle.Kind.ZIP,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what shall be made."},
    )
    order = forms.ChoiceField(
        label="Order",
        choices=CertificateBundle.Order.choices,
        initial=CertificateBundle.Order.NAME,
        help_text="Of the pages, of the lines of the table, of the files in the zip.",
    )
    has_blank_backs = forms.BooleanField(
        label="I print on both sides: begin each certificate on a new sheet",
        help_text="Only for paper. An empty page follows where a certificate ends on a front.",
        required=False,
    )
    has_invalid = forms.BooleanField(
        label="Print revoked and replaced ones too",
        help_text=(
            "Only for paper, where nothing would tell them from valid ones. The zip keeps them in "
            "a folder of their own, and the table names their state."
        ),
        required=False,
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        options["initial"] = {"once": uuid4()}
        super().__init__(*args, **options)

    @property
    def kinds(self) -> list[tuple[Any, str]]:
        """Each choice with what it is good for."""
        return list(zip(self["kind"], KINDS_TOLD.values(), strict=True))
