"""The packet for a body: chosen, made in the background, kept with the file."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.core.models import StoredFile
from ce_platform.licensing import desk
from ce_platform.licensing.domain import submissions as domain
from ce_platform.licensing.forms.packets import PacketForm
from ce_platform.licensing.models import Submission
from ce_platform.licensing.packet.contents import version_of
from ce_platform.licensing.packet.making import start_packet
from ce_platform.licensing.views.common import office_crumbs, sent
from courses.models import Course


@registrar_only
@require_http_methods(["GET", "POST"])
def submission_packet(request: PersonRequest, uid: UUID) -> HttpResponse:
    submission = get_object_or_404(desk.submissions(), uid=uid)
    return _page(request, submission.course, submission.edition, submission)


@registrar_only
@require_http_methods(["GET", "POST"])
def edition_packet(request: PersonRequest, slug: str, edition: int) -> HttpResponse:
    """Of a course edition, for nobody in particular."""
    return _page(request, get_object_or_404(Course, slug=slug), edition, None)


@registrar_only
@require_POST
def submission_packet_file(request: PersonRequest, uid: UUID, sha256: str) -> HttpResponseBase:
    """A packet that was made for this file, as a download. Who took it is kept, so it is sent for:
    looking at a page writes nothing."""
    submission = get_object_or_404(desk.submissions(), uid=uid)
    if not domain.has_packet(submission, sha256):
        raise Http404
    file = get_object_or_404(StoredFile, area=StoredFile.Area.PRIVATE, sha256=sha256)
    audit.record(
        "packet.downloaded",
        subject_type="submission",
        subject_id=submission.uid,
        by=request.user,
        now=timezone.now(),
        sha256=sha256,
    )
    ending = "zip" if file.content_type == "application/zip" else "pdf"
    name = f"packet-{submission.course.slug}-{submission.body.code.lower()}.{ending}"
    response = HttpResponse(file.read(), content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _page(
    request: PersonRequest, course: Course, edition: int, submission: Submission | None
) -> HttpResponse:
    version = version_of(course, edition)
    if version is None:
        raise Http404
    form = PacketForm(sent(request), is_for_body=submission is not None)
    if request.method == "POST" and form.is_valid():
        try:
            job = start_packet(
                course=course,
                edition=edition,
                submission=submission,
                parts=form.cleaned_data["parts"],
                form=form.cleaned_data["form"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("pages:job-detail", uid=job.uid)
    here = [(_("Submissions"), reverse("licensing:office-submission-list"))]
    if submission is not None:
        place = f"{submission.body.place}: {version.title}"
        url = reverse("licensing:office-submission-detail", args=[submission.uid])
        here.append((place, url))
    return render(
        request,
        "licensing/office_submission_packet.html",
        {
            "crumbs": office_crumbs(*here, (_("Packet"), "")),
            "form": form,
            "version": version,
            "submission": submission,
        },
        status=422 if form.is_bound else 200,
    )
