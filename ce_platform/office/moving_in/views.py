"""Moving in: the steps, a file, its columns, what was found, what became of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.office.moving_in import queries, redirects, running, sheets, throwing_away
from ce_platform.office.moving_in.forms import ColumnsForm, RedirectForm, UndoForm, UploadForm
from ce_platform.office.moving_in.kinds import Kind, kind_named
from ce_platform.office.moving_in.models import ImportRun, Redirect

State = ImportRun.State
HOME = "office:moving-in"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@registrar_only
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    page = newest_first(
        ImportRun.objects.select_related("job"), after=request.GET.get("after"), size=10
    )
    return render(
        request,
        "office/moving_in/home.html",
        {
            "steps": queries.steps(),
            "rows": [{"run": run, "state": queries.state_of(run)} for run in page.rows],
            "page": page,
        },
    )


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: PersonRequest, kind: str) -> HttpResponse:
    wanted = _kind_or_404(kind)
    if request.method != "POST":
        return _bring_page(request, wanted, UploadForm(kind=wanted))
    form = UploadForm(request.POST, request.FILES, kind=wanted)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            run = running.bring_file(
                upload.file,
                kind=wanted,
                name=str(upload.name),
                source=form.cleaned_data.get("source", ""),
                options=form.options,
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            if run.state == State.COLUMNS:
                return redirect("office:import-columns", uid=run.uid)
            return redirect(run)
    return _bring_page(request, wanted, form, status=422)


def _bring_page(
    request: PersonRequest, kind: Kind, form: UploadForm, *, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "office/moving_in/bring.html",
        {
            "kind": kind,
            "form": form,
            "needed": [column for column in kind.columns if column.is_required],
            "crumbs": _crumbs(kind.title),
        },
        status=status,
    )


@registrar_only
@require_safe
def template(request: PersonRequest, kind: str, ending: str) -> HttpResponse:
    wanted = _kind_or_404(kind)
    if ending == "xlsx":
        answer = HttpResponse(sheets.template_xlsx(wanted), content_type=XLSX)
    elif ending == "csv":
        answer = HttpResponse(sheets.template_csv(wanted), content_type="text/csv; charset=utf-8")
    else:
        raise Http404
    answer["Content-Disposition"] = f'attachment; filename="{wanted.name}.{ending}"'
    return answer


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: PersonRequest, uid: UUID) -> HttpResponse:
    run = _run_or_404(uid)
    if run.state not in (State.COLUMNS, State.LOOKED_AT, State.FAILED):
        return redirect(run)
    kind = running.kind_of(run)
    try:
        headings = running.headings_of(run)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(run)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        headings=headings,
        columns=run.columns,
        initial=ColumnsForm.initial_of(run.options) | {"source": run.source},
    )
    if request.method == "POST" and form.is_valid():
        try:
            running.name_columns(
                run,
                headings=headings,
                columns=form.chosen,
                options=form.options,
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(run)
    return render(
        request,
        "office/moving_in/columns.html",
        {
            "run": run,
            "kind": kind,
            "form": form,
            "column_fields": [form[name] for name in form.names],
            "other_fields": [field for field in form if field.name not in form.names],
            "crumbs": _crumbs(run.file_name),
        },
        status=422 if form.errors else 200,
    )


@registrar_only
@require_safe
def detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _detail_page(request, _run_or_404(uid), UndoForm())


def _detail_page(
    request: PersonRequest, run: ImportRun, form: UndoForm, *, status: int = 200
) -> HttpResponse:
    shown = queries.shown_lines(
        run, action=request.GET.get("only", ""), after=request.GET.get("after", "")
    )
    kind = running.kind_of(run)
    return render(
        request,
        "office/moving_in/detail.html",
        {
            "run": run,
            "kind": kind,
            "state": queries.state_of(run),
            "job": run.job,
            "is_at_work": running.is_at_work(run),
            "counts": queries.counts_of(run),
            "lines": shown,
            "unused": running.unused_of(run),
            "waiting_count": running.waiting_invitations(run).count()
            if run.state == State.DONE
            else 0,
            "undo_form": form if kind.can_be_undone else None,
            "crumbs": _crumbs(run.file_name),
        },
        status=status,
    )


@registrar_only
@require_safe
def problems(request: PersonRequest, uid: UUID) -> StreamingHttpResponse:
    run = _run_or_404(uid)
    answer = StreamingHttpResponse(
        sheets.problem_lines(run), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="to-mend-{run.kind}.csv"'
    return answer


@registrar_only
@require_POST
def check(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _told(request, running.check, _run_or_404(uid))


@registrar_only
@fresh_sign_in
@require_POST
def apply(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _told(request, running.apply, _run_or_404(uid))


@registrar_only
@fresh_sign_in
@require_POST
def invite(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _told(request, running.start_inviting, _run_or_404(uid))


@registrar_only
@fresh_sign_in
@require_POST
def undo(request: PersonRequest, uid: UUID) -> HttpResponse:
    run = _run_or_404(uid)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _detail_page(request, run, form, status=422)
    try:
        running.undo(run, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Undone, with your reason."))
    return redirect(run)


@registrar_only
@require_POST
def discard(request: PersonRequest, uid: UUID) -> HttpResponse:
    run = _run_or_404(uid)
    try:
        throwing_away.discard(run, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(run)
    messages.success(request, _("Thrown away, with its file. Nothing was brought in."))
    return redirect(HOME)


def _told(request: PersonRequest, step: Any, run: ImportRun) -> HttpResponse:
    try:
        step(run, by=request.user, now=timezone.now())
    except ImportRun.DoesNotExist:
        raise Http404("It was thrown away in another tab.") from None
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect(run)


# ---------------------------------------------------------------- old addresses


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def redirect_list(request: PersonRequest) -> HttpResponse:
    form = RedirectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        redirects.save_redirect(
            form.cleaned_data["old"],
            form.cleaned_data["target"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Saved. The old address leads there now."))
        return redirect("office:redirect-list")
    words = request.GET.get("q", "")[:100]
    found = Redirect.objects.all()
    if words:
        found = found.filter(old_path__icontains=words)
    page = newest_first(found, after=request.GET.get("after"), size=50)
    return render(
        request,
        "office/moving_in/redirects.html",
        {
            "form": form,
            "page": page,
            "words": words,
            "crumbs": _crumbs(_("Old addresses")),
        },
        status=422 if form.errors else 200,
    )


@registrar_only
@require_POST
def redirect_remove(request: PersonRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Redirect, pk=pk)
    redirects.remove_redirect(row, by=request.user, now=timezone.now())
    messages.success(request, _("Removed. The old address leads nowhere now."))
    return redirect("office:redirect-list")


def _kind_or_404(name: str) -> Kind:
    kind = kind_named(name)
    if kind is None:
        raise Http404
    return kind


def _run_or_404(uid: UUID) -> ImportRun:
    return get_object_or_404(ImportRun.objects.select_related("job", "file"), uid=uid)


def _crumbs(here: str) -> list[dict[str, Any]]:
    return [{"label": _("Moving in"), "url": reverse(HOME)}, {"label": here, "url": ""}]
