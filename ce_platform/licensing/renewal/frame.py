"""A rule and a cycle as slots and limits, and which hours fit which of them.

`fits` answers yes, no, or None for “not known”. Known hours are placed where the answer is yes; a
second, hopeful placing also takes what is open. The difference is what a body must be asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from ce_platform.licensing.renewal.allocation import BOUNDLESS, Limit, Mode, Slot
from ce_platform.licensing.renewal.credits import Credit, Delivery, Standing
from ce_platform.licensing.renewal.cycles import Cycle
from ce_platform.licensing.renewal.rules import Category, RenewalRule
from ce_platform.licensing.renewal.subjects import Subject
from ce_platform.licensing.renewal.wording import hours_words, number_words, small

ANY_SUBJECT: Final = "Any subject"
HOME: Final = 0
"""Place of the home-study limit in the list of limits, in every frame."""


@dataclass(frozen=True)
class Hours:
    """Hours of one subject of a credit, as categories and limits look at them."""

    subject: str
    mode: Mode
    is_listed: bool | None
    hands_on_percent: int | None


@dataclass(frozen=True)
class Frame:
    rule: RenewalRule
    needed: Decimal | None
    slots: tuple[Slot, ...]
    slot_categories: tuple[Category | None, ...]
    limits: tuple[Limit, ...]
    limit_categories: tuple[Category | None, ...]
    is_home_known: bool
    hopeful_home: Decimal
    """Home study under the limit as it would be if what is open about it were a yes."""

    @property
    def hopeful_limits(self) -> tuple[Limit, ...]:
        return (replace(self.limits[HOME], hours=self.hopeful_home), *self.limits[HOME + 1 :])

    @property
    def most(self) -> Decimal:
        return BOUNDLESS if self.needed is None else self.needed

    @property
    def hopeful_slots(self) -> tuple[Slot, ...]:
        """Where the total is not known, nobody knows how many free hours there are."""
        if self.needed is not None:
            return self.slots
        free = self.slots[-1]
        return (*self.slots[:-1], Slot(free.name, BOUNDLESS, free.is_required))

    @property
    def free_slot(self) -> int:
        return len(self.slots) - 1

    def slots_for(self, hours: Hours, *, is_hopeful: bool = False) -> frozenset[int]:
        """Places of the slots these hours fit."""
        found = set()
        for place, category in enumerate(self.slot_categories):
            if not self.slots[place].hours and not (is_hopeful and self.needed is None):
                continue
            fit = True if category is None else fits(category, hours)
            if fit or (fit is None and is_hopeful):
                found.add(place)
        return frozenset(found)

    def limits_for(self, hours: Hours) -> frozenset[int]:
        """Places of the limits these hours count against. In doubt they do."""
        found = set()
        for place, category in enumerate(self.limit_categories):
            if place == HOME:
                counts = hours.mode == Mode.HOME
            elif category is None:
                counts = False
            elif category.is_overlapping and category.min_hours is not None:
                counts = fits(category, hours) is not True
            else:
                counts = fits(category, hours) is not False
            if counts:
                found.add(place)
        return frozenset(found)


def frame_of(rule: RenewalRule, cycle: Cycle) -> Frame:
    """Slots: the required categories in the order of the rule, then what they leave free."""
    needed = cycle.needed
    first = rule.first_renewal_hours if cycle.is_first else None
    due = [
        category
        for category in rule.categories
        if needed != 0
        and not (category.is_second_renewal_only and cycle.is_second is False)
        and (first is None or first.categories is None or category.name in first.categories)
    ]
    required = [
        category
        for category in due
        if category.min_hours is not None and not category.is_rest and not category.is_overlapping
    ]
    rest = next((category for category in rule.categories if category.is_rest), None)
    slots = [Slot(each.name, each.min_hours or Decimal(0), True) for each in required]
    bound = sum((slot.hours for slot in slots), Decimal(0))
    free = Decimal(0) if needed is None else max(needed - bound, Decimal(0))
    if rest is not None and rest.max_hours is not None:
        free = min(free, rest.max_hours)
    slots.append(Slot(rest.name if rest else ANY_SUBJECT, free, False))
    home, is_home_known, hopeful_home = _home_limit(rule, cycle)
    limits: list[Limit] = [home]
    limit_categories: list[Category | None] = [None]
    for category in rule.categories:
        limit = _limit(rule, category, needed, is_due=category in due)
        if limit is not None:
            limits.append(limit)
            limit_categories.append(category)
    return Frame(
        rule=rule,
        needed=needed,
        slots=tuple(slots),
        slot_categories=(*required, None),
        limits=tuple(limits),
        limit_categories=tuple(limit_categories),
        is_home_known=is_home_known,
        hopeful_home=hopeful_home,
    )


def fits(category: Category, hours: Hours) -> bool | None:
    """Whether these hours are of this category; None where the rule or the course leaves it open.

    A no by any of the conditions stands, whatever else is open.
    """
    answers = [
        _fits_mode(category, hours),
        _fits_hands(category, hours),
        _fits_provider(category, hours),
        _fits_subject(category, hours),
    ]
    if False in answers:
        return False
    return None if None in answers else True


def mode_of(rule: RenewalRule, credit: Credit) -> Mode:
    """Where the hours go. A live online class is home study or like a class in the room, as the
    body says; where all hours may be home study both come to the same."""
    if credit.delivery == Delivery.LIVE_CLASS:
        return Mode.IN_PERSON
    if credit.delivery == Delivery.HOME_STUDY:
        return Mode.HOME
    if rule.live_interactive_counts_as == "in-person":
        return Mode.IN_PERSON
    if rule.live_interactive_counts_as == "home-study" or _is_all_home(rule):
        return Mode.HOME
    return Mode.UNKNOWN


def hours_of(rule: RenewalRule, credit: Credit, subject: str) -> Hours:
    return Hours(
        subject=subject,
        mode=mode_of(rule, credit),
        is_listed=_is_listed(credit),
        hands_on_percent=credit.hands_on_percent,
    )


def day_limits(rule: RenewalRule, credits: Sequence[Credit]) -> list[tuple[Limit, frozenset[str]]]:
    """For each completion the 24 hours that begin with it: at most so many hours, and the keys
    of the credits in there. Where an instant is not known, the same date counts as one day."""
    most = rule.per_day_max_hours
    if most is None:
        return []
    short = [each for each in credits if each.completed_on and not _is_over_days(each)]
    hours = {each.key: each.total_hours for each in short}
    starts = {frozenset(each.key for each in short if _is_in_day(each, start)) for start in short}
    # A day with few hours limits nothing, so it need not be a limit.
    windows = [keys for keys in starts if sum(hours[key] for key in keys) > most]
    limits = [
        (
            Limit(
                "24 hours",
                most,
                f"{rule.place} counts at most {hours_words(most)} within any 24 hours.",
            ),
            keys,
        )
        for keys in sorted(windows, key=sorted)
    ]
    for credit in credits:
        if _is_over_days(credit) and credit.begun_on and credit.completed_on:
            days = (credit.completed_on - credit.begun_on).days + 1
            limit = Limit(
                "24 hours",
                most * days,
                f"{rule.place} counts at most {hours_words(most)} within any 24 hours; this "
                f"course took {days} days.",
            )
            limits.append((limit, frozenset({credit.key})))
    return limits


# ---------------------------------------------------------------- conditions of a category


def _fits_mode(category: Category, hours: Hours) -> bool | None:
    if category.is_home_study_only:
        return hours.mode == Mode.HOME
    if category.is_home_study_allowed is False:
        return None if hours.mode == Mode.UNKNOWN else hours.mode == Mode.IN_PERSON
    return True


def _fits_hands(category: Category, hours: Hours) -> bool | None:
    if category.hands_on_percent is None:
        return True
    if hours.hands_on_percent is None:
        # Nobody works on a body under supervision in ethics or law; technique may be meant.
        return None if hours.subject == Subject.TECHNIQUE else False
    return hours.hands_on_percent >= category.hands_on_percent


def _fits_provider(category: Category, hours: Hours) -> bool | None:
    if category.provider is None:
        return True
    if hours.is_listed is None:
        return None
    return hours.is_listed == (category.provider == "listed")


def _fits_subject(category: Category, hours: Hours) -> bool | None:
    if hours.subject in category.except_subjects:
        return False
    if category.subjects is not None:
        if hours.subject == Subject.OTHER and category.min_hours is not None:
            # The words of the course are none that we know; they may well mean this subject.
            return None
        return hours.subject in category.subjects
    is_told_otherwise = (
        category.is_rest
        or category.is_overlapping
        or category.hands_on_percent is not None
        or category.provider is not None
        or category.is_home_study_only
    )
    return True if is_told_otherwise else None


# ---------------------------------------------------------------- limits


def _home_limit(rule: RenewalRule, cycle: Cycle) -> tuple[Limit, bool, Decimal]:
    """Hours that are not in person: the cap on home study, and what the hours in person leave.
    Then whether the cap is known, and the limit if what is open about it were a yes."""
    first = rule.first_renewal_hours if cycle.is_first else None
    if first is not None and first.is_all_by_home_study:
        return Limit("Home study", BOUNDLESS, "All hours may be home study."), True, BOUNDLESS
    cap, room = rule.home_study_max_hours, BOUNDLESS
    if rule.in_person_min_hours is not None and cycle.needed is not None:
        room = max(cycle.needed - rule.in_person_min_hours, Decimal(0))
    if cap is None:
        return Limit("Home study", room, ""), False, room
    most = min(cap, room)
    if cycle.is_first and most < cap and cycle.needed != rule.ce_hours:
        in_person = hours_words(rule.in_person_min_hours or Decimal(0))
        sentence = (
            f"Whether {rule.place} wants {in_person} in person at a first renewal too is not "
            f"known; ask {rule.asked}."
        )
        return Limit("Home study", most, sentence), True, cap
    if not most:
        return Limit("Home study", most, f"{rule.place} counts no home study."), True, most
    sentence = f"{rule.place} counts at most {hours_words(most)} of home study in a cycle."
    return Limit("Home study", most, sentence), True, most


def _limit(
    rule: RenewalRule, category: Category, needed: Decimal | None, *, is_due: bool
) -> Limit | None:
    name = small(category.name, rule.place)
    if category.is_overlapping and category.min_hours is not None:
        if needed is None or not is_due:
            return None
        room = max(needed - category.min_hours, Decimal(0))
        return Limit(
            category.name,
            room,
            f"{rule.place} wants at least {hours_words(category.min_hours)}: {name}; "
            f"{number_words(room)} may be others.",
        )
    if category.max_hours is None or category.is_rest:
        return None
    return Limit(
        category.name,
        category.max_hours,
        f"{rule.place} counts at most {hours_words(category.max_hours)} of this kind: {name}.",
    )


def _is_all_home(rule: RenewalRule) -> bool:
    return (
        rule.ce_hours is not None
        and rule.home_study_max_hours is not None
        and rule.home_study_max_hours >= rule.ce_hours
        and not rule.in_person_min_hours
    )


def _is_listed(credit: Credit) -> bool | None:
    standing = credit.standing
    if standing.is_listed is not None:
        return standing.is_listed
    if standing.kind in (Standing.APPROVED, Standing.ACCEPTS_LIST):
        return True
    return False if standing.kind in (Standing.NO_PREAPPROVAL, Standing.NONE) else None


def _is_over_days(credit: Credit) -> bool:
    return credit.begun_on is not None and credit.begun_on != credit.completed_on


def _is_in_day(credit: Credit, start: Credit) -> bool:
    if credit.completed_at is None or start.completed_at is None:
        return credit.completed_on == start.completed_on
    since = credit.completed_at - start.completed_at
    return timedelta(0) <= since < timedelta(hours=24)
