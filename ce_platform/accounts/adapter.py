"""How django-allauth writes mail and decides here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ce_platform.core.mail import put_in_outbox

# Messages of these templates carry a code that signs somebody in or proves an address.
_SECRET_TEMPLATES = frozenset(
    {
        "email_confirmation",
        "email_confirmation_signup",
        "login_code",
        "password_reset_code",
        "password_reset_key",
    }
)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This email address and this password do not belong together. Check both, or ask for "
            "a new password."
        ),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _(
            "This is not the code we sent. Compare it letter by letter; only the newest code works."
        ),
        "incorrect_password": _("This is not your password."),
        "same_as_current": _("This is the address you have now."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's messages into the outbox: the same page shows and the same worker sends."""
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        user = context.get("user")
        put_in_outbox(
            subject=str(message.subject),
            body=str(message.body),
            to_email=email,
            to_user_id=getattr(user, "pk", None),
            is_secret="code" in context or template_prefix.rpartition("/")[2] in _SECRET_TEMPLATES,
            now=timezone.now(),
        )

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True
