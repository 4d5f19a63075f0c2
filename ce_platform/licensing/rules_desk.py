"""The registrar's desk of rules: every body with its rule, and one body with its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count

from ce_platform.core.text import clean, fold
from ce_platform.licensing import facts, queries, rule_words
from ce_platform.licensing.domain.readings import is_standing, parts_of, value_of
from ce_platform.licensing.models import BodyRule, LicensingBody, RuleProposalLine
from ce_platform.licensing.rule_words import Difference

# A rule that was compared with its source longer ago is worth another look.
OLD_AFTER: Final = timedelta(days=365)
LONGEST_SEARCH: Final = 100
FILTERS: Final = {
    "": "All",
    "unchecked": "Not checked",
    "old": "Checked over a year ago",
    "differences": "Differences waiting",
    "low": "Low confidence",
}


@dataclass(frozen=True)
class BodyRow:
    body: LicensingBody
    rule: BodyRule | None
    hours: str
    cycle: str
    is_old: bool
    difference_count: int

    @property
    def is_checked(self) -> bool:
        return self.rule is not None and self.rule.checked_at is not None


@dataclass(frozen=True)
class HistoryRow:
    """One reading, with the number it has in the order of writing."""

    rule: BodyRule
    number: int
    state: str
    tone: str
    before: BodyRule | None
    """The reading written before it."""
    is_standing: bool


@dataclass(frozen=True)
class LineRow:
    line: RuleProposalLine
    difference: Difference


def body_rows(*, words: str, show: str, today: date) -> tuple[list[BodyRow], dict[str, int]]:
    """What fits the search, and how many each filter would show of it; three queries."""
    bodies = [body for body in queries.bodies_by_place() if fits(body, words)]
    rules = queries.newest_rules(bodies, on=today)
    waiting = dict(
        RuleProposalLine.objects.filter(status=RuleProposalLine.Status.OPEN)
        .order_by()
        .values_list("body_id")
        .annotate(count=Count("pk"))
    )
    rows = [_row(body, rules.get(body.pk), waiting.get(body.pk, 0), today) for body in bodies]
    counts = {name: sum(_is_in(row, name) for row in rows) for name in FILTERS}
    return [row for row in rows if _is_in(row, show)], counts


def fits(body: LicensingBody, words: str) -> bool:
    text = fold(f"{body.code} {body.jurisdiction} {body.name} {body.abbreviation}")
    return all(word in text for word in fold(clean(words)[:LONGEST_SEARCH]).split())


def _row(body: LicensingBody, rule: BodyRule | None, waiting: int, today: date) -> BodyRow:
    said = rule.rule if rule is not None else {}
    hours, months = facts.fact_of(said, "ce_hours"), said.get("ce_cycle_months")
    checked = rule.checked_at if rule is not None else None
    return BodyRow(
        body=body,
        rule=rule,
        hours=hours.text if hours else "",
        cycle=f"{months} months" if months is not None else "",
        is_old=checked is not None and checked.date() < today - OLD_AFTER,
        difference_count=waiting,
    )


def _is_in(row: BodyRow, name: str) -> bool:
    match name:
        case "unchecked":
            return not row.is_checked
        case "old":
            return row.is_old
        case "differences":
            return bool(row.difference_count)
        case "low":
            return row.rule is not None and row.rule.confidence == "low"
    return True


# ---------------------------------------------------------------- one body


def history(rules: Sequence[BodyRule], *, today: date) -> list[HistoryRow]:
    """Newest writing first."""
    written = sorted(rules, key=lambda rule: rule.pk)
    current = queries.rule_on(written, today)
    rows = []
    for number, rule in enumerate(written, start=1):
        stands = is_standing(rule, written, today=today)
        state, tone = ("Earlier", "")
        if rule == current:
            state, tone = ("In force", "good")
        elif stands:
            state, tone = ("To come", "wait")
        rows.append(
            HistoryRow(
                rule=rule,
                number=number,
                state=state,
                tone=tone,
                before=written[number - 2] if number > 1 else None,
                is_standing=stands,
            )
        )
    return rows[::-1]


def last_written(rules: Sequence[BodyRule]) -> BodyRule | None:
    """The reading that proposed lines are compared with and accepted into."""
    return max(rules, key=lambda rule: (rule.valid_from, rule.pk), default=None)


def line_rows(lines: Sequence[RuleProposalLine], rule: BodyRule | None) -> list[LineRow]:
    """What each line would change in our rule as it reads now."""
    ours = parts_of(rule)
    return [
        LineRow(
            line=line,
            difference=rule_words.difference(line.key, ours, _with(ours, line)),
        )
        for line in lines
    ]


def rejected_rows(lines: Sequence[RuleProposalLine]) -> list[LineRow]:
    """As they were when they were decided."""
    rows = []
    for line in lines:
        old, new = value_of(line.old_json), value_of(line.new_json)
        before = {line.key: old} if line.old_json else {}
        after = {line.key: new} if line.new_json else {}
        rows.append(LineRow(line, rule_words.difference(line.key, before, after)))
    return rows


def fact_groups(rule: BodyRule) -> list[dict[str, Any]]:
    """The facts with the numbers of the sources that support each."""
    numbers: dict[str, list[int]] = {}
    for number, source in enumerate(parts_of(rule).get("sources", []), start=1):
        for key in source.get("keys", []):
            numbers.setdefault(key, []).append(number)
    return [
        {
            "title": group.title,
            "facts": [(fact, numbers.get(fact.key, [])) for fact in group.facts],
            "unknown": group.unknown,
        }
        for group in facts.fact_groups(rule.rule)
    ]


def _with(ours: dict[str, Any], line: RuleProposalLine) -> dict[str, Any]:
    rest = {key: value for key, value in ours.items() if key != line.key}
    return rest | ({line.key: value_of(line.new_json)} if line.new_json else {})
