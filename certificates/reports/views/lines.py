"""The list of what is owed, what stops it, and one line with its history."""

import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean
from certificates.models import ReportEvent, ReportLine
from certificates.reports import preflight, queries
from certificates.reports.consents import consents_of
from certificates.reports.domain import moves
from certificates.reports.forms import CorrectionForm, ReasonForm
from certificates.reports.views.common import crumbs

Status = ReportLine.Status
_FACTS: Final = {
    "number_before": "License number before",
    "number": "License number",
    "course_number": "Course number",
    "due_before": "Due before",
    "due": "Due",
    "receipt_row": "Row of the answers",
}


@registrar_only
@require_safe
def report_list(request: PersonRequest) -> HttpResponse:
    """What waits, by its day; `status`, `when` and `body` narrow it down."""
    today = request.user.local_date(timezone.now())
    status = request.GET.get("status", "")
    status = status if status in Status.values else str(Status.PENDING)
    body = clean(request.GET.get("body", ""))[:20]
    when = request.GET.get("when", "")
    when = when if when in queries.WHENS and status == Status.PENDING else ""
    listing = queries.listing(
        status=status, body=body, when=when, after=request.GET.get("after", "")[:40], today=today
    )
    kept = {"status": status, "body": body, "when": when}
    kept = {name: value for name, value in kept.items() if value}
    older = urlencode({**kept, "after": listing.older_after})
    return render(
        request,
        "certificates/reports/list.html",
        {
            "listing": listing,
            "status": status,
            "statuses": Status.choices,
            "status_tone": queries.TONES[Status(status)],
            "status_label": Status(status).label,
            "is_waiting": status == Status.PENDING,
            "body": body,
            "bodies": queries.bodies_with_lines(),
            "when": when,
            "whens": queries.WHENS.items(),
            "is_filtered": bool(body or when or status != Status.PENDING),
            "older_url": f"?{older}" if listing.older_after else "",
            "newer_url": "" if listing.is_first else f"?{urlencode(kept)}",
        },
    )


@registrar_only
@require_safe
def report_check(request: PersonRequest) -> HttpResponse:
    """What could leave now, and what stops the rest, each with a way to mend it."""
    return render(
        request,
        "certificates/reports/check.html",
        {"overview": queries.overview(), "crumbs": crumbs((_("Check and send"), ""))},
    )


@registrar_only
@require_safe
def report_line(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _page(request, _line_or_404(uid))


@registrar_only
@require_POST
def report_line_move(request: PersonRequest, uid: UUID) -> HttpResponse:
    """`to` is accepted, rejected, not-needed or pending; all but the first with a reason."""
    line = _line_or_404(uid)
    to = request.POST.get("to", "")
    now = timezone.now()
    if to == Status.ACCEPTED:
        return _done(request, line, lambda: moves.accept_line(line, by=request.user, now=now))
    steps: dict[str, Callable[..., ReportLine]] = {
        Status.REJECTED: moves.reject_line,
        Status.NOT_NEEDED: moves.drop_line,
        Status.PENDING: moves.send_again,
    }
    step = steps.get(to)
    if step is None:
        return _page(request, line, status=422)
    form = ReasonForm(request.POST, auto_id=f"id_{to}_%s")
    if not form.is_valid():
        return _page(request, line, forms_by_move={to: form}, status=422)
    reason = form.cleaned_data["reason"]
    return _done(request, line, lambda: step(line, reason=reason, by=request.user, now=now))


@registrar_only
@require_POST
def report_line_correct(request: PersonRequest, uid: UUID) -> HttpResponse:
    line = _line_or_404(uid)
    form = CorrectionForm(request.POST, line=line)
    if form.is_valid():
        try:
            moves.correct_line(line, **form.cleaned_data, by=request.user, now=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    if not form.is_valid():
        return _page(request, line, correction=form, status=422)
    messages.success(request, _("The number is corrected; the certificate stays as printed."))
    return redirect(line)


@registrar_only
@require_POST
def report_line_ask(request: PersonRequest, uid: UUID) -> HttpResponse:
    line = _line_or_404(uid)
    if moves.ask_again(line, by=request.user, now=timezone.now()):
        messages.success(request, _("The therapist is asked by mail, at most once a day."))
    else:
        messages.info(request, _("There is nothing to ask: it was answered, or is not needed."))
    return redirect(line)


def _done(request: PersonRequest, line: ReportLine, step: Callable[[], ReportLine]) -> HttpResponse:
    try:
        step()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted."))
    return redirect(line)


def _line_or_404(uid: UUID) -> ReportLine:
    return get_object_or_404(
        ReportLine.objects.select_related("certificate__user", "body", "batch", "license"), uid=uid
    )


def _page(
    request: PersonRequest,
    line: ReportLine,
    *,
    forms_by_move: dict[str, forms.Form] | None = None,
    correction: CorrectionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = request.user.local_date(timezone.now())
    is_waiting = line.status == Status.PENDING
    due, due_tone = queries.due_words(line, today)
    consent = consents_of([line]).get(line.pk)
    given = forms_by_move or {}
    return render(
        request,
        "certificates/reports/line.html",
        {
            "line": line,
            "tone": queries.TONES[Status(line.status)],
            "is_waiting": is_waiting,
            "has_left": line.status in (Status.EXPORTED, Status.ACCEPTED),
            "due": due,
            "due_tone": due_tone,
            "problems": preflight.check([line])[0].problems if is_waiting else [],
            "consent": consent,
            "can_ask": is_waiting
            and line.needs_consent
            and line.license is not None
            and (consent is None or consent.state == "asked"),
            "can_accept": Status.ACCEPTED in ReportLine.MOVES[line.status],
            "moves": [
                {
                    "to": to,
                    "label": label,
                    "hint": hint,
                    "form": given.get(to) or ReasonForm(auto_id=f"id_{to}_%s"),
                    "is_open": to in given,
                }
                for to, label, hint in _moves_of(line)
            ],
            "correction": (correction or CorrectionForm(line=line))
            if line.status in (Status.PENDING, Status.REJECTED)
            else None,
            "is_correcting": correction is not None,
            "history": [_history_row(event) for event in line.events.all()[:200]],
            "batches": list(line.batch_lines.select_related("batch").order_by("-batch_id")[:20]),
            "crumbs": crumbs((line.certificate.holder_name, "")),
        },
        status=status,
    )


def _moves_of(line: ReportLine) -> list[tuple[str, str, str]]:
    words = {
        Status.REJECTED: (
            _("It was rejected"),
            _("Write what the body or CE Broker said. The line can be mended and sent again."),
        ),
        Status.NOT_NEEDED: (
            _("It will not be reported"),
            _("The therapist is told that nobody reports it and to keep the proof."),
        ),
        Status.PENDING: (
            _("Send it again as it is")
            if line.status == Status.REJECTED
            else _("Report it after all"),
            _("It waits for the next batch."),
        ),
    }
    return [(str(to), *words[to]) for to in words if str(to) in ReportLine.MOVES[line.status]]


def _history_row(event: ReportEvent) -> dict[str, Any]:
    facts = json.loads(event.facts_json)
    if not event.from_status:
        heading = _("Made with the certificate")
    elif event.from_status == event.to_status:
        heading = _("Corrected")
    else:
        heading = str(Status(event.to_status).label)
    return {
        "event": event,
        "heading": heading,
        "facts": [(label, facts[name]) for name, label in _FACTS.items() if facts.get(name)],
    }
