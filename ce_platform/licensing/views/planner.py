"""The renewal planner: a therapist's own page, its PDF, its calendar file and its reminders."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.models import BackgroundJob
from ce_platform.licensing.mail_kinds import STEPS
from ce_platform.licensing.planner import document, reminders
from ce_platform.licensing.planner.calendar import LicenseEnd, calendar_file
from ce_platform.licensing.planner.page import PlanCard, cards_of
from ce_platform.licensing.planner.plans import plans_of


@require_safe
def planner(request: PersonRequest) -> HttpResponse:
    today = request.user.local_date(timezone.now())
    cards = cards_of(plans_of(request.user, today=today))
    return render(
        request,
        "licensing/planner.html",
        {
            "cards": cards,
            "today": today,
            "has_end": any(card.license.expires_on for card in cards),
            "switches": reminders.switches(request.user),
        },
    )


@require_safe
def planner_calendar(request: PersonRequest) -> HttpResponse:
    """A file to be put into one's own calendar once; it is no subscription."""
    now = timezone.now()
    today = request.user.local_date(now)
    cards = cards_of(plans_of(request.user, today=today, with_suggestions=False))
    content = calendar_file(
        [end for card in cards if (end := _end_of(card)) is not None],
        alarm_days=[days for days, is_on in reminders.switches(request.user) if is_on],
        url=f"{settings.PUBLIC_BASE_URL}{reverse('licensing:planner')}",
        now=now,
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="renewals.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def plan_document_start(request: PersonRequest) -> HttpResponse:
    job = document.start_document(request.user, now=timezone.now())
    return redirect("licensing:plan-document", uid=job.uid)


@require_safe
def plan_document(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Where one waits for the PDF; a script looks again while it is being made."""
    job = _own_document_or_404(request, uid)
    response = render(
        request,
        "licensing/plan_document_waiting.html",
        {"job": job, "is_unfinished": document.is_unfinished(job)},
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def plan_document_file(request: PersonRequest, uid: UUID) -> HttpResponseBase:
    job = _own_document_or_404(request, uid)
    if job.result_file is None:
        raise Http404
    response = HttpResponse(job.result_file.read(), content_type=job.result_file.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(True, job.result_name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def reminder_switch(request: PersonRequest) -> HttpResponse:
    wanted = [days for days in STEPS if str(days) in request.POST.getlist("days")]
    reminders.switch_reminders(request.user, wanted=wanted, by=request.user, now=timezone.now())
    messages.success(request, _("Saved. ") + _wanted_words(wanted))
    return redirect(f"{reverse('licensing:planner')}#reminders")


def _own_document_or_404(request: PersonRequest, uid: UUID) -> BackgroundJob:
    job = document.document_of(request.user, uid)
    if job is None:
        raise Http404
    return job


def _wanted_words(wanted: list[int]) -> str:
    if not wanted:
        return _("No reminders are sent any more.")
    days = ", ".join(str(each) for each in wanted)
    return _("Reminders are sent %(days)s days before a license ends.") % {"days": days}


def _end_of(card: PlanCard) -> LicenseEnd | None:
    """The entry of a license: what it needs, and what must be asked."""
    license = card.license
    if license.expires_on is None:
        return None
    lines = []
    if card.plan is not None:
        lines = [card.plan.headline, *card.plan.missing_sentences, *card.plan.cautions]
    return LicenseEnd(
        uid=license.uid,
        on=license.expires_on,
        title=_("%(place)s license %(number)s ends")
        % {"place": license.body.place, "number": license.number},
        text="\n".join(lines),
    )
