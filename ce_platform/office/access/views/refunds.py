"""The money for one enrollment was paid back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.office.access.forms import RefundForm
from certificates.models import Certificate
from courses.domain.refunding import refund_enrollment, undo_refund
from courses.models import AccessCodeUse, Enrollment, EnrollmentRefund


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Who is in leaves; of a completed course the refund is noted, and the certificate stays."""
    enrollment = _enrollment_or_404(uid)
    form = RefundForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                refund_enrollment(
                    enrollment.pk,
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                    now=timezone.now(),
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The refund is noted."))
                return redirect("office:access-refund", uid=uid)
    use = AccessCodeUse.objects.filter(enrollment=enrollment).select_related("code").first()
    return render(
        request,
        "office/access/refund.html",
        {
            "enrollment": enrollment,
            "form": form,
            "use": use,
            "refund": EnrollmentRefund.objects.filter(
                enrollment=enrollment, undone_at=None
            ).first(),
            "certificate": Certificate.objects.filter(
                enrollment=enrollment, status=Certificate.Status.ISSUED
            ).first(),
            "crumbs": [
                {"label": _("Access"), "url": reverse("office:access-code-list")},
                {"label": _("Refund"), "url": ""},
            ],
        },
        status=status,
    )


@registrar_only
@require_POST
def refund_undo(request: PersonRequest, uid: UUID) -> HttpResponse:
    undo_refund(_enrollment_or_404(uid).pk, by=request.user, now=timezone.now())
    messages.success(request, _("The refund is undone. They may come back into the course."))
    return redirect("office:access-refund", uid=uid)


def _enrollment_or_404(uid: UUID) -> Enrollment:
    return get_object_or_404(
        Enrollment.objects.select_related("user", "course", "version").defer(
            "version__canonical_text", "version__search_text", "version__description_html"
        ),
        uid=uid,
    )
