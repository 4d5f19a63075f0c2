"""Policies as everybody reads them: what is in force, every version, what changed, and when."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core import policies
from ce_platform.core.models import PolicyDocument
from ce_platform.office.policies.forms import OnDayForm
from courses.domain.differences import Paragraph, folded
from courses.domain.read_blocks import differences_as_read
from courses.markdown import render as html_of

Kind = PolicyDocument.Kind


@dataclass(frozen=True)
class VersionLine:
    """One line of the history."""

    policy: PolicyDocument
    ended_on: date | None
    """The day the next one took over."""
    state: str
    """in-force | to-come | past | never"""


def history_of(rows: list[PolicyDocument], *, today: date) -> list[VersionLine]:
    """`rows` with the newest first."""
    lines = []
    following: PolicyDocument | None = None
    is_found = False
    for row in rows:
        ended_on = following.effective_on if following else None
        if row.is_to_come(today):
            state = "never" if ended_on == row.effective_on else "to-come"
        elif not is_found:
            state, is_found = "in-force", True
        else:
            state = "never" if ended_on == row.effective_on else "past"
        lines.append(VersionLine(row, ended_on, state))
        following = row
    return lines


def what_changed(before: str, after: str) -> list[Paragraph | None]:
    """As it is read, without marks of Markdown. Empty when only bold or italics changed."""
    found = differences_as_read(before, after)
    return [] if all(each.is_same for each in found) else folded(found)


@login_not_required
@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """Every kind that is in force or will be."""
    today = policies.provider_today(timezone.now())
    rows = list(
        PolicyDocument.objects.filter(published_at__isnull=False)
        .defer("text")
        .order_by("kind", "-version")
    )
    shown = []
    for kind in Kind:
        lines = history_of([row for row in rows if row.kind == kind], today=today)
        if lines:
            current = next((line for line in lines if line.state == "in-force"), None)
            coming = [line for line in lines if line.state == "to-come"]
            shown.append(
                {"kind": kind, "current": current, "coming": coming[-1] if coming else None}
            )
    return render(request, "office/policies/policy_list.html", {"shown": shown})


@login_not_required
@require_safe
def policy_detail(request: HttpRequest, kind: str) -> HttpResponse:
    """The version in force, or the one that was on the day asked for."""
    rows = _published_or_404(kind)
    today = policies.provider_today(timezone.now())
    form = OnDayForm(request.GET if "on" in request.GET else None)
    is_valid = form.is_bound and form.is_valid()
    day = form.cleaned_data["on"] if is_valid else today
    held = next((row for row in rows if row.effective_on and row.effective_on <= day), None)
    if held is None and not form.is_bound:
        held = rows[-1]  # Published, and not in force yet.
    return _page(
        request,
        rows,
        held,
        today=today,
        day_form=form,
        asked_day=day if is_valid else None,
        status=422 if form.is_bound and not is_valid else 200,
    )


@login_not_required
@require_safe
def policy_version(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    rows = _published_or_404(kind)
    row = _numbered_or_404(rows, version)
    return _page(request, rows, row, today=policies.provider_today(timezone.now()))


@login_not_required
@require_safe
def policy_changes(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """What this version says differently from the one before it."""
    rows = _published_or_404(kind)
    row = _numbered_or_404(rows, version)
    before = next((each for each in rows if each.version < row.version), None)
    if before is None:
        raise Http404
    return render(
        request,
        "office/policies/policy_changes.html",
        {
            "policy": row,
            "before": before,
            "paragraphs": what_changed(before.text, row.text),
            "crumbs": _crumbs(row, _("What changed")),
        },
    )


@require_POST
def policy_accept(request: PersonRequest) -> HttpResponse:
    """Agree to what the notice on the first page showed."""
    now = timezone.now()
    wanted = policies.unaccepted(request.user.pk, policies.AT_SIGN_UP, now=now)
    try:
        policies.check_shown(request.POST.get("policies", ""), wanted)
    except policies.ShownIsOld as refusal:
        messages.error(request, str(refusal))
        return redirect("pages:home")
    policies.accept(request.user.pk, wanted, where=policies.Where.NOTICE, now=now)
    if wanted:
        messages.success(request, _("Thank you. It is noted."))
    return redirect("pages:home")


def _page(
    request: HttpRequest,
    rows: list[PolicyDocument],
    row: PolicyDocument | None,
    *,
    today: date,
    day_form: OnDayForm | None = None,
    asked_day: date | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = history_of(rows, today=today)
    kind = Kind(rows[0].kind)
    return render(
        request,
        "office/policies/policy_detail.html",
        {
            "kind": kind,
            "policy": row,
            "line": next((line for line in lines if line.policy == row), None),
            "lines": lines,
            "first_version": rows[-1].version,
            "html": html_of(row.text, prefix="policy") if row else "",
            "day_form": day_form or OnDayForm(),
            "asked_day": asked_day,
            "crumbs": _crumbs(row) if row else _list_crumbs(kind.label),
        },
        status=status,
    )


def _published_or_404(kind: str) -> list[PolicyDocument]:
    rows = list(policies.published_of(kind))
    if not rows:
        raise Http404
    return rows


def _numbered_or_404(rows: list[PolicyDocument], version: int) -> PolicyDocument:
    row = next((each for each in rows if each.version == version), None)
    if row is None:
        raise Http404
    return row


def _list_crumbs(*more: str) -> list[dict[str, str]]:
    return [
        {"label": _("Policies"), "url": reverse("office:policy-list")},
        *({"label": label, "url": ""} for label in more),
    ]


def _crumbs(row: PolicyDocument, *more: str) -> list[dict[str, str]]:
    if not more:
        return _list_crumbs(row.get_kind_display())
    version = reverse("office:policy-version", args=[row.kind, row.version])
    return [
        *_list_crumbs(),
        {"label": str(row), "url": version},
        *({"label": label, "url": ""} for label in more),
    ]
