"""What is in the files, and that each is made once, whole, whatever happens on the way."""

import hashlib
import io
import subprocess
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from ce_platform.accounts.models import User
from ce_platform.core import jobs, keeping
from ce_platform.core.models import AuditEvent, OutgoingMail, StoredFile
from certificates.bulk import bundles, making
from certificates.bulk.selection import Selection
from certificates.bulk.table import COLUMNS
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate, CertificateBundle, CertificateDocument
from certificates.pdf.renderer import MissingLetters
from tests.certificates.bulk.put_together import (
    Kind,
    Order,
    asked,
    content_of,
    give_document,
    lines,
    made,
    named,
    unpacked,
)
from tests.factories.accounts import UserFactory
from tests.factories.certificates import BodyFactory, LicenseFactory, make_certificate

pytestmark = pytest.mark.django_db


def test_fifty_namesakes_lie_side_by_side_on_every_file_system(
    registrar: User, tmp_path: Path
) -> None:
    spellings = ["Ana Ödön", "ANA ÖDÖN", "ana odon", unicodedata.normalize("NFD", "Ana Ödön")]
    people = [named(spellings[number % 4]) for number in range(50)]

    found = unpacked(made(asked(registrar)))

    files = {name: content for name, content in found.items() if name.endswith(".pdf")}
    assert len(files) == 50
    plain = {
        unicodedata.normalize("NFKD", name).encode("ascii", "ignore").lower() for name in files
    }
    assert len(plain) == 50
    assert {hashlib.sha256(content).hexdigest() for content in files.values()} == {
        each.document.sha256 for each in people
    }
    index = lines(found["index.csv"])
    assert [files[line["File"]] for line in index] == [
        Certificate.objects.get(
            serial=line["Certificate number"].replace("-", "")
        ).document.file.read()
        for line in index
    ]
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout.count("OK"), checked.stderr) == (0, 51, "")


def test_table_says_what_is_printed(registrar: User) -> None:
    user = UserFactory(name_on_certificates="=cmd|' /C calc'!A0")
    LicenseFactory(user=user, body=BodyFactory(), number="MA 10001")
    certificate = make_certificate(user=user)
    give_document(certificate, b"%PDF-1.7 a")

    (line,) = lines(content_of(made(asked(registrar, kind=Kind.TABLE))))

    assert tuple(line) == COLUMNS
    assert line["Name"] == f"'{certificate.holder_name}"
    assert line["Licenses"] == "Florida MA 10001"
    assert (line["CE hours"], line["Completed on"]) == ("0.5", "2026-11-20")
    assert line["SHA-256 of the record"] == certificate.sha256
    assert line["SHA-256 of the PDF"] == hashlib.sha256(b"%PDF-1.7 a").hexdigest()
    assert line["State"] == "Valid"


