"""What the studio's page of an import sends."""

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.interchange import formats
from quizzes.interchange.files import MOST_BYTES
from quizzes.studio_forms import MOST_PASTED_BYTES

ACCEPTED: Final = ".gift,.txt,.xml,.zip,.xlsx,.csv,.toml"


class ImportForm(forms.Form):
    """A file or a text, and what it is when that is not found out rightly."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "GIFT, Moodle XML, QTI (.zip or .xml), Aiken, .xlsx, .csv or .toml."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the text here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[("", gettext_lazy("Find out by itself")), *formats.READ.items()],
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        file: UploadedFile[bytes] | None = told.get("file")
        text = str(told.get("text") or "")
        if not file and not text.strip() and not self.errors:
            self.add_error("file", _("Choose a file or paste a text first."))
        if file and text.strip():
            self.add_error("text", _("Bring a file or a text, not both at once."))
        if file and (file.size or 0) > MOST_BYTES:
            self.add_error(
                "file",
                _("The file is larger than %(size)d MB. Bring it in parts.")
                % {"size": MOST_BYTES // 1_000_000},
            )
        if len(text.encode(errors="replace")) > MOST_PASTED_BYTES:
            self.add_error(
                "text",
                _("The text is larger than %(size)d kB. Save it as a file, and choose that.")
                % {"size": MOST_PASTED_BYTES // 1000},
            )
        return told

    @property
    def content(self) -> bytes:
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file:
            return bytes(file.read())
        text = str(self.cleaned_data["text"])
        return text.replace("\r\n", "\n").encode(errors="replace")

    @property
    def file_name(self) -> str:
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        return str(file.name or "") if file else ""

    @property
    def format_name(self) -> str:
        return str(self.cleaned_data["format"])
