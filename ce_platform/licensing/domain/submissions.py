"""Submissions of a course edition to a licensing body: recorded, moved, corrected, noted.

Nobody else assigns `Submission.status`. Every change writes a SubmissionEvent with the facts of
that moment, so what a later move clears is still told by the history.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.models import StoredFile
from ce_platform.core.text import canonical_json
from ce_platform.licensing.domain import moves
from ce_platform.licensing.domain.errors import MoveNotAllowed, SubmissionRefused
from ce_platform.licensing.models import LicensingBody, Submission, SubmissionEvent
from courses.models import Course, CourseVersion

Status = Submission.Status
Direction = SubmissionEvent.Direction


@dataclass(frozen=True)
class Message:
    """What went to a body, came from it, or was noted here."""

    text: str
    direction: SubmissionEvent.Direction = Direction.INTERNAL
    contact: str = ""
    happened_on: date | None = None
    file: StoredFile | None = None
    """What came or went along with it."""


@transaction.atomic
def record_submission(
    *, course: Course, edition: int, body: LicensingBody, by: User, now: datetime
) -> Submission:
    """Open the file of a course edition at a body, in preparation. Once: a second call returns it.

    Errors: SubmissionRefused when the course has no such edition.
    """
    if not CourseVersion.objects.filter(course=course, edition=edition).exists():
        raise SubmissionRefused({"edition": f"The course has no edition {edition}."})
    wanted = Submission.objects.filter(course=course, edition=edition, body=body)
    known = wanted.first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            made = Submission.objects.create(
                course=course, edition=edition, body=body, created_at=now
            )
    except IntegrityError:
        return wanted.get()
    _say(made, "submission.recorded", from_status="", facts={}, note="", by=by, now=now)
    return made


@transaction.atomic
def move_submission(
    submission: Submission,
    *,
    to: Submission.Status,
    facts: Mapping[str, Any],
    by: User,
    now: datetime,
    message: Message | None = None,
) -> Submission:
    """Bring a submission to its next status with the facts of that status (`moves.STAGES`).

    `facts` may hold a `note` besides; a `message` that moves the file is its own note. Sent twice,
    it moves once; a message of somebody who came second is kept without a move. Errors:
    MoveNotAllowed, SubmissionRefused (what is missing, by field).
    """
    given = dict(facts)
    note = str(given.pop("note", "") or "") if message is None else message.text
    fresh = _locked(submission)
    values = moves.values_after(fresh, to, given)
    if fresh.status == to and values == _facts_of(fresh):
        if message is not None:
            add_message(fresh, message=message, by=by, now=now)
        return fresh
    if to not in Submission.MOVES[Status(fresh.status)]:
        raise MoveNotAllowed(
            f"It is “{fresh.get_status_display()}” now and cannot become “{to.label}”."
        )
    _refuse(fresh, values, to=to, note=note, is_note_needed=True, by=by, now=now)
    before = fresh.status
    changed = _write(fresh, values)
    fresh.status = to
    fresh.save()
    _say(
        fresh,
        "submission.moved",
        from_status=before,
        facts=changed,
        note=note,
        message=message,
        by=by,
        now=now,
    )
    return fresh


@transaction.atomic
def correct_submission(
    submission: Submission, *, facts: Mapping[str, Any], note: str, by: User, now: datetime
) -> Submission:
    """Mend facts of the present status, e.g. a mistyped number or a renewed period.

    The reason is part of the record. Nothing different, nothing written.
    Errors: SubmissionRefused.
    """
    fresh = _locked(submission)
    status = Status(fresh.status)
    values = _facts_of(fresh) | {
        name: value
        for name, value in moves.values_after(fresh, status, facts).items()
        if name in facts
    }
    if values == _facts_of(fresh):
        return fresh
    if not note:
        raise SubmissionRefused({"note": "Say why the facts are corrected."})
    _refuse(fresh, values, to=status, note=note, is_note_needed=False, by=by, now=now)
    changed = _write(fresh, values)
    fresh.save()
    _say(
        fresh,
        "submission.corrected",
        from_status=fresh.status,
        facts=changed,
        note=note,
        by=by,
        now=now,
    )
    return fresh


@transaction.atomic
def add_message(
    submission: Submission, *, message: Message, by: User, now: datetime
) -> SubmissionEvent:
    """Keep a message, a phone call or a note with the file. Sent twice, it is kept once.

    Errors: SubmissionRefused.
    """
    fresh = _locked(submission)
    _refuse_message(message, today=by.local_date(now))
    last = fresh.events.first()
    if last is not None and last.by_id == by.id and _is_same(last, message):
        return last
    return _say(
        fresh,
        "submission.noted",
        from_status=None,
        facts={},
        note=message.text,
        message=message,
        by=by,
        now=now,
    )


@transaction.atomic
def ask_by_message(
    submission: Submission,
    *,
    message: Message,
    answer_due_on: date | None,
    by: User,
    now: datetime,
) -> Submission:
    """The message is a question of the body: the file waits for our answer until that day.

    While an earlier question is open, this one joins it and its day takes the place of the other.
    Errors: MoveNotAllowed, SubmissionRefused.
    """
    _refuse_message(message, today=by.local_date(now))
    fresh = _locked(submission)
    if fresh.status == Status.MORE_INFO:
        add_message(fresh, message=message, by=by, now=now)
        if answer_due_on is None:
            return fresh
        due = {"answer_due_on": answer_due_on}
        return correct_submission(fresh, facts=due, note=message.text, by=by, now=now)
    return move_submission(
        submission,
        to=Status.MORE_INFO,
        facts={"answer_due_on": answer_due_on},
        message=message,
        by=by,
        now=now,
    )


@transaction.atomic
def answer_by_message(
    submission: Submission, *, message: Message, by: User, now: datetime
) -> Submission:
    """The message is our answer: the body decides again, and nothing is due any more.

    Errors: MoveNotAllowed, SubmissionRefused.
    """
    _refuse_message(message, today=by.local_date(now))
    return move_submission(
        submission, to=Status.SUBMITTED, facts={}, message=message, by=by, now=now
    )


@transaction.atomic
def note_packet(
    submission: Submission, *, file: StoredFile, parts: Sequence[str], by: User, now: datetime
) -> None:
    """Keep with the file what was put together for the body. The same bytes are noted once."""
    fresh = _locked(submission)
    if any(event_packet(event) == file.sha256 for event in fresh.events.all()):
        return
    _say(
        fresh,
        "submission.packet-made",
        from_status=None,
        facts={"packet": file.sha256, "parts": ", ".join(parts)},
        note="",
        by=by,
        now=now,
    )


def _refuse_message(message: Message, *, today: date) -> None:
    found = {}
    if not message.text:
        found["note"] = "Write the note first."
    if message.happened_on is not None and message.happened_on > today:
        found["happened_on"] = "This day has not come yet."
    if found:
        raise SubmissionRefused(found)


def _is_same(event: SubmissionEvent, message: Message) -> bool:
    """Also of a message that moved the file: pressed twice, it comes back to a file that has
    moved. A move without a message has no direction."""
    return (
        event.note,
        event.direction,
        event.contact,
        event.happened_on,
        event_letter(event),
    ) == (
        message.text,
        message.direction,
        message.contact,
        message.happened_on,
        message.file.sha256 if message.file else "",
    )


def has_letter(submission: Submission, sha256: str) -> bool:
    """Whether these bytes are, or once were, a letter of this submission."""
    if submission.letter is not None and submission.letter.sha256 == sha256:
        return True
    return any(event_letter(event) == sha256 for event in submission.events.all())


def is_letter_of_a_submission(sha256: str) -> bool:
    """Past letters are named by the history alone, so no foreign key holds their files."""
    return SubmissionEvent.objects.filter(facts_json__contains=f'"letter":"{sha256}"').exists()


def event_letter(event: SubmissionEvent) -> str:
    value = json.loads(event.facts_json).get("letter")
    return value if isinstance(value, str) else ""


def event_packet(event: SubmissionEvent) -> str:
    value = json.loads(event.facts_json).get("packet")
    return value if isinstance(value, str) else ""


def has_packet(submission: Submission, sha256: str) -> bool:
    return any(event_packet(event) == sha256 for event in submission.events.all())


def claimed_hours(submission: Submission) -> Decimal | None:
    """The headline hours of the edition: of what is published, else of the newest draft."""
    revisions = CourseVersion.objects.filter(
        course=submission.course_id, edition=submission.edition
    ).order_by("-revision")
    published = revisions.filter(
        status__in=[CourseVersion.Status.PUBLISHED, CourseVersion.Status.RETIRED]
    )
    hours = published.values_list("credit_hours", flat=True).first()
    return hours if hours is not None else revisions.values_list("credit_hours", flat=True).first()


def _locked(submission: Submission) -> Submission:
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("body", "through", "letter")
        .get(pk=submission.pk)
    )


def _facts_of(submission: Submission) -> dict[str, Any]:
    return {name: getattr(submission, name) for name in moves.FACTS}


def _refuse(
    submission: Submission,
    values: Mapping[str, Any],
    *,
    to: Submission.Status,
    note: str,
    is_note_needed: bool,
    by: User,
    now: datetime,
) -> None:
    found = moves.problems(
        values,
        to=to,
        body_id=submission.body_id,
        note=note,
        is_note_needed=is_note_needed,
        claimed_hours=claimed_hours(submission),
        today=by.local_date(now),
    )
    if found:
        raise SubmissionRefused(found)


def _write(submission: Submission, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set the facts on the row and return those that differ, as they are stored in events."""
    changed = {}
    for name, value in values.items():
        if getattr(submission, name) != value:
            changed[name] = _said(value)
            setattr(submission, name, value)
    return changed


