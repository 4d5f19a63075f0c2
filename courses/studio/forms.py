"""Input of the studio, cleaned."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.core.text import clean
from courses.domain.errors import ChangedMeanwhile
from courses.models import CourseMember, CourseVersion, Objective

LONGEST_TITLE = 200


class TitleField(forms.CharField):
    """One line, spaces made single."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", LONGEST_TITLE)
        options.setdefault("error_messages", {"required": _("Give it a title.")})
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        return " ".join(clean(super().to_python(value) or "").split())


class TextField(forms.CharField):
    """Several lines. `is_needed_later`: a draft may be without, what is published may not."""

    def __init__(self, *, rows: int = 3, is_needed_later: bool = False, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)
        self.is_needed_later = is_needed_later

    def to_python(self, value: Any) -> Any:
        return clean(super().to_python(value) or "")


class SeenForm(forms.Form):
    """A form that says over which text its own was written, so that nobody overwrites what they
    have not seen. Its template includes `studio/_changed_meanwhile.html`."""

    # Fields that are called otherwise than the text they hold: text → field.
    field_names: Mapping[str, str] = {}

    based_on = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    moved: ChangedMeanwhile | None = None
    theirs: Sequence[tuple[Any, str]] = ()
    """Label and text of what is stored now, where it is another than was sent."""

    @property
    def told(self) -> dict[str, Any]:
        """What was typed, without the state it was typed over."""
        return {name: value for name, value in self.cleaned_data.items() if name != "based_on"}

    def carry(self, moved: ChangedMeanwhile, **fields: str) -> None:
        """Show the other text beside this one. Sent again, this one takes its place knowingly.

        `fields`: what is to stand in a field although it was not typed there.
        """
        sent: Any = self.data
        self.data = sent = sent.copy()
        for name, value in {**fields, "based_on": moved.state}.items():
            sent[self.add_prefix(name)] = value
        self.moved = moved
        other = {self.field_names.get(name, name): text for name, text in moved.texts.items()}
        names = [
            name
            for name, text in other.items()
            if name in self.fields and text != self.cleaned_data.get(name, "")
        ]
        self.theirs = [(self.fields[name].label, self._shown(name, other[name])) for name in names]
        self.add_error(names[0] if names else None, str(moved))

    def _shown(self, name: str, text: str) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(text, text))


class NewCourseForm(forms.Form):
    title = TitleField(
        label=_("Title of the course"),
        help_text=_("As it will stand on certificates. You can change it until you publish."),
    )


class TitleForm(forms.Form):
    """Of a new module or lesson."""

    title = TitleField(label=_("Title"))


class ModuleForm(SeenForm):
    title = TitleField(label=_("Title"))
    summary = TextField(
        label=_("Summary"),
        help_text=_("One or two sentences under the title, in the outline learners see."),
        required=False,
        max_length=1000,
    )


class LessonSettingsForm(forms.Form):
    is_free = forms.BooleanField(label=_("Anybody may read it, without an account"), required=False)

    def __init__(self, *args: Any, version: CourseVersion, **options: Any) -> None:
        super().__init__(*args, **options)
        # Compared here and not in the database, which refuses numbers that are too large for it.
        self._objectives = {str(each.pk): each for each in version.objectives.all()}
        self.fields["objectives"] = forms.MultipleChoiceField(
            label=_("What it teaches"),
            choices=[(key, str(each)) for key, each in self._objectives.items()],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def clean_objectives(self) -> list[Objective]:
        return [self._objectives[key] for key in self.cleaned_data["objectives"]]


class MoveForm(forms.Form):
    """Where to: a place (from 1), and for a lesson the module."""

    place = forms.IntegerField(min_value=1, max_value=10_000)
    module = forms.UUIDField(required=False)


class LessonTextForm(forms.Form):
    """What the editor sends. `based_on`: the number of the text that was in front of the writer.
    `instead_of`: of a text that this window had set aside, the fingerprint."""

    title = TitleField(label=_("Title"), widget=forms.Textarea(attrs={"rows": 1}))
    body = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "true"}),
    )
    based_on = forms.IntegerField(min_value=0, max_value=1_000_000_000, widget=forms.HiddenInput)
    instead_of = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class MemberForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Of an instructor with an account here."),
        error_messages={"invalid": _("Write an address like name@example.com.")},
    )
    role = forms.ChoiceField(
        label=_("What they do"),
        choices=[
            (CourseMember.Role.REVIEWER.value, _("Read and comment")),
            (CourseMember.Role.CO_AUTHOR.value, _("Write")),
        ],
        initial=CourseMember.Role.REVIEWER.value,
        widget=forms.RadioSelect,
    )


class CommentForm(forms.Form):
    text = TextField(
        label=_("Your remark"),
        max_length=4000,
        error_messages={"required": _("Write what you want to say.")},
    )
