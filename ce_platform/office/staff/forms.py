"""Which roles, and for whom."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.rules import INSTRUCTOR, OPERATOR, REGISTRAR
from ce_platform.accounts.staffing import ROLES
from ce_platform.core.text import clean

DUTIES: Final = {
    REGISTRAR: _("Registrar: the whole office, records of all people, roles of colleagues"),
    INSTRUCTOR: _("Instructor: writes courses and answers their learners"),
    OPERATOR: _("Operator: looks after the machine; may reset second steps"),
}


class RolesForm(forms.Form):
    needs_one = False

    def __init__(self, *args: Any, may_give: frozenset[str], **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [(role, DUTIES[role]) for role in ROLES if role in may_give]
        self.fields["roles"] = forms.MultipleChoiceField(
            label=_("Roles"),
            required=self.needs_one,
            choices=offered,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one role.")},
        )


class InvitationForm(RolesForm):
    needs_one = True

    email = forms.EmailField(
        label=_("Email"),
        help_text=_(
            "Whoever proves this address accepts the invitation; it works for nobody else."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_email(self) -> str:
        return clean(self.cleaned_data["email"]).lower()
