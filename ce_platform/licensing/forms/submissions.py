"""The registrar's forms: add a submission, move it, correct it, note something."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from ce_platform.core.templatetags.wording import plain_number
from ce_platform.licensing.domain import moves
from ce_platform.licensing.domain.errors import LetterRefused
from ce_platform.licensing.domain.letters import check_letter
from ce_platform.licensing.forms.fields import BodyField, DayField, LineField, TextField
from ce_platform.licensing.models import LicensingBody, Submission, SubmissionEvent

Status = Submission.Status


class LetterField(forms.FileField):
    def __init__(self, *, noun: str = "letter", **options: Any) -> None:
        self.noun = noun
        widget = forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"})
        super().__init__(widget=widget, error_messages={"empty": "The file is empty."}, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if upload and upload is not initial:
            try:
                check_letter(upload, noun=self.noun)
            except LetterRefused as refusal:
                raise ValidationError(str(refusal)) from refusal
        return upload


def _line(label: str, help_text: str = "", *, size: int = 120, short: bool = False) -> forms.Field:
    attrs = {"autocomplete": "off"} | ({"class": "input-short"} if short else {})
    return LineField(
        label=label,
        help_text=help_text,
        max_length=size,
        required=False,
        widget=forms.TextInput(attrs=attrs),
    )


_MAKE: Final[dict[str, Callable[[], forms.Field]]] = {
    "channel": lambda: _line("Sent through", "E.g. CE Broker, portal, mail.", short=True),
    "reference": lambda: _line("Their reference", "What to quote when you call.", short=True),
    "submitted_on": lambda: DayField(label="Submitted on", required=False),
    "answer_due_on": lambda: DayField(label="Answer due on", required=False),
    "decided_on": lambda: DayField(label="Decided on", required=False),
    "number": lambda: _line("Course number", "As the body writes it.", size=60, short=True),
    "title_approved": lambda: _line(
        "Title as approved", "Printed exactly like this. Empty: the course's own title.", size=200
    ),
    "hours_granted": lambda: forms.DecimalField(
        label="Hours granted",
        max_digits=5,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-short", "inputmode": "decimal"}),
        error_messages={"invalid": "Write the hours as a number, e.g. 0.5."},
    ),
    "category": lambda: _line("Category", "As the body calls it.", short=True),
    "valid_from": lambda: DayField(label="Valid from", required=False),
    "valid_to": lambda: DayField(label="Valid to", help_text="The last day.", required=False),
    "conditions": lambda: TextField(label="Conditions", required=False, max_length=2000),
    "letter": lambda: LetterField(
        label="Letter", help_text="PDF, PNG or JPEG, at most 10 MB.", required=False
    ),
}

_LABELS: Final[dict[tuple[str, str], tuple[str, str]]] = {
    (Status.ACCEPTS_LIST, "decided_on"): (
        "On that list since",
        "Used only while nothing is recorded here about the list's own decision.",
    ),
    (Status.DENIED, "answer_due_on"): ("Appeal until", ""),
    (Status.EXPIRED, "valid_to"): ("Last day of the approval", ""),
}
_NOTE: Final[dict[str, tuple[str, str]]] = {
    Status.MORE_INFO: ("What the body asks", ""),
    Status.DENIED: ("Reason given", ""),
    Status.NOT_NEEDED: ("Why nothing is sent", "E.g. the state asks for no continuing education."),
}


def fact_field(
    name: str, status: Submission.Status, *, approvers: Sequence[LicensingBody]
) -> forms.Field:
    if name == "through":
        field: forms.Field = BodyField(
            bodies=approvers, label="Whose list", required=False, help_text="E.g. NCBTMB."
        )
    else:
        field = _MAKE[name]()
    label, help_text = _LABELS.get((status, name), ("", ""))
    if label:
        field.label, field.help_text = label, help_text
    # Needed facts are asked for by the domain, with its own sentences; the label says it here.
    field.required = name in moves.STAGES[status].needs
    if field.required:
        field.error_messages["required"] = moves.missing_sentence(name)
    return field


class _FactsForm(forms.Form):
    """Fields of the facts of one status, filled with what the row says now."""

    def __init__(
        self,
        *args: Any,
        submission: Submission,
        status: Submission.Status,
        names: Sequence[str],
        approvers: Sequence[LicensingBody],
        clears: Sequence[str] = (),
        **options: Any,
    ) -> None:
        self.names = names
        options["initial"] = {
            name: getattr(submission, name)
            for name in self.names
            if name not in ("letter", "through")
        } | {"through": submission.through.code if submission.through else ""}
        if submission.hours_granted is not None:
            options["initial"]["hours_granted"] = plain_number(submission.hours_granted)
        # The day of an answer is not the day of an appeal: what a move clears starts empty.
        for name in clears:
            options["initial"].pop(name, None)
        super().__init__(*args, **options)
        for name in self.names:
            self.fields[name] = fact_field(name, status, approvers=approvers)

    def facts(self) -> dict[str, Any]:
        """What was sent, without the letter: its bytes are stored first."""
        return {name: self.cleaned_data[name] for name in self.names if name != "letter"}

    def add_problems(self, problems: dict[str, str]) -> None:
        for name, sentence in problems.items():
            self.add_error(name if name in self.fields else None, sentence)


class MoveForm(_FactsForm):
    """One allowed move. Every move of a page has its own prefix, so ids stay apart."""

    def __init__(
        self,
        *args: Any,
        submission: Submission,
        to: Submission.Status,
        approvers: Sequence[LicensingBody],
        **options: Any,
    ) -> None:
        super().__init__(
            *args,
            submission=submission,
            status=to,
            names=moves.asked_in(submission.status, to),
            approvers=approvers,
            clears=moves.STAGES[to].clears,
            prefix=to.value,
            **options,
        )
        label, help_text = _NOTE.get(to, ("Note", ""))
        needed = moves.STAGES[to].note_sentence
        self.fields["note"] = TextField(
            label=label,
            help_text=help_text,
            required=bool(needed),
            max_length=4000,
            error_messages={"required": needed or "Write something."},
        )


class CorrectionForm(_FactsForm):
    """Mend the facts of the present status."""

    def __init__(
        self, *args: Any, submission: Submission, approvers: Sequence[LicensingBody], **options: Any
    ) -> None:
        status = Status(submission.status)
        super().__init__(
            *args,
            submission=submission,
            status=status,
            names=moves.STAGES[status].facts,
            approvers=approvers,
            prefix="correct",
            **options,
        )
        self.fields["note"] = TextField(
            label="Why",
            max_length=4000,
            error_messages={"required": "Say why the facts are corrected."},
        )


class MessageForm(forms.Form):
    """A message in, a message out, or a note of our own. While a question of the body is open, an
    answer may close it; while the body decides, what came from it may be a question."""

    direction = forms.ChoiceField(
        label="What is it?",
        choices=SubmissionEvent.Direction.choices,
        widget=forms.RadioSelect,
        initial=SubmissionEvent.Direction.INTERNAL,
        error_messages={"required": "Choose who wrote to whom."},
    )
    note = TextField(
        label="What was said",
        help_text="A call, a message, what to do next. It stays with the file.",
        max_length=4000,
        error_messages={"required": "Write the note first."},
    )
    happened_on = DayField(label="On", help_text="Empty: today.", required=False)
    contact = LineField(
        label="With whom",
        help_text="Name, phone or address.",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "input-short"}),
    )
    letter = LetterField(
        label="Attachment", help_text="PDF, PNG or JPEG, at most 10 MB.", required=False
    )

    prefix = "message"

    def __init__(self, *args: Any, submission: Submission, **options: Any) -> None:
        super().__init__(*args, **options)
        if submission.status == Status.MORE_INFO:
            self.fields["direction"].initial = SubmissionEvent.Direction.TO_BODY
            self.fields["answers"] = forms.BooleanField(
                label="This answers the body’s question: the body decides again",
                required=False,
            )
        # Also where a colleague has moved the file since the page was opened: what was ticked and
        # dated there must not be dropped without a word.
        if submission.status == Status.SUBMITTED or f"{self.prefix}-asks" in self.data:
            self.fields["asks"] = forms.BooleanField(
                label="The body asks something that we must answer", required=False
            )
            self.fields["answer_due_on"] = DayField(label="Answer due on", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        direction = given.get("direction")
        if given.get("answers") and direction != SubmissionEvent.Direction.TO_BODY:
            self.add_error("direction", "An answer goes to the body.")
        if given.get("asks") and direction != SubmissionEvent.Direction.FROM_BODY:
            self.add_error("direction", "A question comes from the body.")
        if given.get("answer_due_on") and not given.get("asks"):
            self.add_error("asks", "Tick this when an answer is due.")
        return given

    def add_problems(self, problems: dict[str, str]) -> None:
        for name, sentence in problems.items():
            self.add_error(name if name in self.fields else None, sentence)


class AddSubmissionForm(forms.Form):
    """Which course edition, which body. The first step follows on the next page."""

    def __init__(
        self,
        *args: Any,
        editions: Sequence[tuple[str, str]],
        bodies: Sequence[LicensingBody],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["edition"] = forms.ChoiceField(
            label="Course edition", choices=[("", "Choose a course …"), *editions]
        )
        self.fields["body"] = BodyField(
            bodies=bodies, label="Licensing body", empty="Choose a body …"
        )
