from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ce_platform.core.templatetags.wording import long_date
from ce_platform.office.closing.closing import LONGEST_REASON
from ce_platform.office.merging.courses_twice import Begun, Twice


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

    def __init__(self, *args: Any, twice: Sequence[Twice] = (), **options: Any) -> None:
        """`twice`: of each of these courses one of two enrollments has to be chosen."""
        super().__init__(*args, **options)
        self.course_fields = [f"course-{each.course_id}" for each in twice]
        for name, each in zip(self.course_fields, twice, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=_now("“%(title)s” is under way in both. Which one goes on?")
                % {"title": each.title},
                help_text=_why(each),
                choices=[(str(one.enrollment.uid), _told(one)) for one in each.may_go_on],
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose which of the two goes on."),
                    "invalid_choice": _("This changed meanwhile. Choose which of the two goes on."),
                },
            )
        self.order_fields(["other", *self.course_fields, "reason", "is_sure"])

    @property
    def chosen_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.course_fields]

    @property
    def going_on(self) -> list[UUID]:
        return [UUID(self.cleaned_data[name]) for name in self.course_fields]


def _told(one: Begun) -> str:
    """“maria@example.com: 3 lessons finished, passed “Quiz”, last at work November 20, 2026”"""
    row = one.enrollment
    count = row.finished_lesson_count
    done = (
        ngettext("%(count)s lesson finished", "%(count)s lessons finished", count)
        % {"count": count}
        if count
        else _now("no lesson finished")
    )
    parts = [
        done,
        *([_now("passed: %s") % ", ".join(one.passed)] if one.passed else []),
        _now("begun on %s") % long_date(row.started_at),
        _now("last at work on %s") % long_date(row.last_activity_at),
    ]
    return f"{row.user.email}: {', '.join(parts)}"


def _why(twice: Twice) -> str:
    said = _now(
        "The other one is withdrawn. It stays in the history with its attempts, and nothing of "
        "it moves over."
    )
    if len(twice.may_go_on) == 1:
        (goes_on,) = twice.may_go_on
        row = goes_on.enrollment
        return (
            _now("Only this one can: %(email)s %(lost)s, which would be lost.")
            % {
                "email": row.user.email,
                "lost": _now(" and ").join(goes_on.lost),
            }
            + f" {said}"
        )
    return said
