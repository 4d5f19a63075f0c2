"""Many people at once: a list, a look at it, then all of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import kept_lists
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.office.people import lists
from ce_platform.office.people.bulk_forms import PeopleListForm
from ce_platform.office.people.models import PeopleList, PeopleListLine
from certificates.group.reading import ReadList
from courses import queries

Outcome = PeopleListLine.Outcome
TONES = {
    Outcome.PENDING: "wait",
    Outcome.DONE: "good",
    Outcome.KNOWN: "",
    Outcome.FAILED: "bad",
}


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def list_new(request: PersonRequest) -> HttpResponse:
    """Bring a list; nothing is begun before it was looked at."""
    courses = list(queries.on_sale().order_by("on_sale_version__title", "pk"))
    if request.method != "POST":
        form = PeopleListForm(courses=courses, initial={"course": request.GET.get("course", "")})
        return _list_page(request, form)
    form = PeopleListForm(request.POST, request.FILES, courses=courses)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    try:
        read = lists.read_people(form.content)
        if read.problem_count:
            return _list_page(request, form, read=read, status=422)
        kept = lists.keep_list(
            read,
            course=form.chosen_course,
            note=form.cleaned_data["note"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _list_page(request, form, status=422)
    return redirect("office:people-list-detail", uid=kept.uid)


@registrar_only
@require_safe
def list_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Before it is begun: who it is. Then: how far it is, and what became of everybody."""
    people_list = _list_or_404(uid)
    counts = kept_lists.counts_of(people_list)
    rows = people_list.lines.select_related("user")
    if request.GET.get("failed"):
        rows = rows.filter(outcome=Outcome.FAILED)
    lines, older = kept_lists.lines_after(rows, request.GET.get("after", ""))
    known: set[str] = set()
    if people_list.job is None:
        known = set(
            User.objects.filter(email__in=[line.email for line in lines]).values_list(
                "email", flat=True
            )
        )
    return render(
        request,
        "office/people/bulk_detail.html",
        {
            "people_list": people_list,
            "title": _title(people_list),
            **kept_lists.progress_of(people_list, counts),
            "counts": [
                {"label": Outcome(value).label, "count": counts[value]}
                for value in Outcome.values
                if counts[value]
            ],
            "rows": [
                {
                    "line": line,
                    "tone": TONES[Outcome(line.outcome)],
                    "is_known": line.email in known,
                }
                for line in lines
            ],
            "failed_count": counts[Outcome.FAILED],
            "is_failed_only": bool(request.GET.get("failed")),
            "older": older,
            "crumbs": _crumbs(_title(people_list)),
        },
    )


@registrar_only
@require_POST
def list_start(request: PersonRequest, uid: UUID) -> HttpResponse:
    try:
        lists.start_list(_list_or_404(uid), by=request.user, now=timezone.now())
    except PeopleList.DoesNotExist:
        raise Http404("It was discarded in another tab.") from None
    return redirect("office:people-list-detail", uid=uid)


@registrar_only
@require_POST
def list_discard(request: PersonRequest, uid: UUID) -> HttpResponse:
    try:
        lists.discard_list(_list_or_404(uid), by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("office:people-list-detail", uid=uid)
    messages.success(request, _("The list is thrown away. Nobody was written to."))
    return redirect("office:people-list-new")


def _list_or_404(uid: UUID) -> PeopleList:
    return get_object_or_404(
        PeopleList.objects.select_related("job", "course__on_sale_version").defer(
            "course__on_sale_version__canonical_text", "course__on_sale_version__search_text"
        ),
        uid=uid,
    )


def _title(people_list: PeopleList) -> str:
    course = people_list.course
    if course is None:
        return _("Invitations")
    version = course.on_sale_version
    return _("Into “%s”") % (version.title if version else course.slug)


def _list_page(
    request: PersonRequest,
    form: PeopleListForm,
    *,
    read: ReadList | None = None,
    status: int = 200,
) -> HttpResponse:
    page = newest_first(
        PeopleList.objects.select_related("job", "course__on_sale_version").defer(
            "course__on_sale_version__canonical_text", "course__on_sale_version__search_text"
        ),
        after=request.GET.get("after"),
        size=10,
    )
    context: dict[str, Any] = {
        "form": form,
        "read": read,
        "more_count": read.problem_count - len(read.problems) if read else 0,
        "rows": [
            {"list": row, "title": _title(row), "state": kept_lists.state_of(row)}
            for row in page.rows
        ],
        "page": page,
        "crumbs": _crumbs(),
    }
    return render(request, "office/people/bulk.html", context, status=status)


def _crumbs(title: str = "") -> list[dict[str, str]]:
    crumbs = [
        {"label": _("People"), "url": reverse("office:person-list")},
        {"label": _("From a list"), "url": reverse("office:people-list-new")},
    ]
    return [*crumbs, {"label": title, "url": ""}] if title else crumbs
