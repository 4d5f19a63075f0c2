"""Files that background jobs have made, ready to be fetched, for the permission table."""

from datetime import timedelta
from uuid import uuid4

from ce_platform.accounts.models import User
from ce_platform.core.files import store_bytes
from ce_platform.core.models import AuditPack, BackgroundJob, StoredFile
from ce_platform.office.moving_out.models import Archive
from certificates.bulk.bundles import start_bundle
from certificates.bulk.selection import Selection
from certificates.models import Certificate, CertificateBundle, Transcript
from certificates.transcript.asking import ask_for_transcript
from certificates.transcript.periods import Choice
from tests.factories.certificates import NOW


def made_transcript(user: User, file: StoredFile) -> Transcript:
    """One that is ready."""
    row = ask_for_transcript(user, choice=Choice(), by=user, now=NOW)
    Transcript.objects.filter(pk=row.pk).update(
        file=file,
        file_sha256=file.sha256,
        size_bytes=file.size_bytes,
        page_count=1,
        made_at=NOW,
    )
    return row


def audit_pack(certificate: Certificate, content: bytes) -> AuditPack:
    """One that is ready."""
    file = store_bytes(
        content, area=StoredFile.Area.PRIVATE, content_type="application/zip", now=NOW
    )
    return AuditPack.objects.create(
        way="learner",
        title="Some Owner",
        parameters=f'{{"user":{certificate.user_id}}}',
        created_at=NOW,
        created_by_id=1,
        created_by_label="registrar@example.com",
        job=BackgroundJob.objects.create(
            kind="audit-pack", title="Pack", status="done", created_at=NOW
        ),
        file=file,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        certificate_count=1,
        missing_count=0,
        made_at=NOW,
        kept_until=NOW + timedelta(days=30),
    )


def archive_of(content: bytes) -> Archive:
    """One of everything that is ready."""
    file = store_bytes(
        content, area=StoredFile.Area.PRIVATE, content_type="application/zip", now=NOW
    )
    return Archive.objects.create(
        created_at=NOW,
        created_by_id=1,
        created_by_label="registrar@example.com",
        job=BackgroundJob.objects.create(
            kind="archive", title="Everything", status="done", created_at=NOW
        ),
        file=file,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        file_count=1,
        row_count=1,
        missing_count=0,
        made_at=NOW,
        kept_until=NOW + timedelta(days=7),
    )


def certificate_bundle(content: bytes, *, by: User) -> CertificateBundle:
    """One that is ready."""
    bundle = start_bundle(
        Selection(),
        once=uuid4(),
        kind=CertificateBundle.Kind.PAPER,
        order=CertificateBundle.Order.NAME,
        by=by,
        now=NOW,
    )
    file = store_bytes(
        content, area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=NOW
    )
    CertificateBundle.objects.filter(pk=bundle.pk).update(
        file=file,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        made_at=NOW,
        kept_until=NOW + timedelta(days=14),
    )
    BackgroundJob.objects.filter(pk=bundle.job_id).update(status="done", finished_at=NOW)
    return bundle
