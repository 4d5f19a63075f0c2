"""Which days a transcript is about, as people choose them."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.licensing.forms.fields import DayField
from certificates.transcript.gathering import Gathered
from certificates.transcript.periods import ALL, DATES, LAST, THIS, Choice

YEARS: Final = "years"


class TranscriptForm(forms.Form):
    """Read from an address as well as from a form: the page and its PDF ask the same."""

    period = forms.ChoiceField(
        label=_("Period"),
        choices=[
            (ALL, _("Everything on record")),
            (THIS, _("This cycle")),
            (LAST, _("Last cycle")),
            (DATES, _("From one day to another")),
        ],
    )
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    license = forms.CharField(
        label=_("Cycles of"), required=False, max_length=32, widget=forms.Select
    )
    stated = forms.BooleanField(
        label=_("With hours earned elsewhere"),
        required=False,
        help_text=_("As noted under Renewals. They are marked: not verified by us."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        first, last = found.get("first"), found.get("last")
        if found.get("period") == DATES and not self.errors:
            if not first and not last:
                self.add_error("first", _("Choose at least one of the two days."))
            if first and last and last < first:
                self.add_error("last", _("This day is before the first one."))
        return found

    def choice(self) -> Choice:
        found = self.cleaned_data
        is_dated = found["period"] == DATES
        return Choice(
            period=found["period"],
            first=found["first"] if is_dated else None,
            last=found["last"] if is_dated else None,
            license=found["license"],
            has_stated=found["stated"],
        )

    def offer(self, gathered: Gathered) -> None:
        """The licenses that can be chosen; without one, cycles are calendar years."""
        self.fields["license"].widget.choices = [
            *((each.license.uid.hex, each.label) for each in gathered.cycles),
            (YEARS, _("No license: calendar years")),
        ]
        self.fields["license"].required = True  # One of them is always chosen.
        if not gathered.cycles:
            del self.fields["license"]
            self.fields["period"].choices = [  # type: ignore[attr-defined]
                (ALL, _("Everything on record")),
                (THIS, _("This calendar year")),
                (LAST, _("Last calendar year")),
                (DATES, _("From one day to another")),
            ]


def filled_form(choice: Choice) -> TranscriptForm:
    """A form that shows what is on the page."""
    return TranscriptForm(
        initial={
            "period": choice.period,
            "first": choice.first,
            "last": choice.last,
            "license": choice.license or YEARS,
            "stated": choice.has_stated,
        }
    )


def hidden_values(choice: Choice) -> Sequence[tuple[str, str]]:
    """What the page shows, to be asked for as a PDF."""
    return [
        ("period", choice.period),
        ("first", choice.first.isoformat() if choice.first else ""),
        ("last", choice.last.isoformat() if choice.last else ""),
        ("license", choice.license),
        *([("stated", "on")] if choice.has_stated else []),
    ]
