"""A deployment that could not sign is caught before it serves."""

from datetime import timedelta
from typing import Any, Final

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils import timezone

from certificates.signing.keys import DEMONSTRATION, SigningKeyMissing, signing_key

_SOON: Final = timedelta(days=60)


@register(Tags.security, deploy=True)
def check_signing_key(**kwargs: Any) -> list[CheckMessage]:
    try:
        key = signing_key()
    except SigningKeyMissing as error:
        return [
            Error(
                str(error),
                hint="Documents would wait until there is one: nothing unsigned is handed out.",
                id="certificates.E001",
            )
        ]
    now = timezone.now()
    if key.valid_to < now + _SOON:
        return [
            Warning(
                f"The signing certificate is valid until {key.valid_to:%Y-%m-%d}.",
                hint="Bring a new one before that day: afterwards documents wait.",
                id="certificates.W003",
            )
        ]
    if key.certificate.subject.native.get("common_name") == DEMONSTRATION:
        return [
            Warning(
                "Certificates are signed with the key of a demonstration.",
                hint="Move DATA_DIR/signing away and run `manage.py make_signing_key`.",
                id="certificates.W002",
            )
        ]
    return []
