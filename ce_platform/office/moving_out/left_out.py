"""What stays out of the archive, and why. Everything else is in it.

The short list is shown in the README of each archive. A column whose name sounds like a secret is
left out unless it is named here as harmless: a mistake then costs a column, not a secret.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.apps import apps
from django.db.models import BooleanField, Field, Model

LEFT_OUT: Final[Mapping[str, str]] = {
    "sessions.Session": "who is signed in at the moment",
    "usersessions.UserSession": "who is signed in at the moment, in which browser",
    "mfa.Authenticator": "secrets of second steps: everybody sets up a new one elsewhere",
    "account.EmailConfirmation": "keys of unfinished changes of an address",
}
# Columns that are left out for another reason than their name.
_BESIDES: Final[Mapping[str, frozenset[str]]] = {
    "accounts.User": frozenset({"password"}),
}
_SOUNDS_SECRET: Final = re.compile(
    r"password|passphrase|secret|token|totp|credential_id|private_key|session_key|api_key|hash$"
)
HARMLESS: Final = frozenset(
    {
        # Part of an address that holders give to others, like the serial of a certificate.
        ("certificates.SharedPage", "token"),
    }
)


def archived_models() -> list[type[Model]]:
    """Every table of the database but those left out, also the tables between two others."""
    models = apps.get_models(include_auto_created=True)
    return sorted(
        (
            model
            for model in models
            if not model._meta.proxy and model._meta.managed and model._meta.label not in LEFT_OUT
        ),
        key=lambda model: model._meta.label_lower,
    )


def is_secret(model: type[Model], field: "Field[Any, Any]") -> bool:
    label = model._meta.label
    if field.name in _BESIDES.get(label, ()):
        return True
    if isinstance(field, BooleanField) or field.is_relation:
        return False
    return bool(_SOUNDS_SECRET.search(field.name)) and (label, field.name) not in HARMLESS
