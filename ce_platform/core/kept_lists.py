"""A list of people that was brought and checked: looked at, begun once, done line by line by a job
that may be cut off anywhere and goes on; or thrown away before.

What is done for a line belongs to the feature. The lines are the truth: one that is done again, a
job that is run twice and the same list brought once more must change nothing.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from ce_platform.core import audit, jobs
from ce_platform.core.errors import DomainError
from ce_platform.core.list_models import FAILED, LONGEST_LINE_NOTE, PENDING, KeptLine, KeptList

logger = logging.getLogger(__name__)

# What was looked at and never begun holds names and addresses: it is not kept for long.
LIST_LIFE: Final = timedelta(days=7)
WRONG_HERE: Final = "Something went wrong here. Go on with the list to try it again."
LINES_A_PAGE: Final = 100
_SWEEP_SIZE: Final = 20
_CHUNK: Final = 50
List = TypeVar("List", bound=KeptList)
Line = TypeVar("Line", bound=KeptLine)


class ListBegun(DomainError):
    """It cannot be thrown away any more."""

    def __init__(self) -> None:
        super().__init__("This list was begun, so it is kept.")


def is_at_work(kept: KeptList) -> bool:
    """The list comes with its job."""
    return kept.job is not None and kept.job.is_unfinished


def state_of(kept: KeptList) -> jobs.State:
    """The list comes with its job."""
    if kept.job is None:
        return jobs.State("Not begun", "wait")
    return jobs.state_of(kept.job)


def locked(kept: List, *related: str) -> List:
    """Errors: DoesNotExist when it was discarded meanwhile.

    The job is not joined: PostgreSQL, after waiting for the row, would still join none, and what
    somebody began a moment ago would be begun, or thrown away, once more.
    """
    rows: QuerySet[List] = type(kept)._default_manager.all()
    rows = rows.select_for_update(of=("self",))
    return (rows.select_related(*related) if related else rows).get(pk=kept.pk)


def failed_again(row: KeptList) -> int | None:
    """What could not be done is to be done once more: how many lines. None: there is nothing to
    begin, for the list is at work or done. The row is locked."""
    if is_at_work(row):
        return None
    again: int = _lines(row).filter(outcome=FAILED).update(outcome=PENDING, note="", done_at=None)
    return again if _lines(row).filter(outcome=PENDING).exists() else None


@transaction.atomic
def discard(
    kept: KeptList, *, event: str, subject_type: str, by: audit.Actor | None, now: datetime
) -> None:
    """Throw away a list that was only looked at. `by=None`: its time is over. Errors: ListBegun."""
    try:
        row = locked(kept)
    except type(kept).DoesNotExist:
        return
    if row.job is not None:
        raise ListBegun
    _lines(row).all().delete()
    row.delete()
    audit.record(event, subject_type=subject_type, subject_id=kept.uid, by=by, now=now)


def over(model: type[List], *, now: datetime) -> list[List]:
    """Those that were looked at, never begun, and are to be thrown away."""
    left = model._default_manager.filter(job__isnull=True, created_at__lte=now - LIST_LIFE)
    return list(left.order_by("pk")[:_SWEEP_SIZE])


# ---------------------------------------------------------------- the work


def go_through(
    kept: KeptList,
    pending: QuerySet[Line],
    do_line: Callable[[Line, datetime], None],
    progress: jobs.JobProgress,
) -> None:
    """Line by line; what an earlier run did is counted and not done again. `do_line` leaves no
    line pending."""
    progress.total(kept.line_count)
    progress.advance(kept.line_count - pending.count())
    while chunk := list(pending[:_CHUNK]):
        for line in chunk:
            do_line(line, timezone.now())
            progress.advance()


def do_or_say_why(line: KeptLine, work: Callable[[], None]) -> bool:
    """False: it was refused or went wrong, and the line says so; it is not saved here."""
    try:
        work()
    except DomainError as refusal:
        line.outcome, line.note = FAILED, str(refusal)[:LONGEST_LINE_NOTE]
    except Exception:  # One line that cannot be done must not hold up the others.
        logger.exception("%s %s was not done.", type(line).__name__, line.pk)
        line.outcome, line.note = FAILED, WRONG_HERE
    else:
        return True
    return False


# ---------------------------------------------------------------- the page


def counts_of(kept: KeptList) -> Counter[str]:
    """How many lines ended how."""
    rows = _lines(kept).order_by().values_list("outcome").annotate(count=Count("pk"))
    return Counter(dict(rows))


def lines_after(lines: QuerySet[Line], after: str) -> tuple[list[Line], int | None]:
    """A page of them, and the position that ends it when more follow. A malformed `after` gives
    the first page."""
    lines = lines.order_by("position")
    if after.isascii() and after.isdigit() and len(after) < 9:
        lines = lines.filter(position__gt=int(after))
    shown = list(lines[: LINES_A_PAGE + 1])
    has_more = len(shown) > LINES_A_PAGE
    return shown[:LINES_A_PAGE], shown[LINES_A_PAGE - 1].position if has_more else None


def progress_of(kept: KeptList, counts: Counter[str]) -> dict[str, Any]:
    """What `components/_list_progress.html` shows, and whether the page looks again by itself."""
    return {
        "job": kept.job,
        "state": state_of(kept),
        "is_at_work": is_at_work(kept),
        "done_count": kept.line_count - counts[PENDING],
        "to_do_count": counts[PENDING] + counts[FAILED],
    }


def _lines(kept: KeptList) -> Any:
    return kept.lines  # type: ignore[attr-defined]  # Each list has a table of lines of its own.
