"""What the office types about reports."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ce_platform.licensing.desk import edition_choices
from ce_platform.licensing.forms.fields import BodyField, DayField, LineField
from ce_platform.licensing.models import LicensingBody
from ce_platform.licensing.queries import license_bodies
from certificates.models import BodyChannel, ReportChannel, ReportLine
from certificates.reports.channels import CHANNELS
from certificates.reports.domain.events import LONGEST_REASON
from certificates.reports.queries import course_choices
from certificates.reports.wants import Wanted
from courses.models import Course

MOST_BYTES = 5_000_000


class ChannelForm(forms.Form):
    """How completions reach one body."""

    channel = forms.ChoiceField(
        label="How completions are reported",
        choices=ReportChannel.choices,
        widget=forms.RadioSelect,
    )
    provider_number = LineField(
        label="Our provider number in CE Broker",
        help_text="As CE Broker shows it, e.g. 50-12345. The file carries it without 50-.",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-short", "autocomplete": "off"}),
    )
    provider_valid_from = DayField(label="Valid from", required=False)
    provider_valid_to = DayField(label="Valid to", required=False)
    profession_code = LineField(
        label="Profession code",
        help_text=(
            "CE Broker's code for massage therapists of this body. Its list is in your account; "
            "we have none to choose from. Stands in the file after “Profession=”."
        ),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-short", "autocomplete": "off"}),
    )
    license_format = LineField(
        label="What a license number looks like",
        help_text=(
            "Only where you know it: # stands for a digit, ? for a letter, * for anything more, "
            "e.g. MA ####*. Spaces and dashes do not matter. Therapists are asked to look again "
            "at a number that differs, and no report leaves with one. Empty: not checked."
        ),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-short", "autocomplete": "off"}),
    )
    needs_consent = forms.BooleanField(
        label="Report only with the therapist's consent", required=False
    )

    def __init__(self, *args: Any, row: BodyChannel | None, wanted: Wanted, **options: Any) -> None:
        if row is not None:
            of_row = [name for name in self.base_fields if name != "license_format"]
            options["initial"] = {name: getattr(row, name) for name in of_row}
        else:
            options["initial"] = {
                "channel": wanted.channel,
                "needs_consent": wanted.needs_consent,
            }
        options["initial"]["license_format"] = wanted.license_format
        super().__init__(*args, **options)

    def clean_provider_number(self) -> str:
        number = str(self.cleaned_data["provider_number"])
        channel = CHANNELS.get(self.cleaned_data.get("channel", ""))
        if number and channel is not None and not channel.provider_number(number):
            raise ValidationError("Write the number like 50-12345.")
        return number

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("provider_valid_from"), found.get("provider_valid_to")
        if first and last and last < first:
            self.add_error("provider_valid_to", "The last day cannot be earlier than the first.")
        return found


class CourseNumberForm(forms.Form):
    edition = forms.ChoiceField(label="Course edition")
    number = LineField(
        label="Number in the channel",
        help_text="E.g. 20-123456. The file carries it without 20-. Empty takes it away.",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-short", "autocomplete": "off"}),
    )
    is_own = forms.BooleanField(
        label="This is our own course id, not a number of CE Broker",
        help_text="It stands in column C instead of column B.",
        required=False,
    )
    publishing_number = LineField(
        label="Publishing number",
        help_text="Usually empty.",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-short", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, channel: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.channel = channel
        self.fields["edition"] = forms.ChoiceField(
            label="Course edition", choices=[("", "Choose …"), *edition_choices()]
        )
        self.order_fields(["edition"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        number, channel = found.get("number"), CHANNELS.get(self.channel)
        if (
            number
            and channel is not None
            and not channel.course_number(number, is_own=bool(found.get("is_own")))
        ):
            self.add_error("number", "Write the number like 20-123456.")
        slug, _, edition = str(found.get("edition", "")).rpartition(":")
        if slug:
            found["course"] = Course.objects.get(slug=slug)
            found["edition"] = int(edition)
        return found


class ReasonForm(forms.Form):
    reason = LineField(
        label="Reason",
        max_length=LONGEST_REASON,
        help_text="The history of the line keeps it.",
        error_messages={"required": "Write the reason: the history of the line keeps it."},
    )


class CorrectionForm(ReasonForm):
    license_number = LineField(
        label="License number, as the body knows it",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("license_number", "reason")

    def __init__(self, *args: Any, line: ReportLine, **options: Any) -> None:
        options["initial"] = {"license_number": line.license_number}
        super().__init__(*args, **options)


class ReceiptsForm(forms.Form):
    file = forms.FileField(
        label="Table of answers",
        help_text="A .csv file in UTF-8 or an .xlsx workbook, at most 5 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError("The file is larger than 5 MB.")
        return upload


class RosterForm(forms.Form):
    course = forms.ChoiceField(label="Course", required=False)
    first = DayField(label="Completed from")
    last = DayField(label="Completed to")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["course"] = forms.ChoiceField(
            label="Course", choices=[("", "All courses"), *course_choices()], required=False
        )
        self.fields["body"] = BodyField(
            bodies=license_bodies(), label="License holders of", empty="All", required=False
        )
        self.order_fields(["course", "body", "first", "last"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day cannot be earlier than the first.")
        slug = found.get("course")
        found["course"] = Course.objects.filter(slug=slug).first() if slug else None
        return found

    @property
    def chosen_body(self) -> LicensingBody | None:
        return self.cleaned_data.get("body")
