"""What forms of quizzes send."""

import re
from typing import Any, Final

from django import forms
from django.http import QueryDict

from ce_platform.core.text import clean
from quizzes.domain.attempts import Answer
from quizzes.domain.extra_time import MOST

_FIELD = re.compile(r"q([1-9]\d{0,3})-([a-z0-9-]{1,40})")
_OWN_FIELDS: Final = frozenset({"number", "flag"})


def answers_in(sent: QueryDict) -> dict[int, Answer]:
    """Position → answer. Fields are called `q<position>-<field>`; `q<position>-number` says which
    stored answer the form knew, and must be there for the question to be looked at."""
    fields: dict[int, dict[str, list[str]]] = {}
    for name in sent:
        match = _FIELD.fullmatch(name)
        if match:
            fields.setdefault(int(match[1]), {})[match[2]] = [
                clean(value) for value in sent.getlist(name)
            ]
    answers = {}
    for position, own in fields.items():
        number = own.get("number", [""])[0]
        if not re.fullmatch(r"\d{1,9}", number, re.ASCII):
            continue
        answers[position] = Answer(
            raw={name: values for name, values in own.items() if name not in _OWN_FIELDS},
            number=int(number),
            is_flagged="flag" in own,
        )
    return answers


class CleanTextForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        return {
            name: clean(value) if isinstance(value, str) else value for name, value in data.items()
        }


class StartForm(forms.Form):
    """By how much a learner wants the time limit longer; nothing: not at all."""

    extra = forms.IntegerField(required=False, min_value=0, max_value=1000)

    @property
    def extra_percent(self) -> int:
        return self.cleaned_data.get("extra") or 0 if self.is_valid() else 0


class AskForAttemptForm(CleanTextForm):
    message = forms.CharField(
        label="What happened?",
        help_text="A sentence helps the office decide.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerRequestForm(CleanTextForm):
    decision = forms.ChoiceField(
        label="Your answer",
        choices=[("grant", "Give one more attempt"), ("decline", "Decline")],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label="What the learner will read",
        help_text="Sent by mail. When you decline, say why.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("decision") == "decline" and not data.get("answer"):
            self.add_error("answer", "Say why, so that the learner knows what to do.")
        return data


class GiveTimeForm(CleanTextForm):
    extra_percent = forms.IntegerField(
        label="More time (%)",
        help_text="Of the time limit, in every quiz of this course; 0 takes it back.",
        min_value=0,
        max_value=MOST,
    )
    reason = forms.CharField(
        label="Why",
        help_text="For the office's own record; the learner does not see it.",
        max_length=200,
    )


class GiveAttemptForm(CleanTextForm):
    left = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=1000)
    answer = forms.CharField(
        label="A sentence to the learner",
        help_text="Sent with the mail; may be empty.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SetAsideForm(CleanTextForm):
    reason = forms.CharField(
        label="Why it is set aside", help_text="For the record.", max_length=200
    )
