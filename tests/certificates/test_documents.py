"""The document: made once, outside transactions, kept with its hash, mailed once."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from ce_platform.core import sweep
from ce_platform.core.files import store_bytes
from ce_platform.core.models import AuditEvent, MailAttachment, OutgoingMail, StoredFile
from certificates.domain import documents
from certificates.domain.documents import (
    ensure_document,
    file_name,
    make_document,
    sweep_documents,
    sweep_unfinished,
)
from certificates.domain.errors import RecordAltered
from certificates.domain.record import CertificateRecord
from certificates.look import Look
from certificates.models import Certificate, CertificateDocument, UnfinishedDocument
from certificates.pdf import lettering
from certificates.pdf.renderer import Rendered
from certificates.signing import keys
from tests.factories.accounts import UserFactory
from tests.factories.blank import blank_page
from tests.factories.certificates import SignatoryFactory, make_certificate, make_provider
from tests.factories.courses import VersionFactory
from tests.factories.thaw import thawed


class FakeRenderer:
    """Draws nothing; says what it was asked and whether a transaction was open."""

    name = "fake 1"

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.was_in_transaction: list[bool] = []
        self.pictures: list[str] = []

    def render(self, record: CertificateRecord, *, pictures, look: Look) -> Rendered:  # type: ignore[no-untyped-def]
        self.calls.append(record.serial)
        self.pictures = sorted(pictures)
        self.was_in_transaction.append(connection.in_atomic_block)
        return Rendered(content=blank_page(f"{record.serial} {len(self.calls)}"), page_count=1)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeRenderer:
    renderer = FakeRenderer()
    monkeypatch.setattr(documents, "default_renderer", lambda: renderer)
    return renderer


@pytest.mark.django_db
def test_document_is_made_once(now: datetime, fake: FakeRenderer) -> None:
    certificate = make_certificate()

    first = ensure_document(certificate, now=now)
    second = ensure_document(certificate, now=now)

    assert first.pk == second.pk
    assert fake.calls == [certificate.serial]
    assert first.file.read().startswith(blank_page(f"{certificate.serial} 1"))
    assert first.signer is not None
    assert first.sha256 == first.file.sha256
    assert first.file.area == StoredFile.Area.PRIVATE


@pytest.mark.django_db(transaction=True)
def test_issuing_makes_and_mails_outside_the_transaction(fake: FakeRenderer) -> None:
    certificate = make_certificate()

    assert fake.was_in_transaction == [False]
    mail = OutgoingMail.objects.get(cause=f"certificate-issued:{certificate.serial}")
    assert mail.to_email == certificate.user.email
    assert str(certificate) in mail.body
    assert certificate.verify_url in mail.body
    attachment = MailAttachment.objects.get(mail=mail)
    assert attachment.file.content_type == "application/pdf"
    assert attachment.file_name == file_name(certificate)


@pytest.mark.django_db(transaction=True)
def test_queue_that_fails_loses_nothing(
    now: datetime, fake: FakeRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(certificate_id: int) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr("certificates.tasks.make_document_task", refuse)
    certificate = make_certificate()
    assert not CertificateDocument.objects.exists()

    served = sweep.run(now)

    assert served["certificates.documents"] == 1
    assert CertificateDocument.objects.get().certificate_id == certificate.pk
    assert OutgoingMail.objects.filter(cause__startswith="certificate-issued").count() == 1
    assert sweep.run(now)["certificates.documents"] == 0


@pytest.mark.django_db
def test_sweep_looks_at_older_ones_slice_by_slice(
    now: datetime, fake: FakeRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "SLICE", 2)
    for _ in range(3):
        make_certificate(now=now - timedelta(days=30))

    assert [sweep_documents(now) for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_keep_one_document(
    now: datetime, fake: FakeRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certificates.tasks.make_document_task", lambda certificate_id: None)
    certificate = make_certificate()
    found: list[int] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        try:
            mine = Certificate.objects.select_related("design", "user").get(pk=certificate.pk)
            barrier.wait()
            found.append(ensure_document(mine, now=now).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert set(found) == {CertificateDocument.objects.get().pk}
    # Each worker signed, so each had bytes of its own: those of the losers are gone again.
    assert [file.sha256 for file in StoredFile.objects.filter(content_type="application/pdf")] == [
        CertificateDocument.objects.get().sha256
    ]
    assert not UnfinishedDocument.objects.exists()
    assert OutgoingMail.objects.filter(cause__startswith="certificate-issued").count() == 1


@pytest.mark.django_db
def test_bytes_of_a_worker_that_died_are_taken_away(
    now: datetime, fake: FakeRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate()

    def die(*args: object, **values: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(CertificateDocument.objects, "get_or_create", die)
        with pytest.raises(SystemExit):
            ensure_document(certificate, now=now)
    left = UnfinishedDocument.objects.get()
    file = StoredFile.objects.get(sha256=left.sha256)

    document = ensure_document(certificate, now=now)
    assert sweep_unfinished(now + timedelta(minutes=59)) == 0
    assert sweep_unfinished(now + timedelta(minutes=61)) == 1

    assert not file.storage.exists(file.path)
    assert not UnfinishedDocument.objects.exists()
    assert document.file.storage.exists(document.file.path)


@pytest.mark.django_db
def test_without_a_key_nothing_unsigned_is_kept(
    now: datetime, fake: FakeRenderer, settings: Any
) -> None:
    make_provider()
    certificate = make_certificate()
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERTIFICATES_FILE = "/nowhere/key.pem"
    keys.signing_key.cache_clear()

    try:
        assert make_document(certificate.pk, now=now) is False
    finally:
        keys.signing_key.cache_clear()

    assert not CertificateDocument.objects.exists()
    assert (
        "make_signing_key"
        in OutgoingMail.objects.get(cause=f"certificate-not-made:{certificate.serial}").body
    )


@pytest.mark.django_db
def test_altered_record_is_never_printed(now: datetime, fake: FakeRenderer) -> None:
    certificate = make_certificate()
    with thawed("certificates_certificate"):
        Certificate.objects.update(holder_name="Forged Name")
    certificate.refresh_from_db()

    with pytest.raises(RecordAltered):
        ensure_document(certificate, now=now)

    assert fake.calls == []


@pytest.mark.django_db
def test_missing_letters_are_told_to_the_office_once(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_provider(email="office@example.com")
    certificate = make_certificate(user=UserFactory(name_on_certificates="王小明"))
    monkeypatch.setattr(lettering, "_is_installed", lambda letter: False)

    assert make_document(certificate.pk, now=now) is False
    assert make_document(certificate.pk, now=now) is False

    mail = OutgoingMail.objects.get(cause=f"certificate-not-made:{certificate.serial}")
    assert mail.to_email == "office@example.com"
    assert "王 小 明" in mail.body
    assert AuditEvent.objects.filter(action="certificate.document-not-made").count() == 1
    assert not CertificateDocument.objects.exists()

    monkeypatch.undo()
    monkeypatch.setattr(documents, "default_renderer", FakeRenderer)
    assert make_document(certificate.pk, now=now) is True


@pytest.mark.django_db
def test_revoked_before_it_was_printed_is_kept_but_not_mailed(
    now: datetime, fake: FakeRenderer
) -> None:
    certificate = make_certificate()
    Certificate.objects.update(status="revoked", status_changed_at=now, status_reason="A mistake.")

    assert make_document(certificate.pk, now=now) is True

    assert not OutgoingMail.objects.filter(cause__startswith="certificate-issued").exists()


@pytest.mark.django_db
def test_signature_picture_reaches_the_renderer(now: datetime, fake: FakeRenderer) -> None:
    picture = store_bytes(
        b"a picture", area=StoredFile.Area.PRIVATE, content_type="image/png", now=now
    )
    SignatoryFactory(signature=picture)
    certificate = make_certificate()

    ensure_document(certificate, now=now)

    assert fake.pictures == [picture.sha256]


@pytest.mark.django_db
def test_real_document_of_a_real_certificate(now: datetime) -> None:
    make_provider()
    certificate = make_certificate(version=VersionFactory(title="Facial massage"))

    document = ensure_document(certificate, now=now)

    assert document.file.read().startswith(b"%PDF-")
    assert (document.page_count, document.renderer.split()[0]) == (1, "weasyprint")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Olivia Owner", "Olivia Owner "),
        ("../../etc/passwd", "etc passwd "),
        ('A "quoted" <b>', "A quoted b "),
        ("...", "Certificate "),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh "),
    ],
)
def test_file_name_is_safe_and_unlike_a_namesakes(name: str, start: str) -> None:
    certificate = Certificate(holder_name=name, serial="0123456789ABCDEFG")

    assert file_name(certificate) == f"{start}0123-4567-89AB-CDEFG.pdf"
