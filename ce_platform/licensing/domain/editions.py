"""Two editions of a course beside each other: what each licensing body has said about them.

Approvals belong to an edition. Whoever may go from one to a newer one must know before they decide
that a body has not approved that one (yet).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ce_platform.licensing.domain import standing
from ce_platform.licensing.domain.standing import EndedBody, PrintedBody
from ce_platform.licensing.models import License, Submission
from courses.models import CourseVersion

# A yes, a way without a decision of the body's own, an open question; nothing at all is less.
_WORTH: Final = {
    Submission.Status.APPROVED: 3,
    Submission.Status.ACCEPTS_LIST: 2,
    Submission.Status.NO_PREAPPROVAL: 2,
    Submission.Status.SUBMITTED: 1,
    Submission.Status.MORE_INFO: 1,
}


@dataclass(frozen=True)
class Side:
    """What one body has to do with one edition."""

    line: PrintedBody | None
    ended: EndedBody | None

    @property
    def worth(self) -> int:
        return _WORTH[Submission.Status(self.line.status)] if self.line else 0

    @property
    def is_approved(self) -> bool:
        return self.line is not None and self.line.status == Submission.Status.APPROVED

    @property
    def sentence(self) -> str:
        """Empty: nothing is recorded."""
        known = self.line or self.ended
        return known.sentence if known else ""


@dataclass(frozen=True)
class BodyOfTwo:
    """One body and both editions."""

    place: str
    name: str
    license_number: str
    """The learner's; empty: they hold none there."""
    before: Side
    after: Side

    @property
    def is_less(self) -> bool:
        """The newer edition has less there than the one before."""
        return self.after.worth < self.before.worth

    @property
    def is_lost(self) -> bool:
        """The body has approved the edition before, and the newer one it has not."""
        return self.before.is_approved and not self.after.is_approved


def beside_each_other(
    before: CourseVersion, after: CourseVersion, *, licenses: Sequence[License], on: date
) -> list[BodyOfTwo]:
    """The bodies of these licenses; without any, every body that has to do with either edition.

    Two queries. Own bodies without any news stand there too: silence would read as a yes.
    """
    submissions = standing.submissions_of(
        (version.course_id, version.edition) for version in (before, after)
    )
    numbers = standing.numbers_on(on)
    old, new = (
        _sides(submissions[version.course_id, version.edition], version, licenses, numbers, on)
        for version in (before, after)
    )
    nothing = Side(None, None)
    if licenses:
        own: dict[str, tuple[str, str, list[str]]] = {}
        for row in licenses:
            own.setdefault(row.body.code, (row.body.place, row.body.name, []))[2].append(row.number)
        named = {code: (place, name, ", ".join(held)) for code, (place, name, held) in own.items()}
    else:
        named = {
            code: (known.jurisdiction, known.body_name, "")
            for sides in (new, old)
            for code, side in sides.items()
            if (known := side.line or side.ended)
        }
    found = [
        BodyOfTwo(place, name, number, old.get(code, nothing), new.get(code, nothing))
        for code, (place, name, number) in named.items()
    ]
    return sorted(found, key=lambda each: (not each.is_lost, not each.is_less, each.place))


def _sides(
    submissions: Sequence[Submission],
    version: CourseVersion,
    licenses: Sequence[License],
    numbers: Mapping[int, str],
    on: date,
) -> dict[str, Side]:
    lines = standing.compose(
        submissions,
        licenses=licenses,
        numbers=numbers,
        course_hours=version.credit_hours,
        on=on,
        with_every_list=True,
    )
    over = standing.ended(submissions, licenses=licenses, on=on)
    sides = {each.body_code: Side(None, each) for each in over}
    return sides | {each.body_code: Side(each, None) for each in lines}
