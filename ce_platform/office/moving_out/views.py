"""Everything in one archive: asking for it, watching it, fetching it, deleting it."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_or_operator_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core.errors import DomainError
from ce_platform.core.files import pieces_of
from ce_platform.core.jobs import State, state_of
from ce_platform.core.models import AuditEvent, BackgroundJob
from ce_platform.core.paging import newest_first
from ce_platform.office.moving_out import archives
from ce_platform.office.moving_out.models import Archive

_EVENTS: Final = {
    "archive.asked": gettext_lazy("Asked for"),
    "archive.made": gettext_lazy("Made"),
    "archive.downloaded": gettext_lazy("Downloaded"),
    "archive.deleted": gettext_lazy("File deleted"),
}
_MOST_EVENTS: Final = 50


@registrar_or_operator_only
@require_safe
def archive_list(request: PersonRequest) -> HttpResponse:
    """What it is for, and every archive that was asked for, newest first."""
    page = newest_first(
        Archive.objects.select_related("job"), after=request.GET.get("after"), size=20
    )
    rows = [{"archive": each, "state": _state(each)} for each in page.rows]
    return render(
        request,
        "office/moving_out/archive_list.html",
        {"page": page, "rows": rows, "kept_days": archives.kept_for().days},
    )


@registrar_or_operator_only
@require_POST
@fresh_sign_in
def archive_start(request: PersonRequest) -> HttpResponse:
    archive = archives.ask_for_archive(by=request.user, now=timezone.now())
    return redirect("office:archive-detail", uid=archive.uid)


@registrar_or_operator_only
@require_safe
def archive_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    """How far it is; then where it is and who had it."""
    archive = _archive_or_404(uid)
    events = AuditEvent.objects.filter(subject_type="archive", subject_id=str(uid))
    return render(
        request,
        "office/moving_out/archive_detail.html",
        {
            "archive": archive,
            "job": archive.job,
            "state": _state(archive),
            "is_unfinished": archive.job.status
            in (BackgroundJob.Status.QUEUED, BackgroundJob.Status.RUNNING),
            "events": [
                {"event": event, "words": _EVENTS.get(event.action, event.action)}
                for event in events.order_by("-id")[:_MOST_EVENTS]
            ],
            "crumbs": [
                {"label": _("Moving out"), "url": reverse("office:archive-list")},
                {"label": _("Archive"), "url": ""},
            ],
        },
    )


@registrar_or_operator_only
@require_POST
@fresh_sign_in
def archive_download(request: PersonRequest, uid: UUID) -> HttpResponseBase:
    """The zip in pieces. By POST, for it writes down that somebody fetched it."""
    archive = _archive_or_404(uid)
    if archive.file is None or not archive.file.storage.exists(archive.file.path):
        messages.error(request, _("The file is not there any more."))
        return redirect("office:archive-detail", uid=uid)
    archives.log_download(archive, by=request.user, now=timezone.now())
    answer = StreamingHttpResponse(pieces_of(archive.file), content_type=archive.file.content_type)
    answer["Content-Length"] = str(archive.file.size_bytes)
    answer["Content-Disposition"] = (
        content_disposition_header(True, f"{archive.name}.zip") or "attachment"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@registrar_or_operator_only
@require_POST
def archive_delete(request: PersonRequest, uid: UUID) -> HttpResponse:
    archive = _archive_or_404(uid)
    try:
        archives.delete_archive(archive, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The file is deleted. The log stays."))
    return redirect("office:archive-detail", uid=uid)


def _archive_or_404(uid: UUID) -> Archive:
    return get_object_or_404(Archive.objects.select_related("job", "file"), uid=uid)


def _state(archive: Archive) -> State:
    if archive.deleted_at is not None:
        return State(_("Deleted"), "neutral")
    if archive.made_at is not None:
        return State(_("Ready"), "good")
    return state_of(archive.job)
