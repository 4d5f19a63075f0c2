"""A whole rule as a form: what it sends is what the registrar changed, key by key."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import QueryDict

from ce_platform.licensing import facts, rule_words
from ce_platform.licensing.counting_facts import SAID_ELSEWHERE
from ce_platform.licensing.domain.readings import CONFIDENCE, NOTES, SOURCES
from ce_platform.licensing.forms.fields import DayField, TextField
from ce_platform.licensing.forms.rule_fields import NOT_KNOWN, KeyFields
from ce_platform.licensing.forms.rule_keys import editors
from ce_platform.licensing.forms.rule_rows import (
    BesidesForm,
    BesidesFormSet,
    CategoryForm,
    CategoryFormSet,
    RowForm,
    SourceForm,
    SourceFormSet,
    initial_rows,
    rows_of,
)
from ce_platform.licensing.forms.rule_shown import GroupShown, KeyShown, LineShown, ListShown

CATEGORIES: Final = "categories"
BESIDES: Final = "besides"
FIRST_HOURS: Final = "first_renewal_hours"


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
            if set(editor.fields(self.parts.get(editor.key))) & set(self.errors):
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
            try:
                unchanged = editor.value(self._sent_unchanged(editor), before)
            except ValidationError:
                # What is on file would not be taken today.
                unchanged = before
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


class RuleEditor:
    """The form with its three lists, as one thing."""

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
            sent, prefix="category", initial=initial_rows(CategoryForm, self._rows(CATEGORIES))
        )
        self.besides: BaseFormSet[Any] = BesidesFormSet(
            sent, prefix="besides", initial=initial_rows(BesidesForm, self._rows(BESIDES))
        )
        self.sources: BaseFormSet[Any] = SourceFormSet(
            sent, prefix="source", initial=initial_rows(SourceForm, self._rows(SOURCES))
        )

    @property
    def is_bound(self) -> bool:
        return self.form.is_bound

    @property
    def has_errors(self) -> bool:
        return self.is_bound and not self._all_valid()

    @property
    def untouchable(self) -> list[str]:
        """Labels of keys on file that have no fields here: they are carried over as they are."""
        shown = {editor.key for _, group in self.form.groups for editor in group}
        shown |= {CATEGORIES, BESIDES, CONFIDENCE, NOTES, SOURCES}
        return [rule_words.label_of(key) for key in self.parts if key not in shown]

    def groups(self) -> list[GroupShown]:
        touched = set(self.form.changed_data) if self.is_bound else set()
        touched |= set(self.form.errors)
        shown = []
        for title, group in self.form.groups:
            keys, told, names, asked = [], [], set(), 0
            for editor in group:
                lines = editor.lines(self.parts.get(editor.key))
                names |= {name for line in lines for name in line}
                fields = [LineShown([self.form[name] for name in line]) for line in lines]
                keys.append(KeyShown(editor.label, fields))
                fact = facts.fact_of(self.parts, editor.key)
                if fact is not None:
                    told.append((editor.label, fact.text))
                asked += fact is not None or editor.key not in SAID_ELSEWHERE
            is_open = not self.parts or bool(touched & names)
            shown.append(GroupShown(title, keys, told, asked, is_open))
        return shown

    def lists(self) -> dict[str, ListShown]:
        """The three lists, folded by the same rule as the groups."""
        touched = {*self.form.errors, *(self.form.changed_data if self.is_bound else ())}
        shown = {}
        for key, rows, beside in (
            (CATEGORIES, self.categories, {"is_without_categories"}),
            (BESIDES, self.besides, set()),
            (SOURCES, self.sources, {CONFIDENCE, NOTES}),
        ):
            is_touched = self.is_bound and (rows.total_error_count() or rows.has_changed())
            before = self._rows(key)
            shown[key] = ListShown(
                rows=rows,
                told=[each.get("name") or each.get("what") or "" for each in before],
                known=str(len(before)) if before else "None" if key in self.parts else NOT_KNOWN,
                is_open=not self.parts or bool(is_touched) or bool(beside & touched),
            )
        return shown

    def is_valid(self) -> bool:
        if not self._all_valid():
            return False
        categories = rows_of(self.categories, self._rows(CATEGORIES))
        if self.form.cleaned_data["is_without_categories"] and categories:
            self.form.add_error(
                "is_without_categories", "There are subjects below. Clear them, or take this away."
            )
        changed = self.changes()
        first = self.form.values.get(FIRST_HOURS) or {}
        names = {each["name"] for each in categories}
        strangers = [name for name in first.get(CATEGORIES, []) if name not in names]
        # A name that leads nowhere would leave nothing due, without a word.
        if strangers and {FIRST_HOURS, CATEGORIES} & set(changed):
            self.form.add_error(
                f"{FIRST_HOURS}-{CATEGORIES}", f"No subject has the name “{strangers[0]}”."
            )
        return not self.form.errors

    def changes(self) -> dict[str, Any]:
        found = self.form.changes()
        empty: list[Any] | None = (
            [] if self.form.cleaned_data.get("is_without_categories") else None
        )
        lists: list[tuple[str, BaseFormSet[Any], type[RowForm], list[Any] | None]] = [
            (CATEGORIES, self.categories, CategoryForm, empty),
            (BESIDES, self.besides, BesidesForm, None),
            (SOURCES, self.sources, SourceForm, None),
        ]
        for key, rows, form, nothing in lists:
            before = self._rows(key)
            said = rows_of(rows, before) or nothing
            unchanged = form.untouched(before) if key in self.parts else None
            if said != unchanged:
                found[key] = said
        return found

    def _rows(self, key: str) -> list[Any]:
        rows: list[Any] = self.parts.get(key, [])
        return rows

    def _all_valid(self) -> bool:
        return all(
            each.is_valid() for each in (self.form, self.categories, self.besides, self.sources)
        )
