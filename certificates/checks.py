"""A deployment that could not sign is caught before it serves."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register

from certificates.signing.keys import DEMONSTRATION, SigningKeyMissing, signing_key


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
    if key.certificate.subject.native.get("common_name") == DEMONSTRATION:
        return [
            Warning(
                "Certificates are signed with the key of a demonstration.",
                hint="Move DATA_DIR/signing away and run `manage.py make_signing_key`.",
                id="certificates.W002",
            )
        ]
    return []
