"""The registrar's desk of submissions: the list, what is due, the history of one."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, DateField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from ce_platform.core.templatetags.wording import long_date, plain_number
from ce_platform.core.text import fold
from ce_platform.licensing.domain import moves
from ce_platform.licensing.domain.submissions import event_letter, event_packet
from ce_platform.licensing.models import LicensingBody, Submission, SubmissionEvent
from courses.models import Course, CourseVersion

Status = Submission.Status
Direction = SubmissionEvent.Direction
# Renewal of an approval opens 120 days before it ends; these are the steps of reminding.
NOTICE_DAYS: Final = (30, 60, 120)
NOTICE_HEADINGS: Final = {
    -1: "Past its day",
    30: "Within 30 days",
    60: "Within 60 days",
    120: "Within 120 days",
}
MOST_DUE: Final = 40
LONGEST_SEARCH: Final = 100

TONES: Final = {
    Status.DRAFT: "",
    Status.SUBMITTED: "wait",
    Status.MORE_INFO: "warn",
    Status.APPROVED: "good",
    Status.ACCEPTS_LIST: "accent",
    Status.NO_PREAPPROVAL: "accent",
    Status.NOT_NEEDED: "",
    Status.DENIED: "bad",
    Status.WITHDRAWN: "",
    Status.EXPIRED: "bad",
    Status.SUPERSEDED: "",
}


@dataclass(frozen=True)
class Due:
    """One thing with a day: an answer, an appeal, an approval that ends."""

    sentence: str
    on: date | None
    days_left: int | None
    tone: str

    @property
    def notice(self) -> str:
        """The step of reminding it has reached; an answer without a date stands with the first."""
        left = self.days_left
        if left is None:
            return NOTICE_HEADINGS[NOTICE_DAYS[0]]
        if left < 0:
            return NOTICE_HEADINGS[-1]
        return next((NOTICE_HEADINGS[step] for step in NOTICE_DAYS if left <= step), "Later")

    @property
    def when(self) -> str:
        if self.days_left is None:
            return "no date given"
        if self.days_left < 0:
            return f"{_days(-self.days_left)} ago"
        if self.days_left == 0:
            return "today"
        return f"in {_days(self.days_left)}"


@dataclass(frozen=True)
class DeskRow:
    submission: Submission
    title: str
    tone: str
    latest: str
    """What was last known, with its day: "Submitted October 21, 2026"."""
    due: Due | None

    @property
    def place(self) -> str:
        return self.submission.body.place


@dataclass(frozen=True)
class HistoryRow:
    event: SubmissionEvent
    heading: str
    facts: Sequence[tuple[str, str]]
    letter: str
    """SHA-256 of a letter that came with it, or empty."""
    packet: str = ""
    """SHA-256 of a packet that was made then, or empty."""


def submissions() -> QuerySet[Submission]:
    return Submission.objects.select_related("course", "body", "through", "letter")


def filtered(query: Any) -> QuerySet[Submission]:
    """By `status`, `body` (code), `course` (slug) and words in `q`; unknown values find nothing."""
    rows = submissions()
    if query.get("status"):
        rows = rows.filter(status=query["status"][:20])
    if query.get("body"):
        rows = rows.filter(body__code=query["body"][:20])
    if query.get("course"):
        rows = rows.filter(course__slug=query["course"][:80])
    for word in query.get("q", "")[:LONGEST_SEARCH].replace("\x00", "").split()[:8]:
        rows = rows.filter(
            Q(body__name__icontains=word)
            | Q(body__jurisdiction__icontains=word)
            | Q(body__code__iexact=word)
            | Q(body__abbreviation__iexact=word)
            | Q(number__icontains=word)
            | Q(reference__icontains=word)
            # A subquery: a course with two fitting versions must not stand there twice.
            | Q(
                course__in=CourseVersion.objects.filter(search_text__contains=fold(word)).values(
                    "course"
                )
            )
        )
    return rows


def due_groups(*, today: date) -> list[tuple[str, list[DeskRow]]]:
    """What is due, by step of reminding."""
    return _by_notice(due_rows(today=today))


def _by_notice(rows: Sequence[DeskRow]) -> list[tuple[str, list[DeskRow]]]:
    groups: dict[str, list[DeskRow]] = {heading: [] for heading in NOTICE_HEADINGS.values()}
    for row in rows:
        if row.due is not None:
            groups.setdefault(row.due.notice, []).append(row)
    return [(heading, rows) for heading, rows in groups.items() if rows]


def list_and_due(
    rows: Sequence[Submission], *, today: date
) -> tuple[list[DeskRow], list[tuple[str, list[DeskRow]]]]:
    """The rows of a page, and beside them what is due of all; two queries."""
    found = desk_rows([*rows, *_due(today)], today=today)
    due = _soonest_first(found[len(rows) :], today=today)
    return found[: len(rows)], _by_notice(due)


def due_rows(*, today: date) -> list[DeskRow]:
    """Everything with a day within the next 120 days or past it, soonest first; two queries."""
    return _soonest_first(desk_rows(_due(today), today=today), today=today)


def due_and_waiting(*, today: date, most: int) -> tuple[list[DeskRow], list[DeskRow]]:
    """What is due, and what waits for a body's decision, longest first; three queries."""
    waiting = list(submissions().filter(status=Status.SUBMITTED).order_by("submitted_on")[:most])
    rows = desk_rows([*waiting, *_due(today)], today=today)
    return _soonest_first(rows[len(waiting) :], today=today)[:most], rows[: len(waiting)]


