"""Records past their time: the list, a look at what would go, and keeping them for longer."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core.errors import DomainError
from ce_platform.core.models import AccountEnding, RecordHold, RecordPurge
from ce_platform.core.paging import PAGE_SIZE, newest_first
from ce_platform.office.closing.closing import kept_until, last_day_kept
from ce_platform.office.purging.background import purge_later
from ce_platform.office.purging.forms import PurgeForm, ReasonForm
from ce_platform.office.purging.holding import lift_hold, set_hold
from ce_platform.office.purging.purging import (
    counts_of,
    in_the_way,
    past_their_time,
    purge_person,
)
from certificates.models import Certificate

AT_ONCE: Final = 3
"""More than these are purged in the background."""


@registrar_only
@require_safe
def purge_list(request: PersonRequest) -> HttpResponse:
    page = newest_first(past_their_time(timezone.now()), after=request.GET.get("after"))
    return render(
        request,
        "office/purging/list.html",
        {
            "page": page,
            "rows": _rows(page.rows),
            "purges": RecordPurge.objects.order_by("-pk")[:10],
        },
    )


def _rows(endings: list[AccountEnding]) -> list[dict[str, Any]]:
    ids = [ending.user_id for ending in endings]
    people = User.objects.in_bulk(ids)
    facts: dict[int, tuple[date, int]] = {
        user: (last, count)
        for user, last, count in Certificate.objects.filter(user__in=ids)
        .order_by()
        .values("user")
        .annotate(last=Max("completed_on"), count=Count("pk"))
        .values_list("user", "last", "count")
    }
    holds = {
        hold.user_id: hold
        for hold in RecordHold.objects.filter(user_id__in=ids, lifted_at__isnull=True)
    }
    return [
        {
            "person": people[ending.user_id],
            "ending": ending,
            "until": last_day_kept(facts[ending.user_id][0]),
            "certificate_count": facts[ending.user_id][1],
            "hold": holds.get(ending.user_id),
        }
        for ending in endings
    ]


@registrar_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def purge_confirm(request: PersonRequest) -> HttpResponse:
    """`person`, once or more: whose records. What stands in the way is asked again when it is
    done."""
    now = timezone.now()
    people = _chosen(request)
    if not people:
        messages.error(request, _("Choose whose records are to be purged."))
        return redirect("office:purge-list")
    form = PurgeForm(request.POST if request.method == "POST" else None)
    chosen = [_look(person, now) for person in people]
    if request.method == "POST" and form.is_valid():
        try:
            return _purge(request, people, form.cleaned_data["reason"], now)
        except DomainError as error:
            form.add_error(None, str(error))
    return render(
        request,
        "office/purging/confirm.html",
        {
            "chosen": chosen,
            "form": form,
            "is_stopped": any(each["stops"] for each in chosen),
            "counts": counts_of(people[0]) if len(people) == 1 else [],
        },
        status=422 if form.errors else 200,
    )


def _chosen(request: PersonRequest) -> list[User]:
    typed = request.POST if request.method == "POST" else request.GET
    try:
        uids = {UUID(each) for each in typed.getlist("person")[:PAGE_SIZE]}
    except ValueError as error:
        raise Http404 from error
    return list(User.objects.filter(uid__in=uids, closed_at__isnull=False).order_by("pk"))


def _look(person: User, now: datetime) -> dict[str, Any]:
    return {
        "person": person,
        "until": kept_until(person),
        "certificate_count": Certificate.objects.filter(user=person).count(),
        "stops": in_the_way(person, now=now),
    }


def _purge(request: PersonRequest, people: list[User], reason: str, now: datetime) -> HttpResponse:
    if len(people) > AT_ONCE:
        job = purge_later(people, reason=reason, by=request.user, now=now)
        return redirect("pages:job-detail", uid=job.uid)
    count = 0
    for person in people:
        purge = purge_person(person, reason=reason, by=request.user, now=now)
        count += purge.record_count if purge else 0
    messages.success(
        request,
        ngettext("%(count)d record was purged.", "%(count)d records were purged.", count)
        % {"count": count},
    )
    return redirect("office:purge-list")


@registrar_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def purge_hold(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Keep the records for longer; where they are kept, let them go again."""
    person = get_object_or_404(User, uid=uid, closed_at__isnull=False)
    hold = RecordHold.objects.filter(user_id=person.pk, lifted_at__isnull=True).first()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        # What the page said, not what the row says now: sent twice, it must not turn around.
        change = lift_hold if request.POST.get("what") == "lift" else set_hold
        try:
            change(person, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("office:purge-list")
    return render(
        request,
        "office/purging/hold.html",
        {"person": person, "hold": hold, "form": form, "until": kept_until(person)},
        status=422 if form.errors else 200,
    )
