"""The certificate in an author's preview: as it would read, and never to be taken for one."""

import copy
from dataclasses import replace
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.traces import leaves_no_trace
from ce_platform.licensing.assumed import assumed_licenses
from certificates.domain.attest import statement_for
from certificates.domain.designs import look_on_screen
from certificates.domain.facts import preview_record
from certificates.sheet import make_sheet
from certificates.views.finish import finish_crumbs
from courses.domain.completion import checklist
from courses.studio.preview import band, previewed_or_404

PREVIEW_LINE: Final = "PREVIEW – not a certificate, not valid for CE"


@require_safe
@leaves_no_trace
def preview_finish(request: PersonRequest, slug: str) -> HttpResponse:
    """The last step of a learner who has done all others, with the licenses assumed."""
    enrollment = previewed_or_404(request, slug)
    if not enrollment.user.name_on_certificates:
        enrollment.user = copy.copy(enrollment.user)
        enrollment.user.name_on_certificates = _("Your name")
    record = preview_record(
        enrollment,
        attestation=None,
        licenses=assumed_licenses(request.GET, user=request.user),
        now=timezone.now(),
    )
    sheet = make_sheet(replace(record, is_specimen=True), look=look_on_screen())
    return render(
        request,
        "certificates/finish.html",
        {
            **band(enrollment),
            "enrollment": enrollment,
            "crumbs": finish_crumbs(enrollment),
            "sheet": replace(sheet, specimen_line=PREVIEW_LINE),
            "statement": statement_for(enrollment.version, name=record.holder_name),
            "lines": checklist(enrollment),
        },
    )
