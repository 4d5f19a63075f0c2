"""The last steps of a course: look at the certificate, mend it, sign."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from ce_platform.licensing.domain.licenses import active_licenses, add_license, change_license
from ce_platform.licensing.forms import LicenseForm
from certificates.domain.attest import attest, mend_name, statement_for
from certificates.domain.designs import look_on_screen
from certificates.domain.eligibility import EVALUATION_MISSING, before_last_steps, finish_url
from certificates.domain.errors import NothingToSign
from certificates.domain.facts import preview_record
from certificates.forms import AttestForm, LicenseNumberForm, NameForm
from certificates.models import Attestation, Certificate
from certificates.sheet import make_sheet
from courses.domain.completion import checklist, unmet_items
from courses.models import Enrollment
from courses.parts import Item
from courses.rules import enrollment_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: PersonRequest, uid: UUID) -> HttpResponse:
    """From the first day the checklist; at the end the certificate as it will read."""
    enrollment = enrollment_or_404(request, uid)
    now = timezone.now()
    if enrollment.status == Enrollment.Status.COMPLETED:
        return _to_certificate(enrollment)
    if enrollment.status != Enrollment.Status.OPEN:
        messages.info(
            request, _("You left this course. Go back in, and you are where you stopped.")
        )
        return redirect(enrollment)
    items = unmet_items([enrollment])[enrollment.pk]
    if before_last_steps(items):
        lines = checklist(enrollment)
        return render(
            request,
            "certificates/finish_waiting.html",
            {
                "enrollment": enrollment,
                "lines": lines,
                # As many as the list shows; the signature itself is its last line.
                "open_count": sum(not line.is_met for line in lines if line.code != "attestation"),
                "crumbs": finish_crumbs(enrollment),
            },
            status=409 if request.method == "POST" else 200,
        )
    if request.method == "POST":
        return _take_step(request, enrollment, now=now)
    return _page(request, enrollment, items=items, now=now)


def _take_step(request: PersonRequest, enrollment: Enrollment, *, now: datetime) -> HttpResponse:
    step = request.POST.get("step")
    if step == "name":
        return _mend_name(request, enrollment, now=now)
    if step == "number":
        return _mend_number(request, enrollment, now=now)
    if step == "license":
        return _add_license(request, enrollment, now=now)
    return _sign(request, enrollment, now=now)


def _mend_name(request: PersonRequest, enrollment: Enrollment, *, now: datetime) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, enrollment, name_form=form, now=now)
    mend_name(request.user, name=form.cleaned_data["name"], by=request.user, now=now)
    messages.success(request, _("The certificate shows your name as you wrote it."))
    return redirect(f"{finish_url(enrollment)}#certificate")


def _mend_number(request: PersonRequest, enrollment: Enrollment, *, now: datetime) -> HttpResponse:
    licenses = active_licenses(request.user)
    row = next((row for row in licenses if row.uid.hex == request.POST.get("license")), None)
    if row is None:
        raise Http404
    form = LicenseNumberForm(request.POST, license=row)
    if form.is_valid():
        try:
            change_license(
                row,
                body=row.body,
                number=form.cleaned_data["number"],
                name_on_license=row.name_on_license,
                first_issued_on=row.first_issued_on,
                expires_on=row.expires_on,
                hours_due_on=row.hours_due_on,
                by=request.user,
                now=now,
            )
        except DomainError as error:
            form.add_error("number", str(error))
    if not form.is_valid():
        return _page(request, enrollment, number_form=form, now=now)
    messages.success(request, _("The certificate shows the number as you wrote it."))
    return redirect(f"{finish_url(enrollment)}#certificate")


def _add_license(request: PersonRequest, enrollment: Enrollment, *, now: datetime) -> HttpResponse:
    form = LicenseForm(request.POST)
    if form.is_valid():
        try:
            add_license(
                user=request.user,
                body=form.cleaned_data["body"],
                number=form.cleaned_data["number"],
                expires_on=form.cleaned_data["expires_on"],
                by=request.user,
                now=now,
            )
        except DomainError as error:
            form.add_error(None, str(error))
    if not form.is_valid():
        return _page(request, enrollment, license_form=form, now=now)
    messages.success(request, _("The license is on the certificate."))
    return redirect(f"{finish_url(enrollment)}#certificate")


def _sign(request: PersonRequest, enrollment: Enrollment, *, now: datetime) -> HttpResponse:
    if enrollment.version.is_live:
        messages.info(request, str(NothingToSign()))
        return redirect(finish_url(enrollment))
    form = AttestForm(request.POST)
    if form.is_valid():
        try:
            attest(enrollment.pk, by=request.user, seen_sha256=form.cleaned_data["seen"], now=now)
        except DomainError as error:
            form.add_error(None, str(error))
    if not form.is_valid():
        return _page(request, enrollment, attest_form=form, now=now)
    enrollment.refresh_from_db(fields=["status"])
    if enrollment.status == Enrollment.Status.COMPLETED:
        messages.success(request, _("That was the last step. Here is your certificate."))
        return _to_certificate(enrollment)
    messages.success(request, _("Signed. The evaluation is the last thing to do."))
    return redirect("courses:evaluation", uid=enrollment.uid)


def _page(
    request: PersonRequest,
    enrollment: Enrollment,
    *,
    now: datetime,
    items: Sequence[Item] | None = None,
    name_form: forms.Form | None = None,
    number_form: LicenseNumberForm | None = None,
    license_form: forms.Form | None = None,
    attest_form: forms.Form | None = None,
) -> HttpResponse:
    # A name that was just refused must not be shown as if it were kept.
    attestation = Attestation.objects.filter(enrollment=enrollment).first()
    record = preview_record(enrollment, attestation=attestation, now=now)
    is_refused = any(
        form is not None for form in (name_form, number_form, license_form, attest_form)
    )
    if items is None:
        items = unmet_items([enrollment])[enrollment.pk]
    return render(
        request,
        "certificates/finish.html",
        {
            "enrollment": enrollment,
            "crumbs": finish_crumbs(enrollment),
            "evaluation": next((item for item in items if item.code == EVALUATION_MISSING), None),
            "attestation": attestation,
            "is_live": enrollment.version.is_live,
            "number_forms": [
                number_form
                if number_form is not None and number_form.license.pk == row.pk
                else LicenseNumberForm(license=row)
                for row in active_licenses(request.user)
            ],
            "sheet": make_sheet(record, look=look_on_screen()),
            "statement": statement_for(enrollment.version, name=record.holder_name),
            "name_form": name_form or NameForm(initial={"name": record.holder_name}),
            "license_form": license_form or LicenseForm(),
            "attest_form": attest_form or AttestForm(),
            # What the page shows now is what is signed next.
            "seen": record.preview_sha256(),
        },
        status=422 if is_refused else 200,
    )


def _to_certificate(enrollment: Enrollment) -> HttpResponse:
    certificate = Certificate.objects.filter(enrollment=enrollment).order_by("-pk").first()
    return redirect(certificate or enrollment)


def finish_crumbs(enrollment: Enrollment) -> list[dict[str, str]]:
    return [
        {"label": enrollment.version.title, "url": enrollment.get_absolute_url()},
        {"label": _("Your certificate"), "url": ""},
    ]
