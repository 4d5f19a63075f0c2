"""How a question is to be graded anew."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.domain.regrade_plan import refusal_of
from quizzes.forms import CleanTextForm
from quizzes.models import QuestionRevision

EVERYBODY: Final = "everybody"


class RegradeForm(CleanTextForm):
    revision = forms.ChoiceField(
        label=gettext_lazy("Whose key was wrong"), widget=forms.RadioSelect
    )
    better = forms.ChoiceField(label=gettext_lazy("Grade instead"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy(
            "Learners read this sentence in the mail and beside their result. Do not name the "
            "right answer: some of them take the quiz again."
        ),
        max_length=200,
    )

    def __init__(
        self,
        sent: Any = None,
        *,
        asked: Sequence[QuestionRevision],
        revisions: Sequence[QuestionRevision],
        number: str = "",
    ) -> None:
        """`asked`: those that published quizzes ask; `revisions`: all, the newest first;
        `number`: the revision the person came from."""
        self._by_number = {str(each.number): each for each in revisions}
        super().__init__(
            sent,
            initial={
                "revision": number or (str(asked[0].number) if asked else ""),
                "better": EVERYBODY,
            },
        )
        own: Any = self.fields
        own["revision"].choices = [
            (str(each.number), _("Revision %(number)d") % {"number": each.number}) for each in asked
        ]
        oldest = min((each.number for each in asked), default=0)
        own["better"].choices = [
            *(
                (str(each.number), _("By the key of revision %(number)d") % {"number": each.number})
                for each in revisions
                if each.number > oldest
            ),
            (EVERYBODY, _("Everybody gets the points")),
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("revision") and found.get("better") and self.chosen_better is not None:
            refusal = refusal_of(self.chosen, self.chosen_better)
            if refusal:
                self.add_error("better", refusal)
        return found

    @property
    def chosen(self) -> QuestionRevision:
        """Of a form that is valid."""
        return self._by_number[self.cleaned_data["revision"]]

    @property
    def chosen_better(self) -> QuestionRevision | None:
        return self._by_number.get(self.cleaned_data["better"])


class TurnDownForm(CleanTextForm):
    answer = forms.CharField(
        label=gettext_lazy("Why not"),
        help_text=gettext_lazy("The author reads this sentence in a mail."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
