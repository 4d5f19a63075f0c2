"""Input about recordings and handouts, cleaned."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ce_platform.core.text import clean
from courses.captions import LONGEST_TEXT
from courses.domain.errors import ChangedMeanwhile
from courses.domain.handout import LARGEST_FILE as LARGEST_HANDOUT
from courses.studio.forms import SeenForm, TitleField

ACCEPTED_MEDIA = ".mp4,.m4v,.mov,.webm,.m4a,.mp3,video/mp4,video/quicktime,video/webm,audio/*"


class LineField(forms.CharField):
    """One line that may be left empty."""

    def to_python(self, value: Any) -> Any:
        return " ".join(clean(super().to_python(value) or "").split())


class RecordingFileForm(forms.Form):
    file = forms.FileField(
        label=_("Video or audio file"),
        help_text=_(
            "MP4, MOV, WebM, M4A or MP3, at most 2 GB and 4 hours. Place and camera are taken out "
            "of the file; picture and sound stay as they are."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPTED_MEDIA}),
        error_messages={"required": _("Choose a file first."), "empty": _("The file is empty.")},
    )


class UploadForm(forms.Form):
    """What a browser says before it sends a file in pieces."""

    file_name = forms.CharField(max_length=1000)
    size = forms.IntegerField(min_value=0, max_value=10**15)
    fingerprint = forms.CharField(max_length=64)
    replaces = forms.UUIDField(required=False)


class RecordingTextsForm(SeenForm):
    title = TitleField(label=_("Title"))
    credit = LineField(
        label=_("Who made it, and who is seen or heard"),
        help_text=_("Stands under the recording. Ask everybody who can be recognized."),
        required=False,
        max_length=300,
    )


class CaptionsForm(SeenForm):
    field_names = {"captions": "text", "captions_language": "language"}
    file_text: str = ""
    language = LineField(
        label=_("Language of the captions"),
        help_text=_("A language tag: en-US, es, …"),
        max_length=35,
        widget=forms.TextInput(attrs={"class": "input-short"}),
    )
    file = forms.FileField(
        label=_("Captions from a file"),
        help_text=_("WebVTT (.vtt) or SubRip (.srt). It takes the place of the text below."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt"}),
    )
    text = forms.CharField(
        label=_("Captions, typed"),
        help_text=_(
            "Each caption: a line of times like 00:01.000 --> 00:04.000, its words below, then an "
            "empty line."
        ),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "true", "class": "is-code"}),
    )

    def clean_file(self) -> "UploadedFile[bytes] | None":
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > LONGEST_TEXT:
            raise forms.ValidationError(_("Captions of one recording are shorter than 1 MB."))
        try:
            self.file_text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                _("The file is not UTF-8 text. Save the captions as UTF-8.")
            ) from None
        return file

    def carry(self, moved: ChangedMeanwhile, **fields: str) -> None:
        """No browser sends a file twice, so its text stands in the field from here on."""
        super().carry(moved, text=self.captions, **fields)

    @property
    def captions(self) -> str:
        """Of the file when there is one."""
        if self.cleaned_data["file"] is not None:
            return self.file_text
        return str(self.cleaned_data["text"])


class TranscriptForm(SeenForm):
    field_names = {"transcript": "text"}
    text = forms.CharField(
        label=_("Transcript"),
        help_text=_(
            "What is said, and what is shown and matters. For people who cannot hear or see it, "
            "and for everybody who would rather read."
        ),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "true"}),
    )


class HandoutForm(SeenForm):
    title = TitleField(
        label=_("Title"), required=False, help_text=_("Left empty: the name of the file.")
    )
    credit = LineField(label=_("Who made it"), required=False, max_length=300)
    file = forms.FileField(
        label=_("File"),
        help_text=_("A PDF or a picture (JPEG, PNG, WebP), at most 20 MB."),
        widget=forms.FileInput(
            attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp,application/pdf,image/*"}
        ),
        error_messages={"required": _("Choose a file first."), "empty": _("The file is empty.")},
    )

    def __init__(self, *args: Any, is_new: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_new:
            self.fields["title"].required = True
            self.fields["title"].help_text = ""
            self.fields["file"].required = False
            self.fields["file"].label = _("Another file in its place")

    def clean_file(self) -> "UploadedFile[bytes] | None":
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > LARGEST_HANDOUT:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file
