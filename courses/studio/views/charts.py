"""Charts of a course: the list, the editor, and a look at one as a learner has it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from ce_platform.core.templatetags.wording import moment
from courses.charts import LABEL_SIDES, MOST_LAYERS, chart_view_data
from courses.domain import charting as domain
from courses.domain.chart_values import (
    Values,
    chart_of,
    charts_of,
    hash_of,
    lessons_by_chart,
    record_of,
    reference_numbers,
    unfinished,
    values_of,
)
from courses.domain.errors import ChartInUse, ChartMoved, ChartRefused
from courses.drawings import DrawingRefused
from courses.models import Chart, CourseVersion, Lesson, Reference
from courses.package.chart_tables import (
    KINDS,
    LEVELS,
    MOST_PATH_POINTS,
    MOST_PATHS,
    MOST_POINTS,
    MOST_VIEWS,
)
from courses.parts import parts
from courses.studio.forms_charts import (
    ChartDataForm,
    DrawingForm,
    ViewForm,
    field_rows,
    values_from_fields,
)
from courses.studio.rules import draft_or_404, may_write, version_or_404
from courses.studio.views.common import say_refusal, studio_page

KIND_NAMES = {
    "points": gettext_lazy("Points"),
    "nodes": gettext_lazy("Nodes"),
    "flow": gettext_lazy("Flow and strokes"),
    "muscles": gettext_lazy("Muscles"),
}
LEVEL_NAMES = {
    "light": gettext_lazy("Light pressure only"),
    "do-not-press": gettext_lazy("Do not press"),
}
SIDE_NAMES = {
    "n": gettext_lazy("above"),
    "ne": gettext_lazy("above right"),
    "e": gettext_lazy("right"),
    "se": gettext_lazy("below right"),
    "s": gettext_lazy("below"),
    "sw": gettext_lazy("below left"),
    "w": gettext_lazy("left"),
    "nw": gettext_lazy("above left"),
}


@staff_only
@require_safe
def chart_list(request: PersonRequest, slug: str) -> HttpResponse:
    version = version_or_404(request, slug)
    references = reference_numbers(version)
    uses = lessons_by_chart(version)
    rows = []
    for chart in charts_of(version):
        values = values_of(chart)
        rows.append(
            {
                "chart": chart,
                "drawn": chart_view_data(
                    record_of(values, chart.slug, references), id=f"c{chart.pk}"
                ),
                "lessons": uses.get(chart.slug, []),
                "missing": unfinished(
                    values, chart.slug, references=references, lessons=uses.get(chart.slug, [])
                ),
            }
        )
    return studio_page(
        request, "studio/charts/list.html", version, {"rows": rows}, here=_("Charts")
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def chart_new(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    form = DrawingForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        views=domain.drawings_of_course(version),
    )
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            chart = domain.begin_chart(
                version,
                title=form.cleaned_data["title"],
                drawing=form.kept_drawing(version, now=now),
                by=request.user,
                now=now,
            )
        except DomainError as error:
            _say_in_form(form, error)
        else:
            return redirect("courses:studio-chart", slug=slug, key=chart.key)
    return studio_page(
        request,
        "studio/charts/new.html",
        version,
        {"form": form},
        here=_("A new chart"),
        status=422 if form.is_bound else 200,
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def chart_view_add(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    chart = _chart_or_404(version, key)
    form = ViewForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        views=domain.drawings_of_course(version),
    )
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            domain.add_view(
                version,
                key,
                title=form.cleaned_data["title"],
                drawing=form.kept_drawing(version, now=now),
                by=request.user,
                now=now,
            )
        except DomainError as error:
            _say_in_form(form, error)
        else:
            return redirect("courses:studio-chart", slug=slug, key=key)
    return studio_page(
        request,
        "studio/charts/view_add.html",
        version,
        {"form": form, "chart": chart},
        here=_("Another view"),
        status=422 if form.is_bound else 200,
    )


def _say_in_form(form: DrawingForm, error: DomainError) -> None:
    sentence = str(error)
    if isinstance(error, DrawingRefused):
        sentence = f"{sentence[:1].upper()}{sentence[1:]}."
    is_upload = form.cleaned_data.get("file") is not None
    form.add_error("file" if is_upload else "drawing", sentence)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def chart_edit(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """The editor. POST is the form without JavaScript; with it `chart_save` is asked."""
    if request.method == "POST":
        return _save_by_fields(request, draft_or_404(request, slug), key)
    version = version_or_404(request, slug)
    chart = _chart_or_404(version, key)
    if version.is_frozen or not may_write(version.course):
        return _as_learner(request, version, chart)
    values = values_of(chart)
    return _editor(request, version, chart, values, number=hash_of(values))


def _save_by_fields(request: PersonRequest, version: CourseVersion, key: UUID) -> HttpResponse:
    chart = _chart_or_404(version, key)
    values = values_from_fields(request.POST, values_of(chart))
    number = request.POST.get("based_on", "")[:64]
    try:
        domain.save_chart(
            version, key, values=values, based_on=number, by=request.user, now=timezone.now()
        )
    except ChartMoved as moved:
        # The next press of the button saves over what was shown.
        return _editor(
            request, version, chart, values, number=moved.number, moved=moved, status=409
        )
    except ChartRefused as refused:
        return _editor(
            request,
            version,
            chart,
            values,
            number=number,
            refused=refused.sentences,
            status=422,
        )
    messages.success(request, _("Saved."))
    page = request.POST.get("page", "")
    url = reverse("courses:studio-chart", args=[version.course.slug, key])
    return redirect(f"{url}?as=form&page={page}" if page.isdecimal() else f"{url}?as=form")


def _editor(
    request: PersonRequest,
    version: CourseVersion,
    chart: Chart,
    values: Values,
    *,
    number: str,
    moved: ChartMoved | None = None,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    sources = list(Reference.objects.filter(version=version).only("slug", "position", "text"))
    lessons = domain.used_in(version, chart.slug)
    is_form = request.method == "POST" or request.GET.get("as") == "form"
    return studio_page(
        request,
        "studio/charts/edit.html",
        version,
        {
            "chart": chart,
            "values": values,
            "number": number,
            "moved": moved,
            "refused": refused or [],
            "is_form": is_form,
            "rows": field_rows(values, request.POST.get("page") or request.GET.get("page", "")),
            "sources": sources,
            "lessons": lessons,
            "missing": _missing(
                chart, values, [each.slug for each in sources], lessons, is_wrong=bool(refused)
            ),
            "kinds": KIND_NAMES,
            "levels": LEVEL_NAMES,
            "sides": SIDE_NAMES,
            "page_data": _page_data(values, sources),
            "has_room": len(values["views"]) < MOST_VIEWS,
        },
        here=chart.title,
        status=status,
    )


def _missing(
    chart: Chart,
    values: Values,
    references: list[str],
    lessons: list[Lesson],
    *,
    is_wrong: bool = False,
) -> list[str]:
    """Nothing when the values cannot be understood: then something else is said."""
    if is_wrong:
        return []
    return unfinished(values, chart.slug, references=references, lessons=lessons)


def _page_data(values: Values, sources: list[Reference]) -> dict[str, Any]:
    """What the script needs, as JSON in the page."""
    return {
        "values": values,
        "drawing": reverse("courses:drawing", args=["0" * 64]) + "#drawing",
        "references": [
            {"slug": each.slug, "number": each.position, "text": each.text} for each in sources
        ],
        "kinds": [{"value": each, "title": str(KIND_NAMES[each])} for each in KINDS],
        "levels": [{"value": each, "title": str(LEVEL_NAMES[each])} for each in LEVELS],
        "sides": [{"value": each, "title": str(SIDE_NAMES[each])} for each in LABEL_SIDES],
        "most": {
            "layers": MOST_LAYERS,
            "points": MOST_POINTS,
            "paths": MOST_PATHS,
            "bends": MOST_PATH_POINTS,
        },
    }


@staff_only
@require_POST
def chart_save(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """What the editor sends after a pause. Answers JSON.

    200: saved, with the name of the state to send next. 409: somebody else saved first, and
    nothing was written. 422: sentences that say what is wrong."""
    version = draft_or_404(request, slug)
    form = ChartDataForm(request.POST)
    if not form.is_valid():
        return _refusal([str(error) for errors in form.errors.values() for error in errors])
    now = timezone.now()
    try:
        saved = domain.save_chart(
            version,
            key,
            values=form.cleaned_data["body"],
            based_on=form.cleaned_data["based_on"],
            by=request.user,
            now=now,
        )
    except ChartMoved as moved:
        return JsonResponse(
            {"sentence": str(moved), "number": moved.number, "values": moved.values}, status=409
        )
    except ChartRefused as refused:
        return _refusal(refused.sentences)
    except DomainError as error:
        return _refusal([str(error)])
    return JsonResponse(
        {
            "number": saved.number,
            "saved_at": moment(timezone.localtime(now)),
            "missing": _missing(
                saved.chart,
                saved.values,
                list(reference_numbers(version)),
                domain.used_in(version, saved.chart.slug),
            ),
        }
    )


def _refusal(sentences: list[str]) -> JsonResponse:
    return JsonResponse({"sentence": " ".join(sentences)}, status=422)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def chart_preview(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """The chart through the learner's template. POST: a state that is not saved yet."""
    version = version_or_404(request, slug)
    chart = _chart_or_404(version, key)
    if request.method != "POST":
        return _as_learner(request, version, chart)
    form = ChartDataForm(request.POST)
    if not form.is_valid():
        return _refusal([str(error) for errors in form.errors.values() for error in errors])
    references = reference_numbers(version)
    try:
        values = domain.checked(version, chart, form.cleaned_data["body"], references=references)
    except ChartRefused as refused:
        return _refusal(refused.sentences)
    drawn = chart_view_data(record_of(values, chart.slug, references), id="preview")
    return render(request, "courses/_chart.html", {"chart": drawn, "caption": ""})


