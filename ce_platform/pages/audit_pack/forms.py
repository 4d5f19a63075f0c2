"""What the office types to say whose records a pack is about."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ce_platform.core.models import AuditPack
from ce_platform.licensing.forms.fields import BodyField, DayField, LineField
from ce_platform.licensing.models import LicensingBody
from ce_platform.pages.audit_pack.numbers import LONGEST_NUMBER, MOST_NUMBERS, numbers_in

Way = AuditPack.Way
LONGEST_LIST: Final = 200_000


class PackForm(forms.Form):
    """What all four ways ask; each adds its own question above."""

    first_on = DayField(
        label=_("Completed on or after"),
        required=False,
        help_text=_("The learner's local date, as printed on the certificate."),
    )
    last_on = DayField(label=_("Completed on or before"), required=False)
    reference = LineField(
        label=_("Case number or reason"),
        required=False,
        max_length=120,
        help_text=_("Stands on the first page and in the log. E.g. “Florida audit 2026-118”."),
    )
    own: tuple[str, ...] = ()
    """The question of this way, first on the page."""
    has_choice = True
    """Whether the question can be answered: a learner must be found first."""

    def __init__(self, sent: Any = None, **options: Any) -> None:
        super().__init__(sent, **options)
        self.order_fields([*self.own, "first_on", "last_on", "reference"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        first, last = found.get("first_on"), found.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("This day is before the first one."))
        return found

    def asked(self) -> tuple[str, Mapping[str, Any]]:
        """Title and parameters of the pack."""
        raise NotImplementedError


class LearnerForm(PackForm):
    person = forms.ChoiceField(label=_("Learner"), widget=forms.RadioSelect)
    own = ("person",)

    def __init__(
        self, sent: Any = None, *, people: Sequence[tuple[str, str, int, str]], **options: Any
    ) -> None:
        """`people`: (uid, what is shown, id, name)."""
        super().__init__(sent, **options)
        self.has_choice = bool(people)
        self._people = {uid: (pk, name) for uid, _shown, pk, name in people}
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            (uid, shown) for uid, shown, _pk, _name in people
        ]

    def asked(self) -> tuple[str, Mapping[str, Any]]:
        pk, name = self._people[self.cleaned_data["person"]]
        return name, {"user": pk}


class CourseForm(PackForm):
    edition = forms.ChoiceField(label=_("Course and edition"))
    own = ("edition",)

    def __init__(
        self, sent: Any = None, *, editions: Mapping[str, tuple[int, int, str]], **options: Any
    ) -> None:
        """`editions`: "slug:2" → (course id, edition, what is shown)."""
        super().__init__(sent, **options)
        self._editions = editions
        self.fields["edition"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose …")),
            *((value, shown) for value, (_pk, _edition, shown) in editions.items()),
        ]

    def asked(self) -> tuple[str, Mapping[str, Any]]:
        course, edition, shown = self._editions[self.cleaned_data["edition"]]
        return shown, {"course": course, "edition": edition}


class BodyForm(PackForm):
    whose = forms.ChoiceField(
        label=_("Whose certificates"),
        widget=forms.RadioSelect,
        initial="holders",
        choices=[
            ("holders", _("Of learners who gave a license number of this body")),
            ("all", _("Of everybody whose certificate names this body")),
        ],
        help_text=_("A state board audits its own licensees; an approver audits all learners."),
    )
    own = ("body", "whose")

    def __init__(
        self, sent: Any = None, *, bodies: Sequence[LicensingBody], **options: Any
    ) -> None:
        super().__init__(sent, **options)
        self.fields["body"] = BodyField(label=_("Licensing body"), bodies=bodies)
        # Without a period this would be everything the provider ever issued there.
        for name in ("first_on", "last_on"):
            self.fields[name].required = True
        self.order_fields([*self.own, "first_on", "last_on", "reference"])

    def asked(self) -> tuple[str, Mapping[str, Any]]:
        body = self.cleaned_data["body"]
        is_for_all = self.cleaned_data["whose"] == "all"
        return f"{body.name} ({body.place})", {"body": body.code, "is_for_all": is_for_all}


class LicensesForm(PackForm):
    numbers = forms.CharField(
        label=_("License numbers"),
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "One on each line, pasted as the board sent them. Spaces, hyphens and capitals do "
            "not matter. Before anything is made you see which were found."
        ),
    )
    own = ("numbers", "body")

    def __init__(
        self, sent: Any = None, *, bodies: Sequence[LicensingBody], **options: Any
    ) -> None:
        super().__init__(sent, **options)
        self.fields["body"] = BodyField(
            label=_("Licenses of"),
            bodies=bodies,
            empty=gettext("Any state"),
            required=False,
            help_text=_(
                "The same number may exist in several states. With a body chosen, the pack holds "
                "its own approvals and letters and no other body's."
            ),
        )
        self.order_fields([*self.own, "first_on", "last_on", "reference"])

    def clean_numbers(self) -> list[str]:
        numbers = numbers_in(self.cleaned_data["numbers"])
        if not numbers:
            raise forms.ValidationError(_("Paste at least one number."))
        if len(numbers) > MOST_NUMBERS:
            raise forms.ValidationError(
                f"{len(numbers):,} numbers are too many at once; paste at most {MOST_NUMBERS:,}."
            )
        long = [number for number in numbers if len(number) > LONGEST_NUMBER]
        if long:
            raise forms.ValidationError(
                f"This is too long for a license number: {long[0][:LONGEST_NUMBER]}…"
            )
        return numbers

    def asked(self) -> tuple[str, Mapping[str, Any]]:
        numbers, body = self.cleaned_data["numbers"], self.cleaned_data["body"]
        what = f"{len(numbers)} license number{'' if len(numbers) == 1 else 's'}"
        title = f"{what}, {body.place}" if body else what
        return title, {"numbers": numbers, "body": body.code if body else ""}
