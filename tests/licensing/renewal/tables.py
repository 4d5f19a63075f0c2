"""Cases as tables a person can read: a rule from our data, a license, what was done, what counts.

`done` is a list of lines such as "6 facial home", "10 workshop class 80%", "2 ethics webinar
2026-05-02". The second word names the course and, by SUBJECTS, what it is about; the same name
twice is the same course. Dates left out lie ten days into the cycle.
"""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from ce_platform.licensing.domain.data_files import DATA
from ce_platform.licensing.renewal import (
    CourseStanding,
    Credit,
    Delivery,
    HeldLicense,
    Plan,
    RenewalRule,
    Standing,
    Status,
    Subject,
    cycle_of,
    plan,
)

SUBJECTS = {
    "facial": Subject.TECHNIQUE,
    "workshop": Subject.TECHNIQUE,
    "seminar": Subject.TECHNIQUE,
    "anatomy": Subject.THEORY,
    "pathology": Subject.THEORY,
    "reading": Subject.THEORY,
    "errors": Subject.MEDICAL_ERRORS,
    "violence": Subject.DOMESTIC_VIOLENCE,
    "bias": Subject.IMPLICIT_BIAS,
    "equity": Subject.HEALTH_EQUITY,
    "meeting": Subject.BOARD_MEETING,
    "abuse": Subject.CHILD_ABUSE,
    "disease": Subject.COMMUNICABLE_DISEASE,
}
DELIVERIES = {
    "home": Delivery.HOME_STUDY,
    "webinar": Delivery.LIVE_WEBINAR,
    "class": Delivery.LIVE_CLASS,
}
TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Case:
    """`counts`: "21 of 24". `lines`: "facial 5; …", hours of single courses. `missing`: by
    category. `home`: how much of what is missing may be home study. Words: "?" is not known."""

    name: str
    body: str
    done: str
    counts: str
    until: str = ""
    first: str = ""
    lines: str = ""
    missing: str | None = None
    home: str | None = None
    says: str = ""
    carries: str | None = None
    carried: int | None = None
    due: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def license(self) -> HeldLicense:
        return HeldLicense(
            self.body,
            first_issued_on=date.fromisoformat(self.first) if self.first else None,
            expires_on=date.fromisoformat(self.until) if self.until else None,
            cycle_ends_on=date.fromisoformat(self.due) if self.due else None,
        )

    def plan(self) -> Plan:
        rule = rule_of(self.body)
        cycle = cycle_of(rule, self.license, TODAY)
        start = cycle.starts_on or date(2026, 1, 1)
        credits = credits_of(self.done, start + timedelta(days=10))
        carried = None if self.carried is None else Decimal(self.carried)
        return plan(rule, self.license, credits, TODAY, carried_hours=carried)


@cache
def _tables() -> dict[str, dict[str, object]]:
    with (DATA / "body_rules.toml").open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


@cache
def _places() -> dict[str, tuple[str, str]]:
    with (DATA / "licensing_bodies.csv").open(newline="", encoding="utf-8") as file:
        return {
            row["code"]: (row["jurisdiction"], row["body_name"]) for row in csv.DictReader(file)
        }


def all_codes() -> list[str]:
    return list(_places())


def rule_of(code: str, *, is_checked: bool = True, **changes: object) -> RenewalRule:
    """A rule of our data as somebody checked it. A change to None takes the key away."""
    table = {
        key: value for key, value in {**_tables()[code], **changes}.items() if value is not None
    }
    place, name = _places()[code]
    return RenewalRule.read(
        table,
        body_code=code,
        place="NCBTMB" if code == "US-NCBTMB" else place,
        body_name=name,
        is_checked=is_checked,
        as_of=TODAY,
        confidence=str(table["confidence"]),
        sources=table["sources"],  # type: ignore[arg-type]
    )


def credits_of(done: str, on: date) -> list[Credit]:
    return [credit_of(line, on, place) for place, line in enumerate(_split(done))]


def credit_of(line: str, on: date | None = None, place: int = 0) -> Credit:
    hours, name, delivery, *rest = line.split()
    standing, is_listed, percent, has_exam = Standing.APPROVED, None, None, True
    status = Status.EARNED
    for word in rest:
        if word.endswith("%"):
            percent = int(word[:-1])
        elif word == "no-test":
            has_exam = False
        elif word == "planned":
            status, on = Status.PLANNED, None
        elif word == "unlisted":
            standing, is_listed = Standing.OWN_PROOF, False
        elif word in set(Standing):
            standing = Standing(word)
        else:
            on = date.fromisoformat(word)
    return Credit(
        key=f"{place:02}-{name}",
        title=name,
        hours={SUBJECTS.get(name) or Subject(name): Decimal(hours)},
        delivery=DELIVERIES[delivery],
        standing=CourseStanding(standing, is_listed=is_listed),
        course_key=name,
        completed_on=on,
        has_exam=has_exam,
        hands_on_percent=percent,
        status=status,
    )


def told(case: Case, found: Plan) -> dict[str, object]:
    """What the plan says, in the words of the case: only what the case looks at."""
    names = [part.split()[0] for part in _split(case.lines)]
    lines: dict[str, Decimal] = {}
    for line in found.lines:
        lines[line.credit.title] = lines.get(line.credit.title, Decimal(0)) + line.hours
    return {
        "counts": f"{_figure(found.counted)} of {_figure(found.needed)}",
        "lines": "; ".join(f"{name} {_figure(lines[name])}" for name in names),
        "missing": None
        if case.missing is None
        else "; ".join(
            f"{_figure(each.missing)} {each.name}" for each in found.categories if each.missing
        ),
        "home": None if case.home is None else _figure(found.home_study_room),
        "carries": None if case.carries is None else _figure(found.carries_over),
        "says": case.says if case.says in " ".join(_all_said(found)) else _all_said(found),
    }


def expected(case: Case) -> dict[str, object]:
    return {
        "counts": case.counts,
        "lines": case.lines,
        "missing": case.missing,
        "home": case.home,
        "carries": case.carries,
        "says": case.says,
    }


def _all_said(found: Plan) -> list[str]:
    return [
        *(said for line in found.lines for said in line.sentences),
        *found.cautions,
        *found.missing_sentences,
        *found.unknown,
    ]


def _figure(value: Decimal | None) -> str:
    return "?" if value is None else f"{value.normalize():f}"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
