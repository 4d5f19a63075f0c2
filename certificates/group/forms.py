"""What the office gives for a group: a session and a list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates.group.reading import MOST_BYTES, MOST_LETTERS
from courses.models import LiveSession


class _OneOfTwo:
    """Looks needed, for one of the two is; the form says which is missing."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)  # type: ignore[misc]


class PeopleField(_OneOfTwo, forms.CharField):
    pass


class ListFileField(_OneOfTwo, forms.FileField):
    pass


class ListForm(forms.Form):
    """A list of people, pasted or as a file. What its columns are says the form made of this."""

    use_required_attribute = False

    people = PeopleField(
        label=_("Who"),
        max_length=MOST_LETTERS,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "class": "input-list"}
        ),
        error_messages={"max_length": _("The list is too long. Bring it in parts.")},
    )
    file = ListFileField(
        label=_("Or a file"),
        help_text=_("A .csv file or an .xlsx workbook with the same columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"empty": _("The file is empty.")},
    )

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
    def content(self) -> str | bytes:
        upload = self.cleaned_data["file"]
        return upload.read() if upload else str(self.cleaned_data["people"])


class GroupForm(ListForm):
    session = forms.ChoiceField(
        label="Session",
        error_messages={"required": "Choose the session.", "invalid_choice": "Choose it again."},
    )
    field_order = ("session",)

    def __init__(self, *args: Any, sessions: Sequence[LiveSession], **options: Any) -> None:
        super().__init__(*args, **options)
        people = self.fields["people"]
        people.label = "Who attended"
        people.help_text = (
            "One person a line: name, e-mail, state of the license, license number, minutes. "
            "Only name and e-mail are needed; no minutes means all of it. Copied from a "
            "spreadsheet is fine."
        )
        self.by_uid = {str(session.uid): session for session in sessions}
        groups: dict[str, list[tuple[str, str]]] = {}
        for session in sessions:
            version = session.course.on_sale_version
            title = version.title if version else session.course.slug
            groups.setdefault(title, []).append(
                (str(session.uid), f"{session.when} – {session.place}"[:120])
            )
        self.fields["session"].choices = [  # type: ignore[attr-defined]
            ("", "Choose …"),
            *groups.items(),
        ]

    @property
    def chosen_session(self) -> LiveSession:
        return self.by_uid[self.cleaned_data["session"]]
