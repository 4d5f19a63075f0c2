"""Shops that sell codes: their keys, a test sale, the log of their calls."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core.paging import newest_first
from ce_platform.office.access.forms import KeyForm, TestSaleForm
from courses.models import ShopCall, ShopKey
from courses.shop import keys
from courses.shop.receiving import SALE, receive
from courses.shop.signing import headers_for

MOST_KEYS = 50


@registrar_only
@require_safe
def shop_desk(request: PersonRequest) -> HttpResponse:
    return _desk(request)


@registrar_only
@fresh_sign_in
@require_POST
def key_new(request: PersonRequest) -> HttpResponse:
    """The secret stands on the answer to this form and nowhere else, ever."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _desk(request, key_form=form, status=422)
    key, secret = keys.make_key(name=form.cleaned_data["name"], by=request.user, now=timezone.now())
    answer = render(
        request,
        "office/access/shop_key.html",
        {
            "key": key,
            "secret": secret,
            "sale_url": f"{settings.PUBLIC_BASE_URL}{reverse('courses:shop-sale')}",
            "refund_url": f"{settings.PUBLIC_BASE_URL}{reverse('courses:shop-refund')}",
            "crumbs": _crumbs(_("New key")),
        },
    )
    answer["Cache-Control"] = "no-store"
    return answer


@registrar_only
@fresh_sign_in
@require_POST
def key_revoke(request: PersonRequest, uid: UUID) -> HttpResponse:
    key = get_object_or_404(ShopKey, uid=uid)
    keys.revoke_key(key, by=request.user, now=timezone.now())
    messages.success(
        request, _("“%(name)s” is revoked: its calls are refused from now on.") % {"name": key.name}
    )
    return redirect("office:access-shop-desk")


@registrar_only
@require_POST
def test_sale(request: PersonRequest) -> HttpResponse:
    """The same way a shop would go, from the signed bytes on; the code comes to who asks."""
    form = TestSaleForm(request.POST, keys=_key_choices())
    if not form.is_valid():
        return _desk(request, test_form=form, status=422)
    key = get_object_or_404(ShopKey, public_id=form.cleaned_data["key"], revoked_at=None)
    now = timezone.now()
    secret = keys.secret_of(key) or ""
    body = json.dumps(
        {
            "sale": f"TEST-{now:%Y%m%d-%H%M%S}",
            "course": form.cleaned_data["course"].slug,
            "email": request.user.email,
            "name": request.user.get_full_name(),
        }
    ).encode()
    headers = headers_for(body, key=key.public_id, secret=secret, now=now)
    answer = receive(SALE, headers=headers, body=body, address="test sale", now=now)
    if answer.is_accepted:
        messages.success(
            request, f"{answer.said} {_('Cancel the code when you have seen enough.')}"
        )
    else:
        messages.error(request, answer.said)
    return redirect("office:access-shop-desk")


def _desk(
    request: PersonRequest,
    *,
    key_form: KeyForm | None = None,
    test_form: TestSaleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    only = request.GET.get("show", "")
    calls = ShopCall.objects.all()
    if only == "refused":
        calls = calls.filter(status__gte=300)
    choices = _key_choices()
    context: dict[str, Any] = {
        "keys": list(
            ShopKey.objects.order_by(F("revoked_at").asc(nulls_first=True), "-pk")[:MOST_KEYS]
        ),
        "page": newest_first(calls, after=request.GET.get("after")),
        "only": only,
        "key_form": key_form or KeyForm(),
        "test_form": test_form or (TestSaleForm(keys=choices) if choices else None),
        "sale_url": f"{settings.PUBLIC_BASE_URL}{reverse('courses:shop-sale')}",
        "refund_url": f"{settings.PUBLIC_BASE_URL}{reverse('courses:shop-refund')}",
    }
    return render(request, "office/access/shop_desk.html", context, status=status)


def _key_choices() -> list[tuple[str, str]]:
    rows = ShopKey.objects.filter(revoked_at=None).order_by("-pk")[:MOST_KEYS]
    return [(key.public_id, key.name) for key in rows]


def _crumbs(here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Access"), "url": reverse("office:access-code-list")},
        {"label": _("Shops"), "url": reverse("office:access-shop-desk")},
        {"label": here, "url": ""},
    ]
