"""What is in the zip, and that it is made once, whole, whatever happens on the way."""

import csv
import hashlib
import io
import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core import jobs, keeping
from ce_platform.core.models import AuditEvent, AuditPack, OutgoingMail, StoredFile
from ce_platform.pages.audit_pack import gathering, packs
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate
from quizzes.models import Attempt
from tests.factories.certificates import BodyFactory, SubmissionFactory
from tests.pages.audit_pack.made import (
    DAY,
    Way,
    asked,
    made,
    make_course,
    pass_course,
    unpacked,
)

pytestmark = pytest.mark.django_db


def folder(certificate: Certificate, name: str) -> str:
    return f"certificates/{name}-{certificate}"


def roster(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_pack_holds_what_the_rows_say(registrar: User, now: datetime) -> None:
    version = make_course()
    certificate = pass_course(version, name_on_certificates="Ana Ödön", number="MA 10001")

    found = unpacked(made(asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar)))

    one = folder(certificate, "Ana-Odon")
    course = "courses/face-edition-1.0"
    assert set(found) == {
        "SHA256SUMS",
        "index.html",
        "roster.csv",
        "reporting-log.csv",
        f"{one}/certificate.pdf",
        f"{one}/printed.json",
        f"{one}/record.json",
        f"{one}/summary.html",
        f"{one}/attempts/01-exam-attempt-1.html",
        f"{one}/attempts/01-exam-attempt-1.json",
        f"{one}/attempts/02-exam-attempt-2.html",
        f"{one}/attempts/02-exam-attempt-2.json",
        f"{course}/course.html",
        f"{course}/sealed-text.json",
        f"{course}/hours-worksheet.csv",
        f"{course}/lessons/01-points.md",
        f"{course}/quizzes/01-exam-with-key.html",
        f"{course}/quizzes/01-exam-with-key.json",
        f"{course}/course-page-2026-11-20-{version.promos.get().pk}.txt",
        f"{course}/instructors/01-Ivan-Instructor.html",
        f"{course}/instructors/01-Ivan-Instructor.json",
        f"{course}/instructors/01-Ivan-Instructor-cv.pdf",
        "approvals/US-FL/face-edition-1/history.html",
        "approvals/US-FL/face-edition-1/history.json",
        "approvals/US-FL/face-edition-1/letter-1.pdf",
    }
    assert found[f"{one}/certificate.pdf"] == certificate.document.file.read()
    assert hashlib.sha256(found[f"{one}/printed.json"]).hexdigest() == certificate.sha256
    assert found["approvals/US-FL/face-edition-1/letter-1.pdf"] == b"%PDF-1.7 letter"
    assert roster(found["roster.csv"]) == [
        {
            "Name": "Ana Ödön",
            "License number": "MA 10001",
            "State or body": "Florida",
            "Course": "Facial massage",
            "Course number of the body": "20-100200",
            "Edition": "1.0",
            "CE hours": "0.5",
            "Completed on": "2026-11-20",
            "Delivery": "Home study",
            "Certificate": str(certificate),
            "Standing": "Valid",
            "SHA-256 of the PDF": certificate.document.sha256,
        }
    ]
    history = json.loads(found["approvals/US-FL/face-edition-1/history.json"])
    # What the office notes for itself stays with the office.
    assert [event["note"] for event in history["events"]] == ["By mail."]
    first = json.loads(found[f"{one}/attempts/01-exam-attempt-1.json"])
    items = list(
        Attempt.objects.get(number=1).items.select_related("revision").order_by("position")
    )
    assert [(each["content"], each["answer"]) for each in first["questions"]] == [
        (item.revision.data, json.loads(item.response)) for item in items
    ]
    assert [(each["percent"], each["pass_percent"]) for each in first["grades"]] == [
        (str(grade.percent), str(grade.pass_percent))
        for grade in Attempt.objects.get(number=1).grades.all()
    ]
    page = found[f"{one}/attempts/01-exam-attempt-1.html"].decode()
    assert page.count("Where does ST3 lie?") == 1
    assert page.count("Your answer, right") + page.count("Your answer, not right") >= 2
    assert [
        (row["Name"], row["License number"], row["Status"], row["Sent"])
        for row in roster(found["reporting-log.csv"])
    ] == [("Ana Ödön", "MA 10001", "To be reported", "")]
    record = json.loads(found[f"{one}/record.json"])
    assert record["attestation"]["statement"] == certificate.enrollment.attestation.statement
    assert record["evaluation"]["answers"][0] == [
        "The course met its learning objectives",
        "5 Strongly agree",
    ]


