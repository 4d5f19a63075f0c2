"""How django-allauth writes mail and decides here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.mail_kinds import kind_of
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.mail_bounces import clear_bounce
from ce_platform.core.mail_text import with_footer
from ce_platform.core.models import Provider


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
        """Put allauth's messages into the outbox: the same page shows and the same worker sends.

        A message of a kind that nobody registered is taken as one with a code.
        """
        kind = kind_of(template_prefix)
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        user = context.get("user")
        provider = Provider.objects.filter(pk=1).first()
        put_in_outbox(
            kind=kind,
            subject=str(message.subject),
            body=with_footer(str(message.body), kind, provider=provider),
            to_email=email,
            to_user_id=getattr(user, "pk", None),
            is_secret="code" in context or kind is None or kind.is_secret,
            now=timezone.now(),
        )

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """A code that arrived proves the address: what waited for a working one goes there."""
        is_confirmed = super().confirm_email(request, email_address)
        if is_confirmed:
            clear_bounce(
                email_address.email,
                user_id=email_address.user_id,
                moved_to=email_address.email,
                by=email_address.user,
                now=timezone.now(),
            )
        return bool(is_confirmed)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True
