"""Hours earned elsewhere: a therapist's own list. The office may open the proof, nobody else."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, is_registrar
from ce_platform.core.errors import DomainError
from ce_platform.core.models import StoredFile
from ce_platform.core.templatetags.wording import ce_hours
from ce_platform.licensing.domain import credits as domain
from ce_platform.licensing.domain import letters
from ce_platform.licensing.forms import ExternalCreditForm
from ce_platform.licensing.forms.credits import subject_words
from ce_platform.licensing.models import ExternalCredit
from ce_platform.licensing.views.common import sent_files


@require_safe
def credit_list(request: PersonRequest) -> HttpResponse:
    rows = domain.credits_of(request.user)[: domain.MOST_CREDITS]
    return render(
        request,
        "licensing/credit_list.html",
        {
            "rows": [(row, _hours(row)) for row in rows],
            "removed": list(
                domain.removed_credits(request.user, now=timezone.now())[: domain.MOST_CREDITS]
            ),
            "crumbs": _crumbs((_("Hours earned elsewhere"), "")),
        },
    )


@require_http_methods(["GET", "POST"])
def credit_add(request: PersonRequest) -> HttpResponse:
    form = ExternalCreditForm(*sent_files(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = domain.add_credit(
                user=request.user,
                uid=form.uid_sent,
                facts=form.facts(),
                proof=_proof(form, None),
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(title)s” is noted.") % {"title": row.title})
            return redirect("licensing:credit-list")
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
def credit_change(request: PersonRequest, uid: UUID) -> HttpResponse:
    row = domain.credit_of(request.user, uid)
    if row is None:
        raise Http404
    form = ExternalCreditForm(*sent_files(request), credit=row)
    if request.method == "POST" and form.is_valid():
        try:
            row = domain.change_credit(
                row,
                facts=form.facts(),
                proof=_proof(form, row),
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(title)s” is changed.") % {"title": row.title})
            return redirect("licensing:credit-list")
    return _form(request, form, row)


@require_POST
def credit_remove(request: PersonRequest, uid: UUID) -> HttpResponse:
    row = domain.remove_credit(_any_or_404(request.user, uid), by=request.user, now=timezone.now())
    messages.success(
        request,
        _("“%(title)s” is removed. You can put it back below.") % {"title": row.title},
    )
    return redirect("licensing:credit-list")


@require_POST
def credit_restore(request: PersonRequest, uid: UUID) -> HttpResponse:
    try:
        row = domain.restore_credit(
            _any_or_404(request.user, uid), by=request.user, now=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(title)s” is back.") % {"title": row.title})
    return redirect("licensing:credit-list")


@require_safe
def credit_proof(request: PersonRequest, uid: UUID) -> HttpResponseBase:
    """The attached certificate as a download: the owner's, and the office's for an audit."""
    rows = ExternalCredit.objects.filter(uid=uid, proof__isnull=False).select_related("proof")
    if not is_registrar(request.user):
        rows = rows.filter(user=request.user)
    row = rows.first()
    if row is None or row.proof is None:
        raise Http404
    extension = letters.EXTENSIONS.get(row.proof.content_type, "bin")
    response = HttpResponse(row.proof.read(), content_type=row.proof.content_type)
    response["Content-Disposition"] = (
        f'attachment; filename="certificate-{row.completed_on.isoformat()}.{extension}"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _proof(form: ExternalCreditForm, row: ExternalCredit | None) -> StoredFile | None:
    """The bytes are stored before the transaction; no new file keeps the old one."""
    upload = form.cleaned_data.get("proof")
    if upload:
        return letters.store_letter(upload, now=timezone.now())
    if row is None or form.cleaned_data.get("is_proof_removed"):
        return None
    return row.proof


def _form(
    request: PersonRequest, form: ExternalCreditForm, row: ExternalCredit | None
) -> HttpResponse:
    return render(
        request,
        "licensing/credit_form.html",
        {
            "form": form,
            "credit": row,
            "crumbs": _crumbs(
                (_("Hours earned elsewhere"), reverse("licensing:credit-list")),
                (_("Change") if row else _("Add"), ""),
            ),
        },
        status=422 if form.is_bound else 200,
    )


def _crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    first = (_("My renewals"), reverse("licensing:planner"))
    return [{"label": label, "url": url} for label, url in (first, *more)]


def _hours(row: ExternalCredit) -> str:
    """Ethics: 2 CE hours, massage theory: 1 CE hour."""
    words = ", ".join(
        f"{subject_words(line.subject)}: {ce_hours(line.credit_hours)}" for line in row.hours.all()
    )
    return f"{words[:1].upper()}{words[1:]}"


def _any_or_404(user: User, uid: UUID) -> ExternalCredit:
    row = ExternalCredit.objects.filter(user=user, uid=uid).first()
    if row is None:
        raise Http404
    return row