def test_hashes_are_those_that_sha256sum_accepts(
    registrar: User, now: datetime, tmp_path: Path
) -> None:
    certificate = pass_course(make_course())

    found = unpacked(made(asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar)))
    for name, content in found.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True
    )

    assert (checked.returncode, checked.stderr) == (0, "")
    assert len(checked.stdout.splitlines()) == len(found) - 1
    index = found["index.html"].decode()
    for line in found["SHA256SUMS"].decode().splitlines():
        sha256, _, name = line.partition("  ")
        assert name == "index.html" or (sha256 in index and f'href="{name}"' in index)
    assert "<script" not in index
    assert "http" not in index.replace(certificate.provider_website, "")


def test_namesakes_lie_side_by_side(registrar: User, now: datetime) -> None:
    version = make_course()
    both = [pass_course(version, name_on_certificates="Kim Lee") for _ in range(2)]

    found = unpacked(
        made(asked(Way.COURSE, {"course": version.course_id, "edition": 1}, by=registrar))
    )

    for certificate in both:
        path = f"{folder(certificate, 'Kim-Lee')}/certificate.pdf"
        assert found[path] == certificate.document.file.read()
    assert [row["Name"] for row in roster(found["roster.csv"])] == ["Kim Lee", "Kim Lee"]


def test_what_is_not_there_is_said_on_the_first_page(registrar: User, now: datetime) -> None:
    certificate = pass_course(make_course(), has_pdf=False)
    letter = StoredFile.objects.get(sha256=hashlib.sha256(b"%PDF-1.7 letter").hexdigest())
    letter.storage.delete(letter.path)

    pack = made(asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar))

    index = unpacked(pack)["index.html"].decode()
    for sentence in (
        "The PDF was not made yet when this pack was put together.",
        "The file is on record, but its bytes are not there.",
        "Refund policy: none was published for that time.",
    ):
        assert sentence in index
    assert pack.missing_count == index.count("<li>")


def test_revoked_certificate_is_there_with_its_reason(registrar: User, now: datetime) -> None:
    certificate = pass_course(make_course(), name_on_certificates="Ana")
    revoke_certificate(certificate, reason="Issued <by> mistake.", by=registrar, now=now)

    found = unpacked(made(asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar)))

    page = found[f"{folder(certificate, 'Ana')}/summary.html"].decode()
    assert "Genuine, but revoked" in page
    assert "Revoked: Issued &lt;by&gt; mistake." in page
    assert roster(found["roster.csv"])[0]["Standing"] == "Revoked"


def test_pack_for_a_body_is_about_its_own_people_and_files_in_the_period(
    registrar: User, now: datetime
) -> None:
    version = make_course()
    pass_course(version, name_on_certificates="In Florida")
    elsewhere = pass_course(version, name_on_certificates="In Texas", state="US-TX")
    SubmissionFactory(course=version.course, body=BodyFactory(code="US-TX"))
    day = elsewhere.completed_on

    def seen(is_for_all: bool) -> tuple[list[str], set[str]]:
        pack = asked(
            Way.BODY,
            {"body": "US-FL", "is_for_all": is_for_all},
            by=registrar,
            first_on=day,
            last_on=day,
        )
        found = unpacked(made(pack))
        bodies = {name.split("/")[1] for name in found if name.startswith("approvals/")}
        return [row["Name"] for row in roster(found["roster.csv"])], bodies

    assert seen(False) == (["In Florida"], {"US-FL"})
    assert seen(True) == (["In Florida", "In Texas"], {"US-FL"})
    with pytest.raises(packs.NothingToPack):
        asked(
            Way.BODY,
            {"body": "US-FL", "is_for_all": True},
            by=registrar,
            first_on=day + DAY,
            last_on=day + DAY,
        )


