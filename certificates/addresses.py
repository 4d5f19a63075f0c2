"""Addresses that are printed and therefore must hold for years."""

from django.conf import settings
from django.urls import reverse

from ce_platform.core import codes


def verify_url_of(serial: str) -> str:
    """What the QR code opens: with dashes, as somebody would copy it from paper."""
    path = reverse("certificates:verify-detail", args=[codes.dashed(serial)])
    return f"{settings.PUBLIC_BASE_URL}{path}"


def record_url_of(serial: str) -> str:
    """The same page for machines."""
    path = reverse("certificates:verify-record", args=[codes.dashed(serial)])
    return f"{settings.PUBLIC_BASE_URL}{path}"
