"""A submission of an earlier system as the moves that led to it, one after the other.

The moves go through the functions of the desk. Each tells the day on which it happened and that it
was recorded from an earlier system; when it was written down here is told as well, and is true.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from ce_platform.core.errors import DomainError
from ce_platform.core.models import StoredFile
from ce_platform.licensing.domain import moves
from ce_platform.licensing.domain import submissions as desk
from ce_platform.licensing.models import LicensingBody, Submission, SubmissionEvent
from ce_platform.office.moving_in.cells import CellRefused
from ce_platform.office.moving_in.drafts import Context, Draft
from ce_platform.office.moving_in.errors import ImportRefused
from courses.models import Course, CourseVersion

Status = Submission.Status
Direction = SubmissionEvent.Direction
_OVER: Final = (Status.EXPIRED, Status.WITHDRAWN, Status.SUPERSEDED)
_GIVEN: Final = tuple(name for name in moves.FACTS if name != "letter")
_DIRECTIONS: Final = {
    Status.SUBMITTED: Direction.TO_BODY,
    Status.MORE_INFO: Direction.FROM_BODY,
    Status.APPROVED: Direction.FROM_BODY,
    Status.DENIED: Direction.FROM_BODY,
}
_DAY_OF: Final = {
    Status.SUBMITTED: "submitted_on",
    Status.APPROVED: "decided_on",
    Status.DENIED: "decided_on",
    Status.ACCEPTS_LIST: "decided_on",
    Status.EXPIRED: "valid_to",
    Status.WITHDRAWN: "valid_to",
    Status.SUPERSEDED: "valid_to",
}
_SENT_ON: Final = (
    "Write the day on which it was submitted. If nobody knows it any more, write the day of the "
    "decision."
)


def hours(value: Any) -> Decimal:
    """Errors: CellRefused. How many there may be is a rule of the desk."""
    try:
        found = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= 1_000:
        raise CellRefused(f"“{str(value)[:40]}” is no number of hours. Write it like 3 or 1.5.")
    return found


def editions_of(courses: Iterable[int]) -> dict[int, dict[int, Decimal | None]]:
    """By course and edition the hours that it claims, as the desk works them out. One query."""
    found: dict[int, dict[int, Decimal | None]] = {}
    is_published: dict[tuple[int, int], bool] = {}
    rows = CourseVersion.objects.filter(course__in=set(courses)).order_by("revision")
    for course, edition, status, claimed in rows.values_list(
        "course_id", "edition", "status", "credit_hours"
    ):
        counts = status in (CourseVersion.Status.PUBLISHED, CourseVersion.Status.RETIRED)
        if counts or not is_published.get((course, edition)):
            found.setdefault(course, {})[edition] = claimed
            is_published[course, edition] = counts
    return found


def route(values: Mapping[str, Any]) -> list[Submission.Status]:
    """The moves from an open file to where it stands. Pure."""
    to = Status(values["status"])
    if to == Status.DRAFT:
        return []
    if values["through"]:
        return [Status.ACCEPTS_LIST] if to == Status.ACCEPTS_LIST else [Status.ACCEPTS_LIST, to]
    if to in (Status.EXPIRED, Status.SUPERSEDED) or (to in _OVER and values["valid_from"]):
        return [Status.SUBMITTED, Status.APPROVED, to]
    if to in (Status.APPROVED, Status.DENIED, Status.MORE_INFO) or (
        to == Status.WITHDRAWN and values["submitted_on"]
    ):
        return [Status.SUBMITTED, to]
    return [to]


def problems(
    values: Mapping[str, Any],
    *,
    bodies: Mapping[str, LicensingBody],
    has_letter: bool,
    claimed_hours: Decimal | None,
    today: date,
) -> dict[str, str]:
    """By column a sentence, from the rules of the desk; nothing is written. Pure."""
    way = route(values)
    label = Status(values["status"]).label
    body = bodies[values["body"].lower()]
    found: dict[str, str] = {}
    letter = StoredFile() if has_letter else None
    trial = Submission(body=body, status=Status.DRAFT)
    for step, facts in _steps(values, way, bodies=bodies, letter=letter):
        if step not in Submission.MOVES[Status(trial.status)]:
            found.setdefault("status", f"A file cannot be “{label}” with these facts.")
            break
        after = moves.values_after(trial, step, facts)
        told = moves.problems(
            after,
            to=step,
            body_id=body.pk,
            note=values["note"],
            is_note_needed=step == way[-1],
            claimed_hours=claimed_hours,
            today=today,
        )
        for name, sentence in told.items():
            found.setdefault(name, _SENT_ON if name == "submitted_on" else sentence)
        for name, value in after.items():
            setattr(trial, name, value)
        trial.status = step
    # Else a certificate of a day between its end and today would be printed as approved.
    if Status.APPROVED in way and way[-1] in _OVER and not values["valid_to"]:
        found.setdefault("valid_to", "Write the last day on which the approval held.")
    taken = {name for step in way or [Status.DRAFT] for name in moves.STAGES[step].facts}
    for name in _GIVEN:
        if values[name] and name not in taken:
            found.setdefault(
                name, f"A file that is “{label}” has no such fact. Empty it, or mend the status."
            )
    return found


def _steps(
    values: Mapping[str, Any],
    way: Iterable[Submission.Status],
    *,
    bodies: Mapping[str, LicensingBody],
    letter: StoredFile | None,
) -> Iterator[tuple[Submission.Status, dict[str, Any]]]:
    """Each move with those facts that belong to it."""
    given = {name: _fact(name, values[name], bodies) for name in _GIVEN if values[name]}
    if letter is not None:
        given["letter"] = letter
    for step in way:
        yield step, {name: given[name] for name in moves.STAGES[step].facts if name in given}


def _fact(name: str, said: str, bodies: Mapping[str, LicensingBody]) -> Any:
    if name == "through":
        return bodies[said.lower()]
    if name == "hours_granted":
        return Decimal(said)
    if name.endswith("_on") or name.startswith("valid_"):
        return date.fromisoformat(said)
    return said


def record(
    draft: Draft, *, course: Course, context: Context, letter: StoredFile | None
) -> Submission:
    """In the transaction of the import. Errors: ImportRefused."""
    values, by, now = draft.values, context.actor, context.now
    way = route(values)
    mark = f"Recorded from {context.run.source}."
    last_words = f"{values['note']}\n{mark}".strip()
    try:
        made = desk.record_submission(
            course=course,
            edition=values["edition"],
            body=context.bodies[values["body"].lower()],
            by=by,
            now=now,
        )
        is_filed = False
        for step, facts in _steps(values, way, bodies=context.bodies, letter=letter):
            is_last = step == way[-1]
            is_filed = is_filed or "letter" in facts
            day = values[_DAY_OF[step]] if step in _DAY_OF else ""
            if step == Status.WITHDRAWN and Status.APPROVED not in way:
                day = values["decided_on"]
            made = desk.move_submission(
                made,
                to=step,
                facts=facts,
                message=desk.Message(
                    text=last_words if is_last else mark,
                    direction=_DIRECTIONS.get(step, Direction.INTERNAL),
                    happened_on=date.fromisoformat(day) if day else None,
                    # A letter that is no fact of any stage still belongs to the file.
                    file=letter if is_last and not is_filed else None,
                ),
                by=by,
                now=now,
            )
        if not way:
            facts = {name: values[name] for name in ("channel", "reference") if values[name]}
            if facts:
                made = desk.correct_submission(made, facts=facts, note=mark, by=by, now=now)
            desk.add_message(
                made, message=desk.Message(text=last_words, file=letter), by=by, now=now
            )
    except DomainError as refusal:
        raise ImportRefused(f"Row {draft.row}: {refusal}") from None
    return made
