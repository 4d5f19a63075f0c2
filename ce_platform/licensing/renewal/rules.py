"""A body's rule as the planner reads it. Every key that is missing is None: not known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

Technique = Literal["allowed", "limited", "refused"]
LiveOnline = Literal["in-person", "home-study"]


@dataclass(frozen=True)
class Category:
    """Hours of a kind with a figure of their own. Which hours fit is data, never the name."""

    name: str
    min_hours: Decimal | None = None
    max_hours: Decimal | None = None
    is_home_study_allowed: bool | None = None
    subjects: frozenset[str] | None = None
    """None: the source has no more than the name."""
    except_subjects: frozenset[str] = frozenset()
    hands_on_percent: int | None = None
    provider: Literal["listed", "not-listed"] | None = None
    is_rest: bool = False
    """Any relevant hour fits: what fills no other category ends here."""
    is_overlapping: bool = False
    """Hours count here besides filling another category."""
    is_home_study_only: bool = False
    """The maximum is of hours by home study."""
    is_second_renewal_only: bool = False
    """Due at the second renewal; the hours count as any others later."""

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        return cls(
            name=table["name"],
            min_hours=_decimal(table.get("min_hours")),
            max_hours=_decimal(table.get("max_hours")),
            is_home_study_allowed=table.get("home_study_allowed"),
            subjects=frozenset(table["subjects"]) if "subjects" in table else None,
            except_subjects=frozenset(table.get("except_subjects", ())),
            hands_on_percent=table.get("hands_on_percent"),
            provider=table.get("provider"),
            is_rest=table.get("rest", False),
            is_overlapping=table.get("overlaps", False),
            is_home_study_only=table.get("home_study_only", False),
            is_second_renewal_only=table.get("second_renewal_only", False),
        )


@dataclass(frozen=True)
class Anchor:
    """When a cycle ends, by the rule."""

    kind: str
    month: int | None = None
    day: int | None = None
    years: str | None = None
    known_year: int | None = None
    parity_from: str | None = None
    note: str = ""
    is_to_end_of_month: bool = False

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        return cls(
            kind=table["kind"],
            month=table.get("month"),
            day=table.get("day"),
            years=table.get("years"),
            known_year=table.get("known_year"),
            parity_from=table.get("parity_from"),
            note=table.get("note", ""),
            is_to_end_of_month=table.get("end_of_month", False),
        )


@dataclass(frozen=True)
class FirstStep:
    """A license younger than so many months at its renewal owes these hours.

    `up_to_months` includes the very day, `under_months` does not.
    """

    hours: Decimal
    up_to_months: int | None = None
    under_months: int | None = None


@dataclass(frozen=True)
class FirstRenewal:
    """What is due at the first renewal, where the rule's data says it in figures."""

    per_month: Decimal | None = None
    """Hours for each month, or part of a month, since the first license."""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    steps: tuple[FirstStep, ...] = ()
    """Youngest first; a license older than the last step owes the full hours."""
    is_all_by_home_study: bool = False
    categories: frozenset[str] | None = None
    """Names of the categories that stay due; None: all of them."""

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        return cls(
            per_month=_decimal(table.get("per_month")),
            at_least=_decimal(table.get("at_least")),
            at_most=_decimal(table.get("at_most")),
            steps=tuple(
                FirstStep(
                    hours=Decimal(str(step["hours"])),
                    up_to_months=step.get("up_to_months"),
                    under_months=step.get("under_months"),
                )
                for step in table.get("steps", ())
            ),
            is_all_by_home_study=table.get("all_by_home_study", False),
            categories=frozenset(table["categories"]) if "categories" in table else None,
        )


@dataclass(frozen=True)
class Repeat:
    """When a course taken again counts nothing: `cycle` within one cycle, `consecutive-cycles`
    in the next one either, `years` within so many years, `ever` never again."""

    scope: Literal["cycle", "consecutive-cycles", "years", "ever"]
    years: int | None = None
    except_subjects: frozenset[str] = frozenset()

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        return cls(
            scope=table["scope"],
            years=table.get("years"),
            except_subjects=frozenset(table.get("except_subjects", ())),
        )


@dataclass(frozen=True)
class Besides:
    """Training that is due on top of the hours."""

    what: str
    hours: Decimal | None = None
    subjects: frozenset[str] = frozenset()

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        return cls(
            what=table["what"],
            hours=_decimal(table.get("hours")),
            subjects=frozenset(table.get("subjects", ())),
        )


@dataclass(frozen=True)
class Source:
    url: str
    as_of: str
    what: str