def test_queries_for_a_page_of_certificates_do_not_grow_with_it(
    registrar: User, now: datetime
) -> None:
    version = make_course()
    counts = []
    for _ in range(3):
        pass_course(version)
        rows = list(Certificate.objects.select_related("enrollment").prefetch_related("bodies"))
        with CaptureQueriesContext(connection) as captured:
            gathering.dossiers_of(rows)
        counts.append(len(captured))

    assert counts == [gathering.QUERIES_PER_PAGE] * 3


def test_work_that_was_cut_off_starts_anew_and_leaves_nothing_behind(
    registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when the bytes were kept and the row did not know of them yet."""
    certificate = pass_course(make_course())
    pack = asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar)
    before = set(StoredFile.objects.values_list("sha256", flat=True))

    class Killed(BaseException):
        pass

    def killed(*args: object, **kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "say_made", killed)
        patched.setattr(keeping, "discard", lambda *args: None)
        with pytest.raises(Killed):
            jobs.run(pack.job_id, now=now)
    pack.refresh_from_db()
    left = StoredFile.objects.get(sha256=pack.unfinished_sha256)
    jobs.run(pack.job_id, now=datetime.now(tz=now.tzinfo) + jobs.LEASE + timedelta(seconds=1))

    pack = AuditPack.objects.select_related("job", "file").get(pk=pack.pk)
    assert (pack.job.status, pack.job.done_count, pack.job.total_count) == ("done", 1, 1)
    assert set(StoredFile.objects.values_list("sha256", flat=True)) == before | {pack.sha256}
    assert left.sha256 == pack.sha256 or not left.storage.exists(left.path)
    assert pack.unfinished_sha256 == ""


def test_of_two_workers_one_makes_it_and_the_other_leaves_nothing(
    registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """The first was silent for longer than its lease, just before it would have finished."""
    certificate = pass_course(make_course())
    pack = asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar)
    before = set(StoredFile.objects.values_list("sha256", flat=True))
    say_made = keeping.say_made
    said = []

    def late(*args: Any, **kwargs: Any) -> None:
        said.append(args[1].sha256)
        if len(said) == 1:
            jobs.run(pack.job_id, now=datetime.now(tz=now.tzinfo) + 2 * jobs.LEASE)
        say_made(*args, **kwargs)

    monkeypatch.setattr(keeping, "say_made", late)
    jobs.run(pack.job_id, now=now)

    pack = AuditPack.objects.get(pk=pack.pk)
    assert (len(said), pack.sha256) == (2, said[1])
    assert set(StoredFile.objects.values_list("sha256", flat=True)) == before | {said[1]}
    assert AuditEvent.objects.filter(action="audit-pack.made").count() == 1
    assert OutgoingMail.objects.filter(cause=f"audit-pack-ready:{pack.uid.hex}").count() == 1


def test_who_asked_gets_one_mail_that_asks_them_to_sign_in(registrar: User, now: datetime) -> None:
    certificate = pass_course(make_course())

    pack = made(asked(Way.LEARNER, {"user": certificate.user_id}, by=registrar))
    again = made(pack)

    mail = OutgoingMail.objects.get(cause=f"audit-pack-ready:{pack.uid.hex}")
    assert (mail.to_email, mail.attachments.count()) == (registrar.email, 0)
    assert f"http://testserver/office/audit-packs/{pack.uid}/" in mail.body
    assert again.made_at == pack.made_at
