"""A therapist fetches everything that is kept of them."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.files import store_bytes
from ce_platform.core.models import OutgoingMail, StoredFile
from ce_platform.office.own_data.asking import AskedTooOften, ask, sweep_own_data
from ce_platform.office.own_data.models import OwnData
from certificates.domain.documents import ensure_document
from tests.factories.certificates import LicenseFactory, make_certificate, make_provider
from tests.factories.licensing import ExternalCreditFactory

ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db


def made(user: User, now: datetime) -> OwnData:
    row = ask(user, now=now)
    jobs.run(row.job_id, now=now)
    row.refresh_from_db()
    assert row.job.error == ""
    return row


def test_the_zip_holds_all_of_one_person_and_nothing_of_another(
    owner: User, stranger: User, now: datetime
) -> None:
    make_provider()
    certificate = make_certificate(user=owner)
    document = ensure_document(certificate, now=now)
    make_certificate(user=stranger)
    LicenseFactory(user=owner, number="MA 4711")
    proof = store_bytes(
        b"%PDF proof", area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=now
    )
    credit = ExternalCreditFactory(user=owner, notes="In Denver.", proof=proof)

    row = made(owner, now)

    assert row.file is not None
    archive = zipfile.ZipFile(io.BytesIO(row.file.read()))
    folder = f"{row.name}/"
    files = {name.removeprefix(folder): archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert manifest["missing"] == []
    assert {each["path"]: each["sha256"] for each in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name not in ("manifest.json", "SHA256SUMS")
    }
    [pdf] = [name for name in files if name.startswith("certificates/")]
    assert hashlib.sha256(files[pdf]).hexdigest() == document.sha256
    assert files[f"hours-elsewhere/{credit.uid}.pdf"] == b"%PDF proof"
    assert json.loads(files["account.json"])["email"] == owner.email
    assert "MA 4711" in files["licenses.csv"].decode()
    assert [each["holder_name"] for each in json.loads(files["certificates.json"])] == [
        certificate.holder_name
    ]
    everything = b"".join(files.values()).decode("utf-8", "replace")
    assert stranger.email not in everything
    [mail] = OutgoingMail.objects.filter(kind="own_data_ready")
    assert mail.to_email == owner.email


def test_fetched_by_its_owner_alone_and_deleted_in_time(
    owner: User, stranger: User, now: datetime, client_of: ClientOf
) -> None:
    row = made(owner, now)
    page = reverse("office:own-data-download", args=[row.uid])
    assert client_of(stranger).post(page).status_code == 404
    answer = client_of(owner).post(page)
    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content)) == row.size_bytes

    assert row.kept_until is not None
    assert sweep_own_data(row.kept_until + timedelta(minutes=1)) == 1
    assert client_of(owner).post(page).status_code == 302
    assert client_of(owner).get(reverse("office:own-data")).status_code == 200


def test_asked_twice_it_is_made_once_and_not_all_day_long(owner: User, now: datetime) -> None:
    assert ask(owner, now=now) == ask(owner, now=now)
    for _ in range(3):
        made(owner, now)
    with pytest.raises(AskedTooOften):
        ask(owner, now=now)
