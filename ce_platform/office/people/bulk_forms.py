"""Lists of people, and messages to the learners of a course."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.office.people.forms import EnrollForm, LineField, TextField
from ce_platform.office.people.lists import LONGEST_NOTE
from ce_platform.office.people.messages import LONGEST_TEXT
from ce_platform.office.people.models import CourseMessage
from certificates.group.forms import ListForm
from courses.models import Course


class PeopleListForm(ListForm, EnrollForm):
    """Without a course the people are invited."""

    note = TextField(
        label=_("A sentence to them"),
        help_text=_("Put into the invitation; may be empty."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, courses: Sequence[Course], **options: Any) -> None:
        super().__init__(*args, courses=courses, **options)
        self.fields["people"].help_text = _(
            "One person a line: name, e-mail. Copied from a spreadsheet is fine."
        )
        field = self.fields["course"]
        field.required = False
        field.is_always_answered = True  # type: ignore[attr-defined]
        field.label = _("What for")
        field.choices = [  # type: ignore[attr-defined]
            ("", _("Invite them to an account")),
            *(
                (slug, _("Enroll them in “%s”") % label)
                for slug, label in field.choices  # type: ignore[attr-defined]
                if slug
            ),
        ]

    @property
    def chosen_course(self) -> Course | None:
        slug = self.cleaned_data["course"]
        return self.by_slug[slug] if slug else None


class MessageForm(EnrollForm):
    to = forms.ChoiceField(
        label=_("Who gets it"), choices=CourseMessage.To.choices, widget=forms.RadioSelect
    )
    subject = LineField(label=_("Subject"), max_length=120)
    body = TextField(
        label=_("Text"),
        help_text=_("Plain text. It stands in the mail as a quotation of the office."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
