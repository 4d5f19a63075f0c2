"""A PDF against what was issued: sent to the page, read in a process apart, never kept."""

import io
import json
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfWriter
from pytest_django import DjangoDbBlocker

from ce_platform.accounts.models import User
from ce_platform.core import codes, jobs
from ce_platform.core.models import StoredFile
from certificates.checking import apart, check
from certificates.checking.check import LARGEST_FILE
from certificates.domain.documents import ensure_document
from certificates.domain.record import record_of
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate, SigningCertificate, Transcript
from certificates.pdf.renderer import default_renderer
from certificates.sample import sample_record
from certificates.signing import sign_pdf
from certificates.transcript import making
from certificates.transcript.document import Made
from certificates.views.verify_limits import FILE_LIMIT
from tests.factories.accounts import UserFactory
from tests.factories.certificates import (
    NOW,
    BodyFactory,
    LicenseFactory,
    SignatoryFactory,
    SubmissionFactory,
    make_certificate,
    make_provider,
)
from tests.factories.courses import VersionFactory
from tests.pages.shared import made_once

URL = "/verify/file/"


@dataclass(frozen=True)
class Issued:
    certificate: Certificate
    content: bytes


@pytest.fixture(scope="module")
def _issued(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Issued]:
    with made_once(_issue, blocker=django_db_blocker) as issued:
        yield issued


def _issue() -> Issued:
    make_provider()
    SignatoryFactory()
    user = UserFactory(name_on_certificates="Olivia Owner")
    version = VersionFactory(title="Facial massage")
    florida = BodyFactory()
    LicenseFactory(user=user, body=florida, number="MA 12345")
    SubmissionFactory(course=version.course, body=florida)
    certificate = make_certificate(user=user, version=version)
    return Issued(certificate, ensure_document(certificate, now=NOW).file.read())


@pytest.fixture
def issued(_issued: Issued, db: None) -> Issued:
    return _issued


# A file says the same as often as it is read, and most tests here look at what is told of it more
# than once: as a page and as JSON.
_run_once = lru_cache(maxsize=20)(apart._run)
_text_once = lru_cache(maxsize=20)(check.text_of)


@pytest.fixture(autouse=True)
def _each_file_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_run", _run_once)
    monkeypatch.setattr(check, "text_of", _text_once)


def send(client: Client, content: bytes, *, url: str = URL, **more: Any) -> HttpResponse:
    file = SimpleUploadedFile("certificate.pdf", content, content_type="application/pdf")
    return client.post(url, {"file": file}, **more)  # type: ignore[return-value]


def told(client: Client, content: bytes) -> Any:
    answer = send(client, content, url="/verify/file.json")
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def with_revision(content: bytes) -> bytes:
    """Something added after the end, the way programs that fill in or sign do it."""
    writer = PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_metadata({"/Keywords": "added"})
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(content)
    return out.getvalue()


def with_one_changed_byte(content: bytes) -> bytes:
    """In the comment of the second line, which no reader minds."""
    assert content[9:10] == b"%"
    return content[:11] + bytes([content[11] ^ 1]) + content[12:]


def forged(issued: Issued, **values: Any) -> bytes:
    """As good as a forgery can be: our own engine, one fact changed, the same number."""
    record = replace(record_of(issued.certificate), **values)
    return default_renderer().render(record, pictures={}).content


