"""Forms of pages that belong to no app alone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.core.text import clean


class BounceForm(forms.Form):
    reason = forms.CharField(
        label=_("What came back"),
        max_length=300,
        help_text=_("As the answer says it, for example “550 no such mailbox”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        return " ".join(clean(self.cleaned_data["reason"]).split())
