"""Which numbers the office wants to see."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ce_platform.licensing.forms.fields import DayField
from ce_platform.office.numbers.periods import Period, Step, last_months

DEFAULT_MONTHS: Final = 12
STEPS: Final = [(Step.MONTH.value, _("Months")), (Step.WEEK.value, _("Weeks"))]


class NumbersForm(forms.Form):
    """From the address. Nothing given: the last twelve months, all courses."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    by = forms.ChoiceField(label=_("By"), choices=STEPS, required=False)

    def __init__(
        self, sent: QueryDict, *, courses: Sequence[tuple[int, str, str]], today: date
    ) -> None:
        super().__init__(sent, auto_id="n-%s", label_suffix="")
        self._ids = {slug: pk for pk, slug, _title in courses}
        self._today = today
        self.fields["course"] = forms.ChoiceField(
            label=_("Course"),
            choices=[("", _("All")), *((slug, title) for _pk, slug, title in courses)],
            required=False,
        )
        self.order_fields(["first", "last", "course", "by"])
        if not self.is_valid():
            return
        # What is shown stands in the fields, also where nothing was asked.
        shown = sent.copy()
        shown["first"] = self.period.first.isoformat()
        shown["last"] = self.period.last.isoformat()
        self.data = shown

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and (last or self._today) < first:
            self.add_error("first", _("The first day cannot be later than the last."))
        return found

    @property
    def period(self) -> Period:
        usual = last_months(DEFAULT_MONTHS, today=self._today)
        if not self.is_valid():
            return usual
        last = self.cleaned_data["last"] or self._today
        first = self.cleaned_data["first"]
        if first is None:
            first = last_months(DEFAULT_MONTHS, today=last).first
        return Period(first, last)

    @property
    def step(self) -> Step:
        return Step(self.cleaned_data.get("by") or Step.MONTH) if self.is_valid() else Step.MONTH

    @property
    def course_id(self) -> int | None:
        return self._ids.get(self.cleaned_data.get("course", "")) if self.is_valid() else None
