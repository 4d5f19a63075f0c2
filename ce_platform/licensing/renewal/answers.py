"""Will it count? One course, one body, one answer with its reasons, source and date."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from ce_platform.licensing.renewal.credits import Credit, Status
from ce_platform.licensing.renewal.cycles import HeldLicense
from ce_platform.licensing.renewal.gates import technique_sentence
from ce_platform.licensing.renewal.overview import as_known
from ce_platform.licensing.renewal.plan import Plan, PlanLine, line_of, placed, summed
from ce_platform.licensing.renewal.rules import RenewalRule
from ce_platform.licensing.renewal.subjects import Subject
from ce_platform.licensing.renewal.verdicts import Verdict
from ce_platform.licensing.renewal.wording import hours_words, number_words, small
from ce_platform.licensing.renewal.working import Working


@dataclass(frozen=True)
class CountAnswer:
    """`hours` of `of_hours` would count now, after everything already earned and planned.

    `adds`: by how many hours the plan comes nearer to its total; less than `hours` where the
    course takes the place of others. `technique`: the body's answer about hands-on technique
    learned at home, with the hours that must be hands-on, for a course that teaches it so: to be
    said before enrolling, after the reasons; empty otherwise. `confirm`: what must stand
    beside the answer while the rule is unchecked or its confidence is below high.
    """

    verdict: Verdict
    hours: Decimal
    of_hours: Decimal
    open_hours: Decimal
    adds: Decimal
    headline: str
    reasons: tuple[str, ...]
    technique: str
    confirm: str
    source_url: str
    source_as_of: str
    as_of: date | None
    confidence: str
    working: Working = field(repr=False)
    license: HeldLicense | None
    today: date

    @cached_property
    def plan(self) -> Plan:
        """Of everything with the course; worked out for who asks."""
        return summed(self.working, self.license, self.today)


def will_it_count(
    rule: RenewalRule,
    license: HeldLicense | None,
    credits: Sequence[Credit],
    course: Credit,
    today: date,
    *,
    carried_hours: Decimal | None = None,
    counted_before: Decimal | None = None,
) -> CountAnswer:
    """Whether a course would count for this license, beside the credits so far.

    Without a license: for a fresh full cycle of the body. `course` is taken as planned, whatever
    its status says, and steps back behind everything else when room is short. `counted_before`:
    what `counted_so_far` says of the same credits, for who asks about many courses.
    """
    asked = replace(course, status=Status.PLANNED)
    others = [credit for credit in credits if credit.key != asked.key]
    if counted_before is None:
        counted_before = counted_so_far(rule, license, others, today, carried_hours=carried_hours)
    after = placed(
        rule,
        license,
        [*others, asked],
        today,
        carried_hours=carried_hours,
        last_key=asked.key,
    )
    line = line_of(after, asked.key)
    adds = max(after.known.total - counted_before, Decimal(0))
    technique = technique_sentence(rule)
    reasons = [said for said in line.sentences if said != technique]
    if line.hours > adds:
        reasons.append(
            f"It takes the place of {hours_words(line.hours - adds)} of other courses, because "
            "its subject is required."
        )
    if license is None and rule.first_renewal not in (None, "full") and not rule.asks_nothing:
        reasons.append("This is for a full cycle; a first renewal may ask for other hours.")
    return CountAnswer(
        verdict=line.verdict,
        hours=line.hours,
        of_hours=line.of_hours,
        open_hours=line.open_hours,
        adds=adds,
        headline=_headline(rule, line),
        reasons=tuple(reasons),
        technique=_technique(rule, course),
        confirm=_confirm(rule),
        source_url=rule.source_url,
        source_as_of=rule.source_as_of,
        as_of=rule.as_of,
        confidence=rule.confidence,
        working=after,
        license=license,
        today=today,
    )


def counted_so_far(
    rule: RenewalRule,
    license: HeldLicense | None,
    credits: Sequence[Credit],
    today: date,
    *,
    carried_hours: Decimal | None = None,
) -> Decimal:
    return placed(rule, license, credits, today, carried_hours=carried_hours).known.total


def _headline(rule: RenewalRule, line: PlanLine) -> str:
    figures = f"{number_words(line.hours)} of {hours_words(line.of_hours)}"
    match line.verdict:
        case Verdict.COUNTS | Verdict.IN_PART:
            return f"Counts {figures} for {rule.place}."
        case Verdict.ASK if not line.hours:
            return f"Probably counts besides the hours of {rule.place}."
        case Verdict.ASK:
            return f"Probably counts {figures} for {rule.place}."
        case Verdict.PENDING:
            return f"Submitted to {rule.asked}, not decided."
        case Verdict.DOES_NOT_COUNT:
            return f"Does not count for {rule.place}."
        case Verdict.BESIDES:
            return f"Counts besides the hours of {rule.place}."
        case Verdict.NOTHING_DUE:
            return as_known(rule, f"{rule.place} asks for no hours now.")
    return f"Not known: ask {rule.asked}."


def _technique(rule: RenewalRule, course: Credit) -> str:
    is_technique = Subject.TECHNIQUE in course.hours
    if not is_technique or course.delivery == "live-class" or rule.asks_nothing:
        return ""
    in_person = [
        f"{hours_words(each.min_hours)} must be in person, which no course at home can "
        f"fill: {small(each.name, rule.place)}."
        for each in rule.categories
        if each.min_hours and each.is_home_study_allowed is False
    ]
    return " ".join([technique_sentence(rule), *in_person])


def _confirm(rule: RenewalRule) -> str:
    if not rule.is_checked:
        return f"This rule was not checked by this office; please confirm with {rule.asked}."
    return "" if rule.confidence == "high" else f"Please confirm with {rule.asked}."
