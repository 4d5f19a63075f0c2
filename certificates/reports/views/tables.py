"""Tables that come in and go out: answers of a channel, rosters."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from certificates.reports.domain.receipts import Taken, take_receipts
from certificates.reports.forms import ReceiptsForm, RosterForm
from certificates.reports.roster import roster
from certificates.reports.views.common import crumbs


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def report_receipts(request: PersonRequest) -> HttpResponse:
    """Upload a table of answers. Reading the same table again changes nothing."""
    is_sent = request.method == "POST"
    form = ReceiptsForm(request.POST, request.FILES) if is_sent else ReceiptsForm()
    if is_sent and form.is_valid():
        try:
            taken = take_receipts(
                form.cleaned_data["file"].read(), by=request.user, now=timezone.now()
            )
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            _say(request, taken)
            return redirect("certificates:office-report-receipts")
    return render(
        request,
        "certificates/reports/receipts.html",
        {"form": form, "crumbs": crumbs((_("Read answers back in"), ""))},
        status=422 if form.errors else 200,
    )


def _say(request: PersonRequest, taken: Taken) -> None:
    messages.success(
        request,
        _("%(accepted)d accepted, %(rejected)d rejected, %(known)d known already.")
        % {
            "accepted": taken.accepted_count,
            "rejected": taken.rejected_count,
            "known": taken.known_count,
        },
    )
    for sentence in taken.problems:
        messages.warning(request, sentence)
    more = taken.problem_count - len(taken.problems)
    if more:
        messages.warning(request, _("And %(count)d rows more that fit no line.") % {"count": more})


@registrar_only
@require_safe
def report_roster(request: PersonRequest) -> HttpResponse:
    today = request.user.local_date(timezone.now())
    first = today.replace(day=1)
    return _roster_page(request, RosterForm(initial={"first": first, "last": today}))


@registrar_only
@require_POST
def report_roster_file(request: PersonRequest) -> HttpResponse:
    """The file itself. It changes no report, but the log keeps who took it."""
    form = RosterForm(request.POST)
    if not form.is_valid():
        return _roster_page(request, form, status=422)
    data = form.cleaned_data
    body = form.chosen_body
    content = roster(
        course=data["course"],
        body=body,
        first=data["first"],
        last=data["last"],
        by=request.user,
        now=timezone.now(),
    )
    parts = [
        "roster",
        *([data["course"].slug] if data["course"] else []),
        *([body.code] if body else []),
        data["first"].isoformat(),
        data["last"].isoformat(),
    ]
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = (
        content_disposition_header(True, f"{'-'.join(parts)}.csv") or "attachment"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def _roster_page(request: PersonRequest, form: RosterForm, *, status: int = 200) -> HttpResponse:
    return render(
        request,
        "certificates/reports/roster.html",
        {"form": form, "crumbs": crumbs((_("Roster"), ""))},
        status=status,
    )
