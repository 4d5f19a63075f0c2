"""The plan as a PDF: made by the worker, kept as the result of a background job."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from ce_platform.accounts.models import User, zone_named
from ce_platform.core import jobs, pdf
from ce_platform.core.jobs import JobProgress
from ce_platform.core.keeping import keep_result
from ce_platform.core.models import BackgroundJob, Provider
from ce_platform.licensing.planner.page import cards_of
from ce_platform.licensing.planner.plans import plans_of

KIND: Final = "renewal-plan"
CONTENT_TYPE: Final = "application/pdf"
STYLE: Final = Path(settings.BASE_DIR) / "static" / "css" / "renewal-plan-print.css"
FACES: Final = (
    "SourceSans3-Regular.ttf",
    "SourceSans3-Semibold.ttf",
    "SourceSerif4Display-Regular.ttf",
)
_UNFINISHED: Final = (BackgroundJob.Status.QUEUED, BackgroundJob.Status.RUNNING)


@transaction.atomic
def start_document(user: User, *, now: datetime) -> BackgroundJob:
    """Begin to make it. Pressed again while it is being made, the same one is waited for."""
    User.objects.select_for_update().get(pk=user.pk)
    known = BackgroundJob.objects.filter(
        kind=KIND, created_by_id=user.pk, status__in=_UNFINISHED
    ).first()
    if known is not None:
        return known
    return jobs.start(KIND, title="Renewal plan", now=now, created_by_id=user.pk, user=user.pk)


def document_of(user: User, uid: UUID) -> BackgroundJob | None:
    """A document that this person asked for."""
    return (
        BackgroundJob.objects.filter(kind=KIND, uid=uid, created_by_id=user.pk)
        .select_related("result_file")
        .first()
    )


def is_unfinished(job: BackgroundJob) -> bool:
    return job.status in _UNFINISHED


def make_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    if progress.job.result_file_id is not None:
        return  # It was done, and the worker died before it could say so.
    user = User.objects.get(pk=parameters["user"])
    now = timezone.now()
    name = f"renewal-plan-{user.local_date(now).isoformat()}.pdf"
    keep_result(progress, plan_pdf(user, now=now), content_type=CONTENT_TYPE, name=name)


def plan_pdf(user: User, *, now: datetime) -> bytes:
    """Errors: RenderingFailed."""
    # Dates are those of the person, whoever's clock the worker runs by.
    with timezone.override(zone_named(user.time_zone)):
        html = plan_html(user, now=now)
    with pdf.rendering():
        document = pdf.lay_out(html, files=_files(), stylesheets=pdf.styles(STYLE, files=_files()))
        content: bytes = document.write_pdf(pdf_tags=True)
    return content


def plan_html(user: User, *, now: datetime) -> str:
    today = user.local_date(now)
    return render_to_string(
        "licensing/plan_document.html",
        {
            "cards": cards_of(plans_of(user, today=today)),
            "name": user.name_on_certificates,
            "today": today,
            "provider": Provider.objects.filter(pk=1).first(),
        },
    )


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[bytes, str]]:
    return {f"asset:{face}": ((pdf.FONT_FOLDER / face).read_bytes(), "font/ttf") for face in FACES}
