"""Everything about access as CSV: codes, their uses, invitations, refunds."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import audit
from ce_platform.core.csv_text import csv_lines
from courses.domain.access import codes_of_batch
from courses.domain.entering import provider_day
from courses.models import AccessCode, AccessCodeUse, CourseInvitation, EnrollmentRefund
from courses.shop.receiving import redeem_path

_CHUNK: Final = 2_000
Rows = Iterable[Sequence[Any]]


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _codes(today: date) -> Rows:
    codes = AccessCode.objects.select_related("course", "shop_sale").order_by("pk")
    for code in codes.iterator(chunk_size=_CHUNK):
        sale = getattr(code, "shop_sale", None)
        yield (
            code.printed,
            code.course.slug,
            code.state_on(today).label,
            code.use_count,
            code.use_limit,
            code.expires_on,
            code.note,
            code.get_origin_display(),
            code.batch or "",
            _moment(code.created_at),
            _moment(code.canceled_at),
            code.cancel_reason,
            "yes" if code.is_refunded else "",
            sale.sale if sale else "",
            sale.line if sale else "",
            sale.buyer_email if sale else "",
            sale.buyer_name if sale else "",
        )


def _uses(today: date) -> Rows:
    uses = AccessCodeUse.objects.select_related("code__course", "user", "enrollment").order_by("pk")
    for use in uses.iterator(chunk_size=_CHUNK):
        yield (
            use.code.printed,
            use.code.course.slug,
            use.user.email,
            use.user.name_on_certificates,
            _moment(use.used_at),
            use.enrollment.get_status_display(),
            use.enrollment.completed_on,
        )


def _invitations(today: date) -> Rows:
    rows = CourseInvitation.objects.select_related("course", "accepted_by").order_by("pk")
    for row in rows.iterator(chunk_size=_CHUNK):
        yield (
            row.email,
            row.course.slug,
            row.state_on(today).label,
            _moment(row.created_at),
            row.expires_on,
            row.note,
            _moment(row.accepted_at),
            row.accepted_by.email if row.accepted_by else "",
            _moment(row.withdrawn_at),
        )


def _refunds(today: date) -> Rows:
    rows = EnrollmentRefund.objects.select_related("enrollment__course", "enrollment__user")
    for row in rows.order_by("pk").iterator(chunk_size=_CHUNK):
        yield (
            row.enrollment.user.email,
            row.enrollment.course.slug,
            _moment(row.refunded_at),
            row.reason,
            "yes" if row.was_completed else "",
            _moment(row.undone_at),
        )


TABLES: Final[dict[str, tuple[tuple[str, ...], Callable[[date], Rows]]]] = {
    "codes": (
        (
            "Code", "Course", "State", "Used", "People", "Last day", "Note", "Origin", "Batch",
            "Made", "Canceled", "Why", "Refunded", "Sale", "Line", "Buyer", "Buyer name",
        ),
        _codes,
    ),
    "uses": (("Code", "Course", "Email", "Name", "Used", "Enrollment", "Completed on"), _uses),
    "invitations": (
        (
            "Email", "Course", "State", "Made", "Last day", "Note", "Accepted", "Accepted by",
            "Withdrawn",
        ),
        _invitations,
    ),
    "refunds": (("Email", "Course", "Refunded", "Why", "Was completed", "Undone"), _refunds),
}  # fmt: skip


@registrar_only
@require_POST
def export_csv(request: PersonRequest, what: str) -> HttpResponseBase:
    """By POST, for it writes down that somebody fetched it. Line by line."""
    if what not in TABLES:
        raise Http404
    columns, rows = TABLES[what]
    now = timezone.now()
    audit.record(
        "access.exported", subject_type="access", subject_id=what, by=request.user, now=now
    )
    today = provider_day(now)
    answer = StreamingHttpResponse(csv_lines(columns, rows(today)), content_type="text/csv")
    return _as_file(answer, f"access-{what}-{today.isoformat()}.csv")


@registrar_only
@require_POST
def batch_csv(request: PersonRequest, batch: UUID) -> HttpResponseBase:
    codes = codes_of_batch(batch)
    if not codes:
        raise Http404
    now = timezone.now()
    audit.record(
        "access.exported", subject_type="access-batch", subject_id=batch, by=request.user, now=now
    )
    rows = (
        (
            code.printed,
            f"{settings.PUBLIC_BASE_URL}{redeem_path(code)}",
            code.use_limit,
            code.expires_on,
            code.note,
        )
        for code in codes
    )
    columns = ("Code", "Link", "People", "Last day", "Note")
    answer = HttpResponse(b"".join(csv_lines(columns, rows)), content_type="text/csv")
    return _as_file(answer, f"codes-{provider_day(now).isoformat()}.csv")


def _as_file(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
