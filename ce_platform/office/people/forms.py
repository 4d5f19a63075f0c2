"""What the office types on the page of a person."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.phones import LONGEST, clean_phone
from ce_platform.core import codes
from ce_platform.core.text import clean
from certificates.forms import NameForm
from certificates.models import Certificate
from courses.models import Course
from quizzes.domain.requests import MOST_LEFT


class LineField(forms.CharField):
    """One line."""

    def clean(self, value: Any) -> str:
        return " ".join(clean(str(super().clean(value))).split())


class TextField(forms.CharField):
    def clean(self, value: Any) -> str:
        return clean(str(super().clean(value)))


def _reason(help_text: Any) -> LineField:
    return LineField(
        label=_("Why"),
        max_length=300,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OwnIds(forms.Form):
    """Several forms with the same fields stand on one page."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **options)


class AddressForm(OwnIds):
    email = forms.EmailField(
        label=_("New address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = _reason(_("How you know that it is them who ask. Kept in the log."))


class PhoneForm(OwnIds):
    phone = LineField(
        label=_("Phone"),
        help_text=_("As they say it. Empty takes it away."),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])


class PersonNameForm(OwnIds, NameForm):
    certificates = forms.MultipleChoiceField(
        label=_("Certificates to issue anew with this name"),
        help_text=_("The old number stays and leads to the new one."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = _reason(_("Who asked, and what you have seen. Kept in the log."))

    def __init__(self, *args: Any, certificates: Sequence[Certificate], **options: Any) -> None:
        super().__init__(*args, **options)
        # What an earlier system has printed is nothing that could be issued anew here.
        certificates = [row for row in certificates if not row.is_imported]
        self.fields["name"].label = _("Name, as on the license")
        self.fields["certificates"].choices = [  # type: ignore[attr-defined]
            (row.serial, _printed(row, besides=self.initial.get("name", "")))
            for row in certificates
        ]
        if not certificates:
            del self.fields["certificates"]


def _printed(row: Certificate, *, besides: str) -> str:
    """The name on it is said only where it is another one than the account's."""
    name = "" if row.holder_name == besides else f": {row.holder_name}"
    return f"{row.course_title}{name} ({codes.dashed(row.serial)})"


class EnrollForm(forms.Form):
    course = forms.ChoiceField(label=_("Course"))

    def __init__(self, *args: Any, courses: Sequence[Course], **options: Any) -> None:
        super().__init__(*args, **options)
        self.by_slug = {course.slug: course for course in courses}
        self.fields["course"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose …")),
            *(
                (course.slug, course.on_sale_version.title)
                for course in courses
                if course.on_sale_version
            ),
        ]


class WithdrawForm(forms.Form):
    reason = _reason(_("For example a refund. Kept in the log."))


class AttemptsForm(forms.Form):
    left = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=1000)
    count = forms.IntegerField(
        label=_("How many more"),
        min_value=1,
        max_value=MOST_LEFT,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )
    answer = TextField(
        label=_("A sentence to the learner"),
        help_text=_("Sent with the mail; may be empty."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SecondStepForm(OwnIds):
    reason = _reason(_("How you know that it is them who ask. Kept in the log."))


class InviteForm(OwnIds):
    note = TextField(
        label=_("A sentence to them"),
        help_text=_("Put into the mail; may be empty."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
