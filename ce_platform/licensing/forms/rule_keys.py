"""The fields of one key of a rule. Which keys there are says `data_files.RULE_KEYS` alone.

An empty field means that the key is not known; 0 means zero. A key whose kind has no fields here
is left out of the form, and so carried over untouched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS

from ce_platform.licensing import facts
from ce_platform.licensing.domain import data_files
from ce_platform.licensing.forms.fields import LineField, TextField

NOT_KNOWN: Final = "Not known"
LONGEST: Final = 4000
_YES_NO: Final = [("", NOT_KNOWN), ("yes", "Yes"), ("no", "No")]
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
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "accepts": facts.ACCEPTED,
    "certificate_must_show": facts.CERTIFICATE_FIELDS,
    "approval_model": facts.ROUTES,
    "live_interactive_counts_as": facts.LIVE_ONLINE,
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


class HoursFields(KeyFields):
    def fields(self, before: Any) -> dict[str, forms.Field]:
        return {self.key: hours_field(self.label, self.hint)}

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        return plain_hours(sent.get(self.key))


class WholeFields(KeyFields):
    def fields(self, before: Any) -> dict[str, forms.Field]:
        return {self.key: whole_field(self.label, self.hint)}

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        return sent.get(self.key)


class TextFields(KeyFields):
    def fields(self, before: Any) -> dict[str, forms.Field]:
        return {self.key: words_field(self.label, self.hint)}


class FlagFields(KeyFields):
    def fields(self, before: Any) -> dict[str, forms.Field]:
        return {
            self.key: forms.ChoiceField(
                label=self.label,
                choices=[("", NOT_KNOWN), ("yes", "Required"), ("no", "Not required")]
                if self.key.endswith("required_for_home_study")
                else _YES_NO,
                required=False,
            )
        }

    def initial(self, before: Any) -> dict[str, Any]:
        return {self.key: yes_or_no(before)}

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        return from_yes_or_no(sent.get(self.key))


class ChoiceFields(KeyFields):
    """A body that is said to be "unknown" stands there as not known, and stays as it is."""

    def fields(self, before: Any) -> dict[str, forms.Field]:
        said = _WORDS.get(self.key, {})
        words = [
            (word, said.get(word, word))
            for word in data_files.words_of_key(self.key)
            if word != "unknown"
        ]
        return {
            self.key: forms.ChoiceField(
                label=self.label, choices=[("", NOT_KNOWN), *words], required=False
            )
        }

    def initial(self, before: Any) -> dict[str, Any]:
        return {self.key: "" if before == "unknown" else before}


class TextsFields(KeyFields):
    """Boxes where the words are known beforehand, lines where they are not."""

    def fields(self, before: Any) -> dict[str, forms.Field]:
        said = _WORDS.get(self.key)
        if said is None:
            return {self.key: words_field(self.label, "One to a line.")}
        others = [(word, word) for word in before or [] if word not in said]
        return {
            self.key: forms.MultipleChoiceField(
                label=self.label,
                help_text="None ticked: not known.",
                choices=[*((word, sentence(text)) for word, text in said.items()), *others],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        }

    def initial(self, before: Any) -> dict[str, Any]:
        return {self.key: before if self.key in _WORDS else "\n".join(before or [])}

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        chosen = sent.get(self.key) or []
        if isinstance(chosen, str):
            chosen = [line.strip() for line in chosen.splitlines() if line.strip()]
        # In the order of the reading before, so that ticking one more changes one thing.
        kept = [word for word in before or [] if word in chosen]
        return [*kept, *(word for word in chosen if word not in kept)] or None


class TechniqueFields(KeyFields):
    def fields(self, before: Any) -> dict[str, forms.Field]:
        answers = [(word, facts.TECHNIQUE[word]) for word in data_files.TECHNIQUE_ANSWERS]
        return {
            self.key: forms.ChoiceField(
                label=self.label, choices=[("", NOT_KNOWN), *answers], required=False
            ),
            f"{self.key}-note": words_field("Remark on it", "", placeholder=""),
        }

    def initial(self, before: Any) -> dict[str, Any]:
        return _from_table(self.key, before, first="answer", names=("note",))

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        return _to_table(self.key, sent, before, first="answer", names=("note",))


class AnchorFields(KeyFields):
    NAMES = ("month", "day", "years", "known_year", "parity_from", "note")
    KINDS: Final = {
        "fixed-date": "A fixed date",
        "birth-month": "The month of birth",
        "birthday": "The birthday",
        "license-anniversary": "The day of the license",
        "expiration-on-card": "The date printed on the license",
    }

    def fields(self, before: Any) -> dict[str, forms.Field]:
        return {
            self.key: forms.ChoiceField(
                label=self.label,
                choices=[
                    ("", NOT_KNOWN),
                    *((kind, self.KINDS.get(kind, kind)) for kind in data_files.ANCHORS),
                ],
                required=False,
            ),
            f"{self.key}-month": _number_choice(
                "Month", [("", "Not given"), *((n, str(MONTHS[n])) for n in range(1, 13))]
            ),
            f"{self.key}-day": whole_field("Day", "", most=31, least=1, placeholder=""),
            f"{self.key}-years": forms.ChoiceField(
                label="Years",
                choices=[
                    ("", "Not given"),
                    ("odd", "Odd years"),
                    ("even", "Even years"),
                    ("all", "Every year"),
                ],
                required=False,
            ),
            f"{self.key}-parity_from": forms.ChoiceField(
                label="Odd or even by",
                choices=[
                    ("", "Not given"),
                    ("birth-year", "The year of birth"),
                    ("license-number", "The license number"),
                ],
                required=False,
            ),
            f"{self.key}-known_year": whole_field(
                "A year in which a long cycle ends", "", least=1900, placeholder=""
            ),
            f"{self.key}-note": words_field("Remark on it", "", placeholder=""),
        }

    def initial(self, before: Any) -> dict[str, Any]:
        return _from_table(self.key, before, first="kind", names=self.NAMES)

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        table = _to_table(self.key, sent, before, first="kind", names=self.NAMES)
        if table is not None and not data_files.RULE_KEYS[self.key](
            # What a newer version keeps in the table is not ours to judge.
            {name: each for name, each in table.items() if name in ("kind", *self.NAMES)}
        ):
            raise ValidationError({f"{self.key}-day": "This month has no such day."})
        return table


EDITORS: Final[Mapping[str, type[KeyFields]]] = {
    "hours": HoursFields,
    "whole": WholeFields,
    "text": TextFields,
    "flag": FlagFields,
    "choice": ChoiceFields,
    "texts": TextsFields,
    "technique": TechniqueFields,
    "anchor": AnchorFields,
}


def editors() -> list[tuple[str, list[KeyFields]]]:
    """By the groups in which a rule is told; keys that it has no words for stand last."""
    labels = facts.labels()
    groups = [
        *facts.groups_of_keys(),
        ("More", [key for key in data_files.RULE_KEYS if key not in labels]),
    ]
    found = []
    for title, keys in groups:
        made = [
            EDITORS[data_files.kind_of_key(key)](key, labels.get(key, key))
            for key in keys
            if data_files.kind_of_key(key) in EDITORS
        ]
        if made:
            found.append((title, made))
    return found


# ---------------------------------------------------------------- fields


def hours_field(
    label: str, hint: str = "", *, placeholder: str = NOT_KNOWN.lower()
) -> forms.DecimalField:
    return forms.DecimalField(
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


def _number_choice(label: str, choices: Sequence[tuple[Any, str]]) -> forms.TypedChoiceField:
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


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _from_table(key: str, table: Any, *, first: str, names: Sequence[str]) -> dict[str, Any]:
    table = table or {}
    return {key: table.get(first, "")} | {f"{key}-{name}": table.get(name, "") for name in names}


def _to_table(
    key: str, sent: Mapping[str, Any], before: Any, *, first: str, names: Sequence[str]
) -> dict[str, Any] | None:
    """What else the table held stays in it."""
    own = {
        name: value
        for name in names
        if (value := sent.get(f"{key}-{name}")) is not None and value != ""
    }
    if not sent.get(key):
        if own:
            raise ValidationError({key: "Choose here, or clear the fields below."})
        return None
    rest = {name: value for name, value in (before or {}).items() if name not in (first, *names)}
    return rest | {first: sent[key]} | own
