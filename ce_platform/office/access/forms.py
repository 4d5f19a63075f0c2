"""What the office types about access."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from ce_platform.core.errors import DomainError
from ce_platform.licensing.forms.fields import DayField, LineField, TextField
from ce_platform.office.access.queries import course_choices
from ce_platform.office.asking.forms import SentOnceForm
from courses.domain.access import MOST_AT_ONCE, MOST_USES
from courses.domain.inviting import read_addresses
from courses.models import AccessCode, Course
from courses.studio.forms_course_page import SecureURLField

_DAY: Final = _("Up to and including this day, where your office is. Empty: no end.")


class CourseField(forms.ChoiceField):
    """A course by its title; gives the row back."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Course"), choices=[("", _("Choose …")), *course_choices()], **options
        )

    def clean(self, value: Any) -> Course | None:
        slug = super().clean(value)
        return Course.objects.filter(slug=slug).first() if slug else None


class CodesForm(SentOnceForm):
    """New codes, one or many."""

    count = forms.IntegerField(
        label=_("How many codes"), min_value=1, max_value=MOST_AT_ONCE, initial=1
    )
    use_limit = forms.IntegerField(
        label=_("People per code"),
        help_text=_("How many may use the same code, each once."),
        min_value=1,
        max_value=MOST_USES,
        initial=1,
    )
    expires_on = DayField(label=_("Last day"), help_text=_DAY, required=False)
    note = LineField(
        label=_("Note"),
        help_text=_("For whom or what; only the office sees it."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["course"] = CourseField()
        self.order_fields(["course", "count", "use_limit", "expires_on", "note"])
        for name in ("count", "use_limit"):
            self.fields[name].widget.attrs["class"] = "input-short"


class CodeChangeForm(forms.Form):
    use_limit = forms.IntegerField(
        label=_("People who may use it"), min_value=1, max_value=MOST_USES
    )
    expires_on = DayField(label=_("Last day"), help_text=_DAY, required=False)
    note = LineField(label=_("Note"), max_length=300, required=False)

    @classmethod
    def of(cls, code: AccessCode) -> "CodeChangeForm":
        return cls(
            initial={
                "use_limit": code.use_limit,
                "expires_on": code.expires_on,
                "note": code.note,
            }
        )


class CancelForm(forms.Form):
    reason = LineField(label=_("Why"), help_text=_("It is kept."), max_length=300)
    is_refund = forms.BooleanField(
        label=_("The money was paid back: whoever came in by it leaves the course"),
        required=False,
    )


class RefundForm(forms.Form):
    reason = LineField(label=_("Why"), help_text=_("It is kept."), max_length=300)


class SendForm(forms.Form):
    email = forms.EmailField(label=_("Email address"), max_length=254)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class InvitationsForm(forms.Form):
    emails = TextField(
        label=_("Email addresses"),
        help_text=_("One a line. Who has no account here gets one, and signs in by a code."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        max_length=60_000,
    )
    expires_on = DayField(label=_("Last day"), help_text=_DAY, required=False)
    note = LineField(
        label=_("A sentence for the message"),
        help_text=_("Everybody reads the same."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["course"] = CourseField()
        self.order_fields(["course", "emails", "expires_on", "note"])

    def clean_emails(self) -> list[str]:
        try:
            return read_addresses(self.cleaned_data["emails"])
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from None


class AccessForm(forms.Form):
    """How a course is opened, what it costs, where it is bought."""

    access = forms.ChoiceField(
        label=_("Who may start it"), choices=Course.Access.choices, widget=forms.RadioSelect
    )
    price_text = LineField(
        label=_("Price"),
        help_text=_("In words: “$79”, “$45 for members”. Empty: what the course page says."),
        max_length=120,
        required=False,
    )
    shop_url = SecureURLField(
        label=_("Where to buy a code"),
        help_text=_("The page of your shop, beginning with https://."),
        max_length=500,
    )


class ShopForm(forms.Form):
    name = LineField(
        label=_("Name"),
        help_text=_("One for each place that numbers orders by itself: “WooCommerce”, “Stripe”."),
        max_length=80,
    )


class TestSaleForm(forms.Form):
    key = forms.ChoiceField(label=_("Signed with"))

    def __init__(self, *args: Any, keys: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].choices = keys  # type: ignore[attr-defined]
        self.fields["course"] = CourseField()


class ExampleForm(forms.Form):
    """Which course the examples are filled in with."""

    course = forms.ChoiceField(label=_("Course in the examples"))

    def __init__(self, *args: Any, courses: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["course"].choices = courses  # type: ignore[attr-defined]
