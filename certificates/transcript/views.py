"""Transcripts: the person's own page, the office's, the wait for the PDF, and the public page."""

from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, is_registrar, registrar_only
from ce_platform.core import codes
from ce_platform.core.errors import DomainError
from ce_platform.core.models import BackgroundJob
from ce_platform.core.purged import purged
from ce_platform.core.ratelimit import Limit
from certificates.domain.errors import RecordAltered
from certificates.forms import VerifyForm
from certificates.models import Transcript
from certificates.public_pages import quiet_page
from certificates.sheet import SPECIMEN_LINE
from certificates.standing import Standing
from certificates.transcript import asking
from certificates.transcript.forms import TranscriptForm, filled_form, hidden_values
from certificates.transcript.gathering import gather
from certificates.transcript.making import record_of
from certificates.transcript.periods import Choice
from certificates.transcript.record import read_record
from certificates.transcript.standing import moved_since, standing_of_record

LIMIT: Final = Limit("verify-transcript", count=30, seconds=60)


@require_safe
def transcript(request: PersonRequest) -> HttpResponse:
    """One's own; without a choice in the address, everything."""
    return _chosen_page(request, request.user, is_office=False)


@require_POST
def transcript_ask(request: PersonRequest) -> HttpResponse:
    return _ask(request, request.user, is_office=False)


@registrar_only
@require_safe
def office_transcript(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _chosen_page(request, get_object_or_404(User, uid=uid), is_office=True)


@registrar_only
@require_POST
def office_transcript_ask(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _ask(request, get_object_or_404(User, uid=uid), is_office=True)


@require_safe
def transcript_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Where one waits for the PDF, and finds it again; a script looks again meanwhile."""
    row = _transcript_or_404(request, uid)
    response = render(
        request,
        "certificates/transcript/transcript_detail.html",
        {
            "transcript": row,
            "record": read_record(row.record_json),
            "code": codes.dashed(row.code),
            "is_unfinished": asking.is_unfinished(row),
            "has_failed": row.job is not None and row.job.status == BackgroundJob.Status.FAILED,
            "is_own": row.user_id == request.user.pk,
            "back_url": _page_url(row.user, is_office=row.user_id != request.user.pk),
        },
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def transcript_file(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The stored bytes, never made again."""
    row = _transcript_or_404(request, uid)
    if row.file is None:
        raise Http404
    response = HttpResponse(row.file.read(), content_type="application/pdf")
    response["Content-Disposition"] = (
        content_disposition_header(True, f"transcript-{codes.dashed(row.code)}.pdf") or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store, no-transform"
    return response


@require_POST
def transcript_again(request: PersonRequest, uid: UUID) -> HttpResponse:
    row = _transcript_or_404(request, uid)
    asking.make_again(row, by=request.user, now=timezone.now())
    return redirect(row)


@login_not_required
@require_safe
@quiet_page(LIMIT)
def verify_transcript(request: HttpRequest, code: str) -> HttpResponse:
    """Everything printed, and what became since of the certificates in it."""
    number = codes.normalize(code)
    row = Transcript.objects.filter(code=number, made_at__isnull=False).first() if number else None
    if row is None:
        if number and purged(number):  # One page says it, for both.
            return redirect("certificates:verify-detail", code=codes.dashed(number))
        return _not_found(request, code)
    try:
        record = record_of(row)
    except RecordAltered:
        return _not_found(request, code, text=_("Its record cannot be read. Please write to us."))
    since = moved_since(row)
    moved = [(line, since[line.serial]) for line in record.lines if line.serial in since]
    return render(
        request,
        "certificates/transcript/verify_transcript.html",
        {
            "record": record,
            "standing": standing_of_record(record, moved_count=len(moved)),
            "moved": moved,
            "file_sha256": row.file_sha256,
            "now": timezone.now(),
        },
    )


# ---------------------------------------------------------------- parts


def _transcript_or_404(request: PersonRequest, uid: UUID) -> Transcript:
    """Of oneself, or of anybody for the office."""
    row = get_object_or_404(Transcript.objects.select_related("user", "job", "file"), uid=uid)
    if row.user_id != request.user.pk and not is_registrar(request.user):
        raise Http404
    return row


def _chosen_page(request: PersonRequest, user: User, *, is_office: bool) -> HttpResponse:
    if "period" not in request.GET:
        return _page(request, user, Choice(has_stated=not is_office), is_office=is_office)
    form = TranscriptForm(request.GET)
    if not form.is_valid():
        return _page(request, user, Choice(), form=form, is_office=is_office, status=422)
    return _page(request, user, form.choice(), is_office=is_office)


def _ask(request: PersonRequest, user: User, *, is_office: bool) -> HttpResponse:
    form = TranscriptForm(request.POST)
    if not form.is_valid():
        return _page(request, user, Choice(), form=form, is_office=is_office, status=422)
    try:
        row = asking.ask_for_transcript(
            user, choice=form.choice(), by=request.user, now=timezone.now()
        )
    except DomainError as refusal:
        return _page(
            request,
            user,
            form.choice(),
            is_office=is_office,
            refusal=str(refusal),
            status=422,
        )
    return redirect(row)


def _page(
    request: PersonRequest,
    user: User,
    choice: Choice,
    *,
    is_office: bool,
    form: TranscriptForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    gathered = gather(user, choice, now=timezone.now())
    shown_form = form or filled_form(gathered.choice)
    shown_form.offer(gathered)
    record = gathered.record
    url = _page_url(user, is_office=is_office)
    response = render(
        request,
        "certificates/transcript/transcript.html",
        {
            "layout": "layouts/office.html" if is_office else "base.html",
            "person": user,
            "is_office": is_office,
            "record": record,
            "specimen_line": SPECIMEN_LINE if record.is_specimen else "",
            "is_empty": not record.lines and not record.left_out,
            "form": shown_form,
            "is_choosing": bool(shown_form.errors) or not (record.lines or record.left_out),
            "hidden": hidden_values(gathered.choice),
            "refusal": refusal,
            "url": url,
            "earlier": [
                {"transcript": row, "is_unfinished": asking.is_unfinished(row)}
                for row in asking.transcripts_of(user)[: asking.MOST_LISTED]
            ],
            "crumbs": _crumbs(user, is_office=is_office),
        },
        status=status,
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _page_url(user: User, *, is_office: bool) -> str:
    if is_office:
        return reverse("certificates:office-transcript", args=[user.uid])
    return reverse("certificates:transcript")


def _crumbs(user: User, *, is_office: bool) -> list[dict[str, str]]:
    url = (
        reverse("certificates:office-certificate-list")
        if is_office
        else reverse("certificates:certificate-list")
    )
    label = _("Certificates") if is_office else _("My certificates")
    return [{"label": label, "url": url}, {"label": _("Transcript"), "url": ""}]


def _not_found(request: HttpRequest, typed: str, *, text: str = "") -> HttpResponse:
    standing = Standing(
        state="not-found",
        heading=_("Not found"),
        text=text
        or _(
            "We have not made a transcript with this number. Compare it with the paper letter by "
            "letter. If it is the same, the paper is not ours: please write to us."
        ),
        word="",
        tone="",
    )
    return render(
        request,
        "certificates/verify_not_found.html",
        {"standing": standing, "form": VerifyForm(initial={"code": typed[:60]})},
        status=404,
    )
