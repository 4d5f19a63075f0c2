"""The office's certificates in bulk: what is wanted, how far it is, who had it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import made_files
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from certificates.bulk import bundles
from certificates.bulk.forms import BundleForm, FilterForm
from certificates.bulk.selection import MOST_CERTIFICATES, words_of
from certificates.bulk.states import EVENT_WORDS, missing_of
from certificates.models import CertificateBundle

Kind = CertificateBundle.Kind
Order = CertificateBundle.Order


@registrar_only
@require_safe
def bundle_list(request: PersonRequest) -> HttpResponse:
    """Every file that was asked for, newest first, also those that are gone."""
    page = newest_first(
        CertificateBundle.objects.select_related("job"), after=request.GET.get("after")
    )
    return render(
        request,
        "certificates/bulk/list.html",
        {
            "page": page,
            "days": bundles.kept_for().days,
            "rows": [
                {"bundle": bundle, "state": made_files.state_of(bundle, bundle.job)}
                for bundle in page.rows
            ],
            "older_url": f"?after={page.older_after}" if page.older_after else "",
            "newer_url": "" if page.is_first else "?",
            "crumbs": [
                {"label": _("Certificates"), "url": _list_url("")},
                {"label": _("Downloads"), "url": ""},
            ],
        },
    )


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def bundle_new(request: PersonRequest) -> HttpResponse:
    """How many certificates the address means, and what shall be made of them."""
    wanted = FilterForm(request.GET)
    if not wanted.is_valid():
        # The list shows the same address with what is wrong in it.
        query = request.GET.urlencode()
        return redirect(f"{reverse('certificates:office-certificate-list')}?{query}")
    selection = wanted.selection
    form = BundleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = form.cleaned_data
        try:
            bundle = bundles.start_bundle(
                selection,
                once=found["once"],
                kind=Kind(found["kind"]),
                order=Order(found["order"]),
                has_blank_backs=found["has_blank_backs"],
                has_invalid=found["has_invalid"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(bundle)
    return render(
        request,
        "certificates/bulk/new.html",
        {
            "form": form,
            "days": bundles.kept_for().days,
            "counted": bundles.count_of(selection),
            "most": MOST_CERTIFICATES,
            "words": words_of(selection),
            "list_url": _list_url("" if selection.is_ticked else selection.query()),
            "crumbs": _crumbs(_("Download or print")),
        },
        status=422 if form.is_bound else 200,
    )


@registrar_only
@require_safe
def bundle_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    bundle = _bundle_or_404(uid)
    job = bundle.job
    return render(
        request,
        "certificates/bulk/detail.html",
        {
            "made": bundle,
            "bundle": bundle,
            "job": job,
            "state": made_files.state_of(bundle, bundle.job),
            "missing": missing_of(bundle),
            "is_unfinished": job.is_unfinished,
            "events": made_files.events_of(bundles.SUBJECT, bundle.uid, EVENT_WORDS),
            "crumbs": _crumbs(bundle.title),
        },
    )


@registrar_only
@require_POST
def bundle_download(request: PersonRequest, uid: UUID) -> HttpResponseBase:
    """In pieces. By POST, for it writes down that somebody fetched it."""
    bundle = _bundle_or_404(uid)
    stored = made_files.file_of(bundle)
    if stored is None:
        messages.error(request, _("The file is not there any more."))
        return redirect(bundle)
    bundles.log_download(bundle, by=request.user, now=timezone.now())
    return made_files.handed_out(stored, bundle.file_name)


@registrar_only
@require_POST
def bundle_stop(request: PersonRequest, uid: UUID) -> HttpResponse:
    bundle = _bundle_or_404(uid)
    if bundles.stop_bundle(bundle, by=request.user, now=timezone.now()):
        messages.success(request, _("It is stopped, and nothing of it is kept."))
    return redirect(bundle)


@registrar_only
@require_POST
def bundle_again(request: PersonRequest, uid: UUID) -> HttpResponse:
    return redirect(bundles.start_again(_bundle_or_404(uid), by=request.user, now=timezone.now()))


@registrar_only
@require_POST
def bundle_delete(request: PersonRequest, uid: UUID) -> HttpResponse:
    bundle = _bundle_or_404(uid)
    try:
        bundles.delete_file(bundle, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The file is deleted. The certificates and the log stay."))
    return redirect(bundle)


def _bundle_or_404(uid: UUID) -> CertificateBundle:
    return get_object_or_404(CertificateBundle.objects.select_related("job", "file"), uid=uid)


def _list_url(query: str) -> str:
    address = reverse("certificates:office-certificate-list")
    return f"{address}?{query}" if query else address


def _crumbs(here: str) -> list[dict[str, Any]]:
    return [
        {"label": _("Certificates"), "url": _list_url("")},
        {"label": _("Downloads"), "url": reverse("certificates:office-certificate-bundle-list")},
        {"label": here, "url": ""},
    ]