def test_documents_are_made_on_the_way_or_named_with_the_reason(
    registrar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, late, strange, gone, altered = (
        named("There"),
        *(make_certificate(user=UserFactory(name_on_certificates=n)) for n in ("Late", "Strange")),
        named("Gone"),
        named("Not the same"),
    )
    gone.document.file.storage.delete(gone.document.file.path)
    storage, path = altered.document.file.storage, altered.document.file.path
    storage.delete(path)
    storage.save(path, io.BytesIO(b"%PDF-1.7 forged"))

    def ensured(certificate: Certificate, *, now: datetime) -> CertificateDocument:
        if certificate == strange:
            raise MissingLetters(["ꟿ"])
        return give_document(certificate, b"%PDF-1.7 late")

    monkeypatch.setattr(making, "ensure_document", ensured)
    bundle = made(asked(registrar))

    found = unpacked(bundle)
    assert sorted(name for name in found if name.endswith(".pdf")) == [
        f"Late {late}.pdf",
        f"There {there}.pdf",
    ]
    assert found[f"Late {late}.pdf"] == b"%PDF-1.7 late"
    why = {line["Name"]: line["Why there is no file"] for line in lines(found["index.csv"])}
    assert why == {
        "There": "",
        "Late": "",
        "Strange": str(MissingLetters(["ꟿ"])),
        "Gone": "The PDF is on record, but its bytes are not there.",
        "Not the same": "The stored PDF is not the one that was issued: its SHA-256 differs.",
    }
    assert (bundle.certificate_count, bundle.missing_count) == (5, 3)


def test_revoked_ones_are_marked_and_not_printed_unless_wanted(
    registrar: User, now: datetime
) -> None:
    valid, revoked = named("Ana"), named("Ben")
    revoke_certificate(revoked, reason="Taken under another name.", by=registrar, now=now)

    found = unpacked(made(asked(registrar)))
    without, along = (
        made(asked(registrar, kind=Kind.PAPER, has_invalid=wanted)) for wanted in (False, True)
    )

    assert {name for name in found if name.endswith(".pdf")} == {
        f"Ana {valid}.pdf",
        f"revoked or replaced/Ben {revoked}.pdf",
    }
    assert [
        (line["Name"], line["State"], line["Reason of the state"])
        for line in lines(found["index.csv"])
    ] == [("Ana", "Valid", ""), ("Ben", "Revoked", "Taken under another name.")]
    assert [widths(each) for each in (without, along)] == [
        [1000 + valid.pk],
        [1000 + valid.pk, 1000 + revoked.pk],
    ]
    with pytest.raises(bundles.NothingToMake, match="None of these certificates is valid"):
        asked(registrar, Selection(status="revoked"), kind=Kind.PAPER)


def widths(bundle: CertificateBundle) -> list[int]:
    reader = PdfReader(io.BytesIO(content_of(bundle)), strict=True)
    return [int(page.mediabox.width) for page in reader.pages]


def test_paper_is_in_the_order_that_was_asked_for(registrar: User, now: datetime) -> None:
    def licensed(name: str, number: str, at: datetime) -> Certificate:
        user = UserFactory(name_on_certificates=name)
        if number:
            LicenseFactory(user=user, body=BodyFactory(), number=number)
        return named(name, page_count=2, now=at) if not number else with_license(user, at)

    def with_license(user: User, at: datetime) -> Certificate:
        certificate = make_certificate(user=user, now=at)
        give_document(certificate, blank(1000 + certificate.pk))
        return certificate

    def blank(width: int) -> bytes:
        return named_pages(width)

    day = timedelta(days=1)
    zoe = licensed("Zoë", "MA 1", now + 2 * day)
    ana = licensed("Ána", "MA 2", now + day)
    ben = licensed("ben", "", now)

    def printed(order: Order, **options: Any) -> list[int]:
        bundle = asked(registrar, kind=Kind.PAPER, order=order, **options)
        return [width - 1000 for width in widths(made(bundle))]

    assert printed(Order.NAME) == [ana.pk, ben.pk, ben.pk, zoe.pk]
    assert printed(Order.LICENSE) == [zoe.pk, ana.pk, ben.pk, ben.pk]
    assert printed(Order.DAY) == [ben.pk, ben.pk, ana.pk, zoe.pk]
    assert printed(Order.NAME, has_blank_backs=True) == [
        *(ana.pk, ana.pk),
        *(ben.pk, ben.pk),
        *(zoe.pk, zoe.pk),
    ]


def named_pages(width: int) -> bytes:
    from pypdf import PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=width, height=612)
    writer.write(out)
    return out.getvalue()


def test_what_is_issued_later_is_not_in_it(registrar: User) -> None:
    named("Ana")
    bundle = asked(registrar)
    named("Ben")

    found = unpacked(made(bundle))

    assert [line["Name"] for line in lines(found["index.csv"])] == ["Ana"]


