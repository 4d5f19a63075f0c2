"""Which design certificates are issued with. A design is its files; changed files are a new one."""

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from ce_platform.core.models import Provider
from ce_platform.core.text import canonical_json
from certificates.models import CertificateDesign

TEMPLATE: Final = "certificates/designs/1"
NAME: Final = "Guilloche, landscape letter"
_BASE: Final = Path(settings.BASE_DIR)
FILES: Final = (
    _BASE / "templates" / TEMPLATE / "document.html",
    _BASE / "templates" / TEMPLATE / "sheet.html",
    _BASE / "templates" / TEMPLATE / "print.css",
    _BASE / "static" / "css" / "certificate-design-1.css",
    _BASE / "static" / "img" / "certificate-border.svg",
    _BASE / "static" / "img" / "certificate-medallion.svg",
)


@lru_cache(maxsize=1)
def files_sha256() -> str:
    digest = hashlib.sha256()
    for path in FILES:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _wanted(provider: Provider | None) -> dict[str, str]:
    logo = provider.logo.sha256 if provider and provider.logo else ""
    return {
        "template": TEMPLATE,
        "sha256": files_sha256(),
        "settings_json": canonical_json({"logo": logo}),
    }


def _newest_number() -> int:
    return CertificateDesign.objects.aggregate(newest=Max("number"))["newest"] or 0


def number_to_be(*, provider: Provider | None) -> int:
    """The number a certificate issued now would carry; writes nothing."""
    known = CertificateDesign.objects.filter(**_wanted(provider)).order_by("-number").first()
    return known.number if known is not None else _newest_number() + 1


def current_design(*, provider: Provider | None, now: datetime) -> CertificateDesign:
    """The row for today's files and logo; written when they are used for the first time."""
    wanted = _wanted(provider)
    while True:
        known = CertificateDesign.objects.filter(**wanted).order_by("-number").first()
        if known is not None:
            return known
        try:
            with transaction.atomic():
                return CertificateDesign.objects.create(
                    number=_newest_number() + 1, name=NAME, created_at=now, **wanted
                )
        except IntegrityError:
            continue  # Somebody else wrote this number at the same moment: look again.
