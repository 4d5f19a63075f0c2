"""What a person does with a bundle: ask for it, stop it, fetch it, delete it. All is logged."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs, made_files
from ce_platform.core.errors import DomainError
from ce_platform.core.models import BackgroundJob
from ce_platform.core.text import canonical_json
from certificates.bulk.selection import MOST_CERTIFICATES, Selection, words_of
from certificates.models import Certificate, CertificateBundle

KIND: Final = "certificates-in-bulk"
SUBJECT: Final = "certificate-bundle"


class NothingToMake(DomainError):
    """No certificate, or more than one file may hold."""


class StillAtWork(DomainError):
    """The file is being made."""


@dataclass(frozen=True)
class Counted:
    """What a selection finds now; no more than one beyond the most is looked at."""

    count: int = 0
    revoked_count: int = 0
    replaced_count: int = 0
    unmade_count: int = 0
    """Without a PDF so far."""

    @property
    def is_too_many(self) -> bool:
        return self.count > MOST_CERTIFICATES

    @property
    def valid_count(self) -> int:
        return self.count - self.revoked_count - self.replaced_count


def count_of(selection: Selection) -> Counted:
    """One query that stops at the most: it never counts the whole table."""
    found = list(
        selection.certificates()
        .order_by()
        .values_list("status", "document")[: MOST_CERTIFICATES + 1]
    )
    return Counted(
        count=len(found),
        revoked_count=sum(status == Certificate.Status.REVOKED for status, _ in found),
        replaced_count=sum(status == Certificate.Status.REPLACED for status, _ in found),
        unmade_count=sum(document is None for _, document in found),
    )


def start_bundle(
    selection: Selection,
    *,
    once: UUID,
    kind: CertificateBundle.Kind,
    order: CertificateBundle.Order,
    has_blank_backs: bool = False,
    has_invalid: bool = False,
    by: User,
    now: datetime,
) -> CertificateBundle:
    """Have the file made in the background. `once`: sent twice, it is made once.

    What is issued after this moment is not in it. Errors: NothingToMake.
    """
    known = CertificateBundle.objects.filter(uid=once).first()
    if known is not None:
        return known
    is_paper = kind == CertificateBundle.Kind.PAPER
    has_invalid = has_invalid or not is_paper
    counted = count_of(selection)
    count = counted.count if has_invalid else counted.valid_count
    if counted.is_too_many:
        raise NothingToMake(
            f"One file holds {MOST_CERTIFICATES:,} certificates at most. Choose a shorter period."
        )
    if not count:
        raise NothingToMake(
            "None of these certificates is valid, so nothing would be printed."
            if counted.count
            else "There is no certificate to put into a file."
        )
    newest = Certificate.objects.order_by("-pk").values_list("pk", flat=True).first()
    words = "; ".join(words_of(selection)) or "all certificates"
    title = words[:1].upper() + words[1:]
    try:
        with transaction.atomic():
            row = CertificateBundle(
                uid=once,
                kind=kind,
                order=order,
                has_blank_backs=has_blank_backs and is_paper,
                has_invalid=has_invalid,
                title=title[:300],
                parameters=canonical_json(selection.parameters() | {"newest": newest}),
                created_at=now,
                created_by_id=by.pk,
                created_by_label=by.email,
                certificate_count=count,
            )
            row.job = _job(row, by=by, now=now)
            row.save()
            _say_asked(row, by=by, now=now)
    except IntegrityError:  # The same page, sent from elsewhere at the same moment.
        return CertificateBundle.objects.get(uid=once)
    return row


def start_again(bundle: CertificateBundle, *, by: User, now: datetime) -> CertificateBundle:
    """After it stopped. PDFs of certificates that were made before are not made anew."""
    with transaction.atomic():
        row = _locked(bundle)
        if row.job.status != BackgroundJob.Status.FAILED:
            return row
        # Whoever asks gets the mail, and is answerable for it.
        row.created_by_id, row.created_by_label = by.pk, by.email
        row.job = _job(row, by=by, now=now)
        row.save(update_fields=["created_by_id", "created_by_label", "job"])
        _say_asked(row, by=by, now=now)
    return row


def _say_asked(row: CertificateBundle, *, by: User, now: datetime) -> None:
    audit.record(
        "certificate-bundle.asked",
        subject_type=SUBJECT,
        subject_id=row.uid,
        by=by,
        now=now,
        kind=row.kind,
        title=row.title,
        certificate_count=row.certificate_count,
    )


def _job(row: CertificateBundle, *, by: User, now: datetime) -> BackgroundJob:
    return jobs.start(
        KIND,
        title=f"Certificates: {row.title}"[:200],
        now=now,
        created_by_id=by.pk,
        bundle=row.uid.hex,
    )


def stop_bundle(bundle: CertificateBundle, *, by: User, now: datetime) -> bool:
    """False: it was ready, or had stopped, before."""
    with transaction.atomic():
        row = _locked(bundle)
        if not jobs.stop(row.job_id, said=f"Stopped by {by.email}.", now=now):
            return False
        audit.record(
            "certificate-bundle.stopped", subject_type=SUBJECT, subject_id=row.uid, by=by, now=now
        )
    return True


def log_download(bundle: CertificateBundle, *, by: User, now: datetime) -> None:
    with transaction.atomic():
        audit.record(
            "certificate-bundle.downloaded",
            subject_type=SUBJECT,
            subject_id=bundle.uid,
            by=by,
            now=now,
            sha256=bundle.sha256,
        )


def delete_file(bundle: CertificateBundle, *, by: User | None, now: datetime) -> None:
    """The row and the log stay. `by=None`: its time is over. Doing it twice changes nothing.

    Errors: StillAtWork.
    """
    with transaction.atomic():
        row = _locked(bundle)
        if row.deleted_at is not None:
            return
        if row.file is None:
            raise StillAtWork("There is no file that could be deleted.")
        made_files.delete_file(
            row,
            now=now,
            tell=lambda sha256: audit.record(
                "certificate-bundle.deleted",
                subject_type=SUBJECT,
                subject_id=row.uid,
                by=by,
                now=now,
                sha256=sha256,
            ),
        )


def selection_of(bundle: CertificateBundle) -> Selection:
    return Selection.of(json.loads(bundle.parameters))


def kept_for() -> timedelta:
    return timedelta(days=settings.CERTIFICATE_DOWNLOAD_DAYS)


def _locked(bundle: CertificateBundle) -> CertificateBundle:
    # Job and file are not joined: see `kept_lists.locked`.
    return CertificateBundle.objects.select_for_update().get(pk=bundle.pk)


def sweep_bundles(now: datetime) -> int:
    """Delete what has been kept long enough."""
    over = made_files.over(CertificateBundle, now=now)
    for bundle in over:
        delete_file(bundle, by=None, now=now)
    return len(over)
