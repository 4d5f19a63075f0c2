"""The renewal planner of one license: what is due, what counts, what is missing, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ce_platform.licensing.renewal.allocation import BOUNDLESS, Mode, Piece
from ce_platform.licensing.renewal.credits import Credit, Standing
from ce_platform.licensing.renewal.cycles import Cycle, HeldLicense, cycle_of, previous_cycle
from ce_platform.licensing.renewal.explaining import (
    hours_of_credit,
    is_elsewhere,
    sentences_of,
    took,
    verdict_of,
)
from ce_platform.licensing.renewal.frame import HOME, Hours
from ce_platform.licensing.renewal.overview import (
    BesidesState,
    CategoryState,
    LimitState,
    cautions_of,
    headline_of,
    missing_words,
    unknown_of,
)
from ce_platform.licensing.renewal.rules import RenewalRule
from ce_platform.licensing.renewal.subjects import Subject
from ce_platform.licensing.renewal.verdicts import Verdict
from ce_platform.licensing.renewal.wording import hours_words, upper
from ce_platform.licensing.renewal.working import RANK_OPEN, Working, could_take_more, work_out

NOTHING = Decimal(0)


@dataclass(frozen=True)
class PlanLine:
    """One credit: `hours` of `of_hours` count. `open_hours` would count too if the body, when
    asked, said yes (or decided so). `took`: (category, hours), where they went."""

    credit: Credit
    verdict: Verdict
    hours: Decimal
    of_hours: Decimal
    open_hours: Decimal
    took: tuple[tuple[str, Decimal], ...]
    sentences: tuple[str, ...]
    is_elsewhere: bool = False
    """Not in this cycle: pages leave it out or show it below."""


@dataclass(frozen=True)
class Plan:
    """Everything a page shows of one license. None: not known, and said in `unknown`.

    `counted` = `earned` + `planned` + `carried_in`. `home_study_room`: how many of the missing
    hours may still be home study. `carries_over`: surplus usable in the next cycle.
    """

    rule: RenewalRule
    license: HeldLicense | None
    cycle: Cycle
    needed: Decimal | None
    counted: Decimal
    earned: Decimal
    planned: Decimal
    carried_in: Decimal
    open_hours: Decimal
    missing: Decimal | None
    days_left: int | None
    lines: tuple[PlanLine, ...]
    categories: tuple[CategoryState, ...]
    home_study: LimitState | None
    limits: tuple[LimitState, ...]
    besides: tuple[BesidesState, ...]
    home_study_room: Decimal | None
    carries_over: Decimal | None
    unknown: tuple[str, ...]
    cautions: tuple[str, ...]
    headline: str
    missing_sentences: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        """All hours are earned; training besides the hours is a matter of its own."""
        return self.missing == 0 and self.planned == 0

    def line_of(self, key: str) -> PlanLine:
        return next(line for line in self.lines if line.credit.key == key)


def plan(
    rule: RenewalRule,
    license: HeldLicense | None,
    credits: Sequence[Credit],
    today: date,
    *,
    carried_hours: Decimal | None = None,
    last_key: str = "",
) -> Plan:
    """The plan of a license on a day, from all its credits, also those of earlier cycles (repeats
    and surplus look back). Their order does not matter. Errors: ValueError for two with one key.

    `carried_hours`: surplus of the cycle before, where the therapist knows it; None: worked out
    from the credits. `last_key`: the credit that is asked about and makes room for all others.
    """
    working = placed(rule, license, credits, today, carried_hours=carried_hours, last_key=last_key)
    return summed(working, license, today)


def placed(
    rule: RenewalRule,
    license: HeldLicense | None,
    credits: Sequence[Credit],
    today: date,
    *,
    carried_hours: Decimal | None = None,
    last_key: str = "",
) -> Working:
    """The same without the sums and the words: who asks about one course of many needs neither."""
    if len({credit.key for credit in credits}) < len(credits):
        raise ValueError("Every credit needs a key of its own.")
    cycle = cycle_of(rule, license, today)
    before = previous_cycle(rule, license, cycle)
    carried = _carried(rule, license, before, credits, today, carried_hours)
    return work_out(rule, cycle, before, credits, today, carried=carried, last_key=last_key)


# ---------------------------------------------------------------- surplus of the cycle before


def _carried(
    rule: RenewalRule,
    license: HeldLicense | None,
    before: Cycle | None,
    credits: Sequence[Credit],
    today: date,
    told: Decimal | None,
) -> Decimal:
    """Never more than the rule lets over; nothing where the rule does not tell."""
    most = rule.carry_over_hours or NOTHING
    if not most:
        return NOTHING
    if told is not None:
        return max(min(told, most), NOTHING)
    earned = [each for each in credits if not each.is_planned]
    if before is None or not any(
        each.completed_on and before.has(each.completed_on) for each in earned
    ):
        return NOTHING
    earlier = previous_cycle(rule, license, before)
    return _surplus(work_out(rule, before, earlier, earned, today)) or NOTHING


def _surplus(working: Working) -> Decimal | None:
    """Hours beyond the total, once everything is filled, as far as the rule lets them over."""
    most = working.rule.carry_over_hours
    if most is None or not working.frame.needed:
        return most and NOTHING
    if working.known.total < working.frame.needed:
        return NOTHING
    return could_take_more(working, (), most)


# ---------------------------------------------------------------- the sums


def summed(working: Working, license: HeldLicense | None, today: date) -> Plan:
    rule, cycle, known = working.rule, working.cycle, working.known
    lines = tuple(_line(working, credit) for credit in working.credits)
    planned = sum((line.hours for line in lines if line.credit.is_planned), NOTHING)
    earned = sum((line.hours for line in lines if not line.credit.is_planned), NOTHING)
    missing = None if cycle.needed is None else max(cycle.needed - known.total, NOTHING)
    categories = _categories(working)
    room = _home_study_room(working, missing)
    limits = _limits(working)
    return Plan(
        rule=rule,
        license=license,
        cycle=cycle,
        needed=cycle.needed,
        counted=known.total,
        earned=earned,
        planned=planned,
        carried_in=known.total - earned - planned,
        open_hours=max(working.hopeful.total - known.total, NOTHING),
        missing=missing,
        days_left=cycle.days_left(today),
        lines=lines,
        categories=categories,
        home_study=limits[0] if _has_cap(working) else None,
        limits=limits[1:],
        besides=_besides(working),
        home_study_room=room,
        carries_over=_surplus(working),
        unknown=unknown_of(rule, cycle),
        cautions=(*cautions_of(rule, cycle, today), *_own_record(rule, lines)),
        headline=headline_of(
            rule, cycle, done=known.total - planned, planned=planned, missing=missing
        ),
        missing_sentences=missing_words(rule, missing, categories, room),
    )


def _own_record(rule: RenewalRule, lines: Sequence[PlanLine]) -> tuple[str, ...]:
    """The sum must not claim more than its lines: what a therapist noted is no approval."""
    own = sum(
        (line.hours for line in lines if line.credit.standing.kind == Standing.OWN_PROOF), NOTHING
    )
    if not own:
        return ()
    verb, them = ("counts", "it") if own == 1 else ("count", "them")
    return (
        f"{hours_words(own)} {verb} by your own record: make sure that {rule.place} accepts "
        f"{them}, and keep the proof.",
    )


def line_of(working: Working, key: str) -> PlanLine:
    """What became of one credit."""
    return _line(working, next(credit for credit in working.credits if credit.key == key))


def _line(working: Working, credit: Credit) -> PlanLine:
    hours, open_hours = hours_of_credit(working, credit.key)
    return PlanLine(
        credit=credit,
        verdict=verdict_of(working, credit),
        hours=hours,
        of_hours=credit.total_hours,
        open_hours=open_hours,
        took=took(working, credit.key),
        sentences=sentences_of(working, credit),
        is_elsewhere=is_elsewhere(working, credit),
    )


def _categories(working: Working) -> tuple[CategoryState, ...]:
    """Required categories, what they leave free, and those that hours fill besides another."""
    frame, known = working.frame, working.known
    later = {credit.key for credit in working.credits if credit.is_planned}
    earlier = {piece.owner for piece in known.pieces} - later
    found = []
    for place, slot in enumerate(frame.slots):
        category = frame.slot_categories[place]
        is_rest = place == frame.free_slot
        if is_rest and not slot.hours:
            continue
        filled = known.in_slot(place)
        planned = known.in_slot(place, owners=later)
        allowed = True if category is None else category.is_home_study_allowed
        found.append(
            CategoryState(
                slot.name, slot.hours, filled, planned, slot.hours - filled, allowed, is_rest
            )
        )
    for place, limited in enumerate(frame.limit_categories):
        if limited is None or not limited.is_overlapping or limited.min_hours is None:
            continue
        filled = min(known.total - known.under_limit(place), limited.min_hours)
        earned = known.of_owners(earlier) - known.under_limit(place, owners=earlier)
        found.append(
            CategoryState(
                limited.name,
                limited.min_hours,
                filled,
                filled - min(earned, filled),
                limited.min_hours - filled,
                limited.is_home_study_allowed,
                is_overlapping=True,
            )
        )
    return tuple(found)


def _limits(working: Working) -> tuple[LimitState, ...]:
    """Home study first, then maximums of categories; days with too many hours are told by lines."""
    return tuple(
        LimitState(limit.name, limit.hours, working.known.under_limit(place), upper(limit.sentence))
        for place, limit in enumerate(working.frame.limits)
    )


def _has_cap(working: Working) -> bool:
    return working.frame.is_home_known and working.frame.limits[HOME].hours < BOUNDLESS


def _besides(working: Working) -> tuple[BesidesState, ...]:
    found = []
    for besides in working.rule.besides:
        filled = sum(
            (
                entry.hours
                for entry in working.entries
                if entry.besides == besides and entry.gate.is_open
            ),
            NOTHING,
        )
        missing = None if besides.hours is None else max(besides.hours - filled, NOTHING)
        found.append(BesidesState(besides.what, besides.hours, filled, missing))
    return tuple(found)


def _home_study_room(working: Working, missing: Decimal | None) -> Decimal | None:
    """How many of the missing hours may be home study. None where the cap is not known."""
    frame = working.frame
    is_open = frame.hopeful_home > frame.limits[HOME].hours
    if missing is None or is_open or not frame.is_home_known:
        return None
    extra = []
    for slot, category in enumerate(frame.slot_categories):
        if category is not None and category.is_home_study_allowed is False:
            continue
        subject = min(category.subjects) if category and category.subjects else Subject.THEORY
        hours = Hours(subject, Mode.HOME, is_listed=True, hands_on_percent=None)
        extra.append(
            Piece("anything", missing, frozenset({slot}), frame.limits_for(hours), RANK_OPEN)
        )
    return could_take_more(working, extra, NOTHING)
