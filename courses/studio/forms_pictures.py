"""Input about pictures, cleaned."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.domain.picturing import LONGEST
from courses.studio.forms import SeenForm, TextField

# Without HEIC in it, iPhones send a JPEG by themselves.
ACCEPT = "image/jpeg,image/png,image/webp"


class NeededLater:
    """Not called optional, because publishing asks for it; a draft is saved without it."""

    def validate(self, value: Any) -> None:
        pass


class LaterTextField(NeededLater, TextField):
    pass


class LaterField(NeededLater, forms.CharField):
    pass


class PictureTextsForm(SeenForm):
    use_required_attribute = False

    alt = LaterTextField(
        label=_("Alternative text"),
        help_text=_(
            "For those who cannot see it: say what it shows that matters in this lesson, as you "
            "would on the phone. Leave out “picture of”, and what the text beside it says already."
        ),
        max_length=LONGEST["alt"],
        rows=4,
    )
    caption = TextField(
        label=_("Caption"),
        help_text=_("What stands under the picture for everybody."),
        max_length=LONGEST["caption"],
        required=False,
        rows=2,
    )
    credit = LaterField(
        label=_("Credit"),
        help_text=_("Who made it, and by what right you show it: “Photo: Ana Author”."),
        max_length=LONGEST["credit"],
    )
