"""Writing a policy and putting it into force."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.core import policies
from ce_platform.licensing.forms.fields import DayField, LineField, TextField


class PolicyDraftForm(forms.Form):
    text = TextField(
        label=_("Text"),
        help_text=_("Two hash signs begin a heading, a hyphen a line of a list, as in lessons."),
        max_length=policies.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 24, "class": "policy-text"}),
    )
    changes = LineField(
        label=_("What is new in it"),
        help_text=_("One sentence for the history. Learners who accepted the last one read it."),
        max_length=300,
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, is_first: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:  # Everything is new.
            del self.fields["changes"]


class PolicyPublishForm(forms.Form):
    effective_on = DayField(label=_("In force from"))
    is_sure = forms.BooleanField(
        label=_("I have read it to the end. It is public from now on and is never changed again.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].widget.attrs["min"] = today.isoformat()


class OnDayForm(forms.Form):
    """What was in force on a day."""

    on = DayField(label=_("What was in force on"))
