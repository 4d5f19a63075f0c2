"""A small provider with everything a pack may hold, and the pack as a person unpacks it."""

import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zipfile import ZipFile

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.files import store_bytes
from ce_platform.core.models import AuditPack, StoredFile
from ce_platform.core.text import canonical_json, sha256_text
from ce_platform.licensing.models import Submission, SubmissionEvent
from ce_platform.pages.audit_pack import packs
from certificates.domain.attest import attest
from certificates.domain.documents import ensure_document
from certificates.domain.record import CertificateRecord
from certificates.look import Look
from certificates.models import BodyChannel, Certificate
from certificates.pdf.renderer import Picture, Rendered
from courses.models import CourseVersion, InstructorSnapshot, LessonProgress, PromoSnapshot
from quizzes.domain.attempts import start_attempt, submit_attempt
from tests.factories.accounts import UserFactory
from tests.factories.blank import blank_page
from tests.factories.certificates import (
    NOW,
    BodyFactory,
    LicenseFactory,
    SubmissionFactory,
    make_provider,
    ready_enrollment,
)
from tests.factories.courses import CourseAuthorFactory, LessonFactory, VersionFactory
from tests.factories.quizzes import multiple, quiz_with, single
from tests.factories.thaw import thawed
from tests.quizzes.answering import answer_all

DAY = timedelta(days=1)
Way = AuditPack.Way


class PlainRenderer:
    """Draws nothing: these tests are about bytes that are kept."""

    name = "plain 1"

    def render(
        self, record: CertificateRecord, *, pictures: Mapping[str, Picture], look: Look
    ) -> Rendered:
        return Rendered(blank_page(record.canonical_text()), 1)


def make_course(slug: str = "face") -> CourseVersion:
    """A published version with a lesson, a quiz of two questions, an author and an approval."""
    version: CourseVersion = VersionFactory(course__slug=slug, title="Facial massage")
    LessonFactory(
        module__version=version,
        module__position=1,
        position=1,
        slug="points",
        title="Points",
        body="Press *lightly*.",
    )
    quiz_with(
        [("single-choice", single()), ("multiple-choice", multiple())],
        version=version,
        slug="exam",
        title="Final exam",
    )
    author = CourseAuthorFactory(version=version, name="Ivan Instructor", credentials="LMT")
    cv = store_bytes(b"%PDF-1.7 cv", area=PRIVATE, content_type="application/pdf", now=NOW)
    held = canonical_json({"format": 1, "name": author.name, "credentials": "LMT", "profile": None})
    with thawed(InstructorSnapshot._meta.db_table, PromoSnapshot._meta.db_table):
        InstructorSnapshot.objects.create(
            version=version,
            author_key=author.key,
            taken_at=NOW,
            text=held,
            sha256=sha256_text(held),
            cv=cv,
        )
        promo = "Facial massage\n\nTake it at home."
        PromoSnapshot.objects.create(
            version=version, taken_at=NOW, text=promo, sha256=sha256_text(promo)
        )
    BodyChannel.objects.get_or_create(body=BodyFactory(), defaults={"channel": "ce-broker"})
    letter = store_bytes(b"%PDF-1.7 letter", area=PRIVATE, content_type="application/pdf", now=NOW)
    submission: Submission = SubmissionFactory(
        course=version.course, body=BodyFactory(), letter=letter
    )
    SubmissionEvent.objects.create(
        submission=submission,
        at=NOW,
        by_label="office@example.com",
        from_status="submitted",
        to_status="approved",
        note="By mail.",
        facts_json=canonical_json({"letter": letter.sha256, "number": "20-100200"}),
    )
    SubmissionEvent.objects.create(
        submission=submission,
        at=NOW,
        by_label="office@example.com",
        note="They never call back.",
        direction="internal",
    )
    return version


PRIVATE = StoredFile.Area.PRIVATE


def pass_course(
    version: CourseVersion,
    *,
    has_pdf: bool = True,
    state: str = "US-FL",
    number: str = "MA 10001",
    **person: Any,
) -> Certificate:
    """Somebody with a license who failed once, passed, and has the certificate."""
    make_provider()
    user = UserFactory(**person)
    LicenseFactory(user=user, body=BodyFactory(code=state), number=number)
    enrollment = ready_enrollment(user=user, version=version)
    lesson = version.lessons.get()
    LessonProgress.objects.create(
        enrollment=enrollment,
        lesson=lesson,
        lesson_key=lesson.key,
        opened_at=NOW,
        finished_at=NOW,
    )
    quiz = version.quizzes.get()
    for right in (1, 2):
        attempt = start_attempt(enrollment, quiz, by=user, now=NOW)
        answer_all(attempt, right=right, now=NOW)
        submit_attempt(attempt, by=user, now=NOW)
    attest(enrollment.pk, by=user, now=NOW)
    certificate = Certificate.objects.get(enrollment=enrollment)
    if has_pdf:
        ensure_document(certificate, now=NOW, renderer=PlainRenderer())
    return certificate


def asked(
    way: AuditPack.Way,
    parameters: Mapping[str, Any],
    *,
    by: User,
    first_on: date | None = None,
    last_on: date | None = None,
    chosen: Any = (),
) -> AuditPack:
    """Asked for, not made yet: nothing runs before the transaction of a test ends."""
    pack = packs.draft_pack(
        way=way,
        title="Somebody",
        parameters=parameters,
        first_on=first_on,
        last_on=last_on,
        reference="2026-118",
        by=by,
        now=NOW,
    )
    return packs.start_pack(pack, chosen=chosen, by=by, now=NOW)


def made(pack: AuditPack) -> AuditPack:
    assert pack.job is not None
    jobs.run(pack.job_id, now=NOW)  # type: ignore[arg-type]
    return AuditPack.objects.select_related("job", "file").get(pk=pack.pk)


def unpacked(pack: AuditPack) -> dict[str, bytes]:
    """Path inside the folder of the pack → content."""
    assert pack.file is not None, pack.job and pack.job.error
    with ZipFile(io.BytesIO(pack.file.read())) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
