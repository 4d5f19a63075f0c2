"""Shared pages: the holder's switch, the preview before it, and what a stranger with the link
sees."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest
from ce_platform.core import codes
from ce_platform.core.errors import DomainError
from ce_platform.core.ratelimit import Limit
from certificates.models import Certificate, SharedPage
from certificates.public_pages import quiet_page
from certificates.sharing import switching
from certificates.sharing.forms import SharingForm
from certificates.sharing.seen import choosable, seen_of, seen_of_page

LIMIT: Final = Limit("shared-page", count=60, seconds=60)


@require_safe
def sharing(request: PersonRequest) -> HttpResponse:
    """The page of the person: whether it is on, its link, and what it shows."""
    return _switch_page(request, None)


@require_safe
def certificate_share(request: PersonRequest, serial: str) -> HttpResponse:
    """The same for one certificate alone."""
    return _switch_page(request, _own_or_404(request.user, serial))


@require_safe
def sharing_preview(request: PersonRequest) -> HttpResponse:
    """Exactly what others would see. Nothing is switched on by looking."""
    single = _single(request.user, request.GET)
    form = _form(request.user, single, request.GET)
    if not form.is_valid():
        return _switch_page(request, single, form=form, status=422)
    seen = seen_of(
        request.user,
        form.chosen(),
        has_licenses=form.cleaned_data["licenses"],
        has_email=form.cleaned_data["email"],
        single=single,
    )
    response = render(
        request,
        "certificates/sharing/sharing_preview.html",
        {
            "seen": seen,
            "is_on": switching.live_page(request.user, single) is not None,
            "hidden": _hidden(form, single),
            "back_url": _switch_url(single),
        },
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def sharing_on(request: PersonRequest) -> HttpResponse:
    single = _single(request.user, request.POST)
    form = _form(request.user, single, request.POST)
    if form.is_valid():
        try:
            switching.switch_on(
                certificate=single,
                chosen=form.chosen(),
                has_licenses=form.cleaned_data["licenses"],
                has_email=form.cleaned_data["email"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    if not form.is_valid():
        return _switch_page(request, single, form=form, status=422)
    messages.success(request, _("The page is on. Whoever has the link can open it."))
    return redirect(_switch_url(single))


@require_POST
def sharing_off(request: PersonRequest, uid: UUID) -> HttpResponse:
    page = _page_or_404(request.user, uid)
    switching.switch_off(page, by=request.user, now=timezone.now())
    messages.success(request, _("The page is off. Its link does not work any more."))
    return redirect(_switch_url(page.certificate))


@require_POST
def sharing_new_link(request: PersonRequest, uid: UUID) -> HttpResponse:
    page = _page_or_404(request.user, uid)
    switching.make_new_link(page, by=request.user, now=timezone.now())
    messages.success(request, _("Here is a new link. The old one does not work any more."))
    return redirect(_switch_url(page.certificate))


@login_not_required
@require_safe
@quiet_page(LIMIT)
def shared_page(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever has the link. Off: gone, in a calm sentence; a link that never was: not found."""
    number = codes.normalize(token)
    page = (
        SharedPage.objects.select_related("user", "certificate__replaced_by")
        .filter(token=number)
        .first()
        if number
        else None
    )
    if page is None:
        raise Http404
    if page.switched_off_at is not None or page.user.closed_at or not page.user.is_active:
        return render(request, "certificates/sharing/shared_off.html", status=410)
    return render(
        request,
        "certificates/sharing/shared_page.html",
        {"seen": seen_of_page(page), "url": _address(page), "now": timezone.now()},
    )


# ---------------------------------------------------------------- parts


def _own_or_404(user: User, serial: str) -> Certificate:
    """The holder's own; sharing is nobody else's decision, the office's neither."""
    code = codes.normalize(serial)
    if code is None:
        raise Http404
    return get_object_or_404(
        Certificate.objects.select_related("replaced_by").filter(enrollment__isnull=False),
        serial=code,
        user=user,
    )


def _page_or_404(user: User, uid: UUID) -> SharedPage:
    return get_object_or_404(SharedPage.objects.select_related("certificate"), uid=uid, user=user)


def _single(user: User, values: QueryDict) -> Certificate | None:
    """`of` names the one certificate of a page of its own."""
    serial = str(values.get("of", ""))
    return _own_or_404(user, serial) if serial else None


def _choosable(user: User, single: Certificate | None) -> list[Certificate]:
    if single is None:
        return choosable(user)
    return [single] if single.status == Certificate.Status.ISSUED else []


def _form(user: User, single: Certificate | None, values: QueryDict) -> SharingForm:
    return SharingForm(values, choosable=_choosable(user, single), is_single=single is not None)


def _hidden(form: SharingForm, single: Certificate | None) -> list[tuple[str, str]]:
    values = [("of", single.serial)] if single is not None else []
    if single is None:
        values += [("certificates", row.serial) for row in form.chosen()]
    return values + [(name, "on") for name in ("licenses", "email") if form.cleaned_data[name]]


def _switch_url(single: Certificate | None) -> str:
    if single is None:
        return reverse("certificates:sharing")
    return reverse("certificates:certificate-share", args=[single.serial])


def _address(page: SharedPage) -> str:
    return f"{settings.PUBLIC_BASE_URL}{page.get_absolute_url()}"


def _switch_page(
    request: PersonRequest,
    single: Certificate | None,
    *,
    form: SharingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = request.user
    page = switching.live_page(user, single)
    rows = _choosable(user, single)
    shown = (
        set(page.shown.values_list("enrollment_id", flat=True))
        if page
        else {row.enrollment_id for row in rows}
    )
    if form is None:
        form = SharingForm(
            choosable=rows,
            is_single=single is not None,
            initial={
                "certificates": [row.serial for row in rows if row.enrollment_id in shown],
                "licenses": page.has_licenses if page else False,
                "email": page.has_email if page else False,
            },
        )
    response = render(
        request,
        "certificates/sharing/sharing.html",
        {
            "page": page,
            "address": _address(page) if page else "",
            "form": form,
            "single": single,
            "can_share": bool(rows),
            "others": switching.live_single_pages(user) if single is None else [],
            "crumbs": [
                {"label": _("My certificates"), "url": reverse("certificates:certificate-list")},
                *(
                    [{"label": single.course_title, "url": single.get_absolute_url()}]
                    if single
                    else []
                ),
                {"label": _("Share"), "url": ""},
            ],
        },
        status=status,
    )
    response["Cache-Control"] = "private, no-store"
    return response
