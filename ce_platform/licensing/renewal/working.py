"""The counting itself, in the order of docs/decisions/0030: keep what lies in the cycle, drop
repeats, then place all hours under every limit at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from ce_platform.licensing.renewal.allocation import Allocation, Piece, allocate
from ce_platform.licensing.renewal.credits import Credit
from ce_platform.licensing.renewal.cycles import Cycle
from ce_platform.licensing.renewal.frame import Frame, Hours, day_limits, frame_of, hours_of
from ce_platform.licensing.renewal.gates import Gate, credit_gate, subject_gate
from ce_platform.licensing.renewal.repeats import repeat_gates
from ce_platform.licensing.renewal.rules import Besides, RenewalRule

CARRIED = "carried over"
RANK_CARRIED, RANK_EARNED, RANK_PLANNED, RANK_ASKED, RANK_OPEN = 3, 2, 1, 0, -1


@dataclass(frozen=True)
class Entry:
    """Hours of one subject of a credit, with what its gates say. `besides`: where they go when
    they belong to training on top of the hours."""

    credit: Credit
    subject: str
    hours: Decimal
    gate: Gate
    besides: Besides | None


@dataclass(frozen=True)
class Working:
    """What was placed: `known` for sure, `hopeful` with everything that is open or pending. Entry
    and piece stand at the same place of their lists; carried hours are the piece after the last."""

    rule: RenewalRule
    cycle: Cycle
    frame: Frame
    credits: tuple[Credit, ...]
    gates: dict[str, Gate]
    entries: tuple[Entry, ...]
    known: Allocation
    hopeful: Allocation
    carried: Decimal

    def entries_of(self, key: str) -> list[tuple[int, Entry]]:
        return self._by_key.get(key, [])

    @cached_property
    def _by_key(self) -> dict[str, list[tuple[int, Entry]]]:
        found: dict[str, list[tuple[int, Entry]]] = {}
        for place, entry in enumerate(self.entries):
            found.setdefault(entry.credit.key, []).append((place, entry))
        return found


def work_out(
    rule: RenewalRule,
    cycle: Cycle,
    before: Cycle | None,
    credits: Sequence[Credit],
    today: date,
    *,
    carried: Decimal = Decimal(0),
    last_key: str = "",
) -> Working:
    """Place the hours of all credits. The result depends on what they are, not on their order."""
    ordered = tuple(
        sorted(
            credits,
            key=lambda credit: (
                credit.key == last_key,
                credit.is_planned,
                credit.completed_on or date.max,
                credit.key,
            ),
        )
    )
    frame = frame_of(rule, cycle)
    gates = {credit.key: credit_gate(rule, cycle, credit, today) for credit in ordered}
    repeats = repeat_gates(rule, cycle, before, ordered, gates)
    gates = {key: gate.add(repeats[key]) for key, gate in gates.items()}
    entries = tuple(
        Entry(
            credit,
            subject,
            hours,
            gates[credit.key].add(subject_gate(rule, credit, subject)),
            _besides(rule, subject),
        )
        for credit in ordered
        for subject, hours in credit.hours_here().items()
    )
    days = day_limits(rule, [each for each in ordered if not gates[each.key].refusals])
    limits = (*frame.limits, *(limit for limit, _ in days))
    hopeful_limits = (*frame.hopeful_limits, *(limit for limit, _ in days))
    windows = [keys for _, keys in days]
    fitting = _Fitting(frame)
    placeable = [
        (entry, hours_of(rule, entry.credit, entry.subject), _windows_of(entry, frame, windows))
        for entry in entries
    ]
    known, hopeful = (
        [
            _piece(fitting, entry, hours, within, at, last_key, is_hopeful)
            for at, (entry, hours, within) in enumerate(placeable)
        ]
        for is_hopeful in (False, True)
    )
    if carried:
        surplus = Piece(
            CARRIED, carried, frozenset({frame.free_slot}), frozenset(), RANK_CARRIED, -1
        )
        known.append(surplus)
        hopeful.append(surplus)
    return Working(
        rule=rule,
        cycle=cycle,
        frame=frame,
        credits=ordered,
        gates=gates,
        entries=entries,
        known=allocate(known, frame.slots, limits, frame.most),
        hopeful=allocate(hopeful, frame.hopeful_slots, hopeful_limits, frame.most),
        carried=carried,
    )


def could_take_more(working: Working, extra: Sequence[Piece], free_hours: Decimal) -> Decimal:
    """How many of these further hours would count, with the free slot larger by `free_hours`."""
    known, frame = working.known, working.frame
    slots = list(frame.slots)
    slots[-1] = replace(slots[-1], hours=slots[-1].hours + free_hours)
    placed = allocate([*known.pieces, *extra], slots, known.limits, frame.most + free_hours)
    return placed.total - known.total


class _Fitting:
    """The frame's answers, each worked out once: most courses of a person are of one kind."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._slots: dict[tuple[Hours, bool], frozenset[int]] = {}
        self._limits: dict[Hours, frozenset[int]] = {}

    def slots(self, hours: Hours, *, is_hopeful: bool) -> frozenset[int]:
        found = self._slots.get((hours, is_hopeful))
        if found is None:
            found = self.frame.slots_for(hours, is_hopeful=is_hopeful)
            self._slots[hours, is_hopeful] = found
        return found

    def limits(self, hours: Hours) -> frozenset[int]:
        found = self._limits.get(hours)
        if found is None:
            found = self._limits[hours] = self.frame.limits_for(hours)
        return found


def _windows_of(entry: Entry, frame: Frame, windows: Sequence[frozenset[str]]) -> frozenset[int]:
    """Places of the days it lies in, among the limits."""
    first = len(frame.limits)
    return frozenset(first + at for at, keys in enumerate(windows) if entry.credit.key in keys)


def _piece(
    fitting: _Fitting,
    entry: Entry,
    hours: Hours,
    within: frozenset[int],
    order: int,
    last_key: str,
    is_hopeful: bool,
) -> Piece:
    is_out = bool(entry.gate.refusals) or entry.besides is not None
    is_stopped = is_out or not (is_hopeful or entry.gate.is_open)
    return Piece(
        owner=entry.credit.key,
        hours=entry.hours,
        slots=frozenset() if is_stopped else fitting.slots(hours, is_hopeful=is_hopeful),
        limits=fitting.limits(hours) | within,
        rank=_rank(entry, last_key),
        order=order,
    )


def _rank(entry: Entry, last_key: str) -> int:
    if not entry.gate.is_open:
        return RANK_OPEN
    if entry.credit.key == last_key:
        return RANK_ASKED
    return RANK_PLANNED if entry.credit.is_planned else RANK_EARNED


def _besides(rule: RenewalRule, subject: str) -> Besides | None:
    return next((each for each in rule.besides if subject in each.subjects), None)
