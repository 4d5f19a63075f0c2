"""A roster of completions as CSV: of a course, or of the license holders of a body."""

import json
from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.licensing.models import LicensingBody
from certificates.models import Certificate
from certificates.reports.channels import ReportRow, roster_csv
from courses.models import Course

MOST_ROWS = 20_000


def roster(
    *,
    course: Course | None,
    body: LicensingBody | None,
    first: date,
    last: date,
    by: User,
    now: datetime,
) -> bytes:
    """Valid certificates completed from `first` to `last`; one line for each license printed.

    With a body, only its license holders and their numbers there. At most MOST_ROWS
    certificates, the oldest first.
    """
    found = Certificate.objects.filter(
        status=Certificate.Status.ISSUED, completed_on__gte=first, completed_on__lte=last
    )
    if course is not None:
        found = found.filter(enrollment__course=course)
    if body is not None:
        found = found.filter(licenses_json__contains=f'["{body.code}",')
    rows = list(_rows(found.order_by("completed_on", "pk")[:MOST_ROWS], body))
    with transaction.atomic():
        audit.record(
            "roster.exported",
            subject_type="roster",
            subject_id=f"{first}–{last}",
            by=by,
            now=now,
            course=course.slug if course is not None else None,
            body=body.code if body is not None else None,
            rows=len(rows),
        )
    return roster_csv(rows)


def _rows(certificates: QuerySet[Certificate], body: LicensingBody | None) -> Iterator[ReportRow]:
    for row in certificates.prefetch_related("bodies"):
        numbers = {each.body_code: each for each in row.bodies.all()}
        provider_numbers = dict(json.loads(row.provider_numbers_json))
        held = [
            (code, number)
            for code, _, number in json.loads(row.licenses_json)
            if body is None or code == body.code
        ] or [("", "")]
        for code, number in held:
            printed = numbers.get(code)
            hours = printed.credit_hours if printed is not None and printed.credit_hours else None
            yield ReportRow(
                body_code=code,
                state=code.partition("-")[2],
                holder_name=row.holder_name,
                license_number=number,
                provider_number=provider_numbers.get(printed.jurisdiction, "") if printed else "",
                profession_code="",
                course_title=(printed.title if printed else "") or row.course_title,
                course_number=printed.number if printed is not None else "",
                is_own_number=False,
                publishing_number="",
                credit_hours=f"{(hours or row.credit_hours).normalize():f}",
                delivery=row.delivery,
                completed_on=row.completed_on.isoformat(),
                serial=row.serial,
            )
