"""What the pages of moving in show; a constant number of queries each."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from ce_platform.core.jobs import State as Word
from ce_platform.office.moving_in.kinds import Kind, kinds
from ce_platform.office.moving_in.models import ImportLine, ImportRun

State = ImportRun.State
Action = ImportLine.Action
LINES_A_PAGE = 50
_TONES = {
    State.COLUMNS: "wait",
    State.CHECKING: "accent",
    State.LOOKED_AT: "wait",
    State.APPLYING: "accent",
    State.DONE: "good",
    State.UNDONE: "quiet",
    State.FAILED: "bad",
}
_ACTION_TONES = {
    Action.NEW: "good",
    Action.CHANGE: "accent",
    Action.SAME: "quiet",
    Action.SKIPPED: "quiet",
    Action.BAD: "bad",
}


@dataclass(frozen=True)
class Step:
    kind: Kind
    done_count: int
    line_count: int
    is_open: bool


@dataclass(frozen=True)
class Counted:
    action: str
    label: str
    count: int


@dataclass(frozen=True)
class Shown:
    line: ImportLine
    what: str
    """The line in a few words."""
    label: str
    tone: str


@dataclass(frozen=True)
class ShownLines:
    rows: list[Shown]
    next_after: int | None
    only: str


def steps() -> list[Step]:
    """One query."""
    found = {
        row["kind"]: (row["done"], row["most"] or 0, bool(row["waiting"]))
        for row in ImportRun.objects.values("kind").annotate(
            done=Count("pk", filter=Q(state=State.DONE)),
            most=Sum("new_count", filter=Q(state=State.DONE)),
            waiting=Count("pk", filter=~Q(state__in=[State.DONE, State.UNDONE])),
        )
    }
    return [Step(kind, *found.get(kind.name, (0, 0, False))) for kind in kinds()]


def state_of(run: ImportRun) -> Word:
    state = State(run.state)
    if state == State.LOOKED_AT:
        if run.bad_count:
            return Word("To be mended", "bad")
        if not run.new_count and not run.change_count:
            return Word("Nothing to do", "quiet")
        return Word("Ready", "wait")
    return Word(str(state.label), _TONES[state])


def counts_of(run: ImportRun) -> list[Counted]:
    counts = {
        Action.BAD: run.bad_count,
        Action.NEW: run.new_count,
        Action.CHANGE: run.change_count,
        Action.SAME: run.same_count,
        Action.SKIPPED: run.skipped_count,
    }
    labels = {Action.NEW: "Brought in", Action.CHANGE: "Filled in"} if run.applied_at else {}
    return [
        Counted(action, labels.get(action) or str(action.label), count)
        for action, count in counts.items()
        if count
    ]


def shown_lines(run: ImportRun, *, action: str, after: str) -> ShownLines:
    """Without a wish: those to be mended where there are any, else all."""
    only = action if action in {*Action.values, "notes", "all"} else ""
    if not only:
        only = Action.BAD if run.bad_count else "all"
    lines = run.lines.order_by("row")
    if only == "notes":
        lines = lines.exclude(note="")
    elif only != "all":
        lines = lines.filter(action=only)
    if after.isascii() and after.isdigit() and len(after) < 9:
        lines = lines.filter(row__gt=int(after))
    found = list(lines[: LINES_A_PAGE + 1])
    return ShownLines(
        rows=[
            Shown(
                line,
                _in_words(line),
                str(Action(line.action).label),
                _ACTION_TONES[Action(line.action)],
            )
            for line in found[:LINES_A_PAGE]
        ],
        next_after=found[LINES_A_PAGE - 1].row if len(found) > LINES_A_PAGE else None,
        only=only,
    )


def _in_words(line: ImportLine) -> str:
    values = line.values
    names = (
        *("code", "name", "email", "old_number", "course", "completed_on", "body", "number"),
        *("old", "target", "edition", "status"),
    )
    return " · ".join(str(values[name]) for name in names if values.get(name))[:240]
