"""Fields that several forms of licensing share."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from ce_platform.core.text import clean, is_seen
from ce_platform.licensing.models import LicensingBody
from ce_platform.licensing.queries import body_choices

FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2099


class LineField(forms.CharField):
    """One line of text: cleaned, single spaces; nothing where nothing is seen."""

    def to_python(self, value: Any) -> str:
        text = " ".join(clean(super().to_python(value) or "").split())
        return text if is_seen(text) else ""


class TextField(forms.CharField):
    """Several lines of text; nothing where nothing is seen."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> str:
        text = clean(super().to_python(value) or "")
        return text if is_seen(text) else ""


class AnsweredChoiceField(forms.ChoiceField):
    """Its empty choice is an answer like the others, so its label does not say “optional”."""

    is_always_answered = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"required": False} | options))


class DayField(forms.DateField):
    """A calendar day; the browser brings its own picker.

    Pickers make the year 26 of "26", and "12/31/9999" stands for "never". Neither is a day of
    this field, and arithmetic with cycles of years before or after it would leave the calendar.
    """

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input-short"})
        messages = {"invalid": "Write the day like 11/20/2026."}
        super().__init__(widget=widget, error_messages=messages, **options)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(
                f"Look at the year again: it lies between {FIRST_YEAR} and {LAST_YEAR}."
            )
        return day


class BodyField(forms.ChoiceField):
    """A licensing body from a list that was fetched once; gives the row back."""

    def __init__(
        self, *, bodies: Sequence[LicensingBody], empty: str = "Choose …", **options: Any
    ) -> None:
        self.by_code = {body.code: body for body in bodies}
        super().__init__(choices=[("", empty), *body_choices(bodies)], **options)

    def clean(self, value: Any) -> LicensingBody | None:
        code = super().clean(value)
        if not code:
            return None
        body = self.by_code.get(code)
        if body is None:
            raise ValidationError("Choose a body from the list.")
        return body