def other_pdf(**metadata: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_metadata(metadata)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# ---------------------------------------------------------------- verdicts


def test_issued_file_is_genuine(issued: Issued, client: Client) -> None:
    answer = send(client, issued.content)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Genuine and valid" in page
    assert "This is the file that we issued, byte for byte." in page
    assert "Olivia Owner" in page
    assert "0.5 CE hours" in page
    assert "Signed by Test key on" in page
    assert "with our certificate. The signature covers the whole file." in page
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"].startswith("noindex")


def test_issued_file_is_not_read_apart(
    issued: Issued, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "read_apart", lambda content: pytest.fail("the hash is enough"))

    assert told(client, issued.content)["file"]["verdict"] == "genuine"


def test_revoked_file_says_since_when_and_why(
    issued: Issued, client: Client, registrar: User, now: datetime
) -> None:
    revoke_certificate(issued.certificate, reason="Taken by another.", by=registrar, now=now)

    page = send(client, issued.content).content.decode()

    assert "Genuine, but revoked on November 20, 2026" in page
    assert "Taken by another." in page
    assert "Genuine and valid" not in page


def test_blank_bytes_at_the_end_change_nothing(issued: Issued, client: Client) -> None:
    page = send(client, issued.content + b"\r\n\r\n").content.decode()

    assert "Genuine and valid" in page
    assert "Blank bytes follow its end" in page


def test_added_revision_is_altered(issued: Issued, client: Client) -> None:
    content = with_revision(issued.content)

    value = told(client, content)
    page = send(client, content).content.decode()

    assert value["file"]["verdict"] == "added-to"
    assert [each["state"] for each in value["file"]["signatures"]] == ["part"]
    assert value["file"]["missing"] == value["file"]["strange_words"] == []
    assert "The signature does not cover the whole file" in page
    assert "Altered: something was added after we issued it" in page
    assert "Genuine and valid" in page.split("The certificate with this number")[1]
    assert "Olivia Owner" in page


def test_one_changed_byte_is_not_our_file(issued: Issued, client: Client) -> None:
    value = told(client, with_one_changed_byte(issued.content))

    assert value["file"]["verdict"] == "altered"
    assert value["certificate"]["number"] == str(issued.certificate)
    assert [each["state"] for each in value["file"]["signatures"]] == ["broken"]
    assert value["file"]["missing"] == value["file"]["strange_words"] == []


def test_forged_hours_are_pointed_out(issued: Issued, client: Client) -> None:
    content = forged(issued, credit_hours=Decimal("5.5"), holder_name="Oskar Other")

    value = told(client, content)
    page = send(client, content).content.decode()

    assert value["file"]["verdict"] == "altered"
    assert [each["label"] for each in value["file"]["missing"]] == ["Name", "Credit"]
    assert sorted(value["file"]["strange_words"]) == ["5.5", "Oskar", "Other"]
    assert value["certificate"]["printed"]["credit_hours"] == "0.5"
    assert "Not the file that we issued" in page
    assert "5.5" in page


def test_many_added_words_are_told_as_the_first_and_more(issued: Issued, client: Client) -> None:
    added = [f"word{letter}" for letter in "abcdefghijklm"]
    content = forged(issued, course_subtitle=" ".join(added))

    value = told(client, content)
    page = send(client, content).content.decode()

    assert value["file"]["strange_words"] == added[:12]
    assert value["file"]["has_more_strange_words"] is True
    assert "Everything that was printed is found in its text, and more." in page
    assert "And more: these are only the first." in page


def test_foreign_signature_is_never_called_ours(
    issued: Issued, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same name in a certificate of somebody else: the fingerprint tells them apart."""
    content = with_one_changed_byte(issued.content)
    resigned = sign_pdf(forged(issued), reason="", now=NOW).content
    fingerprint = SigningCertificate.objects.get().fingerprint
    # As if another key had signed.
    monkeypatch.setattr("certificates.checking.signing.trusted_certificates", list)

    value = told(client, resigned)
    page = send(client, resigned).content.decode()

    assert [
        (each["is_ours"], each["certificate_sha256"], each["state"])
        for each in value["file"]["signatures"]
    ] == [(False, fingerprint, "whole")]
    assert "with a certificate that is not ours" in page
    assert "with our certificate" not in send(client, content).content.decode()


def test_other_peoples_pdf_is_not_ours(issued: Issued, client: Client) -> None:
    value = told(client, other_pdf())

    assert (value["file"]["verdict"], value["certificate"]) == ("not-ours", None)
    assert value["file"]["signatures"] == []


def test_our_number_in_other_peoples_pdf_shows_what_was_issued(
    issued: Issued, client: Client
) -> None:
    value = told(client, other_pdf(**{"/Subject": f"no. {issued.certificate}"}))

    assert value["file"]["verdict"] == "altered"
    assert value["file"]["missing"] is None, "no text can be read, so nothing is said to be missing"
    assert value["certificate"]["printed"]["holder_name"] == "Olivia Owner"


def test_several_numbers_in_one_file_lead_to_each(issued: Issued, client: Client) -> None:
    second = make_certificate()
    content = other_pdf(**{"/Subject": f"{issued.certificate} and {second}"})

    value = told(client, content)
    page = send(client, content).content.decode()

    assert value["file"]["verdict"] == "several"
    assert [each["number"] for each in value["others"]] == [str(issued.certificate), str(second)]
    assert issued.certificate.verify_url in page
    assert second.verify_url in page


@pytest.mark.parametrize("hides_transcript", [False, True], ids=["certificate", "transcript"])
def test_number_that_nobody_sees_does_not_turn_the_comparison_off(
    issued: Issued, client: Client, hides_transcript: bool
) -> None:
    hidden = str(made_transcript(issued) if hides_transcript else make_certificate())
    content = forged(issued, credit_hours=Decimal("48"))

    value = told(client, with_keywords(content, hidden))

    assert (value["file"]["verdict"], value["others"], value["transcript"]) == ("altered", [], None)
    assert [each["label"] for each in value["file"]["missing"]] == ["Credit"]


@pytest.mark.parametrize("adds_transcript", [False, True], ids=["certificate", "transcript"])
def test_second_printed_number_does_not_turn_the_comparison_off(
    issued: Issued, client: Client, adds_transcript: bool
) -> None:
    second = str(made_transcript(issued) if adds_transcript else make_certificate())
    content = forged(issued, credit_hours=Decimal("48"), course_subtitle=f"see {second}")

    value = told(client, content)
    page = send(client, content).content.decode()

    missing = {each["number"]: each["missing"] for each in value["others"]}
    assert value["file"]["verdict"] == ("altered" if adds_transcript else "several")
    assert [each["label"] for each in missing[str(issued.certificate)]] == ["Credit"]
    assert len(missing) == (1 if adds_transcript else 2)
    assert "Credit: 0.5 CE hours" in page


def with_keywords(content: bytes, words: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.add_metadata({"/Keywords": words})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def made_transcript(issued: Issued) -> Transcript:
    """One that exists; what is in it does not matter here."""
    file = StoredFile.objects.create(
        area="private",
        sha256="a" * 64,
        size_bytes=1,
        content_type="application/pdf",
        created_at=NOW,
    )
    user = issued.certificate.user
    row = Transcript.objects.create(
        user=user,
        choice_json="{}",
        asked_at=NOW,
        asked_by_id=user.pk,
        asked_by_label="x",
        record_json="{}",
        sha256="0" * 64,
    )
    Transcript.objects.filter(pk=row.pk).update(
        file=file, file_sha256="a" * 64, size_bytes=1, page_count=1, made_at=NOW
    )
    return row


def test_transcripts_are_told_like_certificates(
    issued: Issued, client: Client, monkeypatch: pytest.MonkeyPatch, registrar: User, now: datetime
) -> None:
    """A small page stands for the printed one; it names the certificate too, as that does."""
    monkeypatch.setattr(
        making,
        "signed_transcript",
        lambda record, now: Made(
            other_pdf(**{"/Subject": f"{record.code} {issued.certificate}"}), page_count=1
        ),
    )
    client.force_login(issued.certificate.user)
    client.post("/transcript/ask/", {"period": "all", "stated": "on"})
    row = Transcript.objects.get()
    jobs.run(row.job_id, now=now)
    row.refresh_from_db()
    assert row.file is not None
    content = row.file.read()

    values = {
        name: told(client, sent)
        for name, sent in {
            "as made": content,
            "added to": with_revision(content),
            "other": other_pdf(**{"/Subject": f"copy of {row}, {issued.certificate}"}),
        }.items()
    }
    revoke_certificate(issued.certificate, reason="Taken by another.", by=registrar, now=now)
    page = send(client, content).content.decode()

    assert {name: value["file"]["verdict"] for name, value in values.items()} == {
        "as made": "genuine",
        "added to": "added-to",
        "other": "altered",
    }
    for value in values.values():
        assert value["certificate"] is None
        assert value["transcript"]["number"] == str(row)
    assert values["as made"]["file"]["heading"] == "Genuine"
    assert "Genuine, but not all of it still holds" in page
    assert f"/verify/transcript/{row}/" in page


def test_sample_is_a_specimen(db: None, client: Client) -> None:
    content = default_renderer().render(sample_record(body_count=1), pictures={}).content

    assert told(client, content)["file"]["verdict"] == "specimen"


def test_certificate_without_its_document_yet(db: None, client: Client) -> None:
    certificate = make_certificate()

    value = told(client, other_pdf(**{"/Subject": str(certificate)}))

    assert value["file"]["verdict"] == "altered"
    assert value["certificate"]["document"] is None


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"GIF89a not a PDF", "This is not a PDF."),
        (b"x" * (LARGEST_FILE + 1), "The file is larger than 10 MB."),
    ],
    ids=["empty", "picture", "too large"],
)
def test_no_pdf_is_asked_again(db: None, client: Client, content: bytes, words: str) -> None:
    answer = send(client, content)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert send(client, content, url="/verify/file.json").status_code == 422


def test_locked_file_is_asked_again(db: None, client: Client) -> None:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)

    answer = send(client, out.getvalue())

    assert answer.status_code == 422
    assert "This file is locked with a password." in answer.content.decode()


@pytest.mark.parametrize(
    "sent",
    [{}, {"file": "text"}, {"other": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}],
    ids=["nothing", "text", "wrong field"],
)
def test_nothing_chosen_is_asked_again(db: None, client: Client, sent: dict[str, Any]) -> None:
    answer = client.post(URL, sent)

    assert answer.status_code == 422
    assert "Choose the PDF of a certificate first." in answer.content.decode()


def test_body_of_another_type_is_asked_again(db: None, client: Client) -> None:
    answer = client.post(URL, b"%PDF-1.7", content_type="application/pdf")

    assert answer.status_code == 422


def test_only_the_first_file_counts(issued: Issued, client: Client) -> None:
    files = [SimpleUploadedFile("a.pdf", each) for each in (issued.content, other_pdf())]

    answer = client.post("/verify/file.json", {"file": files})

    assert json.loads(answer.content)["file"]["verdict"] == "genuine"


def test_answer_loaded_again_leads_to_the_form(client: Client) -> None:
    assert client.get(URL).headers["Location"] == "/verify/"
    assert client.get("/verify/file.json").status_code == 405


# ---------------------------------------------------------------- hostile files


def one_page(content: bytes) -> bytes:
    """A page whose content stream is `content`, compressed."""
    packed = zlib.compress(content, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F"
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    out, starts = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return out + (
        b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (table, len(out))
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"%PDF-1.7\n",
        lambda: b"%PDF-1.7\n" + os.urandom(300_000),
        lambda: b"%PDF-1.7\n" + bytes(LARGEST_FILE - 9),
        lambda: b"%PDF-1.7\n1 0 obj\n/ByteRange" + b"<</A[" * 200_000 + b"\n%%EOF",
        lambda: b"%PDF-1.7\n" + b"%%EOF\n" * 100_000,
        lambda: one_page(bytes(300_000_000)),
        lambda: one_page(b"[" * 1_000_000),
    ],
    ids=["header", "garbage", "zeros", "nested", "ends", "bomb", "nested content"],
)
def test_hostile_file_is_not_ours(db: None, client: Client, make: Callable[[], bytes]) -> None:
    assert told(client, make())["file"]["verdict"] == "not-ours"


def test_half_a_letter_in_text_or_name_is_no_error(
    issued: Issued, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"page_count": 1, "numbers": [issued.certificate.serial], "text": "a \ud800 b"}
    signature = {"signer": "half \udfff", "fingerprint": "f", "state": "whole"}
    lines = [said, {"signatures": [signature]}]
    monkeypatch.setattr(apart, "_run", lambda _: "\n".join(map(json.dumps, lines)).encode())

    value = told(client, other_pdf())

    assert value["file"]["strange_words"][:3] == ["a", "?", "b"]
    assert value["file"]["signatures"][0]["signer"] == "half ?"
    assert send(client, other_pdf()).status_code == 200


@pytest.mark.parametrize("moment", ["00010101000000+14'", "99991231235959-14'"])
def test_odd_time_of_a_signature_is_left_out(issued: Issued, client: Client, moment: str) -> None:
    content = re.sub(rb"/M \([^)]{20}", f"/M (D:{moment}".encode(), issued.content)

    value = told(client, content)

    assert len(content) == len(issued.content)
    assert [each["signed_at"] for each in value["file"]["signatures"]] == [None]
    assert send(client, content).status_code == 200


def test_reader_that_takes_too_long_is_ended_and_what_it_said_counts(
    issued: Issued, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_LONGEST", 0.8)
    content = one_page(b"BT /F 1 Tf (a) Tj ET\n" * 3_000_000)
    content += f"% /verify/{issued.certificate}/ %".encode()

    value = told(client, content)

    assert value["file"]["verdict"] == "altered"
    assert value["file"]["signatures"] is None


def test_process_apart_has_limits_and_none_of_our_secrets(
    issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}
    real = apart.subprocess.Popen

    def watch(command: list[str], **kwargs: Any) -> Any:
        seen.update(kwargs, command=command)
        return real(command, **kwargs)

    monkeypatch.setattr(apart.subprocess, "Popen", watch)
    monkeypatch.setattr(apart, "_run", _run_once.__wrapped__)
    apart.read_apart(b"%PDF-1.7\n")

    assert set(seen["env"]) == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LANG"}
    assert seen["command"][1:] == ["-m", "certificates.checking.reading"]


def test_no_file_is_left_and_none_is_written(
    issued: Issued, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stored = StoredFile.objects.count()
    made = []
    monkeypatch.setattr(
        "django.core.files.uploadhandler.TemporaryUploadedFile",
        lambda *args, **kwargs: made.append(args),
    )

    send(client, issued.content + b"x" * 5_000_000)

    assert (list(tmp_path.iterdir()), made, StoredFile.objects.count()) == ([], [], stored)


def test_too_many_readers_at_once_are_told_to_wait(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_PATIENCE", 0)
    monkeypatch.setattr(apart._AT_ONCE, "acquire", lambda timeout: False)

    answer = send(client, other_pdf())

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Wait a moment" in answer.content.decode()


# ---------------------------------------------------------------- around it


def test_needs_no_token_and_starts_no_session(issued: Issued) -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = send(strict, issued.content)

    assert answer.status_code == 200
    assert "sessionid" not in " ".join(answer.cookies)


def test_programs_get_json_by_their_accept_header(issued: Issued, client: Client) -> None:
    json_answer = send(client, issued.content, headers={"Accept": "application/json"})
    any_answer = send(client, issued.content, headers={"Accept": "*/*"})

    assert json_answer["Content-Type"] == "application/json"
    assert json_answer["Cache-Control"] == "no-store"
    assert any_answer["Content-Type"].startswith("text/html")


def test_too_many_files_wait_a_minute(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    answers = [send(client, b"no").status_code for _ in range(FILE_LIMIT.count + 1)]

    assert answers == [422] * FILE_LIMIT.count + [429]
    refused = send(client, b"no", url="/verify/file.json")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert client.get("/verify/", {"code": "abc"}).status_code == 422, "numbers have their own"


def test_queries_are_few_and_constant(issued: Issued, client: Client) -> None:
    others = [make_certificate() for _ in range(3)]
    many = other_pdf(**{"/Subject": " ".join(map(str, others))})
    two = other_pdf(**{"/Subject": " ".join(map(str, others[:2]))})
    counts = []
    client.get("/verify/")
    for content in (issued.content, two, many):
        with CaptureQueriesContext(connection) as queries:
            send(client, content)
        counts.append(len(queries))

    assert counts[1] == counts[2]
    assert max(counts) <= 11


def test_numbers_are_found_as_they_are_printed_and_linked() -> None:
    from certificates.checking.reading import numbers_in

    serial = "0000SPEC1MEN00006"
    text = f"a {codes.dashed(serial)} https://x/verify/{codes.dashed(serial).lower()}/ {serial}"

    assert numbers_in(text) == [serial]
    assert numbers_in("0000-SPEC-\n1MEN-00006, 0000-SPEC-1MEN-00007") == [serial]
