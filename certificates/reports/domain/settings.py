"""What the office decides about reports to one body."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.licensing.models import LicensingBody
from certificates.models import BodyChannel, ReportChannel, ReportCourseNumber, ReportLine
from courses.models import Course


@transaction.atomic
def save_channel(
    body: LicensingBody, *, values: Mapping[str, Any], by: User, now: datetime
) -> BodyChannel:
    """Write the settings of a body. Lines that may still leave follow channel and consent: those
    that wait, and those that were sent back or put aside and may wait again.

    When nothing is reported any more, lines that wait stay and do not leave: the office says of
    each why it is not reported.
    """
    row = BodyChannel.objects.select_for_update().filter(body=body).first()
    row = row or BodyChannel(body=body)
    changed = {
        name: str(value)
        for name, value in values.items()
        if row.pk is None or getattr(row, name) != value
    }
    if not changed:
        return row
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    status = ReportLine.Status
    waiting = ReportLine.objects.filter(
        body=body, status__in=[status.PENDING, status.REJECTED, status.NOT_NEEDED]
    )
    follow: dict[str, Any] = {"needs_consent": row.needs_consent}
    if row.channel != ReportChannel.NOTHING:
        follow["channel"] = row.channel
    waiting.update(**follow)
    audit.record(
        "report-channel.changed",
        subject_type="licensing-body",
        subject_id=body.code,
        by=by,
        now=now,
        changed=changed,
    )
    return row


@transaction.atomic
def save_course_number(
    body: LicensingBody,
    *,
    course: Course,
    edition: int,
    number: str,
    is_own: bool,
    publishing_number: str,
    by: User,
    now: datetime,
) -> ReportCourseNumber | None:
    """The number of a course edition in the channel; an empty one takes it away.

    Batches keep what they said. The lock on the course puts two offices in an order.
    """
    Course.objects.select_for_update().get(pk=course.pk)
    key: dict[str, Any] = {"body": body, "course": course, "edition": edition}
    if number:
        row, _ = ReportCourseNumber.objects.update_or_create(
            **key,
            defaults={
                "number": number,
                "is_own": is_own,
                "publishing_number": publishing_number,
            },
        )
    else:
        row = None
        if not ReportCourseNumber.objects.filter(**key).delete()[0]:
            return None
    audit.record(
        "report-course-number.changed",
        subject_type="licensing-body",
        subject_id=body.code,
        by=by,
        now=now,
        course=course.slug,
        edition=edition,
        number=number,
        is_own=is_own,
        publishing_number=publishing_number,
    )
    return row
