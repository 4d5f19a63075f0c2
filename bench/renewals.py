"""The renewal planner of one therapist, among as many others as there may be."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import codes
from ce_platform.licensing.models import License, LicensingBody
from ce_platform.licensing.planner import reminders
from certificates.models import Certificate, CertificateBody, CertificateDesign
from courses.models import Course, Enrollment

THERAPISTS = int(os.environ.get("BENCH_THERAPISTS", "5000"))
"""The figures of docs/performance.md are of 100,000."""
CERTIFICATES_EACH = 3
BATCH = 2000


def measure(cpu_ms: Callable[..., float], show: Callable[..., None]) -> None:
    user = User.objects.get(email="therapist@example.com")
    client = Client()
    client.force_login(user)
    url = reverse("licensing:planner")

    def get() -> Any:
        answer = client.get(url)
        assert answer.status_code == 200
        return answer

    _certificates([user])
    few = cpu_ms(get, rounds=40)
    _fill()
    many = cpu_ms(get, rounds=40)
    with CaptureQueriesContext(connection) as captured:
        get()
    show("planner, CPU", many, "ms", 50, note="")
    show(f"planner among {THERAPISTS} therapists against one", many / few, "×", 1.3)
    show("planner, queries", len(captured), "", None)
    show("planner, HTML", len(get().content) / 1000, "kB", 60)
    show("reminders due, looked for", cpu_ms(_look, rounds=10), "ms", None)


def _look() -> None:
    assert reminders._due(date(2000, 1, 1)) == []


def _fill() -> None:
    people = (
        User(email=f"t{number}@example.com", name_on_certificates=f"Therapist {number}")
        for number in range(THERAPISTS)
    )
    bodies = list(LicensingBody.objects.filter(code__in=("US-FL", "US-NY", "US-TX", "US-GA")))
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    while batch := list(islice(people, BATCH)):
        User.objects.bulk_create(batch)
        License.objects.bulk_create(
            License(
                user=person,
                body=bodies[person.pk % len(bodies)],
                number=f"MA {person.pk}",
                expires_on=date(2027, 1, 1) + timedelta(days=person.pk % 900),
                created_at=begun,
            )
            for person in batch
        )
        _certificates(batch)


def _certificates(people: list[User]) -> None:
    """Rows as they stand after issuing; nothing is rendered."""
    course = Course.objects.select_related("on_sale_version").get(on_sale_version__isnull=False)
    version = course.on_sale_version
    assert version is not None
    design, _ = CertificateDesign.objects.get_or_create(
        number=99, defaults={"name": "bench", "template": "", "sha256": "", "created_at": _at(0)}
    )
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(
            user=person,
            course=course,
            version=version,
            status="completed",
            started_at=_at(number),
            last_activity_at=_at(number),
            completed_at=_at(number),
            completed_on=_at(number).date(),
            completed_zone="America/New_York",
        )
        for person in people
        for number in range(CERTIFICATES_EACH)
    )
    certificates = Certificate.objects.bulk_create(
        Certificate(
            enrollment=row,
            user_id=row.user_id,
            design=design,
            issued_at=row.completed_at,
            heading="Certificate of Achievement",
            holder_name="Somebody",
            course_title=version.title,
            course_edition="1.0",
            credit_hours=Decimal("0.5"),
            credits_json=json.dumps([["Massage theory and technique", "0.5"]]),
            delivery="Home study",
            completed_on=row.completed_on,
            completed_at=row.completed_at,
            completed_zone=row.completed_zone,
            as_of=row.completed_on,
            serial=codes.new_code(),
            sha256=uuid.uuid4().hex * 2,
        )
        for row in enrollments
    )
    CertificateBody.objects.bulk_create(_bodies(certificates))


def _bodies(certificates: list[Certificate]) -> Iterator[CertificateBody]:
    for row in certificates:
        yield CertificateBody(
            certificate=row,
            position=1,
            block="approved",
            body_code="US-FL",
            body_name="Florida Board of Massage Therapy",
            jurisdiction="Florida",
            status="approved",
            status_word="Approved",
            credit_hours=Decimal("0.5"),
            sentence="Approved.",
        )


def _at(number: int) -> datetime:
    return datetime(2026, 2 + number, 3, 15, tzinfo=UTC)
