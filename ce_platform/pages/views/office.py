"""The registrar's first page, background jobs."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, is_registrar, registrar_only, staff_only
from ce_platform.core import audit
from ce_platform.core.models import BackgroundJob
from ce_platform.licensing.packet.making import KIND as PACKET
from ce_platform.office.first_run import steps as first_run
from ce_platform.pages import desks
from ce_platform.pages.examples import component_examples
from ce_platform.pages.office_places import GROUPS


@registrar_only
@require_safe
def office(request: PersonRequest) -> HttpResponse:
    today = request.user.local_date(timezone.now())
    setting_up = {"setting_up": first_run.unfinished(request.user)}
    return render(request, "pages/office.html", desks.registrar_desk(today=today) | setting_up)


@registrar_only
@require_safe
def office_index(request: PersonRequest) -> HttpResponse:
    return render(request, "pages/office_index.html", {"groups": GROUPS})


@staff_only
@require_safe
def job_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Progress of a background job; a script looks again while it goes on."""
    job = get_object_or_404(
        BackgroundJob.objects.select_related("result_file", "audit_pack"), uid=uid
    )
    pack = getattr(job, "audit_pack", None)
    if pack is not None and is_registrar(request.user):
        return redirect("pages:audit-pack-detail", uid=pack.uid)
    return render(
        request,
        "pages/job_detail.html",
        {
            "job": job,
            "is_unfinished": job.is_unfinished,
            "has_result": job.result_file is not None and _may_have_result(request.user, job),
        },
    )


@staff_only
@require_POST
def job_result(request: PersonRequest, uid: UUID) -> HttpResponseBase:
    """The file that a job made, as a download. Who took it is kept, so it is sent for: looking at
    a page writes nothing."""
    job = get_object_or_404(BackgroundJob.objects.select_related("result_file"), uid=uid)
    if job.result_file is None or not _may_have_result(request.user, job):
        raise Http404
    # It may hold the key of an exam or name learners.
    audit.record(
        "job.result-downloaded",
        subject_type="job",
        subject_id=job.uid,
        by=request.user,
        now=timezone.now(),
        kind=job.kind,
        sha256=job.result_file.sha256,
    )
    response = HttpResponse(job.result_file.read(), content_type=job.result_file.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(True, job.result_name or "result") or "attachment"
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _may_have_result(user: User, job: BackgroundJob) -> bool:
    """The office reads any result, an instructor the own ones. A packet holds the exam with its
    key and letters of bodies: whoever asked for it and has left the office does not get it."""
    return is_registrar(user) or (job.created_by_id == user.pk and job.kind != PACKET)


@staff_only
@require_safe
def components(request: PersonRequest) -> HttpResponse:
    return render(request, "pages/components.html", component_examples())
