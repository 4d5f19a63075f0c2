"""Courses taken again. Within one cycle nothing counts twice, whatever the rule says or leaves
unsaid; across cycles the rule decides."""

from collections.abc import Mapping, Sequence
from datetime import date

from ce_platform.licensing.renewal.allocation import Mode
from ce_platform.licensing.renewal.credits import Credit, Standing
from ce_platform.licensing.renewal.cycles import Cycle, add_months
from ce_platform.licensing.renewal.frame import mode_of
from ce_platform.licensing.renewal.gates import Gate
from ce_platform.licensing.renewal.rules import RenewalRule
from ce_platform.licensing.renewal.wording import date_words, sentence

_MODES = {Mode.IN_PERSON: 0, Mode.UNKNOWN: 1, Mode.HOME: 2}


def repeat_gates(
    rule: RenewalRule,
    cycle: Cycle,
    before: Cycle | None,
    credits: Sequence[Credit],
    gates: Mapping[str, Gate],
) -> dict[str, Gate]:
    """For each credit what the repeat rule says of it, by key.

    Of several completions in one cycle the one counts that brings most: what passes its gates,
    what is earned, what we certify, more hours, in person; of equals the first.
    """
    by_course: dict[str, list[Credit]] = {}
    for credit in credits:
        if credit.course_key:
            by_course.setdefault(credit.course_key, []).append(credit)
    found = {credit.key: Gate() for credit in credits}
    for taken in by_course.values():
        inside = [each for each in taken if _may_be_inside(cycle, each)]
        inside.sort(key=lambda credit: _preference(rule, credit, gates[credit.key]))
        for again in inside[1:]:
            _say_twice(rule, again, inside[0], found[again.key])
        for credit in inside[:1]:
            earlier = [
                each
                for each in taken
                if each not in inside
                and not each.is_planned
                and each.completed_on
                and (credit.completed_on is None or each.completed_on < credit.completed_on)
            ]
            if earlier:
                last = max(earlier, key=lambda each: each.completed_on or date.min)
                _say_earlier(rule, cycle, before, credit, last, found[credit.key])
    return found


def _may_be_inside(cycle: Cycle, credit: Credit) -> bool:
    return credit.completed_on is None or cycle.has(credit.completed_on) is not False


def _preference(rule: RenewalRule, credit: Credit, gate: Gate) -> tuple[object, ...]:
    hours = sum(credit.hours_here().values())
    day = credit.completed_on or date.max
    return (
        bool(gate.refusals),
        not gate.is_open,
        credit.is_planned,
        # A certificate of ours goes before what the therapist noted of the same course.
        credit.standing.kind == Standing.OWN_PROOF,
        -hours,
        _MODES[mode_of(rule, credit)],
        day,
        credit.key,
    )


def _say_twice(rule: RenewalRule, again: Credit, kept: Credit, gate: Gate) -> None:
    has = "is planned" if kept.is_planned else "counts"
    when = f" of {date_words(kept.completed_on)}" if kept.completed_on else ""
    what = f"The same course{when} already {has} in this cycle"
    if rule.repeat is None:
        gate.unknowns.append(
            f"{what}. Whether {rule.place} counts it twice is not known; do not rely on it."
        )
    else:
        words = f" {rule.place}: {sentence(rule.repeat_words)}" if rule.repeat_words else ""
        gate.refusals.append(f"{what}, and nothing counts twice.{words}")


def _say_earlier(
    rule: RenewalRule,
    cycle: Cycle,
    before: Cycle | None,
    credit: Credit,
    earlier: Credit,
    gate: Gate,
) -> None:
    repeat, day = rule.repeat, earlier.completed_on
    if day is None:
        return
    what = f"You took this course before, on {date_words(day)}"
    if repeat is None:
        gate.unknowns.append(
            f"{what}. Whether {rule.place} counts it again in a later cycle is not known; ask "
            f"{rule.asked}."
        )
        return
    if repeat.scope == "cycle" or set(credit.hours_here()) <= repeat.except_subjects:
        return
    words = f"{what}. {rule.place}: {sentence(rule.repeat_words or 'no repeats')}"
    is_refused: bool | None = True
    if repeat.scope == "years":
        now = credit.completed_on or cycle.ends_on
        is_refused = None if now is None else day > add_months(now, -12 * (repeat.years or 0))
    elif repeat.scope == "consecutive-cycles":
        is_refused = before.has(day) if before is not None else None
    if is_refused:
        gate.refusals.append(words)
    elif is_refused is None:
        gate.unknowns.append(f"{words} Whether that touches this cycle is not known.")