def _due(today: date) -> list[Submission]:
    until = today + timedelta(days=NOTICE_DAYS[-1])
    return list(
        submissions()
        .filter(
            Q(status=Status.MORE_INFO)
            | Q(status=Status.DENIED, answer_due_on__gte=today)
            | Q(status__in=[Status.APPROVED, Status.ACCEPTS_LIST], valid_to__lte=until)
        )
        .annotate(due_on=due_day(today))
        # Of more than are looked at, those due first.
        .order_by("due_on", "pk")[: 5 * MOST_DUE]
    )


def due_day(today: date) -> Case:
    """The day of `due_of`, for a query; a question without a date stands with today."""
    return Case(
        When(status=Status.MORE_INFO, then=Coalesce("answer_due_on", Value(today))),
        When(status=Status.DENIED, answer_due_on__gte=today, then="answer_due_on"),
        When(status__in=[Status.APPROVED, Status.ACCEPTS_LIST], then="valid_to"),
        default=None,
        output_field=DateField(),
    )


def _soonest_first(rows: Iterable[DeskRow], *, today: date) -> list[DeskRow]:
    dated = [row for row in rows if row.due is not None]
    dated.sort(key=lambda row: (row.due.on or today, row.submission.pk) if row.due else (today, 0))
    return dated[:MOST_DUE]


def desk_rows(rows: Sequence[Submission], *, today: date) -> list[DeskRow]:
    """The rows with titles of their edition; one query."""
    titles = edition_titles(rows)
    return [
        DeskRow(
            submission=row,
            title=titles.get((row.course_id, row.edition), row.course.slug),
            tone=TONES[Status(row.status)],
            latest=latest(row),
            due=due_of(row, today=today),
        )
        for row in rows
    ]


def edition_titles(rows: Iterable[Submission]) -> dict[tuple[int, int], str]:
    """The title of the newest revision by (course id, edition)."""
    return {
        (course, edition): title
        for course, edition, title in CourseVersion.objects.filter(
            course__in={row.course_id for row in rows}
        )
        .order_by("revision")
        .values_list("course_id", "edition", "title")
    }


def due_of(row: Submission, *, today: date) -> Due | None:
    match Status(row.status):
        case Status.MORE_INFO:
            return _dated("Answer the body's question", row.answer_due_on, today)
        case Status.DENIED if row.answer_due_on and row.answer_due_on >= today:
            return _dated("An appeal is possible", row.answer_due_on, today)
        case Status.APPROVED | Status.ACCEPTS_LIST if row.valid_to:
            if row.valid_to < today:
                return _dated("The approval ended; record it as expired", row.valid_to, today)
            if (row.valid_to - today).days <= NOTICE_DAYS[-1]:
                return _dated("The approval ends; renew it", row.valid_to, today)
    return None


def _dated(sentence: str, on: date | None, today: date) -> Due:
    if on is None:
        return Due(sentence=sentence, on=None, days_left=None, tone="warn")
    left = (on - today).days
    tone = "bad" if left < 0 else "warn" if left <= NOTICE_DAYS[0] else "wait"
    return Due(sentence=sentence, on=on, days_left=left, tone=tone)