def test_queries_for_a_page_of_certificates_do_not_grow_with_it(registrar: User) -> None:
    counts = []
    for _ in range(3):
        named("Ana")
        ids = list(Certificate.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            for certificate in making.page_of(ids):
                making.line_of(certificate)
                making.document_bytes(certificate)
        counts.append(len(captured))

    assert counts == [making.QUERIES_PER_PAGE] * 3


class Killed(BaseException):
    pass


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("step", ["reading", "writing", "keeping"])
def test_work_that_was_cut_off_starts_anew_and_leaves_nothing_behind(
    registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch, kind: Kind, step: str
) -> None:
    for _ in range(3):
        named("Ana")
    bundle = asked(registrar, kind=kind)
    before = set(StoredFile.objects.values_list("sha256", flat=True))

    def killed(*args: object, **kwargs: object) -> None:
        raise Killed

    where = {
        "reading": (making, "page_of"),
        "writing": (making._Pace, "flush"),
        "keeping": (keeping, "say_made"),
    }
    with monkeypatch.context() as patched:
        patched.setattr(*where[step], killed)
        patched.setattr(keeping, "discard", lambda *args: None)
        with pytest.raises(Killed):
            jobs.run(bundle.job_id, now=now)
    bundle.refresh_from_db()
    assert (bundle.unfinished_sha256 != "") == (step == "keeping")
    left = StoredFile.objects.filter(sha256=bundle.unfinished_sha256).first()
    bundle = made(bundle, datetime.now(tz=now.tzinfo) + jobs.LEASE + timedelta(seconds=1))

    assert (bundle.job.status, bundle.job.done_count, bundle.job.total_count) == ("done", 3, 3)
    assert set(StoredFile.objects.values_list("sha256", flat=True)) == before | {bundle.sha256}
    assert left is None or left.sha256 == bundle.sha256 or not left.storage.exists(left.path)
    assert bundle.unfinished_sha256 == ""


def test_stopped_work_goes_no_further_and_can_be_started_again(
    registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in another window when all was written and nothing kept."""
    named("Ana")
    bundle = asked(registrar)
    before = set(StoredFile.objects.values_list("sha256", flat=True))
    say_made = keeping.say_made

    def stopped_first(*args: Any, **options: Any) -> None:
        assert bundles.stop_bundle(bundle, by=registrar, now=now)
        say_made(*args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "say_made", stopped_first)
        stopped = made(bundle)

    assert (stopped.job.status, stopped.job.error) == ("failed", f"Stopped by {registrar.email}.")
    assert (stopped.made_at, stopped.file) == (None, None)
    assert set(StoredFile.objects.values_list("sha256", flat=True)) == before
    assert not bundles.stop_bundle(bundle, by=registrar, now=now)

    again = made(bundles.start_again(bundle, by=registrar, now=now))
    assert again.file is not None
    assert bundles.start_again(again, by=registrar, now=now).job_id == again.job_id


def test_of_two_workers_one_makes_it_and_the_other_leaves_nothing(
    registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    named("Ana")
    bundle = asked(registrar, kind=Kind.PAPER)
    before = set(StoredFile.objects.values_list("sha256", flat=True))
    say_made = keeping.say_made
    said = []

    def late(*args: Any, **options: Any) -> None:
        said.append(args[1].sha256)
        if len(said) == 1:
            jobs.run(bundle.job_id, now=datetime.now(tz=now.tzinfo) + 2 * jobs.LEASE)
        say_made(*args, **options)

    monkeypatch.setattr(keeping, "say_made", late)
    bundle = made(bundle)

    assert (len(set(said)), bundle.sha256) == (2, said[1])
    assert set(StoredFile.objects.values_list("sha256", flat=True)) == before | {said[1]}
    assert AuditEvent.objects.filter(action="certificate-bundle.made").count() == 1
    mail = OutgoingMail.objects.get(cause=f"certificates-ready:{bundle.uid.hex}")
    assert (mail.to_email, mail.attachments.count()) == (registrar.email, 0)
    assert bundle.get_absolute_url() in mail.body


def test_same_page_sent_twice_makes_one_file(registrar: User) -> None:
    named("Ana")
    first = asked(registrar)

    second = asked(registrar, once=first.uid, kind=Kind.TABLE)

    assert (second.pk, second.kind, CertificateBundle.objects.count()) == (first.pk, "zip", 1)
    assert AuditEvent.objects.filter(action="certificate-bundle.asked").count() == 1


def test_file_goes_after_two_weeks_and_the_row_stays(registrar: User) -> None:
    """Also when the same table was asked for twice, which are the same bytes."""
    named("Ana")
    one, two = (made(asked(registrar, kind=Kind.TABLE)) for _ in range(2))
    assert one.made_at is not None
    assert one.sha256 == two.sha256
    stored = StoredFile.objects.get(sha256=one.sha256)

    assert bundles.sweep_bundles(one.made_at + timedelta(days=13)) == 0
    bundles.delete_file(one, by=registrar, now=one.made_at)
    assert stored.storage.exists(stored.path)
    assert bundles.sweep_bundles(one.made_at + timedelta(days=15)) == 1

    one.refresh_from_db()
    two.refresh_from_db()
    assert [(row.file, row.deleted_at is None, row.sha256) for row in (one, two)] == [
        (None, False, stored.sha256)
    ] * 2
    assert not stored.storage.exists(stored.path)


def test_nothing_and_too_much_are_refused(registrar: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(bundles.NothingToMake, match="There is no certificate"):
        asked(registrar)
    named("Ana")
    named("Ben")
    monkeypatch.setattr(bundles, "MOST_CERTIFICATES", 1)
    with pytest.raises(bundles.NothingToMake, match="1 certificates at most"):
        asked(registrar)
    assert CertificateBundle.objects.count() == 0
