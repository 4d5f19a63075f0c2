"""Verification by anybody: no account, no script, everything printed, the state now."""

from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ce_platform.core import codes
from ce_platform.core.ratelimit import Limit, client_address
from certificates.domain.record import record_of
from certificates.forms import VerifyForm
from certificates.models import Certificate, Transcript
from certificates.sample import SAMPLE_SERIAL
from certificates.sheet import make_sheet
from certificates.standing import SPECIMEN, Standing, standing_of

# A person with a stack of paper certificates stays far below; a machine that guesses does not
# get far: one in 2^80 numbers exists.
LIMIT = Limit("verify", count=30, seconds=60)


def _quiet(view: Any) -> Any:
    """Not for search engines, not for caches: names stand on these pages."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Cache-Control"] = "no-store"
        return response

    return answer


@login_not_required
@require_safe
@_quiet
def verify(request: HttpRequest) -> HttpResponse:
    """The form; a number that can be one leads to its own page."""
    if "code" not in request.GET:
        return _form_page(request, VerifyForm())
    now = timezone.now()
    if LIMIT.is_exceeded(client_address(request), now=now):
        return too_many(request)
    form = VerifyForm(request.GET)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    code = codes.normalize(form.cleaned_data["code"])
    if code is None:
        form.add_error(
            "code",
            _(
                "This number cannot be right: it has a missing, extra or mistyped letter. "
                "Compare it with the certificate, letter by letter."
            ),
        )
        return _form_page(request, form, status=422)
    return redirect("certificates:verify-detail", code=codes.dashed(code))


@login_not_required
@require_safe
@_quiet
def verify_detail(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    if LIMIT.is_exceeded(client_address(request), now=now):
        return too_many(request)
    serial = codes.normalize(code)
    if serial == SAMPLE_SERIAL:
        return _sample_page(request)
    certificate = (
        Certificate.objects.select_related("design", "replaced_by").filter(serial=serial).first()
        if serial
        else None
    )
    if certificate is None:
        if serial and Transcript.objects.filter(code=serial, made_at__isnull=False).exists():
            return redirect("certificates:verify-transcript", code=codes.dashed(serial))
        return _not_found_page(request, code, is_well_formed=serial is not None)
    return _found_page(request, certificate, now=now)


def _found_page(request: HttpRequest, certificate: Certificate, *, now: datetime) -> HttpResponse:
    return render(
        request,
        "certificates/verify_detail.html",
        {
            "certificate": certificate,
            "sheet": make_sheet(record_of(certificate)),
            "standing": standing_of(certificate),
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
    standing = Standing(state="not-found", heading=_("Not found"), text=text, word="", tone="")
    return render(
        request,
        "certificates/verify_not_found.html",
        {"standing": standing, "form": VerifyForm(initial={"code": typed[:60]})},
        status=404,
    )


def _sample_page(request: HttpRequest) -> HttpResponse:
    """The number on every specimen that `sample_certificate` writes."""
    standing = Standing(
        state=SPECIMEN,
        heading=_("A specimen, made to test printing"),
        text=_("Nobody holds this certificate. It is not valid for CE."),
        word="",
        tone="",
    )
    return render(
        request,
        "certificates/verify_not_found.html",
        {"standing": standing, "form": VerifyForm()},
    )


def _form_page(request: HttpRequest, form: VerifyForm, *, status: int = 200) -> HttpResponse:
    return render(request, "certificates/verify.html", {"form": form}, status=status)


def too_many(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(LIMIT.seconds)
    return response
