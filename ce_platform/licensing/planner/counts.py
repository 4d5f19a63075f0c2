"""Will it count? One answer per course and license, or per course and body for who has none.

A constant number of queries, whatever the number of courses and licenses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ce_platform.accounts.models import User
from ce_platform.licensing.models import BodyRule, License, LicensingBody
from ce_platform.licensing.planner.plans import (
    courses_as_credits,
    held,
    read_rule,
    shape,
    with_open_courses,
)
from ce_platform.licensing.planner.sources import SeenCredit, earned
from ce_platform.licensing.queries import newest_rules
from ce_platform.licensing.renewal import (
    CountAnswer,
    Credit,
    HeldLicense,
    RenewalRule,
    Verdict,
    counted_so_far,
    verdict_words,
    will_it_count,
)
from courses.models import CourseVersion

TONES: Final = {
    Verdict.COUNTS: "good",
    Verdict.IN_PART: "good",
    Verdict.ASK: "warn",
    Verdict.PENDING: "wait",
    Verdict.DOES_NOT_COUNT: "bad",
    Verdict.NOT_KNOWN: "",
    Verdict.BESIDES: "accent",
    Verdict.NOTHING_DUE: "",
}


@dataclass(frozen=True)
class CountLine:
    """What one body says of one course, for a license or for a fresh full cycle."""

    body: LicensingBody
    license: License | None
    rule_row: BodyRule | None
    answer: CountAnswer | None
    """None: no rule of this body is on file."""

    @property
    def verdict(self) -> Verdict:
        return self.answer.verdict if self.answer else Verdict.NOT_KNOWN

    @property
    def word(self) -> str:
        is_checked = self.rule_row is not None and self.rule_row.checked_at is not None
        return verdict_words(self.verdict, is_checked=is_checked)

    @property
    def tone(self) -> str:
        return TONES[self.verdict]

    @property
    def headline(self) -> str:
        return self.answer.headline if self.answer else f"Not known: ask {self.body.name}."

    @property
    def reasons(self) -> Sequence[str]:
        """Why, each sentence once; the answer about technique learned at home among them."""
        if self.answer is None:
            return [f"No rule of {self.body.name} is on file here."]
        said = [*self.answer.reasons, self.answer.technique]
        return list(dict.fromkeys(sentence for sentence in said if sentence))


def for_licenses(
    licenses: Sequence[License], versions: Sequence[CourseVersion], *, user: User, today: date
) -> dict[int, list[CountLine]]:
    """Per version id, a line per license in their order, beside all that the person has earned
    and is at work on."""
    if not licenses or not versions:
        return {version.pk: [] for version in versions}
    asked, planned = with_open_courses(user, versions, today=today)
    askers = [(row.body, row) for row in licenses]
    return _answered(askers, versions, asked, [*earned(user), *planned], today=today)


def for_bodies(
    bodies: Sequence[LicensingBody], versions: Sequence[CourseVersion], *, today: date
) -> dict[int, list[CountLine]]:
    """Per version id, a line per body: somebody with a full cycle ahead and nothing done yet."""
    if not bodies or not versions:
        return {version.pk: [] for version in versions}
    asked = courses_as_credits(versions, user=None, today=today)
    return _answered([(body, None) for body in bodies], versions, asked, [], today=today)


def for_assumed(
    licenses: Sequence[License], version: CourseVersion, *, today: date
) -> list[CountLine]:
    """Licenses that nobody holds: like their bodies, a fresh cycle each."""
    return for_bodies([row.body for row in licenses], [version], today=today)[version.pk]


def _answered(
    askers: Sequence[tuple[LicensingBody, License | None]],
    versions: Sequence[CourseVersion],
    asked: Mapping[int, SeenCredit],
    credits: Sequence[SeenCredit],
    *,
    today: date,
) -> dict[int, list[CountLine]]:
    rules = newest_rules({body for body, _license in askers}, on=today)
    seen = [_Asker(body, license, rules.get(body.pk), credits, today) for body, license in askers]
    return {version.pk: [each.line(asked[version.pk]) for each in seen] for version in versions}


class _Asker:
    """One license, or one body, that any number of courses are held against."""

    def __init__(
        self,
        body: LicensingBody,
        license: License | None,
        rule_row: BodyRule | None,
        credits: Sequence[SeenCredit],
        today: date,
    ) -> None:
        self.body, self.license, self.rule_row, self.today = body, license, rule_row, today
        self.held: HeldLicense | None = None if license is None else held(license)
        self.rule: RenewalRule | None = None
        self.credits: list[tuple[SeenCredit, Credit]] = []
        if rule_row is not None:
            rule = self.rule = read_rule(rule_row, body)
            self.credits = [(each, each.at(rule)) for each in credits]
        self._counted: dict[frozenset[str], Decimal] = {}
        self._answers: dict[object, CountAnswer] = {}

    def line(self, asked: SeenCredit) -> CountLine:
        if self.rule is None:
            return CountLine(self.body, self.license, None, None)
        here = [here for each, here in self.credits if not _is_same_and_planned(each, asked)]
        course = asked.at(self.rule)
        is_known = any(each.credit.course_key == course.course_key for each, _ in self.credits)
        # Courses that are alike to the body, and new to the person, have one answer.
        kind = course.key if is_known else shape(course)
        if kind not in self._answers:
            self._answers[kind] = will_it_count(
                self.rule,
                self.held,
                here,
                course,
                self.today,
                counted_before=self._counted_before(self.rule, here),
            )
        return CountLine(self.body, self.license, self.rule_row, self._answers[kind])

    def _counted_before(self, rule: RenewalRule, credits: Sequence[Credit]) -> Decimal:
        """The same for nearly every course: only one that the person is in leaves itself out."""
        keys = frozenset(credit.key for credit in credits)
        if keys not in self._counted:
            self._counted[keys] = counted_so_far(rule, self.held, credits, self.today)
        return self._counted[keys]


def _is_same_and_planned(credit: SeenCredit, asked: SeenCredit) -> bool:
    """Who is in the course already asks about that very course, not about taking it twice."""
    return credit.credit.is_planned and credit.credit.course_key == asked.credit.course_key
