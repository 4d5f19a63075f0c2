"""The fields of one key of a rule. Which keys there are says `data_files.RULE_KEYS` alone.

An empty field means that the key is not known; 0 means zero. A key whose kind has no fields here
is left out of the form, and so carried over untouched.
"""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS

from ce_platform.licensing import facts
from ce_platform.licensing.domain import data_files
from ce_platform.licensing.forms.counting_editors import FirstHoursFields, RepeatFields
from ce_platform.licensing.forms.rule_fields import (
    NOT_KNOWN,
    YES_NO,
    KeyFields,
    box_field,
    from_table,
    from_yes_or_no,
    hours_field,
    in_order,
    number_choice,
    plain_hours,
    sentence,
    to_table,
    whole_field,
    words_field,
    yes_or_no,
)

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "accepts": facts.ACCEPTED,
    "certificate_must_show": facts.CERTIFICATE_FIELDS,
    "approval_model": facts.ROUTES,
    "live_interactive_counts_as": facts.LIVE_ONLINE,
}
_FLAGS: Final[Mapping[str, list[tuple[str, str]]]] = {
    "exam_required_for_home_study": [
        ("", NOT_KNOWN),
        ("yes", "Required"),
        ("no", "Not required"),
    ],
    "cycle_end_on_card": [
        ("", NOT_KNOWN),
        ("yes", "It ends the cycle"),
        ("no", "It is not the end of the cycle"),
    ],
}


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
                help_text=self.hint,
                choices=_FLAGS.get(self.key, YES_NO),
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
        return in_order(chosen, before)


class TechniqueFields(KeyFields):
    NAMES = ("note", "ask_board")

    def fields(self, before: Any) -> dict[str, forms.Field]:
        answers = [(word, facts.TECHNIQUE[word]) for word in data_files.TECHNIQUE_ANSWERS]
        return {
            self.key: forms.ChoiceField(
                label=self.label, choices=[("", NOT_KNOWN), *answers], required=False
            ),
            f"{self.key}-ask_board": box_field(
                "The remark leaves it open",
                "Then it is never counted without the body's word.",
            ),
            f"{self.key}-note": words_field("Remark on it", "", placeholder=""),
        }

    def lines(self, before: Any) -> list[list[str]]:
        return [[self.key], [f"{self.key}-note"], [f"{self.key}-ask_board"]]

    def initial(self, before: Any) -> dict[str, Any]:
        return from_table(self.key, before, first="answer", names=self.NAMES)

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        return to_table(self.key, sent, before, first="answer", names=self.NAMES)


class AnchorFields(KeyFields):
    NAMES = ("month", "day", "years", "known_year", "parity_from", "note", "end_of_month")
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
            f"{self.key}-month": number_choice(
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
            f"{self.key}-end_of_month": box_field("It runs on to the end of that month"),
            f"{self.key}-note": words_field("Remark on it", "", placeholder=""),
        }

    def initial(self, before: Any) -> dict[str, Any]:
        return from_table(self.key, before, first="kind", names=self.NAMES)

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        table = to_table(self.key, sent, before, first="kind", names=self.NAMES)
        if table is not None and not data_files.RULE_KEYS[self.key](
            # What a newer version keeps in the table is not ours to judge.
            {name: each for name, each in table.items() if name in ("kind", *self.NAMES)}
        ):
            raise ValidationError({f"{self.key}-day": "This month has no such day."})
        if table and table.get("end_of_month") and table["kind"] != "license-anniversary":
            raise ValidationError(
                {
                    f"{self.key}-end_of_month": "Only a cycle that is counted from the day of the "
                    "license runs on to the end of a month."
                }
            )
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
    "first-hours": FirstHoursFields,
    "repeat": RepeatFields,
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
