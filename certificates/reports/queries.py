"""What the pages of reports show, in a number of queries that does not grow with the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value

from ce_platform.core.paging import newest_first
from ce_platform.licensing.models import LicensingBody
from certificates.models import Certificate, ReportChannel, ReportLine
from certificates.reports import preflight
from certificates.reports.preflight import Checked
from courses.models import Course, CourseVersion
from courses.parts import Item

Status = ReportLine.Status
WEEK: Final = timedelta(days=7)
PAGE_SIZE: Final = 25
LOOKED_AT: Final = 400
"""Waiting lines that the page of checks looks at, those due first first."""
SHOWN: Final = 8
_ONLY_PRINTED: Final = (
    "heading",
    "course_subtitle",
    "credits_json",
    "subjects",
    "place",
    "completed_zone",
    "provider_name",
    "provider_address",
    "provider_email",
    "provider_website",
    "provider_numbers_json",
    "instructors_json",
    "licenses_json",
    "signatories_json",
    "verify_url",
    "sha256",
)
"""Of a certificate; hundreds of lines are looked at on a page, and no report tells these."""
WHENS: Final = {
    "overdue": "Overdue",
    "week": "Within 7 days",
    "later": "Later",
    "none": "No deadline known",
}
TONES: Final = {
    Status.PENDING: "wait",
    Status.EXPORTED: "accent",
    Status.ACCEPTED: "good",
    Status.REJECTED: "bad",
    Status.NOT_NEEDED: "",
}


@dataclass(frozen=True)
class Row:
    line: ReportLine
    waits: Sequence[tuple[str, Item]]
    """What it waits for, in a word or two each, and the problem itself."""
    due: str
    tone: str
    group: str
    """The heading above it, where it begins a new one."""


@dataclass(frozen=True)
class Listing:
    rows: list[Row]
    older_after: str
    is_first: bool


def lines() -> QuerySet[ReportLine]:
    return ReportLine.objects.select_related("certificate", "body__report_channel").defer(
        *(f"certificate__{name}" for name in _ONLY_PRINTED)
    )


def listing(*, status: str, body: str, when: str, after: str, today: date) -> Listing:
    """Lines of one status; what waits stands by its day, the rest newest first."""
    found = lines().filter(status=status)
    if body:
        found = found.filter(body__code=body[:20])
    if status != Status.PENDING:
        page = newest_first(found, after=after)
        is_owed = status == Status.REJECTED
        rows = [
            Row(line, [], *(_still_due(line, today) if is_owed else ("", "")), "")
            for line in page.rows
        ]
        return Listing(rows, str(page.older_after or ""), page.is_first)
    found = _when(found, when, today)
    key = _key(after)
    if key is not None:
        day, pk = key
        found = found.filter(
            Q(due_on__isnull=True, pk__gt=pk)
            if day is None
            else Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk) | Q(due_on__isnull=True)
        )
    kept = list(_first_due(found, PAGE_SIZE + 1))
    older = ""
    if len(kept) > PAGE_SIZE:
        last = kept[PAGE_SIZE - 1]
        older = f"{last.due_on or 'none'}.{last.pk}"
    rows, group = [], ""
    for checked in preflight.check(kept[:PAGE_SIZE]):
        heading = group_of(checked.line, today)
        due, tone = due_words(checked.line, today)
        rows.append(
            Row(
                checked.line,
                [(preflight.SHORT[problem.code], problem) for problem in checked.problems],
                due,
                tone,
                WHENS[heading] if heading != group else "",
            )
        )
        group = heading
    return Listing(rows, older, key is None)


def _first_due(found: QuerySet[ReportLine], most: int) -> QuerySet[ReportLine]:
    """Chosen by id, so that thousands are sorted without what is fetched along."""
    order = (F("due_on").asc(nulls_last=True), "pk")
    chosen = found.select_related(None).defer(None).order_by(*order).values("pk")[:most]
    return lines().filter(pk__in=chosen).order_by(*order)


def _when(found: QuerySet[ReportLine], when: str, today: date) -> QuerySet[ReportLine]:
    match when:
        case "overdue":
            return found.filter(due_on__lt=today)
        case "week":
            return found.filter(due_on__gte=today, due_on__lte=today + WEEK)
        case "later":
            return found.filter(due_on__gt=today + WEEK)
        case "none":
            return found.filter(due_on__isnull=True)
    return found


def _key(after: str) -> tuple[date | None, int] | None:
    """Where a page begins; a malformed key gives the first page."""
    day, _, pk = after.partition(".")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    if day == "none":
        return None, int(pk)
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None


def group_of(line: ReportLine, today: date) -> str:
    if line.due_on is None:
        return "none"
    if line.due_on < today:
        return "overdue"
    return "week" if line.due_on <= today + WEEK else "later"


def due_words(line: ReportLine, today: date) -> tuple[str, str]:
    """ "in 3 days" and the tone of it."""
    if line.due_on is None:
        return "no deadline known", ""
    left = (line.due_on - today).days
    days = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
    if left < 0:
        return f"{days} overdue", "bad"
    if left == 0:
        return "due today", "bad"
    return f"in {days}", "warn" if left <= WEEK.days else "wait"


def _still_due(line: ReportLine, today: date) -> tuple[str, str]:
    """The same beside another word: "Rejected, due in 3 days"."""
    words, tone = due_words(line, today)
    return f"due {words}" if words.startswith("in ") else words, tone


@dataclass(frozen=True)
class Mend:
    """One thing to mend, and whose lines wait for it: those due first first."""

    sentence: str
    url: str
    lines: Sequence[ReportLine]
    more_count: int


@dataclass(frozen=True)
class Stopped:
    """One kind of problem."""

    label: str
    mends: Sequence[Mend]
    more_count: int


@dataclass(frozen=True)
class Ready:
    """What leaves in one file: all of CE Broker's, or the roster of one body."""

    channel: ReportChannel
    body_code: str
    """Empty: of every body."""
    label: str
    count: int
    places: str


