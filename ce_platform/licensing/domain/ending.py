"""Learners on the way are told when what their license body gave ends before they are likely done.

How long they still need is an estimate and is told as one: the hours that are left times their own
pace so far, and never less than thirty days (docs/submissions.md). The words keep to what may
honestly be said: a body that accepts a list has approved nothing itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from ce_platform.core.mail import write_mail
from ce_platform.core.mail_preferences import who_wants_none
from ce_platform.core.models import OutgoingMail
from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.domain.standing import submissions_of
from ce_platform.licensing.models import License, ProviderNumber, Submission
from courses.models import Enrollment, long_texts

Status = Submission.Status
LEAST_DAYS: Final = 30
MOST_DAYS: Final = 3 * 365
# Of somebody who has not finished a lesson yet: an hour of credit a week.
DAYS_PER_HOUR: Final = 7
# Renewal of an approval opens 120 days before its end; earlier nobody can know.
MAIL_AHEAD: Final = timedelta(days=120)
_AT_ONCE: Final = 200
_CURSOR: Final = "licensing.endings.after"


@dataclass(frozen=True)
class Ending:
    """What one body gave, and its last day."""

    submission: Submission
    license_number: str
    last_day: date
    finish_on: date
    """When the learner is likely done."""
    is_over: bool

    @property
    def place(self) -> str:
        return self.submission.body.place

    @property
    def sentence(self) -> str:
        name, day = self.submission.body.name, long_date(self.last_day)
        through = self.submission.through
        is_list = self.submission.status == Status.ACCEPTS_LIST and through is not None
        what = (
            f"What {name} accepts this course through, {through.place if through else ''},"
            if is_list
            else f"The approval for {name}"
        )
        if self.is_over:
            return f"{what} ended on {day}. A certificate issued now leaves {name} out."
        return (
            f"{what} ends on {day}. At your pace so far you would finish around "
            f"{long_date(self.finish_on)}. A certificate dated after {day} leaves {name} out, "
            "unless it is renewed."
        )


def likely_finish(
    *, started_on: date, today: date, credit_hours: Decimal, finished_share: Decimal
) -> date:
    """The hours that are left times the days an hour has taken so far; at least thirty days.

    `finished_share` is of the lessons, 0 to 1.
    """
    left = credit_hours * (1 - finished_share)
    if finished_share > 0 and credit_hours > 0:
        elapsed = max((today - started_on).days, 1)
        days = left * elapsed / (credit_hours * finished_share)
    else:
        days = left * DAYS_PER_HOUR
    whole = int(days.quantize(Decimal(1), rounding=ROUND_CEILING))
    return today + timedelta(days=min(max(whole, LEAST_DAYS), MOST_DAYS))


def finish_of(enrollment: Enrollment, *, today: date) -> date:
    lessons = enrollment.version.lesson_count
    share = min(Decimal(enrollment.finished_lesson_count) / lessons, Decimal(1)) if lessons else 0
    return likely_finish(
        started_on=enrollment.user.local_date(enrollment.started_at),
        today=today,
        credit_hours=enrollment.version.credit_hours,
        finished_share=Decimal(share),
    )


def endings(
    submissions: Sequence[Submission],
    *,
    licenses: Iterable[License],
    numbers: Mapping[int, ProviderNumber],
    started_on: date,
    finish_on: date,
    today: date,
) -> list[Ending]:
    """Of one edition and one learner, the soonest first. Pure.

    What had ended before they began was told on the course page.
    """
    own: dict[int, str] = {}
    for license_ in licenses:
        own.setdefault(license_.body_id, license_.number)
    by_body = {row.body_id: row for row in submissions}
    found = []
    for row in submissions:
        if row.body_id not in own:
            continue
        last = last_day(
            row,
            listed=by_body.get(row.through_id) if row.through_id else None,
            number=numbers.get(row.through_id) if row.through_id else None,
        )
        if last is not None and started_on <= last < finish_on:
            found.append(Ending(row, own[row.body_id], last, finish_on, is_over=last < today))
    return sorted(found, key=lambda each: (each.last_day, each.place))


def last_day(
    submission: Submission, *, listed: Submission | None, number: ProviderNumber | None
) -> date | None:
    """Until when it stands; None while no end is known, or where nothing good was said.

    Through a list it holds no longer than what we have there: the list's own approval of the
    course, or else our number. The same as certificates are printed by.
    """
    if submission.status in (Status.APPROVED, Status.EXPIRED):
        return submission.valid_to
    if submission.status != Status.ACCEPTS_LIST:
        return None
    if listed is not None:
        if listed.status not in (Status.APPROVED, Status.EXPIRED):
            return None  # We do not stand on the list, so nothing of it can end.
        days = [submission.valid_to, listed.valid_to]
    elif submission.decided_on is not None:
        # A recorded day since when says it without a number (`printing`).
        days = [submission.valid_to]
    else:
        days = [submission.valid_to, number.valid_to if number is not None else None]
    return min((day for day in days if day is not None), default=None)


def endings_of(enrollment: Enrollment, *, now: datetime) -> list[Ending]:
    """For the page of an open enrollment; one query where nothing of the learner's ends in time,
    and at most four."""
    if enrollment.status != Enrollment.Status.OPEN or not _may_end(enrollment, now=now):
        return []
    place = (enrollment.course_id, enrollment.version.edition)
    licenses = active_licenses(enrollment.user)
    return _of(enrollment, submissions_of([place])[place], licenses, _numbers(now), now=now)


def _may_end(enrollment: Enrollment, *, now: datetime) -> bool:
    """Whether there is anything to look into: an own approval that ends too early, or a list."""
    today = enrollment.user.local_date(now)
    begun = enrollment.user.local_date(enrollment.started_at)
    held = License.objects.filter(
        user=enrollment.user_id, body=OuterRef("body"), removed_at__isnull=True
    )
    return (
        Submission.objects.filter(
            Exists(held), course=enrollment.course_id, edition=enrollment.version.edition
        )
        .filter(
            Q(
                status__in=[Status.APPROVED, Status.EXPIRED],
                valid_to__gte=begun,
                valid_to__lt=finish_of(enrollment, today=today),
            )
            | Q(status=Status.ACCEPTS_LIST)
        )
        .exists()
    )


def _of(
    enrollment: Enrollment,
    submissions: Sequence[Submission],
    licenses: Sequence[License],
    numbers: Mapping[int, ProviderNumber],
    *,
    now: datetime,
) -> list[Ending]:
    today = enrollment.user.local_date(now)
    return endings(
        submissions,
        licenses=licenses,
        numbers=numbers,
        started_on=enrollment.user.local_date(enrollment.started_at),
        finish_on=finish_of(enrollment, today=today),
        today=today,
    )


def _numbers(now: datetime) -> dict[int, ProviderNumber]:
    """By body the number with which ours run out: of those that follow one another without a gap
    the last, else the one that ended last. One query."""
    today = now.date()
    of_body: dict[int, list[ProviderNumber]] = {}
    for row in ProviderNumber.objects.all():
        of_body.setdefault(row.body_id, []).append(row)
    return {body: held for body, rows in of_body.items() if (held := _held_last(rows, today))}


def _held_last(rows: Sequence[ProviderNumber], today: date) -> ProviderNumber | None:
    held: ProviderNumber | None = None
    for row in sorted(rows, key=_begin):
        goes_on = held is not None and _begin(row) <= _end(held) + timedelta(days=1)
        if (_begin(row) <= today or goes_on) and (held is None or _end(row) > _end(held)):
            held = row
    return held


def _begin(number: ProviderNumber) -> date:
    return number.valid_from or date.min


def _end(number: ProviderNumber) -> date:
    return number.valid_to or date.max - timedelta(days=1)


# ---------------------------------------------------------------- mail


def sweep_endings(now: datetime) -> int:
    """Write to those who have not been told, a slice of learners at a time; the next sweep goes on
    where this one stopped. Where it stands may be lost: whoever was told is not told again."""
    after = int(cache.get(_CURSOR) or 0)
    rows = list(_on_the_way(now).filter(pk__gt=after).order_by("pk")[:_AT_ONCE])
    cache.set(_CURSOR, rows[-1].pk if len(rows) == _AT_ONCE else 0, timeout=None)
    if not rows:
        return 0
    submissions = submissions_of(
        ((row.course_id, row.version.edition) for row in rows), only=_ending_soon(now)
    )
    licenses: dict[int, list[License]] = {}
    for held in License.objects.filter(
        user__in={row.user_id for row in rows}, removed_at__isnull=True
    ).select_related("body"):
        licenses.setdefault(held.user_id, []).append(held)
    numbers = _numbers(now)
    due: dict[str, tuple[Enrollment, Ending]] = {}
    for row in rows:
        of_edition = submissions[row.course_id, row.version.edition]
        for ending in _of(row, of_edition, licenses.get(row.user_id, []), numbers, now=now):
            if ending.last_day <= row.user.local_date(now) + MAIL_AHEAD:
                due[_cause(row, ending)] = (row, ending)
    count = 0
    told = set(OutgoingMail.objects.filter(cause__in=list(due)).values_list("cause", flat=True))
    silent = who_wants_none("approval_ends", {row.user_id for row, _ in due.values()})
    for cause, (row, ending) in due.items():
        if cause not in told and row.user_id not in silent:
            write_mail(
                "approval_ends",
                to_email=row.user.email,
                to_user_id=row.user_id,
                cause=cause,
                now=now,
                enrollment=row,
                learner=row.user,
                ending=ending,
            )
            count += 1
    return count


def _ending_soon(now: datetime) -> Q:
    """What a mail may speak of, and whose lists that rests on: a course is at fifty bodies, and
    hardly any of them ends soon. A day more, because it is later where the learner is."""
    until = now.date() + MAIL_AHEAD + timedelta(days=1)
    lists = Submission.objects.filter(through__isnull=False).values("through")
    return (
        Q(status__in=[Status.APPROVED, Status.EXPIRED], valid_to__lte=until)
        | Q(status=Status.ACCEPTS_LIST)
        | Q(body__in=lists)
    )


def _cause(enrollment: Enrollment, ending: Ending) -> str:
    """Another last day is other news."""
    return f"approval-ends:{enrollment.pk}:{ending.submission.pk}:{ending.last_day.isoformat()}"


def _on_the_way(now: datetime) -> QuerySet[Enrollment]:
    """Open enrollments, by people with a license, of courses where something ends soon."""
    soon = (now.date() - timedelta(days=LEAST_DAYS), now.date() + MAIL_AHEAD)
    ends = Q(
        valid_to__range=soon, status__in=[Status.APPROVED, Status.ACCEPTS_LIST, Status.EXPIRED]
    )
    numbers = ProviderNumber.objects.filter(body=OuterRef("through"), valid_to__range=soon)
    ends |= Q(Exists(numbers), status=Status.ACCEPTS_LIST)
    return (
        Enrollment.objects.filter(
            Exists(License.objects.filter(user=OuterRef("user"), removed_at__isnull=True)),
            course__in=Submission.objects.filter(ends).values("course"),
            status=Enrollment.Status.OPEN,
            user__closed_at__isnull=True,
            user__is_active=True,
        )
        .select_related("user", "version")
        .defer(*long_texts("version"))
    )
