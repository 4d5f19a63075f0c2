"""For machines: what the page of a number says, as one value."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ce_platform.core import codes
from ce_platform.core.ratelimit import client_address
from certificates.machine import record_answer
from certificates.models import Certificate
from certificates.public_pages import quiet
from certificates.sample import SAMPLE_SERIAL
from certificates.successors import newest_of
from certificates.views.verify_limits import LIMIT, problem, too_many_json


@login_not_required
@require_safe
@quiet
def verify_record(request: HttpRequest, code: str) -> HttpResponse:
    """200 also for what was revoked or replaced: the record is there, and says so."""
    now = timezone.now()
    if LIMIT.is_exceeded(client_address(request), now=now):
        return too_many_json()
    serial = codes.normalize(code)
    if serial is None:
        return problem("malformed", _("This cannot be one of our numbers."), status=404)
    if serial == SAMPLE_SERIAL:
        return problem("specimen", _("A specimen, made to test printing."), status=404)
    certificate = (
        Certificate.objects.select_related(
            "design", "replaced_by", "document__file", "document__signer"
        )
        .filter(serial=serial)
        .first()
    )
    if certificate is None:
        return problem(
            "not-found", _("We have not issued a certificate with this number."), status=404
        )
    return JsonResponse(record_answer(certificate, newest=newest_of(certificate), now=now))
