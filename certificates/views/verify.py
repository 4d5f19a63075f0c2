"""Verification by anybody: no account, no script, everything printed, the state now."""

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ce_platform.core import codes
from ce_platform.core.models import PurgedNumber
from ce_platform.core.purged import purged
from ce_platform.core.ratelimit import client_address
from ce_platform.core.templatetags.wording import long_date
from certificates.checking.signing import signing_certificates
from certificates.domain.designs import look_of
from certificates.domain.imported import (
    by_old_number,
    has_last_name,
    may_be_of_earlier_system,
)
from certificates.domain.record import record_of
from certificates.forms import CheckFileForm, OldNumberForm, VerifyForm
from certificates.models import Certificate, Transcript
from certificates.public_pages import quiet, too_many
from certificates.sample import SAMPLE_SERIAL
from certificates.sheet import make_sheet
from certificates.standing import NOT_FOUND, SPECIMEN, Standing, standing_of
from certificates.successors import newest_of
from certificates.views.verify_limits import LIMIT


@login_not_required
@require_safe
@quiet
def verify(request: HttpRequest) -> HttpResponse:
    """The form; a number that can be one leads to its own page."""
    if "code" not in request.GET:
        return form_page(request)
    now = timezone.now()
    if LIMIT.is_exceeded(client_address(request), now=now):
        return too_many(request, LIMIT)
    form = VerifyForm(request.GET)
    if not form.is_valid():
        return form_page(request, form=form, status=422)
    code = codes.normalize(form.cleaned_data["code"])
    if code is None:
        if may_be_of_earlier_system(form.cleaned_data["code"]):
            return _old_number(request, form.cleaned_data["code"])
        form.add_error(
            "code",
            _(
                "This number cannot be right: it has a missing, extra or mistyped letter. "
                "Compare it with the certificate, letter by letter."
            ),
        )
        return form_page(request, form=form, status=422)
    return redirect("certificates:verify-detail", code=codes.dashed(code))


@login_not_required
@require_safe
@quiet
def verify_detail(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    if LIMIT.is_exceeded(client_address(request), now=now):
        return too_many(request, LIMIT)
    serial = codes.normalize(code)
    if serial == SAMPLE_SERIAL:
        return _sample_page(request)
    certificate = (
        Certificate.objects.select_related("design", "replaced_by", "document")
        .filter(serial=serial)
        .first()
        if serial
        else None
    )
    if certificate is None:
        if serial and Transcript.objects.filter(code=serial, made_at__isnull=False).exists():
            return redirect("certificates:verify-transcript", code=codes.dashed(serial))
        gone = purged(serial) if serial else None
        if gone is not None:
            return _purged_page(request, gone)
        return _not_found_page(request, code, is_well_formed=serial is not None)
    return _found_page(request, certificate, now=now)


def _old_number(request: HttpRequest, typed: str) -> HttpResponse:
    """Whoever counts them up must not read names, nor learn which there are: the last name is asked
    first, and the answer is the same for a number that nobody has."""
    if "name" not in request.GET:
        form = OldNumberForm(initial={"code": typed})
    else:
        form = OldNumberForm(request.GET)
        if form.is_valid():
            name = form.cleaned_data["name"]
            found = by_old_number(typed)
            named = next((row for row in found if has_last_name(row.holder_name, name)), None)
            if named is not None:
                return redirect("certificates:verify-detail", code=codes.dashed(named.serial))
            form.add_error(
                "name",
                _(
                    "No certificate with this number is in this name. Compare both with the "
                    "certificate, letter by letter."
                ),
            )
    return render(
        request,
        "certificates/verify_old_number.html",
        {"form": form, "number": typed},
        status=422 if form.errors else 200,
    )


def _found_page(request: HttpRequest, certificate: Certificate, *, now: datetime) -> HttpResponse:
    newest = newest_of(certificate)
    return render(
        request,
        "certificates/verify_detail.html",
        {
            "certificate": certificate,
            "document": getattr(certificate, "document", None),
            "sheet": make_sheet(record_of(certificate), look=look_of(certificate.design)),
            "standing": standing_of(certificate),
            "newest": newest if newest.pk != certificate.pk else None,
            "newest_standing": standing_of(newest),
            "file_form": CheckFileForm(),
            "now": now,
        },
    )


def _not_found_page(request: HttpRequest, typed: str, *, is_well_formed: bool) -> HttpResponse:
    if is_well_formed:
        text = _(
            "We have not issued a certificate with this number. Compare it with the paper once "
            "more. If it is the same, the paper is not ours or was altered: please write to us."
        )
    else:
        text = _(
            "This cannot be one of our numbers: a letter is missing, extra or mistyped. Compare "
            "it with the certificate, letter by letter."
        )
    return _verdict(request, NOT_FOUND, _("Not found"), text, typed=typed, status=404)


def _purged_page(request: HttpRequest, gone: PurgedNumber) -> HttpResponse:
    """All that is known: there was one. Nothing says whose, or what it said."""
    day = long_date(gone.purged_on)
    if gone.of == PurgedNumber.Of.TRANSCRIPT:
        text = _(
            "There was a transcript with this number; its record was deleted on %(day)s, after "
            "the time the law asks to keep it. We can no longer say what it said."
        )
    else:
        text = _(
            "There was a certificate with this number; its record was deleted on %(day)s, after "
            "the time the law asks to keep it. We can no longer say what it said."
        )
    heading = _("Deleted after its time")
    return _verdict(request, NOT_FOUND, heading, text % {"day": day}, status=410)


def _sample_page(request: HttpRequest) -> HttpResponse:
    """The number on every specimen that `sample_certificate` writes."""
    heading = _("A specimen, made to test printing")
    text = _("Nobody holds this certificate. It is not valid for CE.")
    return _verdict(request, SPECIMEN, heading, text)


def _verdict(
    request: HttpRequest, state: str, heading: str, text: str, *, typed: str = "", status: int = 200
) -> HttpResponse:
    """Where there is no record to show."""
    standing = Standing(state=state, heading=heading, text=text, word="", tone="")
    form = VerifyForm(initial={"code": typed[:60]} if typed else None)
    return render(
        request,
        "certificates/verify_not_found.html",
        {"standing": standing, "form": form},
        status=status,
    )


def form_page(
    request: HttpRequest,
    *,
    form: VerifyForm | None = None,
    file_form: CheckFileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Both ways to ask, by number and by file."""
    context = {
        "form": form or VerifyForm(),
        "file_form": file_form or CheckFileForm(),
        "signing_certificates": signing_certificates(),
    }
    return render(request, "certificates/verify.html", context, status=status)
