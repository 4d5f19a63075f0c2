"""Shops that sell codes: their keys, a test sale, the log of their calls."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core.paging import newest_first
from ce_platform.office.access.forms import ExampleForm, ShopForm, TestSaleForm
from ce_platform.office.access.queries import course_choices
from ce_platform.office.access.setup import addresses, example_course, snippets
from courses.models import Shop, ShopCall, ShopKey
from courses.shop import keys
from courses.shop.receiving import SALE, receive
from courses.shop.signing import headers_for

MOST_SHOPS = 50
# Stands in the examples where the secret goes, which is shown once and never again.
NOT_SHOWN = "shop_secret_…"


@registrar_only
@require_safe
def shop_desk(request: PersonRequest) -> HttpResponse:
    return _desk(request)


@registrar_only
@fresh_sign_in
@require_POST
def shop_new(request: PersonRequest) -> HttpResponse:
    """A shop comes with its first key."""
    form, now = ShopForm(request.POST), timezone.now()
    if not form.is_valid():
        return _desk(request, shop_form=form, status=422)
    try:
        shop = keys.add_shop(name=form.cleaned_data["name"], by=request.user, now=now)
    except keys.ShopNamedTwice as refusal:
        form.add_error("name", str(refusal))
        return _desk(request, shop_form=form, status=422)
    return _new_key(request, shop)


@registrar_only
@fresh_sign_in
@require_POST
def key_new(request: PersonRequest, uid: UUID) -> HttpResponse:
    """To exchange the one in use, or for another place that tells of the same orders."""
    return _new_key(request, get_object_or_404(Shop, uid=uid))


def _new_key(request: PersonRequest, shop: Shop) -> HttpResponse:
    """The secret stands on the answer to the form and nowhere else, ever."""
    key, secret = keys.make_key(shop, by=request.user, now=timezone.now())
    answer = render(
        request,
        "office/access/shop_key.html",
        {
            "shop": shop,
            "key": key,
            "secret": secret,
            "wp_config": snippets(key=key.public_id, secret=secret, course="")["wp_config"],
            "crumbs": _crumbs(_("New key")),
            **addresses(),
        },
    )
    answer["Cache-Control"] = "no-store"
    return answer


@registrar_only
@require_safe
def shop_setup(request: PersonRequest, uid: UUID) -> HttpResponse:
    """How it is connected: with its own key and a course of ours, to be copied."""
    shop = get_object_or_404(Shop, uid=uid)
    key = shop.keys.filter(revoked_at=None).order_by("-pk").first()
    choices = course_choices()
    form = ExampleForm(request.GET if "course" in request.GET else None, courses=choices)
    is_refused = form.is_bound and not form.is_valid()
    chosen = "" if is_refused or not form.is_bound else form.cleaned_data["course"]
    course = chosen or example_course(choices)
    if not form.is_bound:
        form.initial["course"] = course
    context = {
        "shop": shop,
        "key_row": key,
        "form": form,
        "course": course,
        "snippets": snippets(
            key=key.public_id if key else "shop_…", secret=NOT_SHOWN, course=course
        ),
        "crumbs": _crumbs(_("How to connect it")),
        **addresses(),
    }
    return render(
        request, "office/access/shop_setup.html", context, status=422 if is_refused else 200
    )


@registrar_only
@fresh_sign_in
@require_POST
def key_revoke(request: PersonRequest, uid: UUID) -> HttpResponse:
    key = get_object_or_404(ShopKey.objects.select_related("shop"), uid=uid)
    keys.revoke_key(key, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("The key %(key)s of “%(shop)s” is revoked: its calls are refused from now on.")
        % {"key": key.public_id, "shop": key.shop.name},
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
    shop_form: ShopForm | None = None,
    test_form: TestSaleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    only = request.GET.get("show", "")
    calls = ShopCall.objects.all()
    if only == "refused":
        calls = calls.filter(status__gte=300)
    choices = _key_choices()
    in_use_first = ShopKey.objects.order_by(F("revoked_at").asc(nulls_first=True), "-pk")
    context: dict[str, Any] = {
        "shops": list(
            Shop.objects.order_by("pk").prefetch_related(Prefetch("keys", queryset=in_use_first))[
                :MOST_SHOPS
            ]
        ),
        "page": newest_first(calls, after=request.GET.get("after")),
        "only": only,
        "shop_form": shop_form or ShopForm(),
        "test_form": test_form or (TestSaleForm(keys=choices) if choices else None),
        **addresses(),
    }
    return render(request, "office/access/shop_desk.html", context, status=status)


def _key_choices() -> list[tuple[str, str]]:
    """Every key in use, the newest first: the one that a shop has just been given is tried."""
    rows = ShopKey.objects.filter(revoked_at=None).select_related("shop").order_by("-pk")
    return [(key.public_id, f"{key.shop.name} · {key.public_id}") for key in rows[:MOST_SHOPS]]


def _crumbs(here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Access"), "url": reverse("office:access-code-list")},
        {"label": _("Shops"), "url": reverse("office:access-shop-desk")},
        {"label": here, "url": ""},
    ]
