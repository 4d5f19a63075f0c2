"""Why hours of a credit count or do not, in sentences. Category fit is told before a limit."""

from collections.abc import Iterable
from decimal import Decimal

from ce_platform.licensing.renewal.allocation import Allocation
from ce_platform.licensing.renewal.credits import Credit
from ce_platform.licensing.renewal.frame import ANY_SUBJECT
from ce_platform.licensing.renewal.verdicts import Verdict
from ce_platform.licensing.renewal.wording import hours_words, listed, number_words, small
from ce_platform.licensing.renewal.working import Entry, Working

NOT_CHECKED = "This rule was not checked by this office; please confirm with {asked}."
CONFIRM = "Please confirm with {asked}."


def hours_of_credit(working: Working, key: str) -> tuple[Decimal, Decimal]:
    """Hours that count for sure, and those that would count besides if what is open went well."""
    known = hopeful = Decimal(0)
    for place, _ in working.entries_of(key):
        known += working.known.of_piece(place)
        hopeful += working.hopeful.of_piece(place)
    return known, max(hopeful - known, Decimal(0))


def took(working: Working, key: str) -> tuple[tuple[str, Decimal], ...]:
    """(category, hours) in the order of the rule."""
    found: dict[int, Decimal] = {}
    places = {place for place, _ in working.entries_of(key)}
    for (piece, slot), hours in working.known.placed.items():
        if piece in places:
            found[slot] = found.get(slot, Decimal(0)) + hours
    return tuple((working.frame.slots[slot].name, found[slot]) for slot in sorted(found))


def is_elsewhere(working: Working, credit: Credit) -> bool:
    day = credit.completed_on
    return day is not None and working.cycle.has(day) is False


def is_probable_only(working: Working) -> bool:
    """The hours are worked out, but a plain yes would claim too much."""
    return not (working.rule.is_checked and working.cycle.is_needed_certain)


def verdict_of(working: Working, credit: Credit) -> Verdict:
    hours, open_hours = hours_of_credit(working, credit.key)
    entries = [entry for _, entry in working.entries_of(credit.key)]
    gate = working.gates[credit.key]
    if gate.refusals:
        return Verdict.DOES_NOT_COUNT
    if working.cycle.needed == 0:
        return Verdict.NOTHING_DUE
    if hours:
        if is_probable_only(working):
            return Verdict.ASK
        return Verdict.COUNTS if hours == credit.total_hours else Verdict.IN_PART
    besides = [entry for entry in entries if entry.besides]
    if besides and gate.is_open:
        return Verdict.ASK if is_probable_only(working) else Verdict.BESIDES
    if gate.pending and (open_hours or besides):
        return Verdict.PENDING
    if open_hours or working.cycle.needed is None:
        return Verdict.NOT_KNOWN
    if gate.unknowns and not any(_has_fit(working, place) for place in _places(working, credit)):
        return Verdict.NOT_KNOWN if not entries else Verdict.DOES_NOT_COUNT
    return Verdict.DOES_NOT_COUNT


def sentences_of(working: Working, credit: Credit) -> tuple[str, ...]:
    """The first says how many hours count; the others say why, and what to mind."""
    told: list[str] = []
    gate = working.gates[credit.key]
    hours, open_hours = hours_of_credit(working, credit.key)
    reasons: list[str] = []
    if gate.refusals:
        return tuple(gate.refusals)
    if working.cycle.needed == 0:
        return (_nothing_due(working),)
    for place, entry in working.entries_of(credit.key):
        reasons += entry.gate.refusals
        reasons += _why_lost(working, place, entry)
    reasons = _once(reasons)
    total = credit.total_hours
    if hours == total:
        told.append(f"{_all(hours)}: {_where(working, credit)}.")
    elif hours:
        why = f": {reasons[0]}" if reasons else "."
        told.append(f"{number_words(hours)} of your {hours_words(total)} count{why}")
        told += [_upper(reason) for reason in reasons[1:]]
        told.append(f"They count as {_where(working, credit)}.")
    else:
        told += [_upper(reason) for reason in reasons]
    told += _besides(working, credit)
    told += gate.pending
    for _, entry in working.entries_of(credit.key):
        told += entry.gate.unknowns
        told += entry.gate.remarks
    if open_hours and gate.pending:
        told.append(f"Once approved, {hours_words(open_hours)} would count.")
    elif open_hours:
        told.append(f"Whether {hours_words(open_hours)} count is not known, so none is counted.")
    if not working.entries_of(credit.key):
        told.append("No hours are noted.")
    return tuple(_once(told))


