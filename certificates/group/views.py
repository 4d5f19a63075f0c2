"""The office's certificates for a group: a list, a look at it, then all of them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import kept_lists
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.licensing.queries import license_bodies
from certificates.group import issuing, queries
from certificates.group.forms import GroupForm
from certificates.group.reading import ReadList, read_list
from certificates.models import GroupIssue
from courses.domain.live import live_courses

Outcome = issuing.Outcome


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def group_list(request: PersonRequest) -> HttpResponse:
    """Choose a session, bring the list; nothing is begun before it was looked at."""
    now = timezone.now()
    sessions = queries.sessions_to_issue(now)
    if request.method != "POST":
        form = GroupForm(sessions=sessions, initial={"session": request.GET.get("session", "")})
        return _list_page(request, form)
    form = GroupForm(request.POST, request.FILES, sessions=sessions)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    try:
        read = read_list(form.content, session=form.chosen_session, bodies=license_bodies())
        if read.problem_count:
            return _list_page(request, form, read=read, status=422)
        issue = issuing.keep_list(read, session=form.chosen_session, by=request.user, now=now)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _list_page(request, form, status=422)
    return redirect("certificates:office-group-detail", uid=issue.uid)


@registrar_only
@require_safe
def group_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Before it is begun: who it is. Then: how far it is, and what became of everybody."""
    issue = _issue_or_404(uid)
    counts = kept_lists.counts_of(issue)
    lines = issue.lines.select_related("body")
    if request.GET.get("open"):
        lines = lines.filter(outcome__in=[Outcome.FAILED, Outcome.WAITING, Outcome.SHORT])
    shown, older = kept_lists.lines_after(lines, request.GET.get("after", ""))
    return render(
        request,
        "certificates/group/detail.html",
        {
            "issue": issue,
            **kept_lists.progress_of(issue, counts),
            "counts": [
                {"label": Outcome(value).label, "count": counts[value], "tone": value}
                for value in Outcome.values
                if counts[value]
            ],
            "open_count": counts[Outcome.FAILED] + counts[Outcome.WAITING] + counts[Outcome.SHORT],
            "rows": queries.shown_lines(issue, shown),
            "is_open_only": bool(request.GET.get("open")),
            "older": older,
            "crumbs": _crumbs(issue.version.title),
        },
    )


@registrar_only
@require_POST
def group_start(request: PersonRequest, uid: UUID) -> HttpResponse:
    try:
        issuing.start_issue(_issue_or_404(uid), by=request.user, now=timezone.now())
    except GroupIssue.DoesNotExist:
        raise Http404("It was discarded in another tab.") from None
    return redirect("certificates:office-group-detail", uid=uid)


@registrar_only
@require_POST
def group_discard(request: PersonRequest, uid: UUID) -> HttpResponse:
    try:
        issuing.discard_list(_issue_or_404(uid), by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("certificates:office-group-detail", uid=uid)
    messages.success(request, _("The list is thrown away. Nothing was issued."))
    return redirect("certificates:office-group-list")


def _issue_or_404(uid: UUID) -> GroupIssue:
    return get_object_or_404(
        GroupIssue.objects.select_related("job", "session", "version").defer(
            "version__canonical_text", "version__search_text"
        ),
        uid=uid,
    )


def _list_page(
    request: PersonRequest, form: GroupForm, *, read: ReadList | None = None, status: int = 200
) -> HttpResponse:
    page = newest_first(
        GroupIssue.objects.select_related("job", "session", "version").defer(
            "version__canonical_text", "version__search_text"
        ),
        after=request.GET.get("after"),
        size=10,
    )
    here = reverse("certificates:office-group-list")
    return render(
        request,
        "certificates/group/list.html",
        {
            "form": form,
            "read": read,
            "more_count": read.problem_count - len(read.problems) if read else 0,
            "rows": [{"issue": issue, "state": kept_lists.state_of(issue)} for issue in page.rows],
            "page": page,
            "courses": live_courses(),
            "here": here,
            "crumbs": _crumbs(),
        },
        status=status,
    )


def _crumbs(title: str = "") -> list[dict[str, str]]:
    crumbs = [
        {"label": _("Certificates"), "url": reverse("certificates:office-certificate-list")},
        {"label": _("For a group"), "url": reverse("certificates:office-group-list")},
    ]
    if not title:
        return [crumbs[0], {**crumbs[1], "url": ""}]
    return [*crumbs, {"label": title, "url": ""}]
