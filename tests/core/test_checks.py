"""`check --deploy` names each deployment that would go wrong."""

from typing import Any

import pytest
from pytest_django import Settings

from ce_platform.core.checks import check_deployment

RIGHT: dict[str, Any] = {
    "DEMO": False,
    "IS_HTTPS": True,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "QUEUE_IMMEDIATE": False,
    "QUEUE_URL": "",
    "DEFAULT_FROM_EMAIL": "Office <office@example.com>",
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    "SECOND_STEP_REQUIRED": True,
}


def found(settings: Settings, **changes: Any) -> list[str | None]:
    for name, value in {**RIGHT, **changes}.items():
        setattr(settings, name, value)
    return [message.id for message in check_deployment()]


def test_right_deployment_has_nothing_to_mend(settings: Settings) -> None:
    assert found(settings) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DEMO": True}, "ce.E001"),
        ({"IS_HTTPS": False}, "ce.E002"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}, "ce.E003"),
        (
            {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}},
            "ce.W004",
        ),
        ({"QUEUE_IMMEDIATE": True}, "ce.E006"),
        ({"DEFAULT_FROM_EMAIL": "Continuing education <ce@localhost>"}, "ce.W007"),
        ({"ALLAUTH_TRUSTED_PROXY_COUNT": 0}, "ce.W008"),
        ({"MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": True}, "ce.E009"),
        ({"MFA_TOTP_INSECURE_BYPASS_CODE": "000000"}, "ce.E010"),
        ({"SECOND_STEP_REQUIRED": False}, "ce.W011"),
    ],
)
def test_wrong_deployment_is_named(settings: Settings, changes: dict[str, Any], code: str) -> None:
    assert found(settings, **changes) == [code]


def test_shared_queue_with_a_file_database_is_named(settings: Settings) -> None:
    is_file = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")

    assert found(settings, QUEUE_URL="redis://x") == (["ce.W005"] if is_file else [])
