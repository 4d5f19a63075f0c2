"""Input of an instructor's profile and licenses, cleaned."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.instructors import LONGEST_CV
from ce_platform.accounts.models import InstructorLicense, InstructorProfile
from ce_platform.accounts.states import STATES
from courses.studio.forms import TextField, TitleField
from courses.studio.forms_course_page import LineField

LARGEST_CV = 10_000_000


class ProfileForm(forms.Form):
    display_name = TitleField(
        label=_("Name"),
        help_text=_("As course pages and certificates print it."),
        max_length=120,
        error_messages={"required": _("Write your name.")},
    )
    credentials = LineField(
        label=_("Credentials"),
        help_text=_("Printed after the name, like “LMT, BCTMB”."),
        max_length=200,
    )
    biography = TextField(
        label=_("About you"),
        help_text=_("A few sentences for course pages: practice, teaching, training."),
        required=False,
        max_length=4_000,
        rows=4,
    )
    cv_text = TextField(
        label=_("CV"),
        help_text=_(
            "Training, positions, teaching, with years. The office shows it to a board that asks; "
            "it stands on no page."
        ),
        required=False,
        max_length=LONGEST_CV,
        rows=8,
    )
    cv_file = forms.FileField(
        label=_("CV as a file"),
        help_text=_("A PDF of at most 10 MB, instead of the text or beside it."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"empty": _("The file is empty.")},
    )
    without_cv_file = forms.BooleanField(label=_("Remove the file that is kept"), required=False)

    @classmethod
    def of(cls, profile: InstructorProfile, posted: Any = None, files: Any = None) -> "ProfileForm":
        names = ("display_name", "credentials", "biography", "cv_text")
        form = cls(posted, files, initial={name: getattr(profile, name) for name in names})
        if profile.cv is None:
            del form.fields["without_cv_file"]
        else:
            form.fields["cv_file"].label = _("Another file in place of the CV that is kept")
        return form

    def clean_cv_file(self) -> "UploadedFile[bytes] | None":
        file: UploadedFile[bytes] | None = self.cleaned_data["cv_file"]
        if file is not None and (file.size or 0) > LARGEST_CV:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return file


class LicenseForm(forms.Form):
    body_code = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("Choose …")), *STATES.items()],
        error_messages={
            "required": _("Choose the state that issued the license."),
            "invalid_choice": _("Choose the state that issued the license."),
        },
    )
    kind = forms.ChoiceField(
        label=_("Kind of license"),
        choices=InstructorLicense.Kind.choices,
        widget=forms.RadioSelect,
        initial=InstructorLicense.Kind.THERAPIST,
    )
    number = LineField(
        label=_("Number"), help_text=_("As it stands on the license."), max_length=60
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        help_text=_("The last day on which it holds."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input-short"}),
        error_messages={
            "required": _("Write the last day on which the license holds."),
            "invalid": _("Write the day like 11/20/2026."),
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["number"].required = True
        self.fields["number"].error_messages["required"] = _(
            "Write the number as it stands on the license."
        )

    @classmethod
    def of(cls, row: InstructorLicense, posted: Any = None) -> "LicenseForm":
        names = ("body_code", "kind", "number", "valid_until")
        return cls(posted, initial={name: getattr(row, name) for name in names})
