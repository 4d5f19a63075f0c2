"""A whole rule as a form: what it sends is what the registrar changed, key by key."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict

from ce_platform.licensing import rule_words
from ce_platform.licensing.domain import data_files
from ce_platform.licensing.domain.readings import CONFIDENCE, NOTES, SOURCES
from ce_platform.licensing.forms.fields import DayField, TextField
from ce_platform.licensing.forms.rule_keys import (
    KeyFields,
    editors,
    from_yes_or_no,
    hours_field,
    line_field,
    plain_hours,
    yes_or_no,
)

CATEGORIES: Final = "categories"
MOST_ROWS: Final = 60
_NAMES: Final = ("name", "min_hours", "max_hours", "home_study_allowed")


class RowForm(forms.Form):
    """One row of a list. `row`: its place in the reading before, for what the form cannot show."""

    row = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class CategoryForm(RowForm):
    name = line_field("Subject", longest=200)
    min_hours = hours_field("At least", placeholder="not given")
    max_hours = hours_field("At most", placeholder="not given")
    home_study = forms.ChoiceField(
        label="By home study",
        choices=[("", "Not known"), ("yes", "Counts"), ("no", "Does not count")],
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        rest = [data.get("min_hours"), data.get("max_hours"), data.get("home_study") or None]
        if not data.get("name") and any(each is not None for each in rest):
            self.add_error("name", "Name the subject, or clear its figures too.")
        least, most = data.get("min_hours"), data.get("max_hours")
        if least is not None and most is not None and most < least:
            self.add_error("max_hours", "The most cannot be less than the least.")
        return data

    def value(self, before: list[Any]) -> dict[str, Any] | None:
        if not self.cleaned_data.get("name"):
            return None
        return category(self.cleaned_data, before)


class SourceForm(RowForm):
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

    def value(self, before: list[Any]) -> dict[str, Any] | None:
        return source(self.cleaned_data) if self.cleaned_data.get("url") else None


def category(row: Mapping[str, Any], before: list[Any]) -> dict[str, Any]:
    """As the rule keeps it; what else the row of the reading before held stays in it."""
    place = row.get("row")
    known = before[place] if place is not None and place < len(before) else {}
    told = {
        "name": row["name"],
        "min_hours": plain_hours(row.get("min_hours")),
        "max_hours": plain_hours(row.get("max_hours")),
        "home_study_allowed": from_yes_or_no(row.get("home_study")),
    }
    rest = {name: value for name, value in known.items() if name not in _NAMES}
    return rest | {name: value for name, value in told.items() if value is not None}


def source(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in ("url", "as_of", "what")}
    return told | ({"keys": list(row["keys"])} if row.get("keys") else {})


class RuleForm(forms.Form):
    """Every key that has fields, and what is said of the reading as a whole."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    is_without_categories = forms.BooleanField(
        label="The rule names no subject with figures of its own",
        help_text="Without this and without a row: not known.",
        required=False,
    )
    confidence = forms.ChoiceField(
        label="Confidence",
        choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
        help_text="Of the rule as a whole.",
    )
    notes = TextField(
        label="Limits and contradictions",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    valid_from = DayField(
        label="Valid from", help_text="The day from which the body asks this, or today."
    )
    reason = TextField(
        label="Why",
        help_text="E.g. “The board's letter of October 2”. It stands in the history.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_checked = forms.BooleanField(
        label="I checked this against the source",
        help_text="Every line of it, today. Without this the page closes to the public until "
        "somebody has checked.",
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        parts: Mapping[str, Any],
        based_on: int | None,
        today: date,
        **options: Any,
    ) -> None:
        self.parts = parts
        self.groups = editors()
        super().__init__(*args, **options)
        self.initial.update(
            {
                "based_on": based_on,
                "confidence": parts.get(CONFIDENCE, "medium"),
                "notes": parts.get(NOTES, ""),
                "valid_from": today,
                "is_without_categories": parts.get(CATEGORIES) == [],
            }
        )
        for editor in self._editors():
            before = parts.get(editor.key)
            self.fields |= editor.fields(before)
            self.initial.update(editor.initial(before))

    def _editors(self) -> Iterator[KeyFields]:
        for _, group in self.groups:
            yield from group

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.values: dict[str, Any] = {}
        for editor in self._editors():
            if set(editor.fields(None)) & set(self.errors):
                continue
            try:
                self.values[editor.key] = editor.value(data, self.parts.get(editor.key))
            except ValidationError as error:
                self.add_error(None, error)
        total = self.values.get("ce_hours")
        for key in ("home_study_max_hours", "in_person_min_hours"):
            hours = self.values.get(key)
            if total is not None and hours is not None and hours > total:
                self.add_error(key, f"That is more than the {total} hours asked in a cycle.")
        return data

    def changes(self) -> dict[str, Any]:
        """Keys that say something else than before; None: not known any more."""
        found: dict[str, Any] = {}
        for editor in self._editors():
            before = self.parts.get(editor.key)
            unchanged = editor.value(self._sent_unchanged(editor), before)
            if self.values.get(editor.key) != unchanged:
                found[editor.key] = self.values.get(editor.key)
        if self.cleaned_data["confidence"] != self.parts.get(CONFIDENCE):
            found[CONFIDENCE] = self.cleaned_data["confidence"]
        if self.cleaned_data["notes"] != self.parts.get(NOTES, ""):
            found[NOTES] = self.cleaned_data["notes"] or None
        return found

    def _sent_unchanged(self, editor: KeyFields) -> dict[str, Any]:
        """What the form says when nobody touches it: "1.50" and "1.5" are one number."""
        before = self.parts.get(editor.key)
        initial, sent = editor.initial(before), {}
        for name, field in editor.fields(before).items():
            try:
                sent[name] = field.clean(initial.get(name))
            except ValidationError:
                sent[name] = initial.get(name)
        return sent


CategoryFormSet = formset_factory(CategoryForm, extra=3, max_num=MOST_ROWS, absolute_max=80)
SourceFormSet = formset_factory(SourceForm, extra=2, max_num=MOST_ROWS, absolute_max=80)


class RuleEditor:
    """The form with its two lists, as one thing."""

    def __init__(
        self,
        sent: QueryDict | None,
        *,
        parts: Mapping[str, Any],
        based_on: int | None,
        today: date,
    ) -> None:
        self.parts = parts
        self.form = RuleForm(sent, parts=parts, based_on=based_on, today=today)
        self.categories: BaseFormSet[Any] = CategoryFormSet(
            sent,
            prefix="category",
            initial=[
                {
                    "row": place,
                    "name": each.get("name", ""),
                    "min_hours": each.get("min_hours"),
                    "max_hours": each.get("max_hours"),
                    "home_study": yes_or_no(each.get("home_study_allowed")),
                }
                for place, each in enumerate(parts.get(CATEGORIES, []))
            ],
        )
        self.sources: BaseFormSet[Any] = SourceFormSet(
            sent,
            prefix="source",
            initial=[{"row": place, **each} for place, each in enumerate(parts.get(SOURCES, []))],
        )

    @property
    def is_bound(self) -> bool:
        return self.form.is_bound

    @property
    def has_errors(self) -> bool:
        return self.is_bound and bool(
            self.form.errors or not self.categories.is_valid() or not self.sources.is_valid()
        )

    @property
    def untouchable(self) -> list[str]:
        """Labels of keys on file that have no fields here: they are carried over as they are."""
        shown = {editor.key for _, group in self.form.groups for editor in group}
        shown |= {CATEGORIES, CONFIDENCE, NOTES, SOURCES}
        return [rule_words.label_of(key) for key in self.parts if key not in shown]

    def groups(self) -> list[tuple[str, list[tuple[str, list[forms.BoundField]]]]]:
        """Heading, and of each key its fields."""
        return [
            (
                title,
                [
                    (editor.key, [self.form[name] for name in editor.fields(None)])
                    for editor in group
                ],
            )
            for title, group in self.form.groups
        ]

    def is_valid(self) -> bool:
        valid = [self.form.is_valid(), self.categories.is_valid(), self.sources.is_valid()]
        if all(valid) and self.form.cleaned_data["is_without_categories"] and self._categories():
            self.form.add_error(
                "is_without_categories", "There are subjects below. Clear them, or take this away."
            )
            return False
        return all(valid)

    def changes(self) -> dict[str, Any]:
        found = self.form.changes()
        before = self.parts.get(CATEGORIES)
        categories: list[Any] | None = self._categories()
        if not categories and not self.form.cleaned_data["is_without_categories"]:
            categories = None
        if categories != _unchanged_categories(before):
            found[CATEGORIES] = categories
        sources = [
            value for row in self.sources if (value := row.value(self.parts.get(SOURCES, [])))
        ]
        if sources != [_one_line(each) for each in self.parts.get(SOURCES, [])]:
            found[SOURCES] = sources or None
        return found

    def _categories(self) -> list[Any]:
        before = self.parts.get(CATEGORIES, [])
        return [value for row in self.categories if (value := row.value(before))]


def _one_line(each: Mapping[str, Any]) -> dict[str, Any]:
    """As the fields send it back: single spaces."""
    return {
        name: " ".join(value.split()) if isinstance(value, str) else value
        for name, value in each.items()
    }


def _unchanged_categories(before: list[Any] | None) -> list[Any] | None:
    if before is None:
        return None
    return [
        category(
            {
                **each,
                "name": " ".join(each.get("name", "").split()),
                "row": place,
                "home_study": yes_or_no(each.get("home_study_allowed")),
            },
            before,
        )
        for place, each in enumerate(before)
    ]


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