def latest(row: Submission) -> str:
    match Status(row.status):
        case Status.APPROVED if row.valid_to:
            return f"Until {long_date(row.valid_to)}"
        case Status.APPROVED:
            return f"From {long_date(row.valid_from)}"
        case Status.SUBMITTED | Status.MORE_INFO:
            return f"Submitted {long_date(row.submitted_on)}"
        case Status.DENIED:
            return f"Denied {long_date(row.decided_on)}"
        case Status.EXPIRED:
            return f"Ended {long_date(row.valid_to)}"
        case Status.ACCEPTS_LIST if row.through:
            return f"Through {row.through.place}"
    return ""


def never_sent() -> list[tuple[str, str]]:
    """Editions on sale that no body has a file of: ("course-slug:2", title); one query."""
    sent = Submission.objects.filter(
        course=OuterRef("pk"), edition=OuterRef("on_sale_version__edition")
    )
    rows = (
        Course.objects.filter(~Exists(sent), on_sale_version__isnull=False)
        .order_by("-on_sale_version__published_at")
        .values_list("slug", "on_sale_version__edition", "on_sale_version__title")[:MOST_DUE]
    )
    return [(f"{slug}:{edition}", f"{title}, edition {edition}") for slug, edition, title in rows]


# ---------------------------------------------------------------- choices


def edition_choices() -> list[tuple[str, str]]:
    """Every course edition that is not retired, newest first: ("course-slug:2", title)."""
    found: dict[str, str] = {}
    versions = (
        CourseVersion.objects.exclude(status=CourseVersion.Status.RETIRED)
        .order_by("-course_id", "-edition", "-revision")
        .values_list("course__slug", "edition", "title")[:400]
    )
    for slug, edition, title in versions:
        found.setdefault(f"{slug}:{edition}", f"{title} – edition {edition}")
    return list(found.items())


def course_choices() -> list[tuple[str, str]]:
    """Courses that were ever submitted somewhere."""
    found: dict[str, str] = {}
    versions = (
        CourseVersion.objects.filter(
            course__in=Course.objects.filter(submissions__isnull=False).values("pk")
        )
        .order_by("course_id", "-edition", "-revision")
        .values_list("course__slug", "title")[:400]
    )
    for slug, title in versions:
        found.setdefault(slug, title)
    return sorted(found.items(), key=lambda choice: choice[1])


# ---------------------------------------------------------------- one submission

FACT_LABELS: Final = {
    "channel": "Sent through",
    "reference": "Their reference",
    "submitted_on": "Submitted on",
    "answer_due_on": "Answer due on",
    "decided_on": "Decided on",
    "number": "Course number",
    "title_approved": "Title as approved",
    "hours_granted": "Hours granted",
    "category": "Category",
    "valid_from": "Valid from",
    "valid_to": "Valid to",
    "conditions": "Conditions",
    "through": "Whose list",
    "letter": "Letter",
    "parts": "Parts",
}


def known_facts(submission: Submission) -> list[tuple[str, str]]:
    """Label and value of every fact on file, the letter apart."""
    found = []
    for name in moves.FACTS:
        value = getattr(submission, name)
        if name == "letter" or value is None or value == "":
            continue
        found.append((FACT_LABELS[name], _shown(value)))
    return found


def history(events: Sequence[SubmissionEvent]) -> list[HistoryRow]:
    """Newest first. Facts that were cleared are told as such."""
    return [
        HistoryRow(
            event=event,
            heading=_heading(event),
            facts=[
                (FACT_LABELS.get(name, name), _shown_json(value))
                for name, value in json.loads(event.facts_json).items()
                if name not in ("letter", "packet")
            ],
            letter=event_letter(event),
            packet=event_packet(event),
        )
        for event in events
    ]


def _heading(event: SubmissionEvent) -> str:
    if event_packet(event):
        return "Packet made"
    if not event.to_status:
        words = {
            Direction.FROM_BODY: "Message from the body",
            Direction.TO_BODY: "Message to the body",
        }
        return words.get(Direction(event.direction or Direction.INTERNAL), "Note")
    if event.from_status == event.to_status:
        return "Corrected"
    if not event.from_status:
        return "File opened"
    return str(Status(event.to_status).label)


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return long_date(value)
    if isinstance(value, LicensingBody):
        return f"{value.place} – {value.name}"
    if isinstance(value, Decimal):
        return plain_number(value)
    return str(value)


def _shown_json(value: Any) -> str:
    if value is None or value == "":
        return "cleared"
    try:
        return long_date(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
