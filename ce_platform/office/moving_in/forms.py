"""What the office gives: a file and what it does not say of itself; columns; old addresses."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from ce_platform.core.text import clean, fold
from ce_platform.licensing.forms.fields import AnsweredChoiceField
from ce_platform.office.moving_in import cells
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.kinds import Kind
from ce_platform.office.moving_in.redirects import check_pair

LARGEST_UPLOAD: Final = 500_000_000
LONGEST_TEXT: Final = 20_000
_ENDINGS: Final = (".csv", ".xlsx", ".zip", ".txt")


class OptionsForm(forms.Form):
    """What the file leaves open; asked with the file, and again with its columns."""

    use_required_attribute = False

    dates = AnsweredChoiceField(
        label="Dates like 3/4/2024",
        choices=[
            ("", "Refuse them: they can be read in two ways"),
            (cells.MONTH_FIRST, "Month first: March 4"),
        ],
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label="Earlier system",
        max_length=80,
        required=False,
        help_text="As records name it, e.g. WordPress with LearnDash. Empty is fine.",
    )
    hours = forms.CharField(
        label="CE hours of courses",
        required=False,
        max_length=LONGEST_TEXT,
        help_text=(
            "Only if the table has no column for them. One course a line: title = hours, "
            "e.g. Facial massage basics = 3."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "class": "input-list"}),
    )

    def __init__(self, *args: Any, kind: Kind, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        self.fixed = [column for column in kind.columns if column.can_be_fixed]
        for column in self.fixed:
            self.fields[f"fixed_{column.name}"] = forms.CharField(
                label=f"{column.label}, for all lines",
                required=False,
                max_length=200,
                help_text="Only if the table does not say it.",
            )
        names = {column.name for column in kind.columns}
        if not self.fixed:
            del self.fields["source"]
        if "hours" not in names:
            del self.fields["hours"]
        if not names & {"completed_on", "expires_on", "valid_from", "decided_on"}:
            del self.fields["dates"]

    def clean_hours(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in clean(self.cleaned_data["hours"]).splitlines():
            if not line.strip():
                continue
            title, sign, said = line.rpartition("=")
            if not sign:
                raise ValidationError(f"“{line[:60]}” is not like: title = hours.")
            try:
                hours: Decimal = cells.hours(said)
            except cells.CellRefused as refusal:
                raise ValidationError(f"{title.strip()[:60]}: {refusal}") from None
            found[fold(title)] = str(hours)
        return found

    @property
    def has_more_errors(self) -> bool:
        """Of fields that stand in the folded part of the page."""
        return bool(set(self.errors) - {"file", "dates", "__all__"})

    @property
    def options(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "dates": given.get("dates", ""),
            "hours": given.get("hours") or {},
            "hours_text": self.data.get("hours", "")[:LONGEST_TEXT],
            "fixed": {
                column.name: clean(given[f"fixed_{column.name}"])
                for column in self.fixed
                if given.get(f"fixed_{column.name}")
            },
        }

    @staticmethod
    def initial_of(options: dict[str, Any]) -> dict[str, Any]:
        return {
            "dates": options.get("dates", ""),
            "hours": options.get("hours_text", ""),
            **{f"fixed_{name}": value for name, value in options.get("fixed", {}).items()},
        }


class UploadForm(OptionsForm):
    file = forms.FileField(
        label="The file",
        widget=forms.FileInput(attrs={"accept": ",".join(_ENDINGS)}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )
    field_order = ("file",)

    def __init__(self, *args: Any, kind: Kind, **options: Any) -> None:
        super().__init__(*args, kind=kind, **options)
        self.fields["file"].help_text = (
            "A .csv table or an .xlsx workbook, or a zip of it and the files it names."
            if kind.takes_files
            else "A .csv table or an .xlsx workbook."
        )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST_UPLOAD:
            raise ValidationError(f"The file is larger than {LARGEST_UPLOAD // 1_000_000} MB.")
        if not str(upload.name).lower().endswith(_ENDINGS):
            raise ValidationError("Bring a .csv, .xlsx or .zip file.")
        return upload


class ColumnsForm(OptionsForm):
    """One choice for each of their headings."""

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        headings: Sequence[str],
        columns: Sequence[str],
        **options: Any,
    ) -> None:
        super().__init__(*args, kind=kind, **options)
        self.headings = list(headings)
        choices = [("", "Not wanted"), *((each.name, each.label) for each in kind.columns)]
        self.names = []
        for place, heading in enumerate(headings):
            name = f"column_{place}"
            self.names.append(name)
            self.fields[name] = AnsweredChoiceField(
                label=heading[:120] or f"Column {place + 1}, without a heading",
                choices=choices,
                initial=columns[place] if place < len(columns) else "",
            )
        self.order_fields([*self.names, *self.fields])

    @property
    def chosen(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.names]


class UndoForm(forms.Form):
    reason = forms.CharField(
        label="Why it is undone",
        max_length=300,
        error_messages={"required": "Say why it is undone; the reason is kept."},
    )


class RedirectForm(forms.Form):
    use_required_attribute = False
    old = forms.CharField(
        label="Old address",
        max_length=2_000,
        help_text="As it was printed, like /my-certificate/?id=417. The host does not matter.",
    )
    target = forms.CharField(
        label="Leads to",
        max_length=2_000,
        help_text="A path of this site, like /courses/, or an old certificate number.",
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_pair(found["old"], found["target"])
            except ImportRefused as refusal:
                self.add_error(None, str(refusal))
        return found