# ---------------------------------------------------------------- why hours are lost


def _why_lost(working: Working, place: int, entry: Entry) -> list[str]:
    if entry.besides is not None or entry.gate.refusals:
        return []
    placing = working.known if entry.gate.is_open else working.hopeful
    lost = entry.hours - placing.of_piece(place)
    if lost <= 0:
        return []
    piece = placing.pieces[place]
    if not piece.slots:
        return [_no_category(working, entry)]
    slots = sorted(piece.slots)
    if all(placing.in_slot(slot) >= placing.slots[slot].hours for slot in slots):
        return [_slots_full(working, placing, place, slots)]
    if placing.total >= working.frame.most:
        return [_complete(working)]
    return [
        placing.limits[limit].sentence
        for limit in sorted(piece.limits)
        if placing.under_limit(limit) >= placing.limits[limit].hours
        and placing.limits[limit].sentence
    ]


def _no_category(working: Working, entry: Entry) -> str:
    frame, place = working.frame, working.rule.place
    if working.frame.needed is None:
        return f"How many hours {place} asks for in all is not known; ask {working.rule.asked}."
    names = listed([small(slot.name) for slot in frame.slots[:-1]])
    return (
        f"{place} leaves no hours for this: all {hours_words(frame.needed)} have a subject of "
        f"their own ({names})."
    )


def _slots_full(working: Working, placing: Allocation, place: int, slots: list[int]) -> str:
    names = [
        _room(placing.slots[slot].hours, placing.slots[slot].name)
        for slot in slots
        if placing.slots[slot].hours
    ]
    others = sum(
        (
            hours
            for (piece, slot), hours in placing.placed.items()
            if slot in slots and placing.pieces[piece].owner != placing.pieces[place].owner
        ),
        Decimal(0),
    )
    is_all = len([slot for slot in placing.slots if slot.hours]) == len(names)
    if is_all and placing.total >= working.frame.most:
        return _complete(working)
    said = f"{working.rule.place} leaves {listed(names)}"
    if others:
        said += f", and other courses fill {number_words(others)} of them"
    return f"{said}."


def _room(hours: Decimal, name: str) -> str:
    """5 general hours; 2 hours of professional ethics."""
    if name == ANY_SUBJECT:
        return f"{hours_words(hours)} of any subject"
    if " " not in name and name.lower() == "general":
        return f"{number_words(hours)} general hour{'' if hours == 1 else 's'}"
    return f"{hours_words(hours)} of {small(name)}"


def _complete(working: Working) -> str:
    needed = working.frame.needed
    return f"your {hours_words(needed)} are complete." if needed else "nothing more is due."


def _nothing_due(working: Working) -> str:
    rule = working.rule
    if rule.asks_nothing:
        return f"{rule.place} asks for no hours, so there is nothing this could count for."
    return working.cycle.needed_because


# ---------------------------------------------------------------- pieces of sentences


def _all(hours: Decimal) -> str:
    return "The 1 hour counts" if hours == 1 else f"All {hours_words(hours)} count"


def _where(working: Working, credit: Credit) -> str:
    return listed(_room(hours, name) for name, hours in took(working, credit.key))


def _besides(working: Working, credit: Credit) -> list[str]:
    needed = working.frame.needed
    hours = f"the {hours_words(needed)}" if needed else "the hours"
    return [
        f"{_upper(hours_words(entry.hours))} go to {small(entry.besides.what)}, which "
        f"{working.rule.place} asks for besides {hours}."
        for _, entry in working.entries_of(credit.key)
        if entry.besides is not None
    ]


def _places(working: Working, credit: Credit) -> list[int]:
    return [place for place, _ in working.entries_of(credit.key)]


def _has_fit(working: Working, place: int) -> bool:
    return bool(working.hopeful.pieces[place].slots)


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
