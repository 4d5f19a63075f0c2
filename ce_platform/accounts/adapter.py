"""How django-allauth writes mail and decides here."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core import context as request_context
from allauth.core.internal import ratelimit  # the public one takes no `config`
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.mail_kinds import kind_of
from ce_platform.accounts.making import zone_of_new_accounts
from ce_platform.accounts.models import User, zone_named
from ce_platform.accounts.rules import sleeping_roles
from ce_platform.accounts.safety import browsers, devices, guessing
from ce_platform.core.mail import put_in_outbox
from ce_platform.core.mail_bounces import clear_bounce
from ce_platform.core.mail_text import with_footer
from ce_platform.core.models import Provider
from ce_platform.core.ratelimit import client_address


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

    def new_user(self, request: HttpRequest) -> Any:
        user = super().new_user(request)
        user.time_zone = zone_of_new_accounts()
        return user

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

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Told in the person's own time and with the browser in words."""
        with timezone.override(zone_named(user.time_zone)):
            super().send_notification_mail(
                template_prefix,
                user,
                {
                    "user": user,
                    "browser": browsers.in_words(self.request.headers.get("User-Agent", "")),
                    **(context or {}),
                },
                email,
            )

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Tell the owner of a sign-in from a browser that has not signed them in before."""
        response: HttpResponse = super().post_login(request, user, **options)
        if not options["signup"] and not devices.is_known(request, user):
            self.send_notification_mail("account/email/new_device", user)
        devices.remember(request, response, user)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if sleeping_roles(request.user):
            return reverse("accounts:security")
        return str(super().get_login_redirect_url(request))

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who has just signed in is not asked for the same password again."""
        if not super().is_reauthentication_required(app=app):
            return False
        request = request_context.request
        records = get_authentication_records(request, request.user)
        just_now = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        return not records or records[-1]["at"] < just_now

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code from your app"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        return [
            {**method, "description": words.get(method["id"], method["description"])}
            for method in super().get_reauthentication_methods(user)
        ]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._note_refused_password(request, **credentials)
            raise

    def _note_refused_password(self, request: HttpRequest, **credentials: Any) -> None:
        """Only when this account was tried too often: one connection that tries many accounts
        must not send a message to each of them."""
        rates = app_settings.RATE_LIMITS["login_failed"].split(",")
        still_free = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed",
            config={"login_failed": ",".join(rate for rate in rates if rate.endswith("/key"))},
            key=self._get_login_attempts_cache_key(request, **credentials),
            dry_run=True,
        )
        if still_free:
            return
        email = str(credentials.get("email", "")).lower()
        user = User.objects.filter(email=email, is_active=True).first()
        if user is not None:
            guessing.note_refusal(
                user,
                kind=guessing.PASSWORD,
                address=client_address(request),
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
