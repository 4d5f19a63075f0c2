"""The lists of a rule as rows: subjects with figures, training due besides, sources.

Without scripts a few empty rows stand at the end; static/js/rows.js adds them one by one.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from ce_platform.licensing import counting_facts, rule_words
from ce_platform.licensing.domain import data_files
from ce_platform.licensing.forms.rule_fields import (
    box,
    box_field,
    from_yes_or_no,
    hours_field,
    in_order,
    line_field,
    plain_hours,
    sentence,
    subjects_field,
    whole_field,
    yes_or_no,
)

MOST_ROWS: Final = 60


class RowForm(forms.Form):
    """One row of a list. `row`: its place in the reading before, for what the form cannot show."""

    row = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    NAMES: ClassVar[tuple[str, ...]] = ()
    """What of a row the fields say; the rest is carried over."""

    @classmethod
    def initial_of(cls, each: Mapping[str, Any]) -> dict[str, Any]:
        return {name: each.get(name) for name in cls.NAMES}

    @classmethod
    def told(cls, sent: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any] | None:
        """By key, None: not known. None for the whole: this row was cleared."""
        raise NotImplementedError

    @classmethod
    def row_value(cls, sent: Mapping[str, Any], before: list[Any]) -> dict[str, Any] | None:
        """As the rule keeps it; what else the row of the reading before held stays in it."""
        place = sent.get("row")
        known = before[place] if place is not None and place < len(before) else {}
        told = cls.told(sent, known)
        if told is None:
            return None
        rest = {name: value for name, value in known.items() if name not in cls.NAMES}
        return rest | {name: value for name, value in told.items() if value is not None}

    @classmethod
    def untouched(cls, before: list[Any]) -> list[dict[str, Any]]:
        """What the rows say when nobody touches them: single spaces, and "1.50" is 1.5."""
        values = []
        for place, each in enumerate(before):
            initial = {"row": place, **cls.initial_of(each)}
            sent = {}
            for name, field in cls(initial=initial).fields.items():
                try:
                    sent[name] = field.clean(initial.get(name))
                except ValidationError:
                    sent[name] = initial.get(name)
            values.append(cls.row_value(sent, before))
        return [value for value in values if value is not None]

    @property
    def is_spare(self) -> bool:
        """An empty row that nobody has written into."""
        return not self.is_bound and self.empty_permitted

    def value(self, before: list[Any]) -> dict[str, Any] | None:
        return self.row_value(self.cleaned_data, before)


class CategoryForm(RowForm):
    NAMES = (
        "name",
        "min_hours",
        "max_hours",
        "home_study_allowed",
        "subjects",
        "except_subjects",
        "hands_on_percent",
        "provider",
        "rest",
        "overlaps",
        "home_study_only",
        "second_renewal_only",
    )
    FIGURES = ("name", "min_hours", "max_hours", "home_study_allowed")
    RARER = (
        "rest",
        "overlaps",
        "home_study_only",
        "second_renewal_only",
        "hands_on_percent",
        "provider",
        "except_subjects",
    )
    FLAGS = ("rest", "overlaps", "home_study_only", "second_renewal_only")

    name = line_field("Subject", longest=200)
    min_hours = hours_field("At least", placeholder="not given")
    max_hours = hours_field("At most", placeholder="not given")
    home_study_allowed = forms.ChoiceField(
        label="By home study",
        choices=[("", "Not known"), ("yes", "Counts"), ("no", "Does not count")],
        required=False,
    )
    rest = box_field("Any relevant hour fills it", "The hours that the other subjects leave free.")
    overlaps = box_field("Its hours fill another subject too")
    home_study_only = box_field("It is of hours by home study only")
    second_renewal_only = box_field("Due at the second renewal and at no other")
    hands_on_percent = whole_field(
        "Percent of a course that must be hands-on", least=1, most=100, placeholder="not given"
    )
    provider = forms.ChoiceField(
        label="Whose courses fill it",
        choices=[
            ("", "Not given"),
            *((word, sentence(text)) for word, text in counting_facts.PROVIDERS.items()),
        ],
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label, hint in (
            ("subjects", "Courses on", "None ticked: only the name is known."),
            ("except_subjects", "But not courses on", ""),
        ):
            self.fields[name] = subjects_field(label, hint, before=self.initial.get(name))

    @classmethod
    def initial_of(cls, each: Mapping[str, Any]) -> dict[str, Any]:
        return super().initial_of(each) | {
            "home_study_allowed": yes_or_no(each.get("home_study_allowed"))
        }

    @classmethod
    def told(cls, sent: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any] | None:
        if not sent.get("name"):
            return None
        return {
            "name": sent["name"],
            "min_hours": plain_hours(sent.get("min_hours")),
            "max_hours": plain_hours(sent.get("max_hours")),
            "home_study_allowed": from_yes_or_no(sent.get("home_study_allowed")),
            "subjects": in_order(sent.get("subjects") or [], known.get("subjects")),
            "except_subjects": in_order(
                sent.get("except_subjects") or [], known.get("except_subjects")
            ),
            "hands_on_percent": sent.get("hands_on_percent"),
            "provider": sent.get("provider") or None,
            **{name: box(sent.get(name), known.get(name)) for name in cls.FLAGS},
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        # Nobody has to clear the boxes too to take a subject out.
        asked = self.NAMES if data.get("row") is None else self.FIGURES
        if not data.get("name") and any(
            value is not False and value not in (None, "", []) for value in map(data.get, asked)
        ):
            self.add_error("name", "Name the subject, or clear its figures too.")
        least, most = data.get("min_hours"), data.get("max_hours")
        if least is not None and most is not None and most < least:
            self.add_error("max_hours", "The most cannot be less than the least.")
        if set(data.get("subjects") or []) & set(data.get("except_subjects") or []):
            self.add_error("except_subjects", "One of these is ticked above as well.")
        if data.get("home_study_only") and data.get("home_study_allowed") == "no":
            self.add_error("home_study_only", "By home study no hour counts here, it says above.")
        return data

    @property
    def figures(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIGURES]

    @property
    def rarer(self) -> list[forms.BoundField]:
        return [self[name] for name in self.RARER]

    @property
    def subject_words(self) -> str:
        """What is ticked, for the line over the boxes."""
        chosen = self["subjects"].value() or []
        return counting_facts.subject_words(chosen)

    @property
    def rarer_words(self) -> str:
        said = getattr(self, "cleaned_data", self.initial)
        told = {name: said[name] for name in self.RARER if said.get(name)}
        return ", ".join(counting_facts.belonging_words(told))

    @property
    def has_subject_errors(self) -> bool:
        return "subjects" in self.errors

    @property
    def has_rarer_errors(self) -> bool:
        return bool(set(self.RARER) & set(self.errors))


class BesidesForm(RowForm):
    NAMES = ("what", "hours", "subjects")

    what = line_field("What is due", longest=300)
    hours = hours_field("Hours")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["subjects"] = subjects_field(
            "Courses on",
            "They are counted here and not among the hours of the cycle.",
            before=self.initial.get("subjects"),
        )

    @classmethod
    def told(cls, sent: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any] | None:
        if not sent.get("what"):
            return None
        return {
            "what": sent["what"],
            "hours": plain_hours(sent.get("hours")),
            "subjects": in_order(sent.get("subjects") or [], known.get("subjects")),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        boxes = data.get("subjects") if data.get("row") is None else None
        if not data.get("what") and (data.get("hours") is not None or boxes):
            self.add_error("what", "Say what is due, or clear its hours and boxes too.")
        return data

    @property
    def subject_words(self) -> str:
        return counting_facts.subject_words(self["subjects"].value() or [])


class SourceForm(RowForm):
    NAMES = ("what", "url", "as_of", "keys")

    what = line_field("What it says", longest=1000)
    url = line_field("Address", longest=2000)
    as_of = line_field("As of", longest=100)
    keys = forms.MultipleChoiceField(
        label="Which lines it supports", widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["keys"].choices = [  # type: ignore[attr-defined]
            (key, rule_words.label_of(key)) for key in data_files.RULE_KEYS
        ]

    @classmethod
    def told(cls, sent: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any] | None:
        if not sent.get("url"):
            return None
        return {name: sent[name] for name in ("url", "as_of", "what")} | {
            "keys": in_order(sent.get("keys") or [], known.get("keys"))
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.get(name) for name in ("what", "url", "as_of", "keys")):
            return data
        for name in ("what", "url", "as_of"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, "Fill this in, or clear the whole source.")
        url = data.get("url", "")
        if url and not url.startswith(("https://", "http://")):
            self.add_error("url", "Write an address like https://www.example.com/rule.")
        return data

    @property
    def key_words(self) -> str:
        return ", ".join(map(rule_words.label_of, self["keys"].value() or []))


CategoryFormSet = formset_factory(CategoryForm, extra=3, max_num=MOST_ROWS, absolute_max=80)
BesidesFormSet = formset_factory(BesidesForm, extra=2, max_num=MOST_ROWS, absolute_max=80)
SourceFormSet = formset_factory(SourceForm, extra=2, max_num=MOST_ROWS, absolute_max=80)


def rows_of(rows: BaseFormSet[Any], before: list[Any]) -> list[dict[str, Any]]:
    return [value for row in rows if (value := row.value(before)) is not None]


def initial_rows(form: type[RowForm], before: list[Any]) -> list[dict[str, Any]]:
    return [{"row": place, **form.initial_of(each)} for place, each in enumerate(before)]
