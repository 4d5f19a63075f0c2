"""The published steps without us, followed to the letter on forgeries that once passed them."""

import html
import io
import re
import subprocess
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject, StreamObject

from certificates.domain.documents import ensure_document
from certificates.domain.record import record_of
from certificates.models import Certificate
from certificates.pdf.renderer import default_renderer
from certificates.signing.keys import signing_key
from tests.certificates.readers import run
from tests.factories.certificates import NOW, SignatoryFactory, make_certificate, make_provider

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Forger:
    """Somebody with a certificate that says our name."""

    key: ec.EllipticCurvePrivateKey
    certificate: asn1_x509.Certificate

    def sign(
        self, content: bytes, *, field: str, beside: asn1_x509.Certificate | None = None
    ) -> bytes:
        """`beside` is laid into the signature too, as any certificate can be."""
        signer = SimpleSigner(
            signing_cert=self.certificate,
            signing_key=asn1_keys.PrivateKeyInfo.load(
                self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            ),
            cert_registry=SimpleCertificateStore.from_certs([beside] if beside else []),
            embed_roots=True,
        )
        options: dict[str, Any] = {}
        if beside is not None:
            options = {"certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES}
        metadata = PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, **options
        )
        out = io.BytesIO()
        PdfSigner(metadata, signer=signer).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(content), strict=False), output=out
        )
        return out.getvalue()


@pytest.fixture
def forger() -> Forger:
    """Issuer by name: our own certificate, so that programs lay that into the signature. Longer
    than ours, so that ours comes first in the set."""
    ours = x509.load_der_x509_certificate(signing_key().certificate.dump())
    key = ec.generate_private_key(ec.SECP256R1())
    now = timezone.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(ours.subject)
        .issuer_name(ours.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=999))
        .add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x04\x00" + bytes(900)),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    return Forger(key, asn1_x509.Certificate.load(made.public_bytes(Encoding.DER)))


@pytest.fixture
def certificate() -> Certificate:
    make_provider()
    SignatoryFactory()
    return make_certificate()


def steps(client: Client) -> list[str]:
    """The commands as published; the page and the manual say the same."""
    page = client.get("/verify/without-us/").content.decode()
    found = re.findall(r'<pre class="command" tabindex="0"><code>(.*?)</code>', page, re.DOTALL)
    commands = [html.unescape(each) for each in found]
    manual = (Path(settings.BASE_DIR) / "docs" / "verifying.md").read_text()
    for command in commands[:3]:
        assert command in manual
    return commands


def signer_said(command: str, folder: Path) -> tuple[str, str]:
    """How many signers, and the fingerprint, as the command prints them at its end."""
    said = subprocess.run(
        ["bash", "-euc", command], cwd=folder, capture_output=True, text=True, check=True
    )
    assert "CMS Verification successful" in said.stderr
    count, fingerprint = said.stdout.splitlines()[-2:]
    return count, fingerprint.partition("=")[2].replace(":", "").lower()


def told(client: Client, content: bytes) -> tuple[str, list[tuple[bool, str]]]:
    """Our own verdict, and of each signature whether it is ours and what it covers."""
    file = SimpleUploadedFile("certificate.pdf", content)
    said = client.post("/verify/file.json", {"file": file}).json()["file"]
    return said["verdict"], [(each["is_ours"], each["state"]) for each in said["signatures"]]


def test_signer_is_named_and_not_a_certificate_laid_beside(
    certificate: Certificate, forger: Forger, client: Client, tmp_path: Path
) -> None:
    genuine = ensure_document(certificate, now=NOW).file.read()
    record = replace(record_of(certificate), holder_name="Oskar Other")
    content = forger.sign(
        default_renderer().render(record, pictures={}).content,
        field="Provider",
        beside=signing_key().certificate,
    )
    ours, theirs = signing_key().certificate.sha256.hex(), forger.certificate.sha256.hex()
    path = tmp_path / "certificate.pdf"
    command = steps(client)[2]

    path.write_bytes(genuine)
    assert signer_said(command, tmp_path) == ("1", ours)
    path.write_bytes(content)
    assert signer_said(command, tmp_path) == ("1", theirs)

    listed = run("openssl", "pkcs7", "-inform", "DER", "-in", f"{path}.sig0", "-print_certs")
    first = first_of(listed)
    assert first == ours, "the forgery is a good one: who lists certificates sees ours first"
    assert told(client, content) == ("altered", [(False, "whole")])
    page = client.post("/verify/file/", {"file": SimpleUploadedFile("a.pdf", content)})
    assert "with our certificate" not in page.content.decode()


def test_second_signature_over_a_changed_page_is_listed(
    certificate: Certificate,
    forger: Forger,
    client: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The library refuses to sign over our certification; a forger does not ask it.
    monkeypatch.setattr(PdfSigner, "_enforce_certification_constraints", lambda *_: None)
    genuine = ensure_document(certificate, now=NOW).file.read()
    content = forger.sign(painted_over(genuine), field="Other")
    path = tmp_path / "certificate.pdf"
    _, wanted, _ = steps(client)[:3]
    lines = wanted.splitlines()

    path.write_bytes(genuine)
    good = run("pdfsig", str(path))
    path.write_bytes(content)
    bad = run("pdfsig", str(path))

    assert [line for line in good.splitlines() if line in lines] == lines
    assert "Signature #2" not in good
    assert [line for line in lines if line not in bad] == [], "each line stands there somewhere"
    assert re.findall(r"^Signature #\d", bad, re.MULTILINE) == ["Signature #1", "Signature #2"]
    assert told(client, content) == ("added-to", [(True, "part"), (False, "whole")])
    page = client.post("/verify/file/", {"file": SimpleUploadedFile("a.pdf", content)})
    assert "signature-good" not in page.content.decode()


def painted_over(content: bytes) -> bytes:
    """The same file, and behind its end a page with something drawn over it."""
    writer = PdfWriter(io.BytesIO(content), incremental=True)
    page, stroke = writer.pages[0], StreamObject()
    stroke._data = b"q 1 0 0 RG 10 w 50 300 m 700 300 l S Q"
    old = page.raw_get("/Contents")
    former = list(old) if isinstance(old, ArrayObject) else [old]
    page[NameObject("/Contents")] = ArrayObject([*former, writer._add_object(stroke)])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def first_of(listed: str) -> str:
    """Fingerprint of the first certificate of a list in PEM."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    first = begin + listed.split(begin, 1)[1].split(end, 1)[0] + end
    return x509.load_pem_x509_certificate(first.encode()).fingerprint(hashes.SHA256()).hex()
