"""Newer data files, and the decisions about what they say differently."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from ce_platform.licensing.forms.fields import DayField


class RuleFilesForm(forms.Form):
    """A newer set of data files, as the office was sent it."""

    rules = forms.FileField(
        label="Rules (body_rules.toml)",
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        error_messages={"empty": "The file is empty."},
    )
    bodies = forms.FileField(
        label="Bodies (licensing_bodies.csv)",
        help_text="Only needed when names, websites or bodies changed.",
        widget=forms.FileInput(attrs={"accept": ".csv"}),
        required=False,
        error_messages={"empty": "The file is empty."},
    )
    LARGEST: Final = 3_000_000

    def clean_rules(self) -> bytes:
        return self._content("rules") or b""

    def clean_bodies(self) -> bytes | None:
        return self._content("bodies")

    def _content(self, name: str) -> bytes | None:
        upload = self.cleaned_data[name]
        if not upload:
            return None
        if upload.size > self.LARGEST:
            raise ValidationError("The file is larger than 3 MB. Is it the right one?")
        content: bytes = upload.read()
        return content


class DecisionForm(forms.Form):
    """Accept or reject, line by line; what is left alone stays open."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    valid_from = DayField(label="Valid from")
    is_checked = forms.BooleanField(
        label="I checked the whole rule against the source", required=False
    )

    def __init__(self, *args: Any, lines: list[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = lines
        for pk in lines:
            self.fields[f"line-{pk}"] = forms.ChoiceField(
                choices=[("", "Later"), ("accept", "Accept"), ("reject", "Reject")],
                required=False,
                label="Decision",
            )

    def chosen(self, word: str) -> list[int]:
        return [pk for pk in self.lines if self.cleaned_data.get(f"line-{pk}") == word]