def _as_learner(request: PersonRequest, version: CourseVersion, chart: Chart) -> HttpResponse:
    record = record_of(values_of(chart), chart.slug, reference_numbers(version))
    return studio_page(
        request,
        "studio/charts/preview.html",
        version,
        {
            "row": chart,
            "chart": chart_view_data(record, id="preview"),
            "panels": sorted(
                (panel for part in parts() for panel in part.chart_panels(version, record)),
                key=lambda panel: panel.order,
            ),
            "lessons": domain.used_in(version, chart.slug),
        },
        here=chart.title,
    )


@staff_only
@require_POST
def chart_duplicate(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    try:
        chart = domain.duplicate_chart(version, key, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
        return redirect("courses:studio-chart-list", slug=slug)
    messages.success(request, _("This is the copy. Give it a title of its own."))
    return redirect("courses:studio-chart", slug=slug, key=chart.key)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def chart_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """Says what would go, and which lessons show it; then does it."""
    version = draft_or_404(request, slug)
    chart = _chart_or_404(version, key)
    refusal = ""
    if request.method == "POST":
        try:
            domain.remove_chart(
                version,
                key,
                by=request.user,
                now=timezone.now(),
                is_forced=request.POST.get("anyway") == "yes",
            )
        except ChartInUse as error:
            refusal = str(error)
        except DomainError as error:
            say_refusal(request, error)
            return redirect("courses:studio-chart-list", slug=slug)
        else:
            messages.success(request, _("Removed: %(title)s.") % {"title": chart.title})
            return redirect("courses:studio-chart-list", slug=slug)
    return studio_page(
        request,
        "studio/charts/remove.html",
        version,
        {
            "chart": chart,
            "lessons": domain.used_in(version, chart.slug),
            "point_count": len(chart.points.all()),
            "path_count": len(chart.paths),
            "refusal": refusal,
        },
        here=_("Remove a chart"),
        status=422 if refusal else 200,
    )


def _chart_or_404(version: CourseVersion, key: UUID) -> Chart:
    chart = chart_of(version, key)
    if chart is None:
        raise Http404
    return chart
