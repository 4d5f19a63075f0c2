"""Sending, and what was sent."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.core.text import clean
from ce_platform.licensing.models import LicensingBody
from certificates.models import ReportBatch, ReportBatchLine, ReportChannel, ReportLine
from certificates.reports import queries
from certificates.reports.channels import CHANNELS
from certificates.reports.domain.export import ensure_file, make_batch
from certificates.reports.domain.moves import accept_line
from certificates.reports.views.common import crumbs

PAGE_SIZE = 100


@registrar_only
@require_POST
def report_export(request: PersonRequest) -> HttpResponse:
    """Every clean line of a channel leaves; the answer is the page of the batch.

    A roster goes to one board and names nobody of another one: there `body` is needed.
    """
    channel, code = request.POST.get("channel", ""), clean(request.POST.get("body", ""))
    body = LicensingBody.objects.filter(code=code).first() if code else None
    is_roster = channel == ReportChannel.ROSTER
    if channel not in CHANNELS or (body is None and (code or is_roster)):
        messages.error(request, _("Choose a channel."))
        return redirect("certificates:office-report-check")
    try:
        batch = make_batch(ReportChannel(channel), body=body, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.info(request, str(refusal))
        return redirect("certificates:office-report-check")
    messages.success(
        request,
        ngettext(
            "%(count)d completion is in this file.",
            "%(count)d completions are in this file.",
            batch.line_count,
        )
        % {"count": batch.line_count},
    )
    return redirect(batch)


@registrar_only
@require_safe
def report_batch_list(request: PersonRequest) -> HttpResponse:
    page = newest_first(ReportBatch.objects.all(), after=request.GET.get("after"))
    return render(
        request,
        "certificates/reports/batch_list.html",
        {
            "page": page,
            "older_url": f"?after={page.older_after}" if page.older_after else "",
            "newer_url": "" if page.is_first else "?",
            "crumbs": crumbs((_("Batches"), "")),
        },
    )


@registrar_only
@require_safe
def report_batch(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The lines of a batch as they left, and where each stands now."""
    batch = get_object_or_404(ReportBatch.objects.select_related("file"), uid=uid)
    after = request.GET.get("after", "")
    position = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    kept = list(
        batch.lines.filter(position__gt=position)
        .prefetch_related(
            Prefetch("line", ReportLine.objects.select_related("certificate", "body"))
        )
        .order_by("position")[: PAGE_SIZE + 1]
    )
    rows = [_row(entry, batch) for entry in kept[:PAGE_SIZE]]
    return render(
        request,
        "certificates/reports/batch.html",
        {
            "batch": batch,
            "rows": rows,
            "can_accept": any(row["is_open"] for row in rows),
            "is_ce_broker": batch.channel == ReportChannel.CE_BROKER,
            "older_url": f"?after={kept[PAGE_SIZE - 1].position}" if len(kept) > PAGE_SIZE else "",
            "newer_url": "?" if position else "",
            "crumbs": crumbs(
                (_("Batches"), reverse("certificates:office-report-batch-list")),
                (batch.file_name, ""),
            ),
        },
    )


def _row(entry: ReportBatchLine, batch: ReportBatch) -> dict[str, object]:
    line = entry.line
    is_here = line.batch_id == batch.pk
    status = ReportLine.Status(line.status)
    return {
        "line": line,
        "position": entry.position,
        "tone": queries.TONES[status],
        "is_open": is_here and status == ReportLine.Status.EXPORTED,
    }


@registrar_only
@require_safe
def report_batch_file(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The stored bytes: the same today as on the day they left."""
    batch = get_object_or_404(ReportBatch.objects.select_related("file"), uid=uid)
    file = ensure_file(batch, now=timezone.now())
    answer = HttpResponse(file.read(), content_type=CHANNELS[batch.channel].content_type)
    answer["Content-Disposition"] = (
        content_disposition_header(True, batch.file_name) or "attachment"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@registrar_only
@require_POST
def report_batch_accept(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The checked lines were accepted. One that has an answer already is left as it is."""
    batch = get_object_or_404(ReportBatch, uid=uid)
    wanted = {value for value in request.POST.getlist("line")[:PAGE_SIZE] if _is_uid(value)}
    count = 0
    now = timezone.now()
    for line in batch.current_lines.filter(
        uid__in=wanted, status=ReportLine.Status.EXPORTED
    ).order_by("pk"):
        try:
            accept_line(line, by=request.user, now=now)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            count += 1
    if count:
        messages.success(
            request,
            ngettext("%(count)d line is accepted.", "%(count)d lines are accepted.", count)
            % {"count": count},
        )
    else:
        messages.info(request, _("Check the lines that were accepted first."))
    return redirect(batch)


def _is_uid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
