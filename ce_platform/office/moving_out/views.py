"""Everything in one archive: asking for it, watching it, fetching it, deleting it."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_or_operator_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core import made_files
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.office.moving_out import archives
from ce_platform.office.moving_out.models import Archive

_EVENTS: Final = {
    "archive.asked": gettext_lazy("Asked for"),
    "archive.made": gettext_lazy("Made"),
    "archive.downloaded": gettext_lazy("Downloaded"),
    "archive.deleted": gettext_lazy("File deleted"),
}


@registrar_or_operator_only
@require_safe
def archive_list(request: PersonRequest) -> HttpResponse:
    """What it is for, and every archive that was asked for, newest first."""
    page = newest_first(
        Archive.objects.select_related("job"), after=request.GET.get("after"), size=20
    )
    rows = [{"archive": each, "state": made_files.state_of(each, each.job)} for each in page.rows]
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
    return render(
        request,
        "office/moving_out/archive_detail.html",
        {
            "made": archive,
            "archive": archive,
            "file_name": f"{archive.name}.zip",
            "job": archive.job,
            "state": made_files.state_of(archive, archive.job),
            "is_unfinished": archive.job.is_unfinished,
            "events": made_files.events_of("archive", uid, _EVENTS, order="-id"),
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
    stored = made_files.file_of(archive)
    if stored is None:
        messages.error(request, _("The file is not there any more."))
        return redirect("office:archive-detail", uid=uid)
    archives.log_download(archive, by=request.user, now=timezone.now())
    return made_files.handed_out(stored, f"{archive.name}.zip")


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
