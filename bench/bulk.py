"""A thousand certificates at once, fifty of them namesakes: every file there, memory that does not
grow, and pages that do not wait for it.

The job runs in a process of its own, as the worker does. The documents are twenty real ones, told
apart by a few bytes behind their end.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import codes, jobs
from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from certificates.bulk.bundles import start_bundle
from certificates.bulk.selection import Selection
from certificates.domain.designs import current_design
from certificates.models import Certificate, CertificateBundle, CertificateDocument
from certificates.pdf.renderer import default_renderer
from certificates.sample import sample_record
from courses.models import Course, CourseVersion, Enrollment, Lesson

COUNT, NAMESAKES, WARM = 1000, 50, 20
REAL = 20
LOOKS = 60
PAUSE = 0.02
Kind = CertificateBundle.Kind


@transaction.atomic
def _fill() -> None:
    now = timezone.now()
    course = Course.objects.create(slug="bench-bulk", created_at=now)
    version = CourseVersion.objects.create(
        course=course, title="Bench bulk", credit_hours=Decimal("0.5"), created_at=now
    )
    people = User.objects.bulk_create(
        User(
            email=f"bulk-{number}@example.com",
            password="!",
            name_on_certificates="Same Name" if number < NAMESAKES else f"Person {number}",
        )
        for number in range(COUNT)
    )
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(
            user=person,
            course=course,
            version=version,
            status="completed",
            started_at=now,
            last_activity_at=now,
            completed_at=now,
            completed_on=now.date(),
            completed_zone="UTC",
        )
        for person in people
    )
    design = current_design(provider=None, now=now)
    made = Certificate.objects.bulk_create(
        Certificate(
            serial=codes.new_code(),
            enrollment=enrollment,
            user=enrollment.user,
            design=design,
            issued_at=now,
            heading="Certificate of Achievement",
            holder_name=enrollment.user.name_on_certificates,
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
        for enrollment in enrollments
    )
    renderer = default_renderer()
    real = [
        renderer.render(
            replace(sample_record(name=f"Person {number}"), serial=codes.new_code()), pictures={}
        ).content
        for number in range(REAL)
    ]
    files = [
        store_bytes(
            real[number % REAL] + b"\n%% %d" % number,
            area=StoredFile.Area.PRIVATE,
            content_type="application/pdf",
            now=now,
        )
        for number in range(COUNT)
    ]
    CertificateDocument.objects.bulk_create(
        CertificateDocument(
            certificate=certificate,
            file=file,
            sha256=file.sha256,
            renderer="bench",
            page_count=1,
            rendered_at=now,
        )
        for certificate, file in zip(made, files, strict=True)
    )


def _asked(kind: Kind, by: User, selection: Selection) -> CertificateBundle:
    return start_bundle(
        selection,
        once=uuid4(),
        kind=kind,
        order=CertificateBundle.Order.NAME,
        by=by,
        now=timezone.now(),
    )


def work(*job_ids: int) -> None:
    """In the process of its own: one line of figures for each job."""
    for job_id in job_ids:
        begun, cpu = time.monotonic(), time.process_time()
        jobs.run(job_id, now=timezone.now())
        figures = {
            "seconds": time.monotonic() - begun,
            "cpu": time.process_time() - cpu,
            "mb": _most_mb(),
        }
        sys.stdout.write(f"{json.dumps(figures)}\n")


def _most_mb() -> float:
    """Of this process alone: `getrusage` begins with what the process that started it had."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1000


def _apart(*bundles: CertificateBundle) -> "subprocess.Popen[str]":
    ids = ", ".join(str(bundle.job_id) for bundle in bundles)
    code = f"import django; django.setup(); from bench.bulk import work; work({ids})"
    return subprocess.Popen(
        ["nice", "-n", "5", sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def _reader() -> Callable[[], float]:
    """Somebody who reads: a lesson page, and the report of the time on it, which is a write."""
    user = User.objects.get(email="therapist@example.com")
    client = Client()
    client.force_login(user)
    enrollment = Enrollment.objects.get(user=user)
    lesson = Lesson.objects.filter(version=enrollment.version_id).order_by("position")[0]
    page = reverse("courses:lesson-detail", args=[enrollment.uid, lesson.slug])
    spent = reverse("courses:lesson-time", args=[enrollment.uid, lesson.slug])

    def look_ms() -> float:
        time.sleep(
            PAUSE
        )  # A person turns pages; a process that never sleeps is scheduled otherwise.
        begun = time.perf_counter()
        assert client.get(page).status_code == 200
        assert client.post(spent, {"seconds": 1, "scroll": 10}).status_code < 400
        return (time.perf_counter() - begun) * 1000

    return look_ms


def measure(show: Callable[..., Any]) -> None:
    _fill()
    by = User.objects.create(email="bulk-office@example.com")
    version = CourseVersion.objects.get(course__slug="bench-bulk")
    everything = Selection(course=version.course.slug)
    some = Certificate.objects.filter(enrollment__version=version)[:WARM]
    few = Selection(is_ticked=True, serials=tuple(each.serial for each in some))
    look_ms = _reader()
    look_ms()
    for kind in (Kind.ZIP, Kind.PAPER, Kind.TABLE):
        warm, bundle = _asked(kind, by, few), _asked(kind, by, everything)
        quiet = [look_ms() for _ in range(LOOKS)]
        worker = _apart(warm, bundle)
        meanwhile = []
        while worker.poll() is None:
            # The interpreter of the worker has started when the first job runs.
            if CertificateBundle.objects.filter(pk=warm.pk, made_at__isnull=False).exists():
                meanwhile.append(look_ms())
            else:
                time.sleep(PAUSE)
        assert worker.stdout is not None
        first, all_of_them = (json.loads(line) for line in worker.stdout.read().splitlines())
        quiet += [look_ms() for _ in range(LOOKS)]
        bundle.refresh_from_db()
        assert bundle.file is not None
        name = f"{COUNT:,} certificates as {kind}"
        show(f"{name}, CPU for each", all_of_them["cpu"] * 1000 / COUNT, "ms", 40)
        show(f"{name}, time", all_of_them["seconds"], "s", None)
        show(f"{name}, size", bundle.file.size_bytes / 1e6, "MB", None)
        show(f"{name}, process grows by", all_of_them["mb"] - first["mb"], "MB", 15)
        if meanwhile:
            show(
                f"a lesson meanwhile, of {len(meanwhile)} looks",
                statistics.median(meanwhile) / statistics.median(quiet),
                "times",
                1.5,
            )
        if kind == Kind.ZIP:
            with ZipFile(BytesIO(bundle.file.read())) as archive:
                names = {each.lower() for each in archive.namelist() if each.endswith(".pdf")}
            show(f"{name}, files", len(names), "", COUNT, more=True)
