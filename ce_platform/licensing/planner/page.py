"""A plan as a page or a document shows it: words first, a bar beside them. Asks no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ce_platform.core.templatetags.wording import long_date, plain_number
from ce_platform.licensing.facts import day_of_source
from ce_platform.licensing.models import License
from ce_platform.licensing.planner import elsewhere
from ce_platform.licensing.planner.plans import LicensePlan, Suggestion
from ce_platform.licensing.renewal import (
    VERDICT_WORDS,
    BesidesState,
    CategoryState,
    Plan,
    PlanLine,
    Standing,
    Verdict,
    verdict_words,
)

SOON: Final = 90
"""Days before the end from which it is marked."""
_TONES: Final = {
    Verdict.COUNTS: "good",
    Verdict.BESIDES: "good",
    Verdict.IN_PART: "accent",
    Verdict.ASK: "warn",
    Verdict.PENDING: "wait",
    Verdict.NOT_KNOWN: "warn",
    Verdict.DOES_NOT_COUNT: "bad",
    Verdict.NOTHING_DUE: "",
}
_SURE: Final = frozenset({Verdict.COUNTS, Verdict.IN_PART, Verdict.BESIDES})


@dataclass(frozen=True)
class Bar:
    """Shares of the whole in percent, for a drawing beside the words that say the same."""

    filled: int
    planned: int = 0

    @property
    def both(self) -> int:
        return self.filled + self.planned


@dataclass(frozen=True)
class CategoryRow:
    name: str
    words: str
    """2 of 5 hours, 3 missing"""
    note: str
    bar: Bar
    is_met: bool


@dataclass(frozen=True)
class LineRow:
    """A course and what it counts for, with the reasons."""

    title: str
    url: str
    when: str
    verdict: str
    tone: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class OfferRow:
    title: str
    url: str
    meta: str
    verdict: str
    tone: str
    sentence: str


@dataclass(frozen=True)
class PlanCard:
    license: License
    plan: Plan | None
    is_due: bool
    """The body asks for hours, or may: the figures are shown."""
    end_words: str
    end_tone: str
    cycle_words: str
    """From when to when hours are counted, and where the end comes from."""
    needed: str
    earned: str
    planned: str
    missing: str
    bar: Bar | None
    bar_words: str
    categories: Sequence[CategoryRow]
    missing_besides: Sequence[str]
    """What is missing and stands in no row of a category."""
    home_study: str
    lines: Sequence[LineRow]
    lines_elsewhere: Sequence[LineRow]
    offers: Sequence[OfferRow]
    are_offers_sure: bool
    """Each of them counts by a checked rule: else they only may."""
    is_over: bool
    """The cycle has ended, and no course completed from now on can count in it."""
    carries_over: str
    is_checked: bool
    source_words: str


def cards_of(plans: Sequence[LicensePlan]) -> list[PlanCard]:
    return [_card(each) for each in plans]


def _card(each: LicensePlan) -> PlanCard:
    plan = each.plan
    end_words, end_tone = _end(each)
    is_due = plan is not None and not plan.rule.asks_nothing and plan.needed != 0
    lines = [_line(line, each) for line in (plan.lines if plan else ()) if not line.is_elsewhere]
    return PlanCard(
        license=each.license,
        plan=plan,
        is_due=is_due,
        end_words=end_words,
        end_tone=end_tone,
        cycle_words=_cycle(plan) if plan and is_due else "",
        needed=_figure(plan.needed if plan else None),
        earned=_figure(plan.earned + plan.carried_in if plan else None),
        planned=_figure(plan.planned if plan else None),
        missing=_figure(plan.missing if plan else None),
        bar=_bar(plan) if plan and is_due else None,
        bar_words=_bar_words(plan) if plan else "",
        categories=_categories(plan) if plan and is_due else [],
        missing_besides=_missing_besides(plan) if plan and is_due else [],
        home_study=_home_study(plan) if plan and is_due else "",
        lines=lines,
        lines_elsewhere=[
            _line(line, each) for line in (plan.lines if plan else ()) if line.is_elsewhere
        ],
        offers=[_offer(suggestion) for suggestion in each.suggestions],
        are_offers_sure=all(suggestion.line.verdict in _SURE for suggestion in each.suggestions),
        is_over=each.is_over,
        carries_over=_carries_over(plan) if plan and is_due else "",
        is_checked=each.is_checked,
        source_words=_source(plan) if plan else "",
    )


def _end(each: LicensePlan) -> tuple[str, str]:
    """When hours are due, and how loudly to say so."""
    plan = each.plan
    ends_on = plan.cycle.ends_on if plan else each.license.expires_on
    days = plan.days_left if plan else None
    if ends_on is None:
        return "No end date noted", "warn"
    day = long_date(ends_on)
    if days is None:
        return f"Ends {day}", ""
    if days < 0:
        return f"Ended {day}", "bad"
    if days == 0:
        return "Ends today", "bad"
    left = f"{days} day{'' if days == 1 else 's'} left"
    return f"{left}, until {day}", "warn" if days <= SOON else ""


def _cycle(plan: Plan) -> str:
    cycle = plan.cycle
    if cycle.ends_on is None:
        return ""
    if cycle.starts_on is None:
        return cycle.basis
    span = f"{long_date(cycle.starts_on)} to {long_date(cycle.ends_on)}"
    return f"Hours count from {span}. {cycle.basis}"


def _figure(hours: Decimal | None) -> str:
    return "?" if hours is None else plain_number(hours)


def _hours(hours: Decimal) -> str:
    return f"{plain_number(hours)} hour{'' if hours == 1 else 's'}"


def _percent(part: Decimal, whole: Decimal) -> int:
    """Rounded down, so that only what is full looks full."""
    return min(100, int(part * 100 / whole)) if whole else 100


def _bar(plan: Plan) -> Bar | None:
    if not plan.needed:
        return None
    earned = _percent(plan.earned + plan.carried_in, plan.needed)
    return Bar(filled=earned, planned=_percent(plan.counted, plan.needed) - earned)


def _bar_words(plan: Plan) -> str:
    if plan.needed is None:
        return f"{_hours(plan.earned)} earned"
    words = f"{plain_number(plan.earned + plan.carried_in)} of {_hours(plan.needed)} earned"
    if plan.planned:
        words += f", {plain_number(plan.planned)} planned"
    return words


def _categories(plan: Plan) -> list[CategoryRow]:
    rows = [_category(each) for each in plan.categories if each.needed]
    return rows + [_besides(each) for each in plan.besides]


def _missing_besides(plan: Plan) -> Sequence[str]:
    """The sentences begin with one for each category that lacks hours."""
    return plan.missing_sentences[sum(bool(each.missing) for each in plan.categories) :]


def _category(each: CategoryState) -> CategoryRow:
    notes = []
    if each.is_home_study_allowed is False:
        notes.append("not by home study")
    if each.is_overlapping:
        notes.append("inside the other hours")
    words = f"{plain_number(each.filled)} of {_hours(each.needed)}"
    if each.planned:
        words += (
            f", {plain_number(each.planned)} planned" if each.planned < each.filled else ", planned"
        )
    earned = _percent(each.filled - each.planned, each.needed)
    return CategoryRow(
        name=each.name,
        words=f"{words}{_still(each.missing)}",
        note=", ".join(notes),
        bar=Bar(filled=earned, planned=_percent(each.filled, each.needed) - earned),
        is_met=not each.missing and not each.planned,
    )


def _besides(each: BesidesState) -> CategoryRow:
    if each.needed is None:
        words = f"{_hours(each.filled)} noted; how many are asked is not known"
    else:
        words = f"{plain_number(each.filled)} of {_hours(each.needed)}{_still(each.missing)}"
    return CategoryRow(
        name=f"{each.what[:1].upper()}{each.what[1:]}",
        words=words,
        note="besides the hours",
        bar=Bar(filled=_percent(each.filled, each.needed) if each.needed else 0),
        is_met=each.missing == 0,
    )


def _still(missing: Decimal | None) -> str:
    return f", {plain_number(missing)} missing" if missing else ""


def _home_study(plan: Plan) -> str:
    limit = plan.home_study
    if limit is None:
        return ""
    return f"{plain_number(limit.used)} of at most {_hours(limit.most)}"


def _carries_over(plan: Plan) -> str:
    if not plan.carries_over:
        return ""
    return f"{_hours(plan.carries_over)} more than asked can be used in the next cycle."


def _line(line: PlanLine, each: LicensePlan) -> LineRow:
    credit = line.credit
    when = "planned" if credit.is_planned else long_date(credit.completed_on)
    return LineRow(
        title=credit.title,
        url=each.addresses.get(credit.key, ""),
        when=f"{when}, {_hours(line.of_hours)}",
        verdict=_verdict(line, is_checked=each.is_checked),
        tone=_TONES[line.verdict],
        sentences=(*line.sentences, *_about_note(line)),
    )


def _about_note(line: PlanLine) -> Sequence[str]:
    """A note may name fewer bodies than its certificate does; only its owner can tell."""
    credit = line.credit
    if credit.standing.kind != Standing.NONE or not credit.course_key.startswith(elsewhere.KEY):
        return ()
    return ("That is what your note says. If its certificate names this body, change the note.",)


def _verdict(line: PlanLine, *, is_checked: bool) -> str:
    """A plain yes is ours alone to give: what the therapist noted counts by their own record."""
    words = verdict_words(line.verdict, is_checked=is_checked)
    is_own_record = line.credit.standing.kind == Standing.OWN_PROOF
    return f"{words}, by your own record" if is_own_record and line.hours else words


def _offer(suggestion: Suggestion) -> OfferRow:
    line, version = suggestion.line, suggestion.version
    return OfferRow(
        title=version.title,
        url=suggestion.course.get_absolute_url(),
        meta=f"{_hours(line.of_hours)}, {str(version.get_delivery_display()).lower()}",
        verdict=VERDICT_WORDS[line.verdict],
        tone=_TONES[line.verdict],
        sentence=line.sentences[0] if line.sentences else "",
    )


def _source(plan: Plan) -> str:
    rule = plan.rule
    read = f"Read on {long_date(rule.as_of)}" if rule.as_of else "Read on an unknown day"
    if not rule.source_as_of:
        return f"{read}; no source is on file."
    return f"{read}; the text is of: {day_of_source(rule.source_as_of)}."
