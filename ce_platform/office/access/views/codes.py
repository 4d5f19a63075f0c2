"""Access codes: the list, new ones, one with its history, a batch for paper."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.office.access import queries
from ce_platform.office.access.forms import CancelForm, CodeChangeForm, CodesForm, SendForm
from ce_platform.office.access.happenings import happenings_of
from courses.domain.access import (
    cancel_code,
    change_code,
    codes_of_batch,
    make_codes_once,
    restore_code,
)
from courses.domain.entering import provider_day
from courses.domain.inviting import title_of
from courses.domain.refunding import refund_code
from courses.models import AccessCode
from courses.shop.receiving import send_code

MOST_USES_SHOWN = 200


@registrar_only
@require_safe
def code_list(request: PersonRequest) -> HttpResponse:
    wanted = queries.Wanted.of(request.GET)
    today = provider_day(timezone.now())
    page = newest_first(queries.codes(wanted, today=today), after=request.GET.get("after"))
    return render(
        request,
        "office/access/code_list.html",
        {
            "page": page,
            "rows": queries.code_rows(page.rows, today=today),
            "wanted": wanted,
            "courses": queries.course_choices(),
            "states": AccessCode.State.choices,
        },
    )


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def code_new(request: PersonRequest) -> HttpResponse:
    form = CodesForm(request.POST or None, initial={"course": request.GET.get("course", "")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                wanted = {**form.cleaned_data, "sent": form.uid_sent}
                del wanted["uid"]
                made = make_codes_once(**wanted, by=request.user, now=timezone.now())
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                return _made(request, made)
    return render(
        request,
        "office/access/code_new.html",
        {"form": form, "crumbs": _crumbs(_("New codes"))},
        status=status,
    )


def _made(request: PersonRequest, made: list[AccessCode]) -> HttpResponse:
    count = len(made)
    messages.success(
        request,
        ngettext("The code is made.", "%(count)s codes are made.", count) % {"count": count},
    )
    if made[0].batch is not None:
        return redirect("office:access-batch", batch=made[0].batch)
    return redirect("office:access-code-detail", uid=made[0].uid)


@registrar_only
@require_safe
def code_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _detail(request, _code_or_404(uid))


@registrar_only
@require_POST
def code_change(request: PersonRequest, uid: UUID) -> HttpResponse:
    code = _code_or_404(uid)
    form = CodeChangeForm(request.POST)
    if form.is_valid():
        try:
            change_code(code, **form.cleaned_data, by=request.user, now=timezone.now())
        except DomainError as refusal:
            form.add_error("use_limit", str(refusal))
        else:
            messages.success(request, _("Changed."))
            return redirect("office:access-code-detail", uid=uid)
    return _detail(request, code, change=form, status=422)


@registrar_only
@require_POST
def code_cancel(request: PersonRequest, uid: UUID) -> HttpResponse:
    code = _code_or_404(uid)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _detail(request, code, cancel=form, status=422)
    reason, now = form.cleaned_data["reason"], timezone.now()
    if not form.cleaned_data["is_refund"]:
        cancel_code(code, reason=reason, by=request.user, now=now)
        messages.success(request, _("The code is canceled. Who used it before stays in."))
        return redirect("office:access-code-detail", uid=uid)
    done = refund_code(code, reason=reason, by=request.user, now=now)
    messages.success(request, _("The code is canceled and noted as refunded."))
    if done.completed_count:
        messages.warning(
            request,
            _(
                "The course was completed already, and the certificate stays as it is. Whether "
                "to revoke it is decided on its own page."
            ),
        )
    if done.stayed_count:
        messages.warning(request, _("Somebody has started again by another right and stays in."))
    return redirect("office:access-code-detail", uid=uid)


@registrar_only
@require_POST
def code_restore(request: PersonRequest, uid: UUID) -> HttpResponse:
    restore_code(_code_or_404(uid), by=request.user, now=timezone.now())
    messages.success(request, _("The code holds again."))
    return redirect("office:access-code-detail", uid=uid)


@registrar_only
@require_POST
def code_send(request: PersonRequest, uid: UUID) -> HttpResponse:
    code = _code_or_404(uid)
    form = SendForm(request.POST)
    if not form.is_valid():
        return _detail(request, code, send=form, status=422)
    now, email = timezone.now(), form.cleaned_data["email"]
    # Two clicks are one message.
    cause = f"access-code:{code.pk}:{email}:{now:%Y-%m-%dT%H:%M}"
    send_code(code, email=email, now=now, cause=cause[:200])
    messages.success(request, _("The code is on its way to %(email)s.") % {"email": email})
    return redirect("office:access-code-detail", uid=uid)


@registrar_only
@require_safe
def batch_detail(request: PersonRequest, batch: UUID) -> HttpResponse:
    """All codes of a batch, for the printer: cards to cut out."""
    codes = codes_of_batch(batch)
    if not codes:
        raise Http404
    course = codes[0].course
    return render(
        request,
        "office/access/batch.html",
        {
            "codes": codes,
            "first": codes[0],
            "course": course,
            "title": title_of(course),
            "batch": batch,
            "redeem_url": f"{settings.PUBLIC_BASE_URL}{reverse('courses:redeem')}",
            "crumbs": _crumbs(_("Batch")),
        },
    )


def _code_or_404(uid: UUID) -> AccessCode:
    return get_object_or_404(AccessCode.objects.select_related("course", "shop_sale__key"), uid=uid)


def _detail(
    request: PersonRequest,
    code: AccessCode,
    *,
    change: CodeChangeForm | None = None,
    cancel: CancelForm | None = None,
    send: SendForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = provider_day(timezone.now())
    sale = getattr(code, "shop_sale", None)
    state = code.state_on(today)
    uses = (
        code.uses.select_related("user", "enrollment")
        .prefetch_related("enrollment__refunds")
        .order_by("-pk")[:MOST_USES_SHOWN]
    )
    context: dict[str, Any] = {
        "code": code,
        "title": title_of(code.course),
        "state": state,
        "tone": queries.TONES[state],
        "sale": sale,
        "uses": [
            {
                "use": use,
                "refund": next(
                    (r for r in use.enrollment.refunds.all() if r.undone_at is None), None
                ),
            }
            for use in uses
        ],
        "happenings": happenings_of("access-code", code.uid),
        "change": change or CodeChangeForm.of(code),
        "cancel": cancel or CancelForm(),
        "send": send or SendForm(initial={"email": sale.buyer_email if sale else ""}),
        "crumbs": _crumbs(code.printed),
    }
    return render(request, "office/access/code_detail.html", context, status=status)


def _crumbs(here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Access"), "url": reverse("office:access-code-list")},
        {"label": here, "url": ""},
    ]
