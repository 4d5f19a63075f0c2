"""How django-allauth's second steps store, name and draw things here."""

import base64
import logging
import secrets
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.safety import encryption
from ce_platform.core.provider import provider_facts

logger = logging.getLogger(__name__)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("This cannot be switched off."),
        "cannot_generate_recovery_codes": _(
            "Set up an authenticator app or a passkey first; recovery codes stand in for it."
        ),
        "incorrect_code": _(
            "This was not right. A code works once and for a minute: wait for the next one."
        ),
        "unverified_email": _("Confirm your new email address first, then come back."),
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return encryption.decrypt(encrypted_text)
        except encryption.InvalidToken:
            # A lost SECRET_KEY must not turn sign-in into an error page: no code fits any more,
            # and the office resets the second step.
            logger.exception("A secret of a second step cannot be read: was SECRET_KEY changed?")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> str:
        import segno  # only this page draws one

        # A quiet zone of four modules, black on white in the dark too: cameras want that.
        return str(
            segno.make_qr(url, error="m").svg_inline(
                scale=4, border=4, dark="#000", light="#fff", omitsize=True
            )
        ).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)

    def _get_site_name(self) -> str:
        return provider_facts().name

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.get_full_name()}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return (
            gettext("Passkey %(number)s") % {"number": count + 1} if count else gettext("Passkey")
        )
