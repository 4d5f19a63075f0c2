"""Deployments that would go wrong are caught before they serve: `manage.py check --deploy`."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_deployment(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(
            Error(
                "DEMO is on: anyone may look around as the registrar.",
                hint="Remove DEMO from the environment of a real installation.",
                id="ce.E001",
            )
        )
    if not settings.IS_HTTPS:
        found.append(
            Error(
                "PUBLIC_BASE_URL is not https: sign-in cookies would travel in the clear.",
                hint="Serve through TLS and write PUBLIC_BASE_URL=https://…",
                id="ce.E002",
            )
        )
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        found.append(
            Error(
                "MAIL_URL is not set: sign-up codes and certificates would reach nobody.",
                hint="Write MAIL_URL=smtp+tls://mail.example.com:587 (docs/production.md).",
                id="ce.E003",
            )
        )
    if settings.QUEUE_IMMEDIATE:
        found.append(
            Error(
                "QUEUE_IMMEDIATE is on: people wait for mail and documents, and nothing is swept.",
                hint="Remove QUEUE_IMMEDIATE; it is for tests.",
                id="ce.E006",
            )
        )
    if getattr(settings, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False):
        found.append(
            Error(
                "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN is on: passkeys of other sites are accepted.",
                hint="Remove it; on one’s own machine passkeys work at http://localhost.",
                id="ce.E009",
            )
        )
    if getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", None):
        found.append(
            Error(
                "MFA_TOTP_INSECURE_BYPASS_CODE is set: one code opens every account.",
                hint="Remove it; it is for tests.",
                id="ce.E010",
            )
        )
    if not settings.SECOND_STEP_REQUIRED:
        found.append(
            Warning(
                "SECOND_STEP_REQUIRED is off: the office’s pages open with a password alone.",
                hint="Remove SECOND_STEP_REQUIRED; without it the office is asked.",
                id="ce.W011",
            )
        )
    if parseaddr(settings.DEFAULT_FROM_EMAIL)[1].endswith("@localhost"):
        found.append(
            Warning(
                "MAIL_FROM is not set: mail servers refuse messages from localhost.",
                hint="Write MAIL_FROM=Your name <office@example.com>.",
                id="ce.W007",
            )
        )
    if settings.SECURE_PROXY_SSL_HEADER and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        found.append(
            Warning(
                "A proxy is believed about https but not about visitors' addresses: rate limits "
                "count all visitors as one.",
                hint="Write TRUSTED_PROXY_COUNT=1 for one proxy, or BEHIND_TLS_PROXY=no.",
                id="ce.W008",
            )
        )
    if "locmem" in settings.CACHES["default"]["BACKEND"]:
        found.append(
            Warning(
                "The cache is not shared between workers: rate limits would leak.",
                hint="Use the database cache or CACHE_URL=redis://…",
                id="ce.W004",
            )
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") and settings.QUEUE_URL:
        found.append(
            Warning(
                "A shared queue with a SQLite database: SQLite serves one host only.",
                hint="Set DATABASE_URL=postgresql://… when there are several hosts.",
                id="ce.W005",
            )
        )
    return found
