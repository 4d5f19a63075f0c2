"""Input about objectives, references and the glossary, cleaned."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.domain import glossary, objectives, referencing
from courses.domain.errors import ReferenceRefused
from courses.domain.unseen import state_of, texts_of
from courses.models import GlossaryTerm, Objective, Reference
from courses.studio.forms import SeenForm, TextField, TitleField
from courses.studio.forms_course_page import LanguageField, LineField, SecureURLField

HOW_MUCH = [
    ("", _("Not said")),
    ("abstract", _("The abstract")),
    ("record", _("Its record in a catalogue only")),
    ("full text", _("The full text")),
    ("page", _("The page on the web")),
]


class ObjectiveForm(SeenForm):
    text = TextField(
        label=_("What will the learner be able to do?"),
        max_length=objectives.LONGEST_OBJECTIVE,
        rows=2,
        error_messages={"required": _("Say what the learner will be able to do.")},
    )

    @classmethod
    def of(cls, objective: Objective, posted: Any = None) -> "ObjectiveForm":
        """One of several on the page."""
        return cls(
            posted,
            initial={
                "text": objective.text,
                "based_on": state_of(objective, objectives.TEXTS),
            },
            auto_id=f"id_{objective.key}_%s",
        )

    def clean_text(self) -> str:
        return " ".join(self.cleaned_data["text"].split())


class PlaceForm(forms.Form):
    """Where in the order, from 1."""

    place = forms.IntegerField(min_value=1, max_value=10_000)


class MatrixForm(forms.Form):
    """Ticks as `lesson-objective`, and those that were there when the page was made."""

    was = forms.CharField(required=False, max_length=200_000, widget=forms.HiddenInput)

    def __init__(self, posted: Any) -> None:
        super().__init__(posted)
        self.ticked = posted.getlist("teaches")

    @property
    def changes(self) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        """(added, removed), each as (lesson id, objective id)."""
        now = {pair for each in self.ticked if (pair := _pair(each))}
        was = {pair for each in self.cleaned_data["was"].split() if (pair := _pair(each))}
        return now - was, was - now


def _pair(text: str) -> tuple[int, int] | None:
    first, _dash, second = text.partition("-")
    if all(each.isascii() and each.isdecimal() and len(each) < 16 for each in (first, second)):
        return int(first), int(second)
    return None


class ReferenceForm(SeenForm):
    """A source, typed piece by piece or as one line."""

    authors = LineField(
        label=_("Authors"),
        help_text=_("Surname and initials, commas between them: “Miyaji A, Hayashi N”."),
        max_length=500,
    )
    year = LineField(label=_("Year"), max_length=20)
    title = LineField(label=_("Title"), max_length=500)
    where = LineField(
        label=_("Where"),
        help_text=_("Journal and volume, or publisher: “Complement Ther Med 41”."),
        max_length=300,
    )
    pages = LineField(label=_("Pages"), max_length=40)
    text = TextField(
        label=_("The source as one line"),
        help_text=_("As it is to be printed, with authors and year first."),
        required=False,
        max_length=referencing.LONGEST_REFERENCE,
        rows=2,
    )
    doi = LineField(
        label=_("DOI"),
        help_text=_("Like 10.1016/j.ctim.2018.09.009. An address with doi.org is fine."),
        max_length=250,
    )
    pmid = LineField(label=_("PubMed number"), help_text=_("Like 30477852."), max_length=80)
    url = SecureURLField(
        label=_("Address on the web"),
        help_text=_("For what has neither of both."),
        max_length=500,
    )
    read = forms.ChoiceField(
        label=_("How much of it did you read?"), choices=HOW_MUCH, required=False
    )
    slug = LineField(
        label=_("Short name"),
        help_text=_("Lessons cite it by this name. Left empty, it is made from author and year."),
        max_length=referencing.LONGEST_SLUG,
    )

    def __init__(
        self, posted: Any = None, *, reference: Reference | None = None, is_used: bool = False
    ) -> None:
        super().__init__(posted, initial=_initial(reference))
        if reference is not None:
            for name in ("authors", "year", "title", "where", "pages"):
                del self.fields[name]
        if is_used:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = _("It is in use, so it stays.")

    def clean_doi(self) -> str:
        return _refused(referencing.clean_doi, self.cleaned_data["doi"])

    def clean_pmid(self) -> str:
        return _refused(referencing.clean_pmid, self.cleaned_data["pmid"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        pieces = {
            name: cleaned.get(name, "") for name in ("authors", "year", "title", "where", "pages")
        }
        text = " ".join(str(cleaned.get("text", "")).split())
        if text and any(pieces.values()):
            self.add_error("text", _("Use the single fields, or one line, not both."))
        elif not text and "text" not in self.errors:
            if pieces["title"]:
                text = referencing.printed(**pieces)
            elif any(pieces.values()):
                self.add_error("title", _("Give the source its title."))
            else:
                first = "authors" if "authors" in self.fields else "text"
                self.add_error(first, _("Say what the source is."))
        cleaned["text"] = text
        return cleaned

    @property
    def source(self) -> dict[str, str]:
        """What the domain takes."""
        return {name: self.cleaned_data[name] for name in referencing.TEXTS}


def _initial(reference: Reference | None) -> dict[str, str]:
    if reference is None:
        return {}
    state = state_of(reference, referencing.TEXTS)
    return {**texts_of(reference, referencing.TEXTS), "based_on": state}


def _refused(clean: Any, value: str) -> str:
    try:
        return str(clean(value))
    except ReferenceRefused as error:
        raise ValidationError(str(error)) from None


class TermForm(SeenForm):
    term = TitleField(
        label=_("Term"),
        max_length=glossary.LONGEST_TERM,
        error_messages={"required": _("Which word is it?")},
    )
    definition = TextField(
        label=_("What it means"),
        help_text=_("One or two plain sentences. They open where the word stands in a lesson."),
        max_length=glossary.LONGEST_DEFINITION,
        error_messages={"required": _("Say what it means.")},
    )
    language = LanguageField(
        label=_("Language of the word"),
        help_text=_("Only for a foreign word: zh-Latn for pinyin, la for Latin."),
    )

    @classmethod
    def of(cls, term: GlossaryTerm, posted: Any = None) -> "TermForm":
        return cls(
            posted,
            initial={
                **texts_of(term, glossary.TEXTS),
                "based_on": state_of(term, glossary.TEXTS),
            },
        )
