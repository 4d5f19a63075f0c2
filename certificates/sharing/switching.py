"""Switching a shared page on, changing what it shows, another link, and off at once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit, codes
from ce_platform.core.errors import DomainError
from certificates.models import Certificate, SharedCertificate, SharedPage


class NothingToShow(DomainError):
    def __init__(self) -> None:
        super().__init__("Choose at least one certificate that is valid.")


def live_page(user: User, certificate: Certificate | None) -> SharedPage | None:
    """The page that is on: of the person, or of one certificate and those it replaced."""
    pages = SharedPage.objects.filter(user=user, switched_off_at__isnull=True)
    if certificate is None:
        return pages.filter(certificate__isnull=True).first()
    return pages.filter(certificate__enrollment=certificate.enrollment_id).first()


def live_single_pages(user: User) -> list[SharedPage]:
    """Pages of one certificate each that are on, newest first."""
    return list(
        SharedPage.objects.filter(
            user=user, switched_off_at__isnull=True, certificate__isnull=False
        )
        .select_related("certificate")
        .order_by("-switched_on_at", "-pk")
    )


def switch_on(
    *,
    certificate: Certificate | None,
    chosen: Sequence[Certificate],
    has_licenses: bool,
    has_email: bool,
    by: User,
    now: datetime,
) -> SharedPage:
    """Show these to whoever has the link; a page that is on keeps its link and shows these now.

    `certificate`: the page of this one alone. Only one's own and only valid ones are taken.
    Errors: NothingToShow.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.pk)
        wanted = _valid_own(user, [certificate] if certificate is not None else chosen)
        if not wanted:
            raise NothingToShow
        page = live_page(user, certificate)
        is_new = page is None
        if page is None:
            page = _new_page(user, certificate, has_licenses, has_email, now=now)
        else:
            page.has_licenses, page.has_email = has_licenses, has_email
            page.save(update_fields=["has_licenses", "has_email"])
        _show(page, wanted)
        _log("sharing.on" if is_new else "sharing.changed", page, wanted, by=by, now=now)
    return page


def switch_off(page: SharedPage, *, by: User, now: datetime) -> SharedPage:
    """At once and for good: the link answers that it is gone. Twice changes nothing.

    Also ends the page that took the place of this one. Whoever presses "off" in a tab from before
    a new link wants nothing to be shown: off must not leave anything on.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=page.user_id)
        row = SharedPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
        live = row if row.switched_off_at is None else live_page(user, row.certificate)
        if live is not None:
            _end(live, now=now)
            _log("sharing.off", live, [], by=by, now=now)
    return row


def make_new_link(page: SharedPage, *, by: User, now: datetime) -> SharedPage:
    """The same page under another link; the old one is gone. A second click makes no third."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.pk)
        row = SharedPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
        if row.switched_off_at is not None:
            return live_page(user, row.certificate) or row
        shown = list(row.shown.all())
        _end(row, now=now)
        fresh = _new_page(user, row.certificate, row.has_licenses, row.has_email, now=now)
        _show(fresh, shown)
        _log("sharing.new-link", fresh, shown, by=by, now=now)
    return fresh


def _valid_own(user: User, wanted: Sequence[Certificate]) -> list[Certificate]:
    return list(
        Certificate.objects.filter(
            user=user,
            status=Certificate.Status.ISSUED,
            # A shared page follows a completion to its newest certificate; a record taken over
            # from an earlier system has none to follow.
            enrollment__isnull=False,
            pk__in=[each.pk for each in wanted],
        )
    )


def _new_page(
    user: User,
    certificate: Certificate | None,
    has_licenses: bool,
    has_email: bool,
    *,
    now: datetime,
) -> SharedPage:
    return SharedPage.objects.create(
        user=user,
        certificate=certificate,
        has_licenses=has_licenses,
        has_email=has_email,
        switched_on_at=now,
    )


def _show(page: SharedPage, wanted: Collection[Certificate]) -> None:
    page.chosen.exclude(certificate__in=wanted).delete()
    known = set(page.chosen.values_list("certificate_id", flat=True))
    SharedCertificate.objects.bulk_create(
        SharedCertificate(page=page, certificate=each) for each in wanted if each.pk not in known
    )


def _end(row: SharedPage, *, now: datetime) -> None:
    row.switched_off_at = now
    row.save(update_fields=["switched_off_at"])


def _log(
    action: str, page: SharedPage, shown: Collection[Certificate], *, by: User, now: datetime
) -> None:
    """The link itself stays out of the log: whoever reads it could open the page."""
    audit.record(
        action,
        subject_type="shared-page",
        subject_id=page.uid,
        by=by,
        now=now,
        certificates=sorted(codes.dashed(each.serial) for each in shown),
        has_licenses=page.has_licenses,
        has_email=page.has_email,
    )
