"""The office's audit packs: what was made, a new one in four ways, looking, fetching, deleting."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import made_files
from ce_platform.core.errors import DomainError
from ce_platform.core.models import AuditPack
from ce_platform.core.paging import newest_first
from ce_platform.core.text import clean
from ce_platform.licensing.queries import bodies_by_place
from ce_platform.pages.audit_pack import packs, queries
from ce_platform.pages.audit_pack.forms import (
    BodyForm,
    CourseForm,
    LearnerForm,
    LicensesForm,
    PackForm,
)
from ce_platform.pages.audit_pack.making import folder_of
from ce_platform.pages.audit_pack.words import period_of

Way = AuditPack.Way
LONGEST_QUERY: Final = 120


@registrar_only
@require_safe
def audit_pack_list(request: PersonRequest) -> HttpResponse:
    """Every pack that was asked for, newest first, also those whose file is gone."""
    page = newest_first(
        AuditPack.objects.filter(job__isnull=False).select_related("job"),
        after=request.GET.get("after"),
    )
    rows = [
        {"pack": pack, "state": queries.state_of(pack), "period": period_of(pack)}
        for pack in page.rows
    ]
    return render(request, "pages/audit_pack_list.html", {"page": page, "rows": rows})


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def audit_pack_new(request: PersonRequest, way: str) -> HttpResponse:
    """Say whose records are wanted; the next page shows what that is before anything is made."""
    if way not in Way.values:
        raise Http404("No such way.")
    words = " ".join(clean(request.GET.get("q", "")).split())[:LONGEST_QUERY]
    form = _form(request, way, words)
    if request.method == "POST" and form.is_valid():
        title, parameters = form.asked()
        pack = packs.draft_pack(
            way=Way(way),
            title=title,
            parameters=parameters,
            first_on=form.cleaned_data["first_on"],
            last_on=form.cleaned_data["last_on"],
            reference=form.cleaned_data["reference"],
            by=request.user,
            now=timezone.now(),
        )
        return redirect("pages:audit-pack-detail", uid=pack.uid)
    return render(
        request,
        "pages/audit_pack_new.html",
        {
            "form": form,
            "way": way,
            "ways": Way.choices,
            "words": words,
            "crumbs": _crumbs(_("New")),
        },
        status=422 if form.is_bound else 200,
    )


def _form(request: PersonRequest, way: str, words: str) -> PackForm:
    sent = request.POST if request.method == "POST" else None
    match way:
        case Way.LEARNER:
            people = queries.people_found(words)
            # Who looked for one person means that person.
            initial = {"person": people[0][0]} if len(people) == 1 else {}
            return LearnerForm(sent, people=people, initial=initial)
        case Way.COURSE:
            return CourseForm(sent, editions=queries.editions())
        case Way.BODY:
            return BodyForm(sent, bodies=bodies_by_place())
    return LicensesForm(sent, bodies=bodies_by_place())


@registrar_only
@require_safe
def audit_pack_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Before it is asked for: what it would hold. Then: how far it is, where it is, who had it."""
    return _page(request, _pack_or_404(uid))


@registrar_only
@require_POST
def audit_pack_start(request: PersonRequest, uid: UUID) -> HttpResponse:
    pack = _pack_or_404(uid)
    chosen = {
        (number, int(person))
        for number, _sign, person in (
            value.rpartition(":") for value in request.POST.getlist("chosen")
        )
        if person.isascii() and person.isdigit() and len(person) < 19
    }
    try:
        packs.start_pack(pack, chosen=chosen, by=request.user, now=timezone.now())
    except AuditPack.DoesNotExist:
        raise Http404("It was discarded in another tab.") from None
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return _page(request, pack, chosen=chosen, status=422)
    return redirect("pages:audit-pack-detail", uid=uid)


@registrar_only
@require_POST
def audit_pack_download(request: PersonRequest, uid: UUID) -> HttpResponseBase:
    """The zip in pieces. By POST, for it writes down that somebody fetched it."""
    pack = _pack_or_404(uid)
    stored = made_files.file_of(pack)
    if stored is None:
        messages.error(request, _("The file is not there any more."))
        return redirect("pages:audit-pack-detail", uid=uid)
    packs.log_download(pack, by=request.user, now=timezone.now())
    return made_files.handed_out(stored, f"{folder_of(pack)}.zip")


@registrar_only
@require_POST
def audit_pack_delete(request: PersonRequest, uid: UUID) -> HttpResponse:
    pack = _pack_or_404(uid)
    try:
        packs.delete_pack(pack, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("pages:audit-pack-detail", uid=uid)
    if pack.job is None:
        return redirect("pages:audit-pack-list")
    messages.success(request, _("The file is deleted. The log stays."))
    return redirect("pages:audit-pack-detail", uid=uid)


def _pack_or_404(uid: UUID) -> AuditPack:
    return get_object_or_404(AuditPack.objects.select_related("job", "file"), uid=uid)


def _page(
    request: PersonRequest,
    pack: AuditPack,
    *,
    chosen: set[tuple[str, int]] | None = None,
    status: int = 200,
) -> HttpResponse:
    is_draft = pack.job is None
    preview = queries.preview_of(pack) if is_draft else None
    return render(
        request,
        "pages/audit_pack_detail.html",
        {
            "made": pack,
            "pack": pack,
            "job": pack.job,
            "state": queries.state_of(pack),
            "period": period_of(pack),
            "asker": packs.asker_of(pack),
            "file_name": f"{folder_of(pack)}.zip",
            "preview": preview,
            "several": [
                {
                    "number": found.number,
                    "holders": [
                        {
                            "holder": holder,
                            "value": f"{found.number}:{holder.user.pk}",
                            "is_chosen": (found.number, holder.user.pk) in (chosen or ()),
                        }
                        for holder in found.holders
                    ],
                }
                for found in (preview.several if preview else ())
            ],
            "left_out": {} if is_draft else queries.left_out_of(pack),
            "is_unfinished": pack.job is not None and pack.job.is_unfinished,
            "events": queries.events_of(pack),
            "crumbs": _crumbs(pack.title),
        },
        status=status,
    )


def _crumbs(here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Audit packs"), "url": reverse("pages:audit-pack-list")},
        {"label": here, "url": ""},
    ]
