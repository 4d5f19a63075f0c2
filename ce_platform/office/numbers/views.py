"""Numbers in words, with small plots, and as tables to take along."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.csv_text import csv_text
from ce_platform.office.numbers import page, queries
from ce_platform.office.numbers.counting import provider_zone
from ce_platform.office.numbers.forms import NumbersForm
from ce_platform.office.numbers.periods import Period, Step, last_months
from ce_platform.office.numbers.queries import Numbers

_TABLES: Final = {"days": page.table_of_days, "courses": page.table_of_courses}


@dataclass(frozen=True)
class _Choice:
    """A period that is asked for often."""

    label: str
    query: str
    is_here: bool


@registrar_only
@require_safe
def numbers(request: PersonRequest) -> HttpResponse:
    zone = provider_zone()
    today = timezone.now().astimezone(zone).date()
    form, found = _asked(request, today)
    first = queries.first_day()
    return render(
        request,
        "office/numbers/numbers.html",
        {
            "form": form,
            "numbers": found,
            "figures": page.figures_of(found),
            "drawings": page.drawings_of(found),
            "courses": page.course_rows(found),
            "has_courses_apart": form.course_id is None,
            "period": page.days_of(found.period),
            "before": page.days_of(found.period.before) if found.before is not None else "",
            "choices": _choices(request, form, first, today),
            "is_empty": first is None,
            "counted_at": queries.counted_at(),
            "zone": zone,
            "query": request.GET.urlencode(),
        },
        status=422 if form.errors else 200,
    )


@registrar_only
@require_safe
def numbers_table(request: PersonRequest, table: str) -> HttpResponse:
    if table not in _TABLES:
        raise Http404("No such table.")
    form, found = _asked(request, timezone.now().astimezone(provider_zone()).date())
    if form.errors:
        return HttpResponse(_("These are no days that follow each other."), status=422,
                            content_type="text/plain; charset=utf-8")  # fmt: skip
    columns, rows = _TABLES[table](found)
    answer = HttpResponse(
        csv_text(columns, ([str("" if each is None else each) for each in row] for row in rows)),
        content_type="text/csv; charset=utf-8",
    )
    name = f"numbers-{table}-{found.period.first}-to-{found.period.last}.csv"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _asked(request: PersonRequest, today: date) -> tuple[NumbersForm, Numbers]:
    courses = queries.courses_by_title()
    form = NumbersForm(request.GET, courses=courses, today=today)
    found = queries.numbers_of(
        form.period,
        step=form.step,
        today=today,
        has_before=request.GET.get("before") != "no",
        courses=courses,
        only=form.course_id,
    )
    return form, found


def _choices(
    request: PersonRequest, form: NumbersForm, first: date | None, today: date
) -> list[_Choice]:
    periods = [
        (_("This month"), last_months(1, today=today), Step.WEEK, True),
        (_("3 months"), last_months(3, today=today), Step.WEEK, True),
        (_("12 months"), last_months(12, today=today), Step.MONTH, True),
    ]
    if first is not None:
        periods.append((_("All"), Period(first, max(first, today)), Step.MONTH, False))
    kept = {"course": request.GET["course"]} if request.GET.get("course") else {}
    return [
        _Choice(
            label,
            urlencode(
                {"first": period.first, "last": period.last, "by": step.value}
                | ({} if has_before else {"before": "no"})
                | kept
            ),
            is_here=period == form.period and step == form.step,
        )
        for label, period, step, has_before in periods
    ]
