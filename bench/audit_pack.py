"""An audit pack of 1,000 certificates: time for each, and memory that does not grow with them.

The certificates are copies of one that was earned the usual way, each with a person, an enrollment,
attempts, answers and grades of its own; only the PDF is the same bytes, which costs the same to
copy.
"""

import os
import resource
import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import codes, jobs
from ce_platform.core.files import store_bytes
from ce_platform.core.jobs import JobProgress
from ce_platform.core.models import AuditPack, StoredFile
from ce_platform.core.text import canonical_json
from ce_platform.pages.audit_pack import making, packs
from certificates.domain.designs import current_design
from certificates.models import Attestation, Certificate, CertificateDocument
from courses.models import Course, CourseVersion, Enrollment, Evaluation
from quizzes.models import Attempt, AttemptItem, Grade

FEW, MANY = 200, 1000
PDF_BYTES = 60_000
QUESTIONS = 50


@transaction.atomic
def _made(course: Course, version: CourseVersion, count: int) -> list[int]:
    """That many people with a certificate each; ids of the people."""
    now = timezone.now()
    pdf = store_bytes(
        b"%PDF-1.7 " + os.urandom(PDF_BYTES),
        area=StoredFile.Area.PRIVATE,
        content_type="application/pdf",
        now=now,
    )
    design = current_design(provider=None, now=now)
    quiz = version.quizzes.get()
    pool = list(quiz.pool.select_related("revision").order_by("position"))
    found = []
    for _ in range(count):
        user = User.objects.create(
            email=f"{uuid4().hex}@example.com", name_on_certificates="Same Name"
        )
        enrollment = Enrollment.objects.create(
            user=user,
            course=course,
            version=version,
            status="completed",
            started_at=now,
            last_activity_at=now,
            completed_at=now,
            completed_on=now.date(),
            completed_zone="UTC",
        )
        attempt = Attempt.objects.create(
            enrollment=enrollment,
            quiz=quiz,
            number=1,
            seed=1,
            started_at=now,
        )
        AttemptItem.objects.bulk_create(
            AttemptItem(
                attempt=attempt,
                position=place,
                revision=each.revision,
                seed=place,
                response=canonical_json({"choice": "b"}),
                response_number=1,
                saved_at=now,
            )
            for place, each in enumerate(pool, start=1)
        )
        Attempt.objects.filter(pk=attempt.pk).update(
            status="graded", submitted_at=now, closed_by="learner", percent=100, is_passed=True
        )
        Grade.objects.create(
            attempt=attempt,
            number=1,
            points=len(pool),
            points_possible=len(pool),
            percent=100,
            pass_percent=80,
            is_passed=True,
            items_json=canonical_json({str(n): "1" for n in range(1, len(pool) + 1)}),
            graded_at=now,
        )
        Attestation.objects.create(
            enrollment=enrollment, statement="I did it.", holder_name="Same Name", made_at=now
        )
        Evaluation.objects.create(
            enrollment=enrollment,
            submitted_at=now,
            objectives_met=5,
            content_accurate=5,
            useful_in_practice=5,
            free_of_bias=5,
            minutes_taken=30,
        )
        certificate = Certificate.objects.create(
            serial=codes.new_code(),
            enrollment=enrollment,
            user=user,
            design=design,
            issued_at=now,
            heading="Certificate of Achievement",
            holder_name="Same Name",
            course_title=version.title,
            course_edition="1.0",
            credit_hours=Decimal("0.5"),
            delivery="Home study",
            place="Home study (online)",
            completed_on=now.date(),
            completed_at=now,
            completed_zone="UTC",
            provider_name="Bench",
            as_of=now.date(),
            verify_url="http://testserver/verify/1/",
            sha256="0" * 64,
        )
        CertificateDocument.objects.create(
            certificate=certificate,
            file=pdf,
            sha256=pdf.sha256,
            renderer="bench",
            page_count=1,
            rendered_at=now,
        )
        found.append(user.pk)
    return found


def _pack_of(people: list[int], by: User) -> AuditPack:
    now = timezone.now()
    return AuditPack.objects.create(
        way="licenses",
        title=f"{len(people)} people",
        parameters=canonical_json({"people": people, "numbers": [], "body": ""}),
        created_at=now,
        created_by_id=by.pk,
        created_by_label=by.email,
        job=jobs.start(packs.KIND, title="Bench", now=now),
    )


def _make(pack: AuditPack) -> None:
    job = pack.job
    assert job is not None
    job.status, job.lease_until = "running", timezone.now() + jobs.LEASE
    job.save()
    making.make_in_background({"pack": pack.pk}, JobProgress(job))


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(show: Callable[..., Any]) -> None:
    from bench.quiz import make_quiz

    now = timezone.now()
    by = User.objects.create(email="packs@example.com")
    course = Course.objects.create(slug="bench-packs", created_at=now)
    version = CourseVersion.objects.create(
        course=course, title="Bench packs", credit_hours=Decimal("0.5"), created_at=now
    )
    make_quiz(course, version)
    CourseVersion.objects.filter(pk=version.pk).update(
        status="published", published_at=now, canonical_text="{}", canonical_sha256="0" * 64
    )
    people = _made(course, version, MANY)
    _make(_pack_of(people[:10], by))  # What is read once in a process is read now.
    tracemalloc.start()
    peaks = []
    for count in (FEW, MANY):
        pack = _pack_of(people[:count], by)
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        _make(pack)
        peaks.append((tracemalloc.get_traced_memory()[1] - before) / 1000)
    tracemalloc.stop()
    resident = _peak_kb()
    pack = _pack_of(people, by)
    begun = time.process_time()
    _make(pack)
    spent = (time.process_time() - begun) * 1000
    pack.refresh_from_db()
    show("audit pack, per certificate of 50 questions, CPU", spent / MANY, "ms", 100)
    show("audit pack of 1,000, size", (pack.size_bytes or 0) / 1_000_000, "MB", None)
    show("audit pack of 200, most memory", peaks[0] / 1000, "MB", None)
    show("audit pack of 1,000, most memory", peaks[1] / 1000, "MB", None)
    show(
        "audit pack, memory for each further certificate",
        (peaks[1] - peaks[0]) / (MANY - FEW),
        "kB",
        10,
    )
    show("audit pack of 1,000 again, process grows by", (_peak_kb() - resident) / 1000, "MB", 5)
