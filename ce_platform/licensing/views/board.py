"""All submissions at one look: the board, the table, and the table as a file."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.csv_text import csv_text
from ce_platform.licensing import board, desk, desk_table, queries
from ce_platform.licensing.models import LicensingBody, Submission

FILTERS = ("q", "status", "body", "course")


@registrar_only
@require_safe
def submission_board(request: PersonRequest) -> HttpResponse:
    today = request.user.local_date(timezone.now())
    bodies = queries.bodies_by_place()
    found = board.board(request.GET, bodies=bodies, today=today)
    return render(
        request,
        "licensing/office_submission_board.html",
        {
            **_filters(request.GET, bodies),
            "courses": board.course_choices(),
            "board": found,
            "older_url": _with(request.GET, "office-submission-board", after=found.older_after),
            "newer_url": ""
            if found.is_first
            else _with(request.GET, "office-submission-board", after=""),
        },
    )


@registrar_only
@require_safe
def submission_table(request: PersonRequest) -> HttpResponse:
    today = request.user.local_date(timezone.now())
    sort = "due" if request.GET.get("sort") == "due" else "newest"
    rows = desk_table.in_order(desk.filtered(request.GET), sort=sort, today=today)
    page = desk_table.page_of(rows, number=request.GET.get("page", "1"), today=today)
    here = "office-submission-table"
    return render(
        request,
        "licensing/office_submission_table.html",
        {
            **_filters(request.GET, queries.bodies_by_place()),
            "courses": desk.course_choices(),
            "rows": page.rows,
            "sort": sort,
            "due_url": _with(request.GET, here, sort="due", page=""),
            "newest_url": _with(request.GET, here, sort="", page=""),
            "file_url": _with(request.GET, "office-submission-table-file", page=""),
            "older_url": _with(request.GET, here, page=page.number + 1 if page.has_more else None),
            "newer_url": _with(request.GET, here, page=page.number - 1) if page.number > 1 else "",
        },
    )


@registrar_only
@require_safe
def submission_table_file(request: PersonRequest) -> HttpResponse:
    """Every row that fits the filters, as CSV."""
    today = request.user.local_date(timezone.now())
    rows = desk_table.in_order(
        desk.filtered(request.GET), sort=request.GET.get("sort", ""), today=today
    )
    text = csv_text(desk_table.COLUMNS, desk_table.lines(rows, today=today))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="submissions-{today}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _filters(query: Any, bodies: list[LicensingBody]) -> dict[str, Any]:
    return {
        "query": query,
        "is_filtered": any(query.get(name) for name in FILTERS),
        "statuses": Submission.Status.choices,
        "bodies": queries.body_choices(bodies),
    }


def _with(query: Any, name: str, **values: object) -> str:
    """The page with these values in its address; an empty one is left out. None: no page."""
    if None in values.values():
        return ""
    wanted = query.copy()
    for key, value in values.items():
        wanted.pop(key, None)
        if value:
            wanted[key] = str(value)
    return f"{reverse(f'licensing:{name}')}?{wanted.urlencode()}".rstrip("?")
