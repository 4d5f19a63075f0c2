"""Input of the course page, its hours and its authors, cleaned."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from ce_platform.core.text import clean
from courses.domain.describing import MOST_CATEGORIES, MOST_HOURS, MOST_SUBJECTS, PAGE_TEXTS
from courses.markdown.grammar import LANGUAGE
from courses.models import CourseAuthor, CourseVersion, Subject
from courses.studio.forms import TextField, TitleField

FREE_ROWS = 2
DIFFICULTIES = [
    (1, _("1 – very easy: for somebody new to it")),
    (2, _("2 – easy: plain prose, little that is new")),
    (3, _("3 – average for a professional")),
    (4, _("4 – difficult: needs study")),
    (5, _("5 – very difficult: for specialists")),
]


class LineField(TitleField):
    """One line that may be left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)


class LanguageField(LineField):
    """A language tag."""

    default_error_messages = {"invalid": _("A language is written like en-US or zh-Latn.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=35, **options)
        self.widget.attrs["class"] = "input-short"

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not LANGUAGE.fullmatch(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class SecureURLField(LineField):
    """An address that begins with https://."""

    default_error_messages = {"invalid": _("The address begins with https://.")}
    widget = forms.URLInput

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            check = URLValidator(schemes=["https"], message=self.error_messages["invalid"])
            check(value)


class CoursePageForm(forms.Form):
    """Everything on the course page but authors and objectives. Hours come in rows beside it."""

    title = TitleField(label=_("Title"), help_text=_("As it stands on certificates."))
    subtitle = LineField(label=_("Subtitle"), max_length=300)
    summary = TextField(
        label=_("Summary"),
        help_text=_("One or two sentences for the catalogue."),
        required=False,
        is_needed_later=True,
        max_length=1_000,
    )
    language = LanguageField(
        label=_("Language"), help_text=_("Of the lessons, like en-US or es-US.")
    )
    delivery = forms.ChoiceField(
        label=_("Delivery"),
        choices=CourseVersion.Delivery.choices,
        required=False,
        help_text=_(
            "Studied at home whenever it suits, or held live on dates of its own: over the "
            "internet or in a room. Certificates say which."
        ),
        error_messages={"invalid_choice": _("Choose how the course is delivered.")},
    )
    more_subjects = LineField(
        label=_("Other subjects"),
        help_text=_("With commas between them. The catalogue is filtered by subject."),
        max_length=1_000,
    )
    description = TextField(
        label=_("Description"),
        help_text=_(
            "For the course page. An empty line begins a paragraph; **two stars** make words bold."
        ),
        required=False,
        max_length=20_000,
        rows=10,
    )
    audience = TextField(label=_("For whom"), required=False, max_length=2_000, rows=2)
    prerequisites = TextField(
        label=_("What one needs before"), required=False, max_length=2_000, rows=2
    )
    cost_text = LineField(
        label=_("Cost"), help_text=_("In words: “$45”, “No charge”."), max_length=300
    )
    buy_url = SecureURLField(
        label=_("Where to buy access"),
        help_text=_("The address of your shop, beginning with https://."),
        max_length=200,
    )
    difficulty = forms.TypedChoiceField(
        label=_("Difficulty"),
        choices=DIFFICULTIES,
        coerce=int,
        empty_value=None,
        error_messages={"required": _("Say how difficult the course is.")},
    )
    difficulty_reason = TextField(
        label=_("Why this difficulty"),
        help_text=_("It stands in the hours worksheet, which anybody may read."),
        required=False,
        max_length=1_000,
        rows=2,
    )
    based_on = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: CourseVersion, **options: Any) -> None:
        mine = list(version.subjects.all())
        options.setdefault(
            "initial",
            {
                **{name: getattr(version, name) for name in PAGE_TEXTS},
                "subjects": [subject.name for subject in mine],
            },
        )
        super().__init__(*args, **options)
        names = [*Subject.objects.values_list("name", flat=True)[:200]]
        names += [subject.name for subject in mine if subject.name not in names]
        self.fields["subjects"] = forms.MultipleChoiceField(
            label=_("Subjects"),
            choices=[(name, name) for name in names],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": _("One of the subjects is not there any more.")},
        )

    def clean_language(self) -> str:
        return str(self.cleaned_data["language"]) or "en-US"

    def clean_more_subjects(self) -> list[str]:
        names = [" ".join(name.split()) for name in self.cleaned_data["more_subjects"].split(",")]
        if any(len(name) > 80 for name in names):
            raise ValidationError(_("A subject has at most 80 letters."))
        return [name for name in names if name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        subjects = [*cleaned.get("subjects", []), *cleaned.get("more_subjects", [])]
        if len(subjects) > MOST_SUBJECTS:
            self.add_error(
                "more_subjects",
                _("A course has at most %(most)d subjects.") % {"most": MOST_SUBJECTS},
            )
        return cleaned

    @property
    def page(self) -> dict[str, Any]:
        """What `save_course_page` takes."""
        return {
            **{name: self.cleaned_data[name] for name in PAGE_TEXTS},
            "subjects": [*self.cleaned_data["subjects"], *self.cleaned_data["more_subjects"]],
        }


class HoursField(forms.DecimalField):
    """Whole or half CE hours."""

    is_needed_later = True

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_value=Decimal("0.5"),
            max_value=MOST_HOURS,
            max_digits=5,
            decimal_places=1,
            step_size=Decimal("0.5"),
            error_messages={
                "step_size": _("Hours come in whole or half hours."),
                "invalid": _("Write the hours as a number, like 0.5."),
                "max_decimal_places": _("Hours come in whole or half hours."),
                "min_value": _("Hours come in whole or half hours, above 0."),
            },
            **options,
        )
        self.widget.attrs["data-hours"] = ""


class CreditForm(forms.Form):
    """A row of the hours: a category and what is claimed for it. Both empty: no row."""

    category = LineField(label=_("Category"), max_length=120)
    credit_hours = HoursField(label=_("CE hours"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        category, hours = cleaned.get("category"), cleaned.get("credit_hours")
        if category and hours is None and "credit_hours" not in self.errors:
            self.add_error("credit_hours", _("Say how many hours of this are claimed."))
        if hours is not None and not category and "category" not in self.errors:
            self.add_error("category", _("Name the category of these hours."))
        return cleaned


class CreditRows(forms.BaseFormSet[CreditForm]):
    """All rows of the hours."""

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            category = getattr(form, "cleaned_data", {}).get("category", "")
            if category.casefold() in seen:
                form.add_error("category", _("This category stands twice."))
            seen.add(category.casefold() or "\0")

    @property
    def rows(self) -> list[tuple[str, Decimal]]:
        return [
            (form.cleaned_data["category"], form.cleaned_data["credit_hours"])
            for form in self.forms
            if form.cleaned_data.get("category")
        ]


Credits = forms.formset_factory(
    CreditForm, formset=CreditRows, extra=FREE_ROWS, max_num=MOST_CATEGORIES, validate_max=True
)


def credits_of(version: CourseVersion, posted: Any = None) -> CreditRows:
    """The rows of hours with room for more."""
    rows = [
        {"category": row.category, "credit_hours": row.credit_hours}
        for row in version.credits.all()
    ]
    return cast(CreditRows, Credits(posted, initial=rows, prefix="credits"))


class AuthorForm(forms.Form):
    name = TitleField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("Give the author a name.")},
    )
    credentials = LineField(
        label=_("Credentials"), help_text=_("Like “LMT, BCTMB”."), max_length=200
    )
    biography = TextField(
        label=_("About the author"),
        help_text=_("For the course page: practice, teaching, training."),
        required=False,
        max_length=4_000,
        rows=5,
    )
    email = forms.EmailField(
        label=_("Email of the author's account"),
        help_text=_(
            "Ties the author to an instructor who works here, and is not shown. "
            "Anything else ties nobody."
        ),
        required=False,
        max_length=254,
    )

    @classmethod
    def of(cls, author: CourseAuthor, posted: Any = None) -> "AuthorForm":
        return cls(
            posted,
            initial={
                "name": author.name,
                "credentials": author.credentials,
                "biography": author.biography,
                "email": author.user.email if author.user else "",
            },
        )

    def clean_email(self) -> str:
        return clean(self.cleaned_data["email"])


def errors_of(form: forms.Form, credits: CreditRows) -> list[tuple[str, str, str]]:
    """(id of the field, label, sentence) of everything that must be looked at again."""
    found = [
        (each[name].id_for_label if name in each.fields else "", label, str(error))
        for each in (form, *credits.forms)
        for name, errors in each.errors.items()
        for label in [str(each.fields[name].label or "") if name in each.fields else ""]
        for error in errors
    ]
    return found + [("", "", str(error)) for error in credits.non_form_errors()]
