"""The two addresses that shops call. No session and no cookie: only the signature counts."""

from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ce_platform.core.ratelimit import Limit, client_address
from courses.shop.reading import LARGEST_BODY
from courses.shop.receiving import REFUND, SALE, TOO_LARGE, TOO_MANY, Answer, is_ours, receive
from courses.shop.signing import CallHeaders

# Calls that are refused; a shop in good order has none.
FROM_ONE: Final = Limit("shop-refused", 30, 600)
FROM_ALL: Final = Limit("shop-refused-all", 600, 600)


@csrf_exempt
@login_not_required
@require_POST
def sale_received(request: HttpRequest) -> JsonResponse:
    return _answer(request, SALE)


@csrf_exempt
@login_not_required
@require_POST
def refund_received(request: HttpRequest) -> JsonResponse:
    return _answer(request, REFUND)


def _answer(request: HttpRequest, what: str) -> JsonResponse:
    answer = _received(request, what)
    said = JsonResponse(answer.as_json(), status=answer.status)
    said["Cache-Control"] = "no-store"
    return said


def _received(request: HttpRequest, what: str) -> Answer:
    now, address = timezone.now(), client_address(request)
    if _length(request) > LARGEST_BODY:
        return TOO_LARGE
    headers = CallHeaders(
        key=request.headers.get("Shop-Key", ""),
        timestamp=request.headers.get("Shop-Timestamp", ""),
        signature=request.headers.get("Shop-Signature", ""),
    )
    body = request.body
    is_blocked = FROM_ONE.is_used_up(address, now=now) or FROM_ALL.is_used_up("", now=now)
    if is_blocked and not is_ours(headers, body, now=now):
        return TOO_MANY
    answer = receive(what, headers=headers, body=body, address=address, now=now)
    if answer.status == 401:
        FROM_ONE.is_exceeded(address, now=now)
        FROM_ALL.is_exceeded("", now=now)
    return answer


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return LARGEST_BODY + 1