def _said(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case StoredFile():
            return value.sha256
        case LicensingBody():
            return value.code
    return value


def _say(
    submission: Submission,
    action: str,
    *,
    from_status: str | None,
    facts: Mapping[str, Any],
    note: str,
    by: User,
    now: datetime,
    message: Message | None = None,
) -> SubmissionEvent:
    """`from_status` None: a message or note, which moves nothing."""
    said = dict(facts)
    if message is not None and message.file is not None:
        # Also where the move itself clears the letter of an earlier stage.
        said["letter"] = message.file.sha256
    event = SubmissionEvent.objects.create(
        submission=submission,
        at=now,
        by_id=by.id,
        by_label=by.email,
        from_status=from_status or "",
        to_status="" if from_status is None else submission.status,
        note=note,
        direction=message.direction if message else "",
        contact=message.contact if message else "",
        happened_on=message.happened_on if message else None,
        facts_json=canonical_json(said),
    )
    audit.record(
        action,
        subject_type="submission",
        subject_id=submission.uid,
        by=by,
        now=now,
        course=submission.course_id,
        edition=submission.edition,
        body=submission.body.code,
        from_status=event.from_status,
        to_status=event.to_status,
        facts=said,
        note=note,
        **({"direction": event.direction, "contact": event.contact} if message else {}),
    )
    return event
