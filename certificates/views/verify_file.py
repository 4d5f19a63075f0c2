"""A PDF against what we issued. The file is looked at in memory and forgotten."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from ce_platform.core.ratelimit import client_address
from certificates.checking.apart import Busy
from certificates.checking.check import Checked, FileRefused, check_file
from certificates.checking.signing import our_fingerprints
from certificates.checking.upload import sent_file
from certificates.checking.words import differences_line, signature_lines, verdict_on
from certificates.domain.designs import look_of
from certificates.domain.record import record_of
from certificates.forms import CheckFileForm
from certificates.machine import file_answer
from certificates.models import Certificate
from certificates.public_pages import quiet, too_many
from certificates.sheet import make_sheet
from certificates.standing import standing_of
from certificates.successors import newest_of
from certificates.views.verify import form_page
from certificates.views.verify_limits import FILE_LIMIT, problem, too_many_json

_BUSY = "Many files are being checked just now. Wait a moment, then send yours again."


# Without the token against forged requests: the answer depends on the file alone, no session is
# asked, and nothing is written. A foreign page could make a browser send a file, and would learn
# nothing, since it cannot read the answer. The token would also make Django read the body before
# the view could say that it must not go to the disk, and keep programs out.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@quiet
@vary_on_headers("Accept")
def verify_file(request: HttpRequest) -> HttpResponse:
    """For people; for programs that ask for JSON, the same as `verify_file_json`."""
    if request.method != "POST":
        # Somebody loads the answer again, or keeps its address.
        return redirect("certificates:verify")
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return _json(request)
    now = timezone.now()
    if FILE_LIMIT.is_exceeded(client_address(request), now=now):
        return too_many(request, FILE_LIMIT)
    try:
        checked = check_file(sent_file(request))
    except FileRefused as refusal:
        return _asked_again(request, str(refusal), status=422)
    except Busy:
        response = _asked_again(request, _(_BUSY), status=503)
        response["Retry-After"] = "10"
        return response
    return render(request, "certificates/verify_file.html", _context(checked) | {"now": now})


@csrf_exempt  # As above.
@login_not_required
@require_POST
@quiet
def verify_file_json(request: HttpRequest) -> HttpResponse:
    """`curl -F file=@certificate.pdf`"""
    return _json(request)


def _json(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    if FILE_LIMIT.is_exceeded(client_address(request), now=now):
        return too_many_json()
    try:
        checked = check_file(sent_file(request))
    except FileRefused as refusal:
        return problem("refused", str(refusal), status=422)
    except Busy:
        response = problem("busy", _(_BUSY), status=503)
        response["Retry-After"] = "10"
        return response
    newest = newest_of(checked.certificate) if checked.certificate else None
    return JsonResponse(file_answer(checked, newest=newest, ours=our_fingerprints(), now=now))


def _context(checked: Checked) -> dict[str, Any]:
    certificate = checked.certificate
    told = checked.differences
    return {
        "checked": checked,
        "verdict": verdict_on(checked),
        "signatures": signature_lines(checked.signatures, ours=our_fingerprints()),
        "differences": told,
        "differences_line": differences_line(told) if told else "",
        "others": [(each, standing_of(each)) for each in checked.others],
        "file_form": CheckFileForm(),
    } | (_of_certificate(certificate) if certificate else {})


def _of_certificate(certificate: Certificate) -> dict[str, Any]:
    newest = newest_of(certificate)
    return {
        "certificate": certificate,
        "sheet": make_sheet(record_of(certificate), look=look_of(certificate.design)),
        "standing": standing_of(certificate),
        "newest": newest if newest.pk != certificate.pk else None,
        "newest_standing": standing_of(newest),
    }


def _asked_again(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    form = CheckFileForm({})
    form.errors.clear()  # That of the empty field, which says less.
    form.add_error("file", sentence)
    return form_page(request, file_form=form, status=status)
