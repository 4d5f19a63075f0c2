"""Where credits come from. Apps above licensing register what only they know.

A source names each course once, with how it stands at every body that has to do with it; the
planner then asks for the credit as one rule sees it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from ce_platform.accounts.models import User
from ce_platform.core.text import fold
from ce_platform.licensing.renewal import CourseStanding, Credit, RenewalRule, Standing

NOTHING_SENT = CourseStanding(Standing.NONE)


@dataclass(frozen=True)
class SeenCredit:
    """A credit before a body looks at it. The credit's own standing says nothing yet."""

    credit: Credit
    standings: Mapping[str, CourseStanding]
    """By body code."""
    approvers: frozenset[str] = frozenset()
    """Short names of national approvers that approved it, as rules name them: NCBTMB."""
    otherwise: CourseStanding = NOTHING_SENT
    """At bodies that stand in neither."""
    url: str = ""

    def at(self, rule: RenewalRule) -> Credit:
        """As the body of this rule sees it."""
        standing = self.standings.get(rule.body_code, self.otherwise)
        if self.otherwise.kind == Standing.OWN_PROOF and rule.body_code not in self.standings:
            standing = _by_own_proof(self, rule)
        elif standing.is_listed is None:
            standing = replace(standing, is_listed=bool(self.approvers & rule.accepts))
        return replace(self.credit, standing=standing)


class CreditSource(Protocol):
    """What one app knows of a person's completed courses, in a constant number of queries."""

    def __call__(self, user: User) -> Sequence[SeenCredit]: ...


_sources: dict[str, CreditSource] = {}


def register(name: str, source: CreditSource) -> None:
    _sources[name] = source


def earned(user: User) -> list[SeenCredit]:
    """Of all sources; one completion that two of them know is the same course in both."""
    return as_one([seen for _name, source in sorted(_sources.items()) for seen in source(user)])


def as_one(found: Sequence[SeenCredit]) -> list[SeenCredit]:
    """Whoever notes by hand what a certificate of ours says already must not get it twice: the
    same title on the same day is the same course, and a course counts once in a cycle."""
    keys: dict[tuple[str, date | None], str] = {}
    for seen in found:
        if seen.url:
            keys.setdefault(_occasion(seen), seen.credit.course_key)
    return [
        seen
        if seen.url or _occasion(seen) not in keys
        else replace(seen, credit=replace(seen.credit, course_key=keys[_occasion(seen)]))
        for seen in found
    ]


def _occasion(seen: SeenCredit) -> tuple[str, date | None]:
    return fold(seen.credit.title), seen.credit.completed_on


def _by_own_proof(seen: SeenCredit, rule: RenewalRule) -> CourseStanding:
    """A course of somebody else at a body that its certificate does not name.

    Without any approval noted nobody can tell, and the gates say so; with approvals of others it
    counts where the body takes theirs, and else it stands like a course that was never sent there.
    """
    through = sorted(seen.approvers & rule.accepts)
    if through:
        return replace(seen.otherwise, is_listed=True, through=through[0])
    if seen.standings or seen.approvers:
        return replace(NOTHING_SENT, is_listed=False)
    return seen.otherwise
