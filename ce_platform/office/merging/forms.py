from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.office.closing.closing import LONGEST_REASON


class OtherAccountForm(forms.Form):
    other = forms.CharField(
        label=_("The other account"),
        max_length=254,
        help_text=_(
            "Its email address, a part of the name, or a number from a license or certificate."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MergingForm(forms.Form):
    other = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("How do we know that both are the same person?"),
        max_length=LONGEST_REASON,
        help_text=_("Kept with both accounts. “Same license; she called from the number on file.”"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_sure = forms.BooleanField(
        label=_("I know that they cannot be taken apart again"),
        error_messages={"required": _("Tick this if the accounts are to be merged.")},
    )
