"""Input of courses, cleaned."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ce_platform.core.text import clean
from courses.domain.evaluation import AGREEMENTS, LONGEST_COMMENT, MOST_MINUTES
from courses.domain.margin import LONGEST_QUESTION
from courses.models import Evaluation
from courses.queries import LONGEST_SEARCH

LARGEST_PACKAGE_BYTES = 60 * 1024 * 1024


class CatalogueSearch:
    """The words looked for. Whatever was typed, there is an answer: a search has no errors."""

    def __init__(self, query: QueryDict) -> None:
        self.words = " ".join(clean(query.get("q", "")).split())[:LONGEST_SEARCH]


class RedeemForm(forms.Form):
    code = forms.CharField(
        label=_("Access code"),
        max_length=80,
        help_text=_("Letters and figures; capitals, spaces and dashes do not matter."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "input-code",
            }
        ),
    )
    # The course on whose page it was typed.
    course = forms.SlugField(required=False, max_length=80, widget=forms.HiddenInput)


class TimeReport(forms.Form):
    """Sent by the page itself: seconds it was visible since the last report, place on the page."""

    seconds = forms.IntegerField(min_value=0, max_value=3600)
    scroll = forms.IntegerField(min_value=0, max_value=1000)


class EvaluationForm(forms.Form):
    """Six questions; only the last may stay empty."""

    objectives_met = forms.TypedChoiceField(
        label=_("The course met its learning objectives"),
        choices=Evaluation.Agreement.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    content_accurate = forms.TypedChoiceField(
        label=_("The content was accurate, and where evidence is weak it said so"),
        choices=Evaluation.Agreement.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    useful_in_practice = forms.TypedChoiceField(
        label=_("I can use what I learned in my practice"),
        choices=Evaluation.Agreement.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    free_of_bias = forms.TypedChoiceField(
        label=_("The course was free of advertising and commercial bias"),
        choices=Evaluation.Agreement.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    minutes_taken = forms.IntegerField(
        label=_("How many minutes did the course take you?"),
        help_text=_("Reading, quizzes and exam together. A guess is fine."),
        min_value=1,
        max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs={"class": "input-short", "inputmode": "numeric"}),
    )
    comment = forms.CharField(
        label=_("What should we do better?"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in AGREEMENTS:
            self.fields[name].error_messages["required"] = _("Choose one answer.")
        self.fields["minutes_taken"].error_messages["required"] = _("Write a number of minutes.")

    def clean_comment(self) -> str:
        return clean(self.cleaned_data["comment"])


class MarginQuestionForm(forms.Form):
    """What a learner asks in the margin of a lesson."""

    text = forms.CharField(
        label=_("Your question"),
        help_text=_("Those who teach this course answer it. They do not see who asked."),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write your question.")},
    )

    def clean_text(self) -> str:
        text = clean(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(_("Write your question."))
        return text


class PackageUpload(forms.Form):
    """A course package as one zip file."""

    package = forms.FileField(
        label=_("Course package"),
        help_text=_("One .zip file, at most 60 MB. Nothing changes before you confirm."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("The file is empty."),
        },
    )

    def clean_package(self) -> UploadedFile[bytes]:
        package: UploadedFile[bytes] = self.cleaned_data["package"]
        if (package.size or 0) > LARGEST_PACKAGE_BYTES:
            raise forms.ValidationError(_("The file is larger than 60 MB."))
        start = package.read(4)
        package.seek(0)
        if not start.startswith(b"PK"):
            raise forms.ValidationError(_("This is not a zip file."))
        return package


class PackageConfirmation(forms.Form):
    """Confirms the import of the file that was shown, named by its SHA-256."""

    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    is_typo = forms.BooleanField(
        label=_("Only typing mistakes were mended."),
        help_text=_(
            "Then it becomes a revision of the same edition, and what licensing bodies approved "
            "stays with it."
        ),
        required=False,
    )
    publish = forms.BooleanField(
        label=_("Publish it at once."),
        help_text=_("New learners get this version; whoever has started stays with theirs."),
        required=False,
    )
