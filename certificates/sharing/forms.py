"""What a holder ticks before a page is switched on."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.core import codes
from ce_platform.core.templatetags.wording import ce_hours, long_date
from certificates.models import Certificate


class SharingForm(forms.Form):
    certificates = forms.MultipleChoiceField(
        label=_("Certificates to show"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one certificate.")},
    )
    licenses = forms.BooleanField(
        label=_("Show my license numbers"),
        required=False,
        help_text=_("Off unless you tick it."),
    )
    email = forms.BooleanField(
        label=_("Show my e-mail address"), required=False, help_text=_("Off unless you tick it.")
    )

    def __init__(
        self, sent: Any = None, *, choosable: Sequence[Certificate], is_single: bool, **options: Any
    ) -> None:
        super().__init__(sent, **options)
        self.by_serial = {row.serial: row for row in choosable}
        self.fields["certificates"].choices = [  # type: ignore[attr-defined]
            (row.serial, choice_words(row)) for row in choosable
        ]
        if is_single:
            del self.fields["certificates"]

    def chosen(self) -> list[Certificate]:
        """In the order of the list; of a page of one certificate: all there are, that one."""
        wanted = self.cleaned_data.get("certificates")
        return [row for row in self.by_serial.values() if wanted is None or row.serial in wanted]


def choice_words(row: Certificate) -> str:
    return (
        f"{row.course_title}, {ce_hours(row.credit_hours)}, {long_date(row.completed_on)} "
        f"({codes.dashed(row.serial)})"
    )
