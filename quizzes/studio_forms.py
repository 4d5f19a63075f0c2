"""What the studio's forms of quizzes send."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.core.validators import MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ce_platform.core.templatetags.wording import plain_number
from ce_platform.core.text import sha256_text
from courses.models import CourseVersion, Module
from quizzes.domain.authoring import QuizSettings
from quizzes.domain.checking import TextChecker
from quizzes.forms import CleanTextForm
from quizzes.models import Quiz
from quizzes.question_types.base import LONGEST_TEXT
from quizzes.studio_queries import Names

# What practice does not ask about.
_OF_GRADED: Final = (
    "pass_percent",
    "attempts_allowed",
    "time_limit_minutes",
    "extra_time",
    "review",
)
_HUNDREDTH: Final = Decimal("0.01")
# A text of some hundred questions.
MOST_PASTED_BYTES: Final = 200_000
_MARKDOWN: Final = gettext_lazy(
    "Plain text is all it needs. *Stars* make italics, **two stars** bold."
)


class PlaceForm(CleanTextForm):
    """Where a quiz stands; the value is the key of a module, or nothing for the final exam."""

    module = forms.UUIDField(required=False)

    def place_in(self, version: CourseVersion) -> Module | None:
        """Errors: Module.DoesNotExist."""
        key = self.cleaned_data["module"]
        return Module.objects.get(version=version, key=key) if key else None


class MoveForm(forms.Form):
    """`up`, `down` or a place counted from 1."""

    to = forms.RegexField(r"^(up|down|[1-9][0-9]{0,3})$")


class QuizSettingsForm(CleanTextForm):
    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("What learners read in the outline, for example “Quiz: posture”."),
        max_length=200,
        error_messages={"required": gettext_lazy("Give the quiz a title.")},
    )
    introduction = forms.CharField(
        label=gettext_lazy("Introduction"),
        help_text=_MARKDOWN,
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    pass_percent = forms.DecimalField(
        label=gettext_lazy("To pass (%)"),
        help_text=gettext_lazy("Licensing bodies ask for 70 to 80 as a rule."),
        min_value=_HUNDREDTH,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    attempts_allowed = forms.IntegerField(
        label=gettext_lazy("Attempts"),
        help_text=gettext_lazy("Empty: as many as they like."),
        required=False,
        min_value=1,
        max_value=1000,
    )
    time_limit_minutes = forms.IntegerField(
        label=gettext_lazy("Time limit (minutes)"),
        help_text=gettext_lazy("Empty: no limit."),
        required=False,
        min_value=1,
        max_value=24 * 60,
    )
    draw_count = forms.IntegerField(
        label=gettext_lazy("Questions per attempt"),
        help_text=gettext_lazy("Drawn anew for each attempt. Empty: all."),
        required=False,
        min_value=1,
        max_value=500,
    )
    is_shuffled = forms.BooleanField(
        label=gettext_lazy("Another order of questions and choices in each attempt"),
        required=False,
    )
    extra_time = forms.ChoiceField(
        label=gettext_lazy("Who may lengthen the time limit"),
        help_text=gettext_lazy(
            "Some people need more time. Let the office give it where a licensing body sets the "
            "limit."
        ),
        choices=Quiz.ExtraTime.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    review = forms.ChoiceField(
        label=gettext_lazy("What learners see afterwards"),
        choices=Quiz.Review.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, sent: QueryDict | None = None, *, quiz: Quiz) -> None:
        self._version = quiz.version
        seconds = quiz.time_limit_seconds
        initial = {
            "title": quiz.title,
            "introduction": quiz.introduction,
            "pass_percent": plain_number(quiz.pass_percent),
            "attempts_allowed": quiz.attempts_allowed,
            "time_limit_minutes": max(1, seconds // 60) if seconds else None,
            "draw_count": quiz.draw_count,
            "is_shuffled": quiz.is_shuffled,
            "review": quiz.review,
            "extra_time": quiz.extra_time,
        }
        super().__init__(sent, initial=initial)
        self._quiz = quiz
        if quiz.purpose == Quiz.Purpose.PRACTICE:
            for name in _OF_GRADED:
                del self.fields[name]

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_introduction(self) -> str:
        text = str(self.cleaned_data["introduction"])
        for sentence in TextChecker(self._version).problems(text):
            self.add_error("introduction", sentence)
        return text

    @property
    def settings(self) -> QuizSettings:
        """Practice keeps what only graded quizzes ask about as it was."""
        told = self.cleaned_data
        quiz = self._quiz
        seconds = quiz.time_limit_seconds
        if "time_limit_minutes" in told:
            minutes = told["time_limit_minutes"]
            seconds = minutes * 60 if minutes else None
        return QuizSettings(
            title=told["title"],
            introduction=told["introduction"],
            pass_percent=told.get("pass_percent", quiz.pass_percent),
            attempts_allowed=told.get("attempts_allowed", quiz.attempts_allowed),
            time_limit_seconds=seconds,
            draw_count=told["draw_count"],
            is_shuffled=told["is_shuffled"],
            review=told.get("review", quiz.review),
            extra_time=told.get("extra_time") or quiz.extra_time,
        )


class PasteForm(forms.Form):
    """A text as it was pasted. It is not cleaned here, or its lines would be counted wrong."""

    text = forms.CharField(
        label=gettext_lazy("Your questions"),
        help_text=gettext_lazy("Paste them here from Word, from a mail, from anywhere."),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={"required": gettext_lazy("Paste your questions first.")},
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        # Browsers send two letters for the end of a line.
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        if not text.strip():
            raise forms.ValidationError(_("Paste your questions first."))
        if len(text.encode()) > MOST_PASTED_BYTES:
            raise forms.ValidationError(
                _("The text is larger than %(size)d kB. Paste it in parts.")
                % {"size": MOST_PASTED_BYTES // 1000}
            )
        return text

    @property
    def pasted(self) -> str:
        return str(self.cleaned_data["text"])

    @property
    def digest(self) -> str:
        """Of the text that is shown; the page sends it back as `seen`."""
        return sha256_text(self.pasted)

    @property
    def is_as_seen(self) -> bool:
        return bool(self.cleaned_data["seen"] == self.digest)


class QuestionForm(CleanTextForm):
    """What all types of questions share; the answers are the business of the type."""

    stem = forms.CharField(
        label=gettext_lazy("Question"),
        help_text=_MARKDOWN,
        max_length=LONGEST_TEXT,
        error_messages={"required": gettext_lazy("Write the question.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    explanation = forms.CharField(
        label=gettext_lazy("Explanation"),
        help_text=gettext_lazy(
            "Why the right answer is right. Shown when looking back, and needed before publishing."
        ),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    objective = forms.ChoiceField(
        label=gettext_lazy("Objective it tests"),
        help_text=gettext_lazy("Every objective needs a question."),
        required=False,
    )
    lesson = forms.ChoiceField(
        label=gettext_lazy("Lesson to read again"),
        help_text=gettext_lazy("Offered to those who answer wrong."),
        required=False,
    )
    points = forms.DecimalField(
        label=gettext_lazy("Points"),
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(_HUNDREDTH)],
        widget=forms.NumberInput(attrs={"min": "0.01", "step": "any", "class": "input-short"}),
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=1_000_000)

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set_choices("objective", _objective_choices(names))
        self._set_choices("lesson", _lesson_choices(names))

    def _set_choices(self, name: str, choices: Sequence[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def key(self, name: str) -> UUID | None:
        """Of the chosen objective or lesson; also of a form that is not valid as a whole."""
        value = self.cleaned_data.get(name)
        return UUID(value) if value else None


def _objective_choices(names: Names) -> list[tuple[str, str]]:
    objectives = sorted(names.objectives.values(), key=lambda each: (each.position, each.pk))
    return [
        ("", _("None")),
        *((str(each.key), f"{each.code}: {each.text}") for each in objectives),
    ]


def _lesson_choices(names: Names) -> list[Any]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for lesson in sorted(
        names.lessons.values(),
        key=lambda each: (each.module.position, each.module_id, each.position, each.pk),
    ):
        groups.setdefault(lesson.module.title, []).append((str(lesson.key), lesson.title))
    return [("", _("None")), *groups.items()]
