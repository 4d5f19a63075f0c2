"""The sums of a plan in sentences, and what it leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ce_platform.licensing.renewal.cycles import Cycle
from ce_platform.licensing.renewal.rules import RenewalRule
from ce_platform.licensing.renewal.wording import (
    date_words,
    hours_in,
    hours_words,
    listed,
    number_words,
    sentence,
    small,
    upper,
)


@dataclass(frozen=True)
class CategoryState:
    """A category with a minimum; or, `is_rest`, what the minimums leave for any subject; or,
    `is_overlapping`, a minimum that other categories' hours fill too. `planned` is the part of
    `filled` that is not earned yet."""

    name: str
    needed: Decimal
    filled: Decimal
    planned: Decimal
    missing: Decimal
    is_home_study_allowed: bool | None
    is_rest: bool = False
    is_overlapping: bool = False


@dataclass(frozen=True)
class LimitState:
    name: str
    most: Decimal
    used: Decimal
    sentence: str

    @property
    def left(self) -> Decimal:
        return self.most - self.used


@dataclass(frozen=True)
class BesidesState:
    """Training due on top of the hours. `missing` None: the hours are not known."""

    what: str
    needed: Decimal | None
    filled: Decimal
    missing: Decimal | None


def headline_of(
    rule: RenewalRule, cycle: Cycle, *, done: Decimal, planned: Decimal, missing: Decimal | None
) -> str:
    """The top of a plan: what is done, planned and missing. By a rule that nobody checked nothing
    counts plainly."""
    probably = "" if rule.is_checked and cycle.is_needed_certain else "probably "
    if cycle.needed is None or missing is None:
        return f"How many hours {rule.place} asks for is not known; ask {rule.asked}."
    by = f" by {date_words(cycle.ends_on)}" if cycle.ends_on else ""
    if cycle.needed == 0:
        return as_known(rule, cycle.needed_because or f"{rule.place} asks for no hours.")
    if not missing:
        have = "With what is planned you" if planned else "You"
        return f"{have} {probably}have all {hours_words(cycle.needed)} {rule.place} asks for{by}."
    count = f"{hours_words(done)} {probably}count{'s' if done == 1 else ''} so far"
    if planned:
        count += f", {number_words(planned)} {'is' if planned == 1 else 'are'} planned"
    return (
        f"You {probably}need {hours_words(cycle.needed)}{by}. {count}; {hours_words(missing)} "
        f"{'is' if missing == 1 else 'are'} missing."
    )


def as_known(rule: RenewalRule, said: str) -> str:
    """That nothing is due is a yes of its own: plain only by a rule that somebody checked."""
    return upper(said) if rule.is_checked else f"As far as we know, {said}"


def missing_words(
    rule: RenewalRule,
    missing: Decimal | None,
    categories: Sequence[CategoryState],
    home_study_room: Decimal | None,
) -> tuple[str, ...]:
    """What is missing, by subject and by kind."""
    if not missing:
        return ()
    told = [
        f"At least {hours_words(each.missing)} of what is missing: {small(each.name, rule.place)}."
        if each.is_overlapping
        else f"{hours_in(each.missing, each.name, rule.place)}."
        for each in categories
        if each.missing
    ]
    if home_study_room is None:
        told.append(f"How many of them may be home study is not known; ask {rule.asked}.")
    elif home_study_room <= 0:
        told.append(
            "All of them must be in person: no home study is left in this cycle."
            if rule.live_interactive_counts_as == "home-study"
            else "None of them may be home study: nothing is left of it in this cycle."
        )
    elif home_study_room < missing:
        told.append(f"At most {hours_words(home_study_room)} of them may be home study.")
    return tuple(told)


# What a plan needs to know; asked about where the rule does not tell.
_NEEDED = (
    ("ce_hours", "How many hours are due"),
    ("home_study_max_hours", "How many hours may be home study"),
    ("technique_by_home_study", "Whether hands-on technique learned at home counts"),
    ("live_interactive_counts_as", "How a live online class counts"),
    ("carry_over_hours", "Whether surplus hours count in the next cycle"),
    ("repeat_words", "Whether a course counts again in a later cycle"),
    ("first_renewal", "What a first renewal asks for"),
)


def unknown_of(rule: RenewalRule, cycle: Cycle) -> tuple[str, ...]:
    """What nobody here knows, as sentences. Of a body that asks for nothing there is none."""
    if rule.asks_nothing:
        return ()
    told = [
        f"{words} is not known."
        for key, words in _NEEDED
        if getattr(rule, key) is None and not (key == "first_renewal" and cycle.is_first is False)
    ]
    if rule.is_technique_asked:
        told.append("Whether hands-on technique learned at home counts is not settled.")
    if cycle.ends_on is None and not cycle.is_fresh:
        told.insert(0, cycle.basis)
    told += [
        f"Which courses belong to “{category.name}” is not known."
        for category in rule.categories
        if category.min_hours is not None
        and category.subjects is None
        and not (
            category.is_rest
            or category.is_overlapping
            or category.provider
            or category.hands_on_percent
        )
    ]
    return tuple(told)


def cautions_of(rule: RenewalRule, cycle: Cycle, today: date) -> tuple[str, ...]:
    """What must stand beside every figure."""
    told = []
    if cycle.ends_on is not None and cycle.ends_on < today:
        told.append(
            f"This cycle ended on {date_words(cycle.ends_on)}. Note the new date of your license "
            "to see the next one."
        )
    if not rule.is_checked:
        told.append(f"This rule was not checked by this office; please confirm with {rule.asked}.")
    elif rule.confidence != "high":
        told.append(f"Please confirm with {rule.asked}.")
    if cycle.needed_because and cycle.needed and not cycle.is_fresh:
        told.append(upper(cycle.needed_because))
    if rule.replaced_by and not rule.asks_nothing:
        told.append(f"All hours are met by {rule.replaced_by}.")
    if rule.technique_taught_by:
        told.append(f"Hands-on technique must be taught by {sentence(rule.technique_taught_by)}")
    besides = [each.what for each in rule.besides]
    if besides:
        told.append(sentence(f"besides the hours: {listed([small(what) for what in besides])}"))
    return tuple(told)
