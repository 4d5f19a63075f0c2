"""What forms of quizzes send."""

import re
from typing import Any, Final

from django import forms
from django.http import QueryDict

from ce_platform.core.text import clean
from quizzes.domain.attempts import Answer

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
