"""The packet for a body: what is in it, where it comes from, who gets it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from pypdf import PdfReader, PdfWriter

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.files import store_bytes
from ce_platform.core.models import AuditEvent, BackgroundJob, StoredFile
from ce_platform.core.pdf import RenderingFailed
from ce_platform.licensing.domain.submissions import Message, add_message
from ce_platform.licensing.models import Submission
from ce_platform.licensing.packet.contents import PARTS, gather, lesson_minutes, version_of
from ce_platform.licensing.packet.document import packet_html
from ce_platform.licensing.packet.making import start_packet
from courses.domain.canonical import canonical_text_of
from courses.domain.instructing import keep_instructors
from courses.models import CourseVersion
from quizzes.exam import exam_of
from tests.factories.accounts import InstructorLicenseFactory
from tests.factories.courses import (
    CourseAuthorFactory,
    LessonFactory,
    ObjectiveFactory,
    ReferenceFactory,
    VersionFactory,
)
from tests.factories.licensing import NOW, ApprovedFactory, ProviderFactory
from tests.factories.quizzes import quiz_with

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db
EVERYTHING = list(PARTS)


def a_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=612, height=792)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def kept(content: bytes, content_type: str = "application/pdf") -> StoredFile:
    return store_bytes(content, area=StoredFile.Area.PRIVATE, content_type=content_type, now=NOW)


@pytest.fixture
def version(instructor: User) -> CourseVersion:
    """A draft with everything that a packet shows."""
    ProviderFactory()
    made: CourseVersion = VersionFactory(
        course__slug="face", title="Face, élan", status="draft", published_at=None
    )
    lesson = LessonFactory(module__version=made, title="Points", counted_words=900)
    lesson.objectives.add(ObjectiveFactory(version=made, text="Locate ten points."))
    ReferenceFactory(version=made, text="Alam M 2018. Facial exercise.")
    held = InstructorLicenseFactory(profile__user=instructor, profile__cv=kept(a_pdf()))
    CourseAuthorFactory(version=made, name=held.profile.display_name, user=instructor)
    quiz_with(2, version=made, title="Final exam")
    return made


def publish(version: CourseVersion) -> CourseVersion:
    """What publishing leaves behind, whatever the author may still owe."""
    keep_instructors(version, now=NOW)
    version.canonical_text = canonical_text_of(version)
    version.canonical_sha256 = hashlib.sha256(version.canonical_text.encode()).hexdigest()
    version.status, version.published_at = CourseVersion.Status.PUBLISHED, NOW
    version.save()
    return version


def html_of(version: CourseVersion, *parts: str, submission: Submission | None = None) -> str:
    packet = gather(version, submission=submission, parts=parts or EVERYTHING, made_at=NOW)
    return packet_html(packet)


def test_every_part_says_what_the_version_says(version: CourseVersion) -> None:
    html = html_of(publish(version))

    for said in (
        "Face, élan",
        "Locate ten points.",
        "Alam M 2018. Facial exercise.",
        "May be claimed",
        "NCBTMB home-study figure",
        "Mergener formula",
        "The course met its learning objectives",
        "Final exam",
        version.canonical_sha256,
    ):
        assert said in html
    assert 'class="num">5</td>' in html, "900 words are read in four and a half minutes"
    assert "DRAFT" not in html


def test_a_draft_says_so_on_every_page_and_a_published_one_is_read_from_its_record(
    version: CourseVersion,
) -> None:
    assert 'class="running-state" aria-hidden="true">DRAFT' in html_of(version, "outline")

    publish(version)
    version.title = "Another title in memory"
    assert "Face, élan" in html_of(version, "objectives")
    version.canonical_text = version.canonical_text.replace("ten points", "twelve points")
    with pytest.raises(RenderingFailed):
        html_of(version, "objectives")


def test_the_key_is_only_where_it_was_asked_for(version: CourseVersion) -> None:
    publish(version)
    right = [
        answer.text
        for quiz in exam_of(version)
        for question in quiz.questions
        for answer in question.answers
        if answer.is_right
    ]

    without = html_of(version, *[part for part in EVERYTHING if part != "exam"])

    assert right
    assert "is-right" in html_of(version, "exam")
    assert "is-right" not in without
    assert "Contains the exam key" not in without


def test_minutes_are_reading_and_listening() -> None:
    assert [lesson_minutes(words, media) for words, media in ((0, 0), (900, 0), (200, 9))] == [
        0,
        5,
        10,
    ]


def test_version_of_an_edition_is_what_a_body_would_see(version: CourseVersion) -> None:
    assert version_of(version.course, 1) == version
    newer = publish(version)
    VersionFactory(course=version.course, edition=1, revision=1, status="draft", published_at=None)

    assert version_of(version.course, 1) == newer
    assert version_of(version.course, 2) is None


def run(job: BackgroundJob) -> BackgroundJob:
    jobs.run(job.pk, now=NOW)
    job.refresh_from_db()
    assert (job.status, job.error) == ("done", "")
    return job


def test_pdf_and_zip_are_whole_and_the_same_when_made_again(
    version: CourseVersion, registrar: User, now: datetime
) -> None:
    publish(version)
    letter, broken = kept(a_pdf() + b"%"), kept(b"%PDF-1.7 nothing inside")
    scan = kept(b"\x89PNG\r\n\x1a\n cut off while it was copied", "image/png")
    submission = ApprovedFactory(course=version.course, letter=letter)
    for file in (letter, broken, scan):
        add_message(submission, message=Message("Came.", file=file), by=registrar, now=now)

    def ask(form: str) -> BackgroundJob:
        return start_packet(
            course=version.course,
            edition=1,
            submission=submission,
            parts=["objectives", "instructors", "certificate", "letters"],
            form=form,
            by=registrar,
            now=now,
        )

    asked = ask("zip")
    assert ask("zip") == asked, "a second click while it is being made"
    made = run(asked)
    assert made.result_file is not None
    with zipfile.ZipFile(io.BytesIO(made.result_file.read())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sums = dict(
        reversed(line.split("  ")) for line in files.pop("SHA256SUMS.txt").decode().splitlines()
    )

    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert [name for name in files if name.startswith("files/")] == [
        "files/cv-1.pdf",
        "files/sample-certificate.pdf",
        "files/letter-1.pdf",
        "files/letter-2.pdf",
        "files/letter-3.png",
    ]
    whole = PdfReader(io.BytesIO(files["packet.pdf"]))
    root = whole.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert sorted(whole.attachments) == ["letter-2.pdf", "letter-3.png"], (
        "what is broken inside goes along as it is"
    )
    text = "".join(page.extract_text() for page in whole.pages)
    assert "Locate ten points." in text
    assert "SPECIMEN" in text
    # Cut off after the bytes were kept and started again: one event, one file.
    BackgroundJob.objects.filter(pk=made.pk).update(status="queued", result_file=None)
    again = run(made)
    assert again.result_file is not None
    assert again.result_file.sha256 == made.result_file.sha256
    assert submission.events.filter(facts_json__contains='"packet"').count() == 1
    assert list(
        AuditEvent.objects.filter(action__contains="packet").values_list("action", flat=True)
    ) == ["packet.asked", "submission.packet-made"]


def test_page_makes_a_packet_and_keeps_who_took_it(
    version: CourseVersion, registrar: User, client_of: ClientOf
) -> None:
    office = client_of(registrar)
    submission = ApprovedFactory(course=version.course)
    url = f"/office/submissions/{submission.uid}/packet/"

    page = office.get(url).content.decode()
    assert "Every page of the packet will say DRAFT" in page
    assert office.post(url, {"form": "pdf"}).status_code == 422
    assert office.post(url, {"form": "exe", "parts": ["outline"]}).status_code == 422
    answer = office.post(url, {"form": "pdf", "parts": ["outline", "hours"]})
    job = run(BackgroundJob.objects.get(kind="licensing.packet"))
    assert job.result_file is not None
    took = office.post(f"/office/submissions/{submission.uid}/packets/{job.result_file.sha256}/")
    other = ApprovedFactory()

    assert answer.status_code == 302
    assert json.loads(job.parameters)["parts"] == ["outline", "hours"]
    assert job.result_name == "packet-face-1.0-" + submission.body.code.lower() + "-DRAFT.pdf"
    assert took.content.startswith(b"%PDF-")
    assert AuditEvent.objects.filter(action="packet.downloaded").count() == 1
    stray = f"/office/submissions/{other.uid}/packets/{job.result_file.sha256}/"
    assert office.post(stray).status_code == 404


def test_packet_of_an_edition_asks_for_the_key_and_letters_explicitly(
    version: CourseVersion, registrar: User, client_of: ClientOf
) -> None:
    page = client_of(registrar).get("/office/submissions/editions/face/1/packet/").content.decode()

    assert page.count("checked") == len(PARTS) - 2 + 1, "all but key and letters; and the PDF"
    assert (
        client_of(registrar).get("/office/submissions/editions/face/7/packet/").status_code == 404
    )
