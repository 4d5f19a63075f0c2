"""A course completed with another provider, as its certificate says."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.forms import BoundField

from ce_platform.licensing.domain.credits import OWN_FIELDS, CreditFacts
from ce_platform.licensing.forms.fields import BodyField, DayField, LineField, TextField
from ce_platform.licensing.forms.submissions import LetterField
from ce_platform.licensing.models import ExternalCredit
from ce_platform.licensing.queries import bodies_by_place
from ce_platform.licensing.renewal import SUBJECT_WORDS, Subject
from courses.models import CourseVersion

HOURS_ROWS: Final = 4
APPROVAL_ROWS: Final = 4
FieldPair = tuple[BoundField, BoundField]
_SUBJECTS: Final = [
    ("", "Choose a subject …"),
    *(
        (subject.value, f"{words[:1].upper()}{words[1:]}")
        for subject, words in SUBJECT_WORDS.items()
    ),
]


class ExternalCreditForm(forms.Form):
    uid = forms.UUIDField(widget=forms.HiddenInput)
    title = LineField(
        label="Course",
        help_text="The title as it stands on the certificate.",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    provider = LineField(label="Provider", max_length=200)
    completed_on = DayField(label="Completed on")
    delivery = forms.ChoiceField(
        label="How it was taught",
        choices=CourseVersion.Delivery.choices,
        widget=forms.RadioSelect,
        initial=CourseVersion.Delivery.HOME_STUDY,
    )
    has_exam = forms.BooleanField(
        label="It ended with a test, and I passed",
        help_text="Some states count home study only then.",
        required=False,
    )
    hands_on_percent = forms.IntegerField(
        label="Hands-on share, in percent",
        help_text="Of a class: how much of it you worked on a body under supervision. Georgia "
        "counts only courses of at least 70 percent as hands-on.",
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-short"}),
    )
    notes = TextField(label="Notes", required=False, max_length=2000)
    proof = LetterField(
        noun="certificate",
        label="Certificate",
        help_text="PDF, PNG or JPEG, at most 10 MB; a photo from your phone will do. You and the "
        "provider's office can open it, nobody else.",
        required=False,
    )
    is_proof_removed = forms.BooleanField(label="Take the attached file off", required=False)

    def __init__(self, *args: Any, credit: ExternalCredit | None = None, **options: Any) -> None:
        self.credit = credit
        options["initial"] = _initial(credit) if credit is not None else {"uid": uuid4()}
        super().__init__(*args, **options)
        if credit is None or credit.proof_id is None:
            del self.fields["is_proof_removed"]
        bodies = bodies_by_place()
        for row in range(1, HOURS_ROWS + 1):
            self.fields[f"subject-{row}"] = forms.ChoiceField(
                label="Subject" if row == 1 else f"Subject {row}",
                choices=_SUBJECTS,
                required=row == 1,
            )
            self.fields[f"hours-{row}"] = forms.DecimalField(
                label="CE hours" if row == 1 else f"CE hours {row}",
                min_value=Decimal("0.05"),
                max_digits=5,
                decimal_places=2,
                required=row == 1,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "input-short"}),
                error_messages={"invalid": "Write the hours as a number, e.g. 1.5."},
            )
        for row in range(1, APPROVAL_ROWS + 1):
            self.fields[f"body-{row}"] = BodyField(
                bodies=bodies,
                label="Approved by" if row == 1 else f"Approved by ({row})",
                empty="Choose a state or certifier …",
                required=False,
            )
            self.fields[f"number-{row}"] = LineField(
                label="Number" if row == 1 else f"Number ({row})",
                max_length=60,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def hours_rows(self) -> list[FieldPair]:
        return [(self[f"subject-{row}"], self[f"hours-{row}"]) for row in range(1, HOURS_ROWS + 1)]

    def approval_rows(self) -> list[FieldPair]:
        return [(self[f"body-{row}"], self[f"number-{row}"]) for row in range(1, APPROVAL_ROWS + 1)]

    def _has_more(self, rows: Sequence[FieldPair]) -> bool:
        """Whether anything stands, or is wrong, below the first row."""
        return any(field.value() or field.errors for pair in rows[1:] for field in pair)

    def has_more_hours(self) -> bool:
        return self._has_more(self.hours_rows())

    def has_more_approvals(self) -> bool:
        return self._has_more(self.approval_rows())

    def clean(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        seen = set()
        for row in range(2, HOURS_ROWS + 1):
            names = {f"subject-{row}", f"hours-{row}"}
            # One of the two may hold a mistake of its own, which is told already.
            if sum(bool(said.get(name)) for name in names) == 1 and not names & set(self.errors):
                self.add_error(f"hours-{row}", "Choose the subject and write its hours.")
        for row in range(1, APPROVAL_ROWS + 1):
            body = said.get(f"body-{row}")
            if body is None and said.get(f"number-{row}"):
                self.add_error(f"body-{row}", "Choose whose number this is.")
            if body is not None and body.pk in seen:
                self.add_error(f"body-{row}", "This body stands here twice.")
            seen.add(body.pk if body is not None else None)
        return said

    @property
    def uid_sent(self) -> UUID:
        return UUID(str(self.cleaned_data["uid"]))

    def facts(self) -> CreditFacts:
        said = self.cleaned_data
        hours: dict[str, Decimal] = {}
        for row in range(1, HOURS_ROWS + 1):
            if subject := said[f"subject-{row}"]:
                hours[subject] = hours.get(subject, Decimal(0)) + said[f"hours-{row}"]
        return CreditFacts(
            title=said["title"],
            provider=said["provider"],
            completed_on=said["completed_on"],
            delivery=said["delivery"],
            has_exam=said["has_exam"],
            hands_on_percent=said["hands_on_percent"],
            notes=said["notes"],
            hours=tuple(hours.items()),
            approvals=tuple(
                (said[f"body-{row}"], said[f"number-{row}"])
                for row in range(1, APPROVAL_ROWS + 1)
                if said[f"body-{row}"] is not None
            ),
        )


def _initial(credit: ExternalCredit) -> dict[str, Any]:
    initial: dict[str, Any] = {name: getattr(credit, name) for name in ("uid", *OWN_FIELDS)}
    for row, hours in enumerate(credit.hours.all(), 1):
        initial |= {f"subject-{row}": hours.subject, f"hours-{row}": hours.credit_hours.normalize()}
    for row, approval in enumerate(credit.approvals.all(), 1):
        initial |= {f"body-{row}": approval.body.code, f"number-{row}": approval.number}
    return initial


def subject_words(subject: str) -> str:
    return SUBJECT_WORDS.get(Subject(subject), subject) if subject in set(Subject) else subject