@dataclass(frozen=True)
class Overview:
    ready: list[Ready]
    stopped: list[Stopped]
    is_cut: bool


def overview() -> Overview:
    """What could leave now, by channel, and what stops the rest, by reason."""
    waiting = list(_first_due(lines().filter(status=Status.PENDING), LOOKED_AT + 1))
    checked = preflight.check(waiting[:LOOKED_AT])
    by_code: dict[str, dict[tuple[str, str], list[ReportLine]]] = {}
    clean: dict[tuple[str, str], list[Checked]] = {}
    for each in checked:
        for problem in each.problems:
            # A number that is missing for a body is mended once for all of its lines.
            things = by_code.setdefault(problem.code, {})
            things.setdefault((problem.sentence, problem.url), []).append(each.line)
        if each.is_clean:
            is_roster = each.line.channel == ReportChannel.ROSTER
            of_body = each.line.body.code if is_roster else ""
            clean.setdefault((each.line.channel, of_body), []).append(each)
    return Overview(
        ready=[
            Ready(
                channel=ReportChannel(channel),
                body_code=of_body,
                label=str(ReportChannel(channel).label),
                count=len(found),
                places=", ".join(sorted({each.line.body.place for each in found})),
            )
            for (channel, of_body), found in sorted(clean.items(), key=lambda item: item[0])
        ],
        stopped=[
            Stopped(
                label=label,
                mends=[
                    Mend(sentence, url, found[:SHOWN], max(0, len(found) - SHOWN))
                    for (sentence, url), found in list(by_code[code].items())[:SHOWN]
                ],
                more_count=max(0, len(by_code[code]) - SHOWN),
            )
            for code, label in preflight.LABELS.items()
            if code in by_code
        ],
        is_cut=len(waiting) > LOOKED_AT,
    )


def told_of(certificate: Certificate) -> list[ReportLine]:
    """Reports of a completion that are out there: taking the certificate back takes none back."""
    if certificate.enrollment_id is None:
        return []
    return list(
        lines()
        .filter(
            root__enrollment=certificate.enrollment_id,
            status__in=[Status.EXPORTED, Status.ACCEPTED],
        )
        .order_by("pk")
    )


def overdue_count(today: date) -> Subquery:
    """To annotate any query of certificates with: it does not depend on the row, so a database
    works it out once."""
    return count_of(ReportLine.objects.filter(status=Status.PENDING, due_on__lt=today))


def soon_count(today: date) -> Subquery:
    """The same for lines that fall due within a week."""
    return count_of(
        ReportLine.objects.filter(
            status=Status.PENDING, due_on__gte=today, due_on__lte=today + WEEK
        )
    )


def count_of(found: QuerySet[Any]) -> Subquery:
    return Subquery(
        found.order_by()
        .annotate(all=Value(1))
        .values("all")
        .annotate(count=Count("pk"))
        .values("count")
    )


def bodies_with_lines() -> list[LicensingBody]:
    """For the filter: bodies that were ever owed a report. One look into the index for each body;
    a list of what stands in all lines would read them all."""
    lines_there = ReportLine.objects.filter(body=OuterRef("pk"))
    return list(LicensingBody.objects.filter(Exists(lines_there)).order_by("jurisdiction"))


def course_choices() -> list[tuple[str, str]]:
    """Courses that somebody completed, by title."""
    found: dict[str, str] = {}
    for slug, title in (
        CourseVersion.objects.filter(course__in=Course.objects.filter(completion_count__gt=0))
        .order_by("course_id", "-edition", "-revision")
        .values_list("course__slug", "title")[:400]
    ):
        found.setdefault(slug, title)
    return sorted(found.items(), key=lambda choice: choice[1])
