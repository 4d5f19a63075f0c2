"""Lists of threads: what waits first, the longest waiting on top; found by name, address, words."""

from datetime import datetime
from typing import Final

from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import REGISTRAR
from ce_platform.core.paging import PAGE_SIZE, Page, earliest_first, latest_day_first
from ce_platform.core.text import fold
from ce_platform.office.asking.models import Thread

Status = Thread.Status
STATES: Final = {
    "open": "Waits for us",
    "answered": "Answered",
    "closed": "Closed",
    "all": "All",
}
MOST_PEOPLE: Final = 200


def threads_page(
    *, state: str, query: str, assigned_to: int | None, after: str | None
) -> Page[Thread]:
    """At most two queries more than the page itself: for a name, and where the page begins."""
    rows = Thread.objects.select_related("user", "assigned_to", "course__on_sale_version").defer(
        "search_text"
    )
    if query:
        rows = rows.filter(_found_by(query))
    if assigned_to is not None:
        rows = rows.filter(assigned_to=assigned_to)
    if state in Status.values:
        rows = rows.filter(status=state)
    if state == Status.OPEN:
        return earliest_first(rows, "waiting_since", after=after)
    return latest_day_first(rows, "last_at", after=after, size=PAGE_SIZE)


def _found_by(query: str) -> Q:
    found = Q(search_text__contains=fold(query))
    if "@" in query:
        people = User.objects.filter(email__startswith=query.lower())
    else:
        people = User.objects.filter(name_on_certificates__icontains=query)
    ids = list(people.order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])
    return found | Q(user__in=ids)


def waiting_count() -> Coalesce:
    """To ride along with another query of the desk."""
    counted = (
        Thread.objects.filter(status=Status.OPEN)
        .order_by()
        .values("status")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(counted), 0)


def open_count() -> int:
    return Thread.objects.filter(status=Status.OPEN).count()


def colleagues() -> QuerySet[User]:
    return User.objects.filter(
        groups__in=Group.objects.filter(name=REGISTRAR), closed_at__isnull=True, is_active=True
    ).order_by("name_on_certificates", "pk")


def waited(since: datetime | None, *, now: datetime) -> str:
    """“for 3 days”, “for 2 hours”, “just now”."""
    if since is None:
        return ""
    seconds = max(0, int((now - since).total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds // 3_600, seconds // 60
    for count, word in ((days, "day"), (hours, "hour"), (minutes, "minute")):
        if count:
            return f"for {count} {word}{'' if count == 1 else 's'}"
    return "just now"
