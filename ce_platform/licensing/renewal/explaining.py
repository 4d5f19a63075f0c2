"""Why hours of a credit count or do not, in sentences. Category fit is told before a limit."""

from collections.abc import Iterable
from decimal import Decimal

from ce_platform.licensing.renewal.allocation import Allocation
from ce_platform.licensing.renewal.credits import Credit
from ce_platform.licensing.renewal.frame import ANY_SUBJECT, hours_of
from ce_platform.licensing.renewal.overview import as_known
from ce_platform.licensing.renewal.subjects import SUBJECT_WORDS, Subject
from ce_platform.licensing.renewal.verdicts import Verdict
from ce_platform.licensing.renewal.wording import (
    hours_in,
    hours_words,
    listed,
    number_words,
    small,
    upper,
)
from ce_platform.licensing.renewal.working import Entry, Working


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
    besides = [entry for entry in entries if entry.besides]
    if hours:
        if is_probable_only(working):
            return Verdict.ASK
        used = sum((entry.hours for entry in besides if entry.gate.is_open), hours)
        return Verdict.COUNTS if used == credit.total_hours else Verdict.IN_PART
    if besides and gate.is_open:
        return Verdict.ASK if is_probable_only(working) else Verdict.BESIDES
    if gate.pending and (open_hours or besides):
        return Verdict.PENDING
    if open_hours or working.cycle.needed is None:
        return Verdict.NOT_KNOWN
    return Verdict.DOES_NOT_COUNT


def sentences_of(working: Working, credit: Credit) -> tuple[str, ...]:
    """The first says how many hours count; the others say why, and what to mind."""
    told: list[str] = []
    gate = working.gates[credit.key]
    hours, open_hours = hours_of_credit(working, credit.key)
    if gate.refusals:
        return tuple(map(upper, gate.refusals))
    if working.cycle.needed == 0:
        return (as_known(working.rule, _nothing_due(working)),)
    entries = working.entries_of(credit.key)
    reasons = _once(why for place, entry in entries for why in _why_lost(working, place, entry))
    total = credit.total_hours
    probably = "probably " if is_probable_only(working) else ""
    if hours and hours == total:
        told.append(f"{_all(hours, probably)}{_where(working, credit)}.")
    elif hours and reasons:
        told.append(f"{_some(hours, total, probably)}: {reasons[0]}")
        told += reasons[1:]
    elif hours:
        told.append(f"{_some(hours, total, probably)}{_where(working, credit)}.")
    else:
        told += reasons
    told += _besides(working, credit)
    told += gate.pending
    for _, entry in entries:
        if entry.besides is None and not has_fit(working, entry):
            continue
        told += entry.gate.unknowns
        told += entry.gate.remarks
    if open_hours and gate.pending:
        would = "may" if gate.unknowns else "would"
        told.append(f"Once approved, {hours_words(open_hours)} {would} count.")
    elif open_hours:
        told.append(f"Whether {hours_words(open_hours)} count is not known, so none is counted.")
    if not entries:
        told.append("No hours are noted.")
    return tuple(_once(map(upper, told)))


# ---------------------------------------------------------------- why hours are lost


def _why_lost(working: Working, place: int, entry: Entry) -> list[str]:
    if entry.besides is not None:
        return []
    if not has_fit(working, entry):
        return [_no_category(working, entry), *entry.gate.refusals]
    if entry.gate.refusals:
        return list(entry.gate.refusals)
    placing = working.known if entry.gate.is_open else working.hopeful
    if entry.hours <= placing.of_piece(place):
        return []
    slots = sorted(placing.pieces[place].slots)
    if not slots:
        return [_nobody_knows(working)]
    if all(placing.in_slot(slot) >= placing.slots[slot].hours for slot in slots):
        return [_slots_full(working, placing, place, slots)]
    if placing.total >= working.frame.most:
        return [_complete(working)]
    return _tight_limits(working, placing, place)[:1]


def _tight_limits(working: Working, placing: Allocation, place: int) -> list[str]:
    """Home study first, then maximums, then what leaves room for another minimum."""
    categories = working.frame.limit_categories

    def leaves_room(limit: int) -> bool:
        category = categories[limit] if limit < len(categories) else None
        return category is not None and category.is_overlapping

    return [
        placing.limits[limit].sentence
        for limit in sorted(placing.pieces[place].limits, key=lambda at: (leaves_room(at), at))
        if placing.under_limit(limit) >= placing.limits[limit].hours
        and placing.limits[limit].sentence
    ]


def has_fit(working: Working, entry: Entry) -> bool:
    """Whether any category takes such hours, or might."""
    hours = hours_of(working.rule, entry.credit, entry.subject)
    return bool(working.frame.slots_for(hours, is_hopeful=True))


def _no_category(working: Working, entry: Entry) -> str:
    frame, place = working.frame, working.rule.place
    names = listed([small(slot.name, place) for slot in frame.slots[:-1]])
    return (
        f"{place} leaves no hours for {SUBJECT_WORDS[Subject(entry.subject)]}, because all "
        f"{hours_words(frame.most)} have a subject of their own ({names})."
    )


def _nobody_knows(working: Working) -> str:
    rule = working.rule
    if working.frame.needed is None:
        return f"How many hours {rule.place} asks for in all is not known; ask {rule.asked}."
    return f"Which of the subjects of {rule.place} this belongs to is not known; ask {rule.asked}."


def _slots_full(working: Working, placing: Allocation, place: int, slots: list[int]) -> str:
    names = [
        hours_in(placing.slots[slot].hours, placing.slots[slot].name, working.rule.place)
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


def _complete(working: Working) -> str:
    needed = working.frame.needed
    return f"your {hours_words(needed)} are complete." if needed else "nothing more is due."


def _nothing_due(working: Working) -> str:
    rule = working.rule
    if rule.asks_nothing:
        return f"{rule.place} asks for no hours, so there is nothing this could count for."
    return working.cycle.needed_because


# ---------------------------------------------------------------- pieces of sentences


def _all(hours: Decimal, probably: str) -> str:
    if hours == 1:
        return f"The 1 hour {probably}counts"
    return f"All {hours_words(hours)} {probably}count"


def _some(hours: Decimal, total: Decimal, probably: str) -> str:
    verb = "counts" if hours == 1 else "count"
    return f"{number_words(hours)} of your {hours_words(total)} {probably}{verb}"


def _where(working: Working, credit: Credit) -> str:
    """“ as professional ethics”, “: 1 as …, 1 as …”; empty where no subject is named."""
    place, found = working.rule.place, took(working, credit.key)
    if [name for name, _ in found] == [ANY_SUBJECT]:
        return ""
    if len(found) == 1:
        return f" as {_kind(found[0][0], place)}"
    return ": " + listed(f"{number_words(hours)} as {_kind(name, place)}" for name, hours in found)


def _kind(name: str, place: str) -> str:
    return "general hours" if name == "General" else small(name, place)


def _besides(working: Working, credit: Credit) -> list[str]:
    needed, place = working.frame.needed, working.rule.place
    hours = f"the {hours_words(needed)}" if needed else "the hours"
    return [
        f"{hours_words(entry.hours)} {'goes' if entry.hours == 1 else 'go'} to "
        f"{small(entry.besides.what, place)}, which {place} asks for besides {hours}."
        for _, entry in working.entries_of(credit.key)
        if entry.besides is not None
    ]


def _once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
