"""Input of the pages where learners' questions are answered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.domain.margin import LONGEST_ANSWER
from courses.studio.forms import TextField


class AnswerForm(forms.Form):
    answer = TextField(
        rows=5,
        label=_("Your answer"),
        help_text=_("It goes to the learner by mail and stays as you send it."),
        max_length=LONGEST_ANSWER,
        error_messages={"required": _("Write the answer.")},
    )
    is_shown = forms.BooleanField(
        label=_("Show question and answer under the lesson, to every learner"),
        help_text=_("Nobody sees who asked. You can hide it again."),
        required=False,
        initial=True,
    )
