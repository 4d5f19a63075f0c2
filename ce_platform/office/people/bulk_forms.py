"""Lists of people, and messages to the learners of a course."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ce_platform.office.people.forms import EnrollForm, LineField, TextField
from ce_platform.office.people.lists import LONGEST_NOTE
from ce_platform.office.people.messages import LONGEST_TEXT
from ce_platform.office.people.models import CourseMessage
from certificates.group.forms import ListFileField, PeopleField
from certificates.group.reading import MOST_BYTES, MOST_LETTERS
from courses.models import Course


class PeopleListForm(EnrollForm):
    """Without a course the people are invited."""

    use_required_attribute = False

    people = PeopleField(
        label=_("Who"),
        max_length=MOST_LETTERS,
        strip=False,
        help_text=_("One person a line: name, e-mail. Copied from a spreadsheet is fine."),
        widget=forms.Textarea(
            attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "class": "input-list"}
        ),
        error_messages={"max_length": _("The list is too long. Bring it in parts.")},
    )
    file = ListFileField(
        label=_("Or a file"),
        help_text=_("A .csv file in UTF-8 or an .xlsx workbook with the same columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"empty": _("The file is empty.")},
    )
    note = TextField(
        label=_("A sentence to them"),
        help_text=_("Put into the invitation; may be empty."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, courses: Sequence[Course], **options: Any) -> None:
        super().__init__(*args, courses=courses, **options)
        field = self.fields["course"]
        field.required = False
        field.label = _("What for")
        field.choices = [  # type: ignore[attr-defined]
            ("", _("Invite them to an account")),
            *(
                (slug, _("Enroll them in “%s”") % label)
                for slug, label in field.choices  # type: ignore[attr-defined]
                if slug
            ),
        ]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload and upload.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than %s MB.") % (MOST_BYTES // 1_000_000))
        return upload

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        has_people = bool((found.get("people") or "").strip())
        if has_people and found.get("file"):
            self.add_error("file", _("Paste the list or choose a file, not both."))
        elif not has_people and not found.get("file") and not self.errors:
            self.add_error("people", _("Paste the list, or choose a file."))
        return found

    @property
    def chosen_course(self) -> Course | None:
        slug = self.cleaned_data["course"]
        return self.by_slug[slug] if slug else None

    @property
    def content(self) -> str | bytes:
        upload = self.cleaned_data["file"]
        return upload.read() if upload else str(self.cleaned_data["people"])


class MessageForm(EnrollForm):
    to = forms.ChoiceField(
        label=_("Who gets it"), choices=CourseMessage.To.choices, widget=forms.RadioSelect
    )
    subject = LineField(label=_("Subject"), max_length=120)
    body = TextField(
        label=_("Text"),
        help_text=_("Plain text. It stands in the mail as a quotation of the office."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
