from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.office.closing.closing import LONGEST_REASON


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        help_text=_("Kept for good. Write no name: “Yearly review, June 2034.”"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PurgeForm(ReasonForm):
    is_sure = forms.BooleanField(
        label=_("I know that these records cannot be brought back"),
        error_messages={"required": _("Tick this if the records are to be deleted.")},
    )
