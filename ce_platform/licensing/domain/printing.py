"""Which bodies stand on a certificate or a course page on a day, and in which words.

The rules are those of printing honestly: what is pending stands in its own block and says that
it is not approved; an approval is shown only on the days it holds; a body that accepts a list, or
approves nothing beforehand, is never said to have approved anything. What is not known is left
out of the sentence. Nothing here asks the database; `standing` fetches.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ce_platform.core.templatetags.wording import ce_hours, long_date
from ce_platform.licensing.models import License, LicensingBody, Submission

Status = Submission.Status
APPROVED_BLOCK: Final = "approved"
PENDING_BLOCK: Final = "pending"
PENDING: Final = frozenset({Status.SUBMITTED, Status.MORE_INFO})
# Nothing was sent to these bodies, so only holders of their license need the line.
WITHOUT_DECISION: Final = frozenset({Status.ACCEPTS_LIST, Status.NO_PREAPPROVAL})
_ONCE_APPROVED: Final = frozenset({Status.APPROVED, Status.EXPIRED})
PRINTABLE: Final = PENDING | WITHOUT_DECISION | {Status.APPROVED}
# As long as the column of a certificate.
LONGEST_NUMBER: Final = 60


@dataclass(frozen=True)
class PrintedBody:
    body_code: str
    body_name: str
    jurisdiction: str
    """The state; for a national approver its short name."""
    block: str
    """approved | pending"""
    status: str
    """A value of Submission.Status as it stood on the day."""
    status_word: str
    number: str
    """The body's own number of the course, where it gave one."""
    hours: Decimal | None
    """CE hours that count there; None while nothing is decided."""
    title: str
    """The title as approved; empty: the course's own."""
    sentence: str
    license_number: str
    is_own: bool
    """The holder has a license of this body."""


@dataclass(frozen=True)
class EndedBody:
    """A body whose yes is over, or who said no: told on the course page, never printed."""

    body_code: str
    body_name: str
    jurisdiction: str
    sentence: str
    is_own: bool


def status_on(submission: Submission, on: date) -> Submission.Status | None:
    """How the submission stood on a day; None when there was nothing good or open to tell.

    An approval decided later was still pending on that day: later news never changes what an
    earlier day could honestly say.
    """
    status = Status(submission.status)
    if status in PENDING:
        return status if _has_begun(submission.submitted_on, on) else None
    if status == Status.APPROVED:
        if submission.decided_on is None or submission.decided_on > on:
            return Status.SUBMITTED if _has_begun(submission.submitted_on, on) else None
        return status if _is_within(submission, on) else None
    if status in WITHOUT_DECISION:
        return status if _is_within(submission, on, is_open=True) else None
    return None


def compose(
    submissions: Sequence[Submission],
    *,
    licenses: Sequence[License],
    numbers: Mapping[int, str],
    course_hours: Decimal | None,
    on: date,
    with_every_list: bool = False,
) -> list[PrintedBody]:
    """The lines of one course edition on one day, in the order of print.

    `numbers` maps the id of a body to our provider number there on that day. Bodies without a
    decision of their own are left out for people who hold no license there, unless
    `with_every_list`.
    """
    own = _license_numbers(licenses)
    by_body = {submission.body_id: submission for submission in submissions}
    lines = []
    for submission in submissions:
        status = status_on(submission, on)
        is_own = submission.body_id in own
        if status is None or (status in PENDING and submission.body.is_pending_hidden):
            continue
        if status in WITHOUT_DECISION and not (is_own or with_every_list):
            continue
        listed = by_body.get(submission.through_id) if submission.through_id else None
        if status == Status.ACCEPTS_LIST and not _list_holds(submission, listed, numbers, on):
            continue
        lines.append(
            _line(
                submission,
                status,
                listed=listed,
                list_number=numbers.get(submission.through_id or 0, ""),
                course_hours=course_hours,
                on=on,
                license_number=own.get(submission.body_id),
            )
        )
    return sorted(lines, key=_order)


def ended(
    submissions: Sequence[Submission], *, licenses: Sequence[License], on: date
) -> list[EndedBody]:
    """Bodies about which silence would mislead: an approval that is over, a no."""
    own = _license_numbers(licenses)
    told = []
    for submission in submissions:
        sentence = _ended_sentence(submission, on)
        if sentence:
            told.append(
                EndedBody(
                    body_code=submission.body.code,
                    body_name=submission.body.name,
                    jurisdiction=submission.body.place,
                    sentence=sentence,
                    is_own=submission.body_id in own,
                )
            )
    return sorted(told, key=lambda line: (not line.is_own, line.jurisdiction, line.body_name))


def _has_begun(day: date | None, on: date) -> bool:
    return day is not None and day <= on


def _is_within(submission: Submission, on: date, *, is_open: bool = False) -> bool:
    """Without a first day nothing is in force, unless the period is open by nature."""
    begun = is_open if submission.valid_from is None else submission.valid_from <= on
    return begun and (submission.valid_to is None or on <= submission.valid_to)


def was_approved_for(submission: Submission, on: date) -> bool:
    """Whether an approval covers the day by its own words, whenever it was decided, and also when
    it is over by now. A file that went any other way says nothing good of that day."""
    return (
        submission.status in _ONCE_APPROVED
        and submission.hours_granted is not None
        and _is_within(submission, on)
    )


