"""What people write to the office, and the office to them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.models import User
from ce_platform.core.text import clean
from ce_platform.licensing.forms.fields import AnsweredChoiceField, LineField, TextField
from ce_platform.office.asking import attachments
from ce_platform.office.asking.context import LONGEST_PAGE
from ce_platform.office.asking.domain import LONGEST_TEXT
from ce_platform.office.asking.models import ThreadMessage

Channel = ThreadMessage.Channel


class SentOnceForm(forms.Form):
    """Carries an id, so that a form sent twice says a thing once."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uid"].initial = uuid4

    @property
    def uid_sent(self) -> UUID:
        return self.cleaned_data.get("uid") or uuid4()


def _text(label: Any, help_text: Any = "", *, rows: int = 8) -> TextField:
    return TextField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _file() -> forms.FileField:
    return forms.FileField(
        label=_("Picture or PDF"),
        help_text=_("A screenshot, a letter, a license card. At most 10 MB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": attachments.ACCEPT}),
        error_messages={"empty": _("The file is empty.")},
    )


class QuestionForm(SentOnceForm):
    """Of somebody who is signed in."""

    page = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_PAGE)
    text = _text(_("Your question"), _("What happened, or what you would like to know."))
    file = _file()

    def clean_page(self) -> str:
        return clean(self.cleaned_data["page"])


class VisitorQuestionForm(QuestionForm):
    """Of somebody whom we do not know. Robots fill in what people do not see."""

    name = LineField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("The answer goes there, and nothing else."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    file = None  # type: ignore[assignment]

    field_order = ["name", "email", "text"]

    def clean_email(self) -> str:
        return clean(self.cleaned_data["email"]).lower()

    @property
    def is_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class WriteOnForm(SentOnceForm):
    text = _text(_("Write more"), rows=5)
    file = _file()


class OfficeWriteForm(SentOnceForm):
    """An answer, a note, or what was said elsewhere: the button says which."""

    text = _text(_("Your answer, or what you note"), rows=8)
    file = _file()
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class SavedReplyForm(forms.Form):
    title = LineField(
        label=_("Title"), help_text=_("By which you find it; nobody else sees it."), max_length=80
    )
    text = _text(_("Text"), rows=10)


class EraseForm(forms.Form):
    reason = LineField(
        label=_("Why"),
        help_text=_("Kept in the log. Write no name: “Asked for it by mail, June 3.”"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LogForm(SentOnceForm):
    """A call or a mail becomes a thread."""

    channel = forms.ChoiceField(
        label=_("How it came"),
        choices=[(Channel.PHONE, _("By phone")), (Channel.MAIL, _("By mail"))],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    email = forms.EmailField(
        label=_("Email address"),
        help_text=_("Of an account, if they have one: then it stands at the person."),
        max_length=254,
        required=False,
    )
    name = LineField(label=_("Name"), max_length=120, required=False)
    text = _text(_("What they said"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("email") and not given.get("name"):
            raise ValidationError(_("Write an address or a name, so that it can be found again."))
        return given


class AttachForm(forms.Form):
    """Whose question it is."""

    email = forms.EmailField(label=_("Email address of their account"), max_length=254)

    def clean_email(self) -> User:
        user = User.objects.filter(
            email=clean(self.cleaned_data["email"]).lower(), closed_at__isnull=True
        ).first()
        if user is None:
            raise ValidationError(_("Nobody has an account with this address."))
        return user


class AssignForm(forms.Form):
    to = AnsweredChoiceField(label=_("Who looks after it"))

    def __init__(self, *args: Any, colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._colleagues = {str(each.uid): each for each in colleagues}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 – made above
        field.choices = [
            ("", _("Nobody in particular")),
            *((uid, each.get_full_name()) for uid, each in self._colleagues.items()),
        ]

    def clean_to(self) -> User | None:
        return self._colleagues.get(self.cleaned_data["to"])
