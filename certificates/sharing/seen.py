"""What a shared page shows at this moment. Nothing of it is kept: what was revoked is gone from it
the moment it is revoked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet

from ce_platform.accounts.models import User
from ce_platform.licensing.domain.licenses import active_licenses
from certificates.models import Certificate, SharedCertificate, SharedPage
from certificates.sheet import SPECIMEN_LINE
from certificates.standing import Standing, standing_of
from certificates.successors import newest_of

MOST_SHOWN: Final = 500


@dataclass(frozen=True)
class Entry:
    title: str
    hours: Decimal
    completed_on: date
    name: str
    """As printed, where it is another than the name of the page."""
    verify_url: str


@dataclass(frozen=True)
class Seen:
    name: str
    provider: str
    entries: tuple[Entry, ...]
    hours: Decimal
    licenses: tuple[tuple[str, str], ...]
    """(place, number), when ticked."""
    email: str
    """When ticked."""
    fallen: Standing | None
    """Of the page of one certificate that does not hold any more."""
    fallen_title: str
    fallen_url: str
    specimen_line: str
    is_single: bool

    @property
    def is_empty(self) -> bool:
        return not self.entries and self.fallen is None


def seen_of_page(page: SharedPage) -> Seen:
    """`user` and `certificate` should be selected with the page."""
    enrollments = SharedCertificate.objects.filter(page=page).values("certificate__enrollment")
    certificates = Certificate.objects.filter(
        user=page.user_id, status=Certificate.Status.ISSUED, enrollment__in=enrollments
    )
    return seen_of(
        page.user,
        _newest(certificates),
        has_licenses=page.has_licenses,
        has_email=page.has_email,
        single=page.certificate,
    )


def seen_of(
    user: User,
    certificates: Collection[Certificate],
    *,
    has_licenses: bool,
    has_email: bool,
    single: Certificate | None = None,
) -> Seen:
    """`certificates`: valid ones of the person, newest first."""
    names = [row.holder_name for row in certificates]
    if single is not None and not certificates:
        # What was printed last says how it stands: the name of one that was corrected before it
        # was revoked may be the very thing that was wrong.
        single = newest_of(single)
    name = names[0] if names else (single.holder_name if single else "")
    fallen = standing_of(single) if single is not None and not certificates else None
    provider = next((row.provider_name for row in certificates), "")
    return Seen(
        name=name,
        provider=provider or (single.provider_name if single else ""),
        entries=tuple(
            Entry(
                title=row.course_title,
                hours=row.credit_hours,
                completed_on=row.completed_on,
                name="" if row.holder_name == name else row.holder_name,
                verify_url=row.verify_url,
            )
            for row in certificates
        ),
        hours=sum((row.credit_hours for row in certificates), Decimal(0)),
        licenses=tuple(
            (row.body.place, row.number) for row in (active_licenses(user) if has_licenses else [])
        ),
        email=user.email if has_email else "",
        fallen=fallen,
        fallen_title=single.course_title if single is not None and fallen is not None else "",
        fallen_url=single.verify_url if single is not None and fallen is not None else "",
        specimen_line=SPECIMEN_LINE if any(row.is_specimen for row in certificates) else "",
        is_single=single is not None,
    )


def choosable(user: User) -> list[Certificate]:
    """Valid certificates of the person, newest first; records of an earlier system are not shown
    on pages of ours, see switching.py."""
    return _newest(
        Certificate.objects.filter(
            user=user, status=Certificate.Status.ISSUED, enrollment__isnull=False
        )
    )


def _newest(certificates: QuerySet[Certificate]) -> list[Certificate]:
    return list(certificates.order_by("-completed_on", "-pk")[:MOST_SHOWN])