def _list_holds(
    submission: Submission, listed: Submission | None, numbers: Mapping[int, str], on: date
) -> bool:
    """Whether we stand on the list on that day.

    Georgia asks that the provider's number was current when the course was given. Where the
    list's own decision about the course is recorded, it must be an approval in force; otherwise
    a number in force or a recorded day since when has to say so.
    """
    if listed is not None:
        return status_on(listed, on) == Status.APPROVED
    return submission.through_id in numbers or _has_begun(submission.decided_on, on)


def _line(
    submission: Submission,
    status: Submission.Status,
    *,
    listed: Submission | None,
    list_number: str,
    course_hours: Decimal | None,
    on: date,
    license_number: str | None,
) -> PrintedBody:
    body = submission.body
    number, title = submission.number, submission.title_approved
    hours: Decimal | None = None
    if status == Status.APPROVED:
        hours = submission.hours_granted
        sentence = _approved(submission)
    elif status in PENDING:
        # What a later yes or an earlier period granted is not true on this day.
        number, title = "", ""
        sentence = (
            f"Submitted to {body.name} on {long_date(submission.submitted_on)}; "
            f"decision pending on {long_date(on)}. Not approved."
        )
    elif status == Status.ACCEPTS_LIST:
        title = title or (listed.title_approved if listed else "")
        hours = _least(
            course_hours, submission.hours_granted, listed.hours_granted if listed else None
        )
        sentence = _through_a_list(submission, listed, list_number)
    else:
        hours = _least(course_hours, submission.hours_granted)
        sentence = (
            f"{body.name} does not pre-approve courses; the licensee decides and keeps proof."
            f"{_own_number(number)}"
        )
    return PrintedBody(
        body_code=body.code,
        body_name=body.name,
        jurisdiction=body.place,
        block=PENDING_BLOCK if status in PENDING else APPROVED_BLOCK,
        status=status.value,
        status_word=str(status.label),
        number=number,
        hours=hours,
        title=title,
        sentence=sentence,
        license_number=license_number or "",
        is_own=license_number is not None,
    )


def _approved(submission: Submission) -> str:
    number = f", no. {submission.number}" if submission.number else ""
    first = long_date(submission.valid_from)
    last = long_date(submission.valid_to)
    period = f"valid {first} to {last}" if last else f"valid from {first}"
    return (
        f"Approved by {submission.body.name} for {ce_hours(submission.hours_granted)}"
        f"{number}, {period}."
    )


def _through_a_list(submission: Submission, listed: Submission | None, list_number: str) -> str:
    body, through = submission.body, submission.through
    if through is None:
        raise ValueError("accepts-list without the list: the database refuses that")
    if through.kind == LicensingBody.Kind.APPROVER:
        whose = f"{through.place} Approved Providers"
    else:
        whose = f"providers approved by {through.name}"
    since = listed.decided_on if listed is not None else submission.decided_on
    known = [
        f"provider no. {list_number}" if list_number else "",
        f"course approved {long_date(since)}" if since else "",
    ]
    brackets = ", ".join(filter(None, known))
    return (
        f"{body.name} accepts courses of {whose}"
        f"{f' ({brackets})' if brackets else ''}; not reviewed by {body.name} itself."
        f"{_own_number(submission.number)}"
    )


def _own_number(number: str) -> str:
    """Florida wants its program number also where it takes the course from a list."""
    return f" Its course no. {number}." if number else ""


def _ended_sentence(submission: Submission, on: date) -> str:
    """Empty while there is a yes in force, an open question or nothing to tell."""
    name = submission.body.name
    match Status(submission.status):
        case Status.APPROVED | Status.ACCEPTS_LIST:
            if submission.valid_to is not None and submission.valid_to < on:
                return f"The approval for {name} ended on {long_date(submission.valid_to)}."
            if submission.valid_from is not None and submission.valid_from > on:
                return f"The approval for {name} begins on {long_date(submission.valid_from)}."
        case Status.EXPIRED:
            day = f" on {long_date(submission.valid_to)}" if submission.valid_to else ""
            return f"The approval for {name} ended{day}."
        case Status.DENIED:
            day = f" ({long_date(submission.decided_on)})" if submission.decided_on else ""
            return f"{name} has declined this course{day}. It does not count there."
        case Status.WITHDRAWN if submission.submitted_on is not None:
            return f"This course was withdrawn from {name}. It is not approved there."
    return ""


def _least(*hours: Decimal | None) -> Decimal | None:
    """Never more than what was granted, never more than the course claims."""
    return min((each for each in hours if each is not None), default=None)


def _license_numbers(licenses: Iterable[License]) -> dict[int, str]:
    """Per body the holder's numbers, as many as fit into print."""
    numbers: dict[int, str] = {}
    for row in licenses:
        known = numbers.get(row.body_id)
        joined = row.number if known is None else f"{known}, {row.number}"
        numbers[row.body_id] = joined if known is None or len(joined) <= LONGEST_NUMBER else known
    return numbers


def _order(line: PrintedBody) -> tuple[bool, bool, str, str]:
    return (line.block != APPROVED_BLOCK, not line.is_own, line.jurisdiction, line.body_name)
