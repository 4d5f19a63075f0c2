"""What each move of a submission asks for. Pure: facts in, refusals out.

A *fact* is a column of Submission that a person writes down. Each status says which facts it
must have, which it may have, and which belong to an earlier stage and are cleared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ce_platform.core.templatetags.wording import long_date, plain_number
from ce_platform.licensing.models import Submission

Status = Submission.Status
MOST_HOURS: Final = Decimal(100)

DECISION: Final = (
    "decided_on",
    "answer_due_on",
    "number",
    "title_approved",
    "hours_granted",
    "category",
    "valid_from",
    "valid_to",
    "conditions",
    "letter",
    "through",
)
FACTS: Final = ("channel", "reference", "submitted_on", *DECISION)


@dataclass(frozen=True)
class Stage:
    """One status: its facts, in the order of its form."""

    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    asks: tuple[str, ...] | None = None
    """Fields of the move's form, where `facts` would ask too much."""
    note_sentence: str = ""
    """Set where the move makes no sense without words."""

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(name for name in FACTS if name in self.needs or name in self.takes)


STAGES: Final[Mapping[Submission.Status, Stage]] = {
    Status.DRAFT: Stage(
        takes=("channel", "reference"), clears=("submitted_on", *DECISION), asks=()
    ),
    Status.SUBMITTED: Stage(
        needs=("submitted_on",), takes=("channel", "reference"), clears=DECISION
    ),
    Status.MORE_INFO: Stage(
        needs=("submitted_on",),
        takes=("channel", "reference", "answer_due_on", "letter"),
        note_sentence="Write down what the body asks.",
    ),
    Status.APPROVED: Stage(
        needs=("decided_on", "hours_granted", "valid_from"),
        takes=(
            "submitted_on",
            "channel",
            "reference",
            "number",
            "title_approved",
            "category",
            "valid_to",
            "conditions",
            "letter",
        ),
        clears=("answer_due_on", "through"),
    ),
    Status.ACCEPTS_LIST: Stage(
        needs=("through",),
        takes=(
            "decided_on",
            "number",
            "title_approved",
            "hours_granted",
            "valid_from",
            "valid_to",
            "conditions",
            "letter",
        ),
        clears=("answer_due_on",),
    ),
    Status.NO_PREAPPROVAL: Stage(takes=("conditions",), clears=("answer_due_on",)),
    Status.NOT_NEEDED: Stage(
        clears=("answer_due_on",), note_sentence="Say why there is nothing to send."
    ),
    Status.DENIED: Stage(
        needs=("decided_on",),
        takes=("submitted_on", "channel", "reference", "answer_due_on", "letter"),
        clears=("answer_due_on",),
        note_sentence="Write down the reason the body gave.",
    ),
    Status.WITHDRAWN: Stage(
        takes=("submitted_on", "channel", "reference", "decided_on", "valid_to"),
        clears=("answer_due_on",),
        asks=(),
    ),
    Status.EXPIRED: Stage(
        needs=("valid_to",),
        takes=("number", "hours_granted", "valid_from", "title_approved", "letter"),
        asks=("valid_to",),
    ),
    Status.SUPERSEDED: Stage(),
}

_MISSING: Final = {
    "submitted_on": "Write the day on which it was submitted.",
    "decided_on": "Write the day of the decision.",
    "hours_granted": "Write how many hours the body granted.",
    "valid_from": "Write the first day on which the approval holds.",
    "valid_to": "Write the last day on which the approval held.",
    "through": "Choose whose list the body accepts, e.g. NCBTMB.",
}


def asked_in(from_status: str, to: Submission.Status) -> tuple[str, ...]:
    """The facts worth a field in the form of this move: what earlier stages settled is left out."""
    if STAGES[to].asks is not None:
        return STAGES[to].asks or ()
    settled = {"submitted_on", "channel", "reference"}
    is_first = from_status == Status.DRAFT or to == Status.SUBMITTED
    names = STAGES[to].facts
    return names if is_first else tuple(name for name in names if name not in settled)


def allowed_moves(submission: Submission) -> list[Submission.Status]:
    """In the order of the enum."""
    allowed = Submission.MOVES[Status(submission.status)]
    return [status for status in Status if status in allowed]


def values_after(
    submission: Submission, to: Submission.Status, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Every fact as it will stand after the move. Errors: ValueError for a fact out of place."""
    stage = STAGES[to]
    stray = set(facts) - set(stage.facts)
    if stray:
        raise ValueError(f"{to}: no such fact {', '.join(sorted(stray))}")
    values = {name: getattr(submission, name) for name in FACTS}
    for name in stage.clears:
        values[name] = empty(name)
    return values | {name: _given(name, value) for name, value in facts.items()}


def empty(name: str) -> Any:
    return "" if name in TEXTS else None


TEXTS: Final = frozenset(
    {"channel", "reference", "number", "title_approved", "category", "conditions"}
)


def _given(name: str, value: Any) -> Any:
    return empty(name) if value is None or value == "" else value


def problems(
    values: Mapping[str, Any],
    *,
    to: Submission.Status,
    body_id: int,
    note: str,
    is_note_needed: bool,
    claimed_hours: Decimal | None,
    today: date,
) -> dict[str, str]:
    """Per field a sentence for the person; empty when the move may be made."""
    stage = STAGES[to]
    found = {name: _MISSING[name] for name in stage.needs if values[name] is None}
    if is_note_needed and stage.note_sentence and not note:
        found["note"] = stage.note_sentence
    found |= _date_problems(values, to=to, today=today)
    hours = values["hours_granted"]
    if hours is not None and not 0 < hours <= MOST_HOURS:
        found["hours_granted"] = f"Write more than 0 and at most {MOST_HOURS} hours."
    elif hours is not None and hours != round(hours, 2):
        found["hours_granted"] = "Write hours with at most two decimals."
    elif (
        to == Status.APPROVED
        and hours is not None
        and claimed_hours is not None
        and hours > claimed_hours
        and values["letter"] is None
    ):
        # Claimed hours may exceed the strictest method only by a grant in writing, on file.
        found["letter"] = (
            f"The course claims {plain_number(claimed_hours)} hours. For more, attach the letter "
            "in which the body grants them."
        )
    if values["through"] is not None and values["through"].pk == body_id:
        found["through"] = "A body's own list is an approval. Choose the other body."
    return found


def _date_problems(
    values: Mapping[str, Any], *, to: Submission.Status, today: date
) -> dict[str, str]:
    found = {}
    submitted, decided = values["submitted_on"], values["decided_on"]
    first, last = values["valid_from"], values["valid_to"]
    for name in ("submitted_on", "decided_on"):
        if values[name] is not None and values[name] > today:
            found[name] = "This day has not come yet."
    if submitted and decided and decided < submitted:
        found["decided_on"] = (
            f"The decision cannot be earlier than the submission on {long_date(submitted)}."
        )
    if submitted and values["answer_due_on"] and values["answer_due_on"] < submitted:
        found["answer_due_on"] = (
            f"The answer cannot be due before the submission on {long_date(submitted)}."
        )
    if first and last and last < first:
        found["valid_to"] = f"The last day cannot be earlier than the first, {long_date(first)}."
    elif to == Status.EXPIRED and last and last >= today:
        found["valid_to"] = f"The approval still holds: its last day is {long_date(last)}."
    return found


def missing_sentence(name: str) -> str:
    return _MISSING[name]
