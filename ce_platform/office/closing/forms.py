from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.office.closing.closing import LONGEST_REASON


class OwnClosingForm(forms.Form):
    is_sure = forms.BooleanField(
        label=_("I know that my account cannot be opened again"),
        error_messages={"required": _("Tick this if you want to close your account.")},
    )


class ClosingForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        help_text=_("Kept with the closed account. Write no name: “Asked by phone, June 3.”"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_sure = forms.BooleanField(
        label=_("I know that this account cannot be opened again"),
        error_messages={"required": _("Tick this if the account is to be closed.")},
    )
