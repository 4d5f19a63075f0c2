"""The form of a design, checked by the same rules as the design itself."""

from dataclasses import fields
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ce_platform.core.models import StoredFile
from ce_platform.licensing.forms.fields import LineField
from certificates.designs.drawing import BODY_COUNTS, NAMES
from certificates.domain.record import printable
from certificates.look import A4, COURSE, GUILLOCHE, LETTER, LONGEST, RULES, Settings, trouble_with

_SALT = "certificates.design-logo"


class WordsField(LineField):
    """One line as it will be printed."""

    def to_python(self, value: Any) -> str:
        return printable(super().to_python(value))


def _color(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color", "class": "design-color"}),
    )


def _words(name: str, label: str, help_text: str = "", *, is_required: bool = True) -> WordsField:
    return WordsField(
        label=label,
        help_text=help_text,
        required=is_required,
        widget=forms.TextInput(attrs={"maxlength": LONGEST[name]}),
        error_messages={"required": "Write what the certificate says here."},
    )


class DesignForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG or JPEG on white, at most 5 MB. It stands above your name."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        error_messages={"empty": "The file is empty."},
    )
    is_logo_removed = forms.BooleanField(label=_("Print no logo"), required=False)
    kept_logo = forms.CharField(required=False, widget=forms.HiddenInput)
    paper = forms.ChoiceField(
        label=_("Paper"),
        choices=((LETTER, _("US Letter, landscape")), (A4, _("A4, landscape"))),
        widget=forms.RadioSelect,
    )
    frame = forms.ChoiceField(
        label=_("Frame"),
        choices=(
            (GUILLOCHE, _("Engraved braids, with rosettes")),
            (RULES, _("Plain rules")),
        ),
        widget=forms.RadioSelect,
    )
    ink = _color("Ink", "Of the name and of everything that is read.")
    accent = _color("Frame and headings", "A dark color: it must be readable in black and white.")
    tint = _color("Pale ground", "Of the rosette behind the words.")
    opening = _words("opening", "Before the name")
    deed_achievement = _words(
        "deed_achievement",
        "After the name, when a test was passed",
        f"{COURSE} becomes “home-study course”, “live class” and so on.",
    )
    deed_completion = _words("deed_completion", "After the name, without a test")
    closing = _words("closing", "After the day of the status")
    note = _words("note", "One more line below your name", is_required=False)
    shows_second_signature = forms.BooleanField(
        label=_("Print the second signature, of the instructor or author"), required=False
    )

    def __init__(self, *args: Any, settings: Settings, **options: Any) -> None:
        self.settings = settings
        options["initial"] = {
            each.name: getattr(settings, each.name)
            for each in fields(Settings)
            if each.name != "logo"
        }
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.made = Settings(
            **{
                each.name: data.get(each.name, getattr(self.settings, each.name))
                for each in fields(Settings)
                if each.name != "logo"
            }
        )
        for name, sentence in trouble_with(self.made).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return data

    def clean_logo(self) -> Any:
        upload = self.cleaned_data["logo"]
        if upload and not upload.size:
            raise ValidationError("The file is empty.")
        return upload

    def clean_ink(self) -> str:
        return str(self.cleaned_data["ink"]).lower()

    def clean_accent(self) -> str:
        return str(self.cleaned_data["accent"]).lower()

    def clean_tint(self) -> str:
        return str(self.cleaned_data["tint"]).lower()

    def kept(self) -> StoredFile | None:
        """The logo that came with an earlier try of this form: files are not sent twice."""
        try:
            sha256 = signing.loads(self.cleaned_data.get("kept_logo", ""), salt=_SALT)
        except signing.BadSignature:
            return None
        return StoredFile.objects.filter(area=StoredFile.Area.PRIVATE, sha256=sha256).first()

    def keep(self, logo: StoredFile) -> None:
        """Shown again, the form still has this logo."""
        self.data = {**self.data, "kept_logo": signing.dumps(logo.sha256, salt=_SALT)}


class SpecimenForm(forms.Form):
    """Whose specimen is shown. Never saved; what is missing or unknown is the usual."""

    body_count = forms.TypedChoiceField(
        label=_("Licensing bodies"),
        coerce=int,
        choices=[(count, str(count)) for count in BODY_COUNTS],
        initial=5,
    )
    holder = forms.ChoiceField(
        label=_("Name"),
        choices=(
            ("short", _("Short")),
            ("long", _("60 letters")),
            ("vietnamese", _("Vietnamese")),
            ("cyrillic", _("Cyrillic")),
        ),
        initial="short",
    )

    def name(self) -> str:
        return NAMES[self.cleaned_data.get("holder", "short")]

    def count(self) -> int:
        return int(self.cleaned_data.get("body_count", 5))
