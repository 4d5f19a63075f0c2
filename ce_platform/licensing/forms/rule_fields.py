"""What the editors of a rule are made of: one key's fields, single fields, and their values.

An empty field means that the key is not known; 0 means zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from ce_platform.licensing.domain import data_files
from ce_platform.licensing.forms.fields import LineField, TextField
from ce_platform.licensing.renewal import SUBJECT_WORDS

NOT_KNOWN: Final = "Not known"
LONGEST: Final = 4000
YES_NO: Final = [("", NOT_KNOWN), ("yes", "Yes"), ("no", "No")]
_HINTS: Final = {
    "ce_hours": "0: the body asks for no hours.",
    "ce_cycle_months": "In months: 24 for two years.",
    "home_study_max_hours": "0: none. As many as are asked in a cycle: all of them.",
    "in_person_min_hours": "0: no hour has to be in the room.",
    "carry_over_hours": "0: nothing is carried over.",
    "per_day_max_online_hours": "Leave it empty where no source speaks of a limit.",
    "report_deadline_days": "In days after completion. 0: on the same day.",
    "hour_minutes": "In minutes.",
    "records_years_licensee": "In years.",
    "records_years_provider": "In years.",
    "first_renewal": "“none-due”, “prorated” or “full”, or a sentence.",
    "technique_taught_by": "In words that go on from “by”.",
    "cycle_end_on_card": "Not known counts like yes: the printed date wins over the line above.",
    "replaced_by": "E.g. “current NCBTMB board certification”.",
}


@dataclass(frozen=True)
class KeyFields:
    """How one key is written. Subclasses say with which fields."""

    key: str
    label: str

    def fields(self, before: Any) -> dict[str, forms.Field]:
        raise NotImplementedError

    def initial(self, before: Any) -> dict[str, Any]:
        return {self.key: before}

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        """What the rule will say; None: not known. Errors: ValidationError, by field."""
        return sent.get(self.key) or None

    @property
    def hint(self) -> str:
        return _HINTS.get(self.key, "")

    def lines(self, before: Any) -> list[list[str]]:
        """Names of the fields, by the lines in which they stand."""
        return [list(self.fields(before))]


# ---------------------------------------------------------------- fields


class HoursField(forms.DecimalField):
    def has_changed(self, initial: Any, data: Any) -> bool:
        """A rule keeps decimals as texts; "1.50" and 1.5 are one number."""
        return super().has_changed(plain_hours(initial), data)


def hours_field(label: str, hint: str = "", *, placeholder: str = NOT_KNOWN.lower()) -> HoursField:
    return HoursField(
        label=label,
        help_text=hint,
        required=False,
        min_value=0,
        max_value=data_files.MOST,
        max_digits=6,
        decimal_places=2,
        widget=_short("decimal", placeholder),
        error_messages={
            "invalid": "Write a number of hours, like 12 or 1.5.",
            "min_value": "Hours cannot be less than 0.",
            "max_decimal_places": "Write hours like 12 or 1.5.",
        },
    )


def whole_field(
    label: str,
    hint: str = "",
    *,
    least: int = 0,
    most: int = data_files.MOST,
    placeholder: str = NOT_KNOWN.lower(),
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=False,
        min_value=least,
        max_value=most,
        widget=_short("numeric", placeholder),
        error_messages={"invalid": "Write a whole number."},
    )


def words_field(label: str, hint: str, *, placeholder: str = NOT_KNOWN.lower()) -> TextField:
    return TextField(
        label=label,
        help_text=hint,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": placeholder}),
    )


def subjects_field(label: str, hint: str = "", *, before: Any = None) -> forms.MultipleChoiceField:
    """Boxes of every subject; a word that this version does not know keeps its box."""
    words: dict[str, str] = {str(subject): text for subject, text in SUBJECT_WORDS.items()}
    others = [(word, word) for word in before or [] if word not in words]
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        choices=[*((word, sentence(text)) for word, text in words.items()), *others],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def box_field(label: str, hint: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=hint, required=False)


def line_field(label: str, *, hint: str = "", longest: int = 300) -> LineField:
    return LineField(label=label, help_text=hint, required=False, max_length=longest)


def _short(mode: str, placeholder: str) -> forms.TextInput:
    return forms.TextInput(
        attrs={
            "class": "input-short",
            "inputmode": mode,
            "autocomplete": "off",
            "placeholder": placeholder,
        }
    )


def number_choice(label: str, choices: Sequence[tuple[Any, str]]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, empty_value=None, required=False
    )


# ---------------------------------------------------------------- values


def plain_hours(value: Any) -> Any:
    """12 and not 12.00; None: not known."""
    if value is None or value == "":
        return None
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else number.normalize()


def yes_or_no(value: Any) -> str:
    return "" if value is None else "yes" if value else "no"


def from_yes_or_no(word: Any) -> bool | None:
    return {"yes": True, "no": False}.get(str(word or ""))


def box(is_ticked: Any, before: Any) -> bool | None:
    """Nobody writes that something is not so; where a reading says it, it goes on saying it."""
    return True if is_ticked else False if before is False else None


def in_order(chosen: Iterable[str], before: Iterable[str] | None) -> list[str] | None:
    """In the order of the reading before, so that ticking one more changes one thing."""
    chosen = list(chosen)
    kept = [word for word in before or [] if word in chosen]
    return [*kept, *(word for word in chosen if word not in kept)] or None


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def from_table(key: str, table: Any, *, first: str, names: Sequence[str]) -> dict[str, Any]:
    table = table or {}
    return {key: table.get(first, "")} | {f"{key}-{name}": table.get(name, "") for name in names}


def to_table(
    key: str, sent: Mapping[str, Any], before: Any, *, first: str, names: Sequence[str]
) -> dict[str, Any] | None:
    """What else the table held stays in it."""
    known = before or {}
    own = {}
    for name in names:
        value = sent.get(f"{key}-{name}")
        if isinstance(value, bool):
            value = box(value, known.get(name))
        if value is not None and value != "":
            own[name] = value
    if not sent.get(key):
        if any(value is not False for value in own.values()):
            raise ValidationError({key: "Choose here, or clear the fields below."})
        return None
    rest = {name: value for name, value in known.items() if name not in (first, *names)}
    return rest | {first: sent[key]} | own