@dataclass(frozen=True)
class RenewalRule:
    """What one body asks, parsed from the keys of docs/licensing-rules.md. None: not known.

    `place` is how sentences name it (“Florida”, “NCBTMB”), `body_name` who is asked.
    `is_checked`: somebody in this office compared it with its source; `as_of`: when it was read.
    """

    body_code: str
    place: str
    body_name: str
    is_checked: bool
    as_of: date | None = None
    confidence: str = ""
    sources: tuple[Source, ...] = ()
    notes: str = ""
    ce_hours: Decimal | None = None
    cycle_months: int | None = None
    anchor: Anchor | None = None
    is_cycle_end_on_card: bool = True
    """False: the card shows the end of the license, and hours are counted over another span."""
    first_renewal: str | None = None
    first_renewal_hours: FirstRenewal | None = None
    home_study_max_hours: Decimal | None = None
    in_person_min_hours: Decimal | None = None
    live_interactive_counts_as: LiveOnline | None = None
    technique_by_home_study: Technique | None = None
    technique_note: str = ""
    is_technique_asked: bool = False
    """The answer about technique learned at home is “ask the board”."""
    technique_taught_by: str | None = None
    per_day_max_hours: Decimal | None = None
    """Hours credited in any 24 hours, of every kind of education."""
    repeat_words: str | None = None
    repeat: Repeat | None = None
    carry_over_hours: Decimal | None = None
    categories: tuple[Category, ...] = ()
    accepts: frozenset[str] = frozenset()
    approval_model: str | None = None
    exam_required_for_home_study: bool | None = None
    besides: tuple[Besides, ...] = ()
    replaced_by: str | None = None
    """What fulfills the whole requirement instead of hours."""

    @classmethod
    def read(
        cls,
        rule: Mapping[str, Any],
        *,
        body_code: str,
        place: str,
        body_name: str,
        is_checked: bool,
        as_of: date | None = None,
        confidence: str = "",
        sources: Sequence[Mapping[str, str]] = (),
        notes: str = "",
    ) -> Self:
        """From the mapping of `BodyRule.rule`. Hours may be numbers, Decimals or texts."""
        technique = rule.get("technique_by_home_study") or {}
        model = rule.get("approval_model")
        return cls(
            body_code=body_code,
            place=f"the {place}" if place.startswith(("District of ", "US ")) else place,
            body_name=body_name,
            is_checked=is_checked,
            as_of=as_of,
            confidence=confidence,
            sources=tuple(Source(each["url"], each["as_of"], each["what"]) for each in sources),
            notes=notes,
            ce_hours=_decimal(rule.get("ce_hours")),
            cycle_months=rule.get("ce_cycle_months"),
            anchor=Anchor.read(rule["cycle_anchor"]) if "cycle_anchor" in rule else None,
            is_cycle_end_on_card=rule.get("cycle_end_on_card", True),
            first_renewal=rule.get("first_renewal"),
            first_renewal_hours=(
                FirstRenewal.read(rule["first_renewal_hours"])
                if "first_renewal_hours" in rule
                else None
            ),
            home_study_max_hours=_decimal(rule.get("home_study_max_hours")),
            in_person_min_hours=_decimal(rule.get("in_person_min_hours")),
            live_interactive_counts_as=rule.get("live_interactive_counts_as"),
            technique_by_home_study=technique.get("answer"),
            technique_note=technique.get("note", ""),
            is_technique_asked=technique.get("ask_board", False),
            technique_taught_by=rule.get("technique_taught_by"),
            per_day_max_hours=_decimal(rule.get("per_day_max_online_hours")),
            repeat_words=rule.get("repeat_rule"),
            repeat=Repeat.read(rule["repeat"]) if "repeat" in rule else None,
            carry_over_hours=_decimal(rule.get("carry_over_hours")),
            categories=tuple(map(Category.read, rule.get("categories", ()))),
            accepts=frozenset(rule.get("accepts", ())),
            approval_model=None if model == "unknown" else model,
            exam_required_for_home_study=rule.get("exam_required_for_home_study"),
            besides=tuple(map(Besides.read, rule.get("besides", ()))),
            replaced_by=rule.get("replaced_by"),
        )

    @property
    def source_url(self) -> str:
        return self.sources[0].url if self.sources else ""

    @property
    def source_as_of(self) -> str:
        """The date of the text as the source list says it, e.g. “2024-09-24”, “undated copy”."""
        return self.sources[0].as_of if self.sources else ""

    @property
    def asked(self) -> str:
        """Whom to ask, inside a sentence."""
        if not self.body_name:
            return f"the licensing body of {self.place}"
        if self.body_name.startswith("No "):
            # No state licensing body: what is asked, if anything, is local law.
            return "your city or county"
        return f"the {self.body_name}"

    @property
    def asks_nothing(self) -> bool:
        return self.ce_hours == 0


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
