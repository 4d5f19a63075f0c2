"""All bodies of a course edition at once: routes proposed, chosen, and put on file in one go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from ce_platform.accounts.models import User
from ce_platform.licensing import queries
from ce_platform.licensing.domain import routes
from ce_platform.licensing.domain.errors import SubmissionRefused
from ce_platform.licensing.domain.routes import Ours, Route, Source
from ce_platform.licensing.domain.submissions import (
    Message,
    add_message,
    move_submission,
    record_submission,
)
from ce_platform.licensing.models import LicensingBody, Submission
from courses.models import Course, CourseVersion

Status = Submission.Status
# What belongs to an edition as long as it is the newest: the next one has to be filed again.
LIVING: Final = (
    Status.SUBMITTED,
    Status.MORE_INFO,
    Status.APPROVED,
    Status.ACCEPTS_LIST,
    Status.NO_PREAPPROVAL,
    Status.NOT_NEEDED,
)
# Nothing is sent there, so the next edition goes the same way without a decision.
_SAME_WAY: Final = (Status.ACCEPTS_LIST, Status.NO_PREAPPROVAL, Status.NOT_NEEDED)


@dataclass(frozen=True)
class PlanLine:
    """One body: what is on file, or which way is proposed."""

    body: LicensingBody
    route: Route
    source: Source
    on_file: Submission | None


@dataclass(frozen=True)
class Plan:
    lines: Sequence[PlanLine]
    lists: Sequence[LicensingBody]
    """Whose list a body may accept."""


def plan_of(*, course: Course, edition: int, today: date) -> Plan:
    """Every body with its route; four queries."""
    bodies = queries.bodies_by_place()
    rules = queries.newest_rules(bodies, on=today)
    on_file = {
        row.body_id: row for row in Submission.objects.filter(course=course, edition=edition)
    }
    lists = [body for body in bodies if body.kind == LicensingBody.Kind.APPROVER]
    numbers: dict[int, Any] = {}
    for number in queries.provider_numbers_on(today):
        numbers.setdefault(number.body_id, number)
    ours = Ours(
        numbers=numbers,
        approvers={body.place: body for body in lists},
        approving=[pk for pk, row in on_file.items() if row.status == Status.APPROVED],
    )
    return Plan(
        lines=[
            PlanLine(
                body=body,
                route=routes.propose(body, rules.get(body.pk), ours=ours),
                source=routes.source_of(body, rules.get(body.pk)),
                on_file=on_file.get(body.pk),
            )
            for body in bodies
        ],
        lists=lists,
    )


@transaction.atomic
def record_plan(
    *, course: Course, edition: int, chosen: Mapping[str, str], by: User, now: datetime
) -> list[Submission]:
    """Put the chosen bodies on file: body code → value of a route. All of them or none.

    What is on file already is left as it is, so sent twice it is done once. What has to be sent or
    asked begins as a draft; a list or no pre-approval is recorded with its reason. Gives what was
    added. Errors: SubmissionRefused.
    """
    # Of two that plan at once, the second sees what the first has put on file.
    Course.objects.select_for_update().get(pk=course.pk)
    plan = plan_of(course=course, edition=edition, today=by.local_date(now))
    lists = {body.code: body for body in plan.lists}
    made = []
    for line in plan.lines:
        value = chosen.get(line.body.code)
        if value is None or line.on_file is not None:
            continue
        kind, _, code = value.partition(":")
        if (code and code not in lists) or kind not in _WAYS:
            raise SubmissionRefused({line.body.code: "Choose a route from the list."})
        submission = record_submission(
            course=course, edition=edition, body=line.body, by=by, now=now
        )
        reason = _reason(line, is_proposed=value == line.route.value)
        made.append(_go(submission, kind, through=lists.get(code), reason=reason, by=by, now=now))
    return made


def _go(
    submission: Submission,
    kind: str,
    *,
    through: LicensingBody | None,
    reason: str,
    by: User,
    now: datetime,
) -> Submission:
    to = _WAYS[kind]
    if to is Status.DRAFT:
        add_message(submission, message=Message(reason), by=by, now=now)
        return submission
    facts: dict[str, Any] = {"note": reason}
    if to is Status.ACCEPTS_LIST:
        facts["through"] = through
    return move_submission(submission, to=to, facts=facts, by=by, now=now)


_WAYS: Final[Mapping[str, Submission.Status]] = {
    routes.SUBMIT: Status.DRAFT,
    routes.ASK: Status.DRAFT,
    routes.LIST: Status.ACCEPTS_LIST,
    routes.NONE: Status.NO_PREAPPROVAL,
    routes.NOT_NEEDED: Status.NOT_NEEDED,
}


def _reason(line: PlanLine, *, is_proposed: bool) -> str:
    if not is_proposed:
        return f"Chosen by the office. Proposed was another way: {line.route.reason}"
    source = ", ".join(filter(None, (line.source.url, f"as of {line.source.as_of}")))
    checked = "" if line.source.is_checked else " Nobody here has checked the rule yet."
    return f"{line.route.reason} Source: {source}.{checked}"


# ---------------------------------------------------------------- a new edition


@dataclass(frozen=True)
class Lapse:
    """A newer edition is published, and these files belong to an older one."""

    course: Course
    title: str
    edition: int
    """The newer one."""
    files: Sequence[Submission]
    """Of older editions; the body has no file of the newer one."""

    @property
    def key(self) -> str:
        return f"{self.course.slug}:{self.edition}"


def lapses(course: Course | None = None) -> list[Lapse]:
    """Approval belongs to an edition (Idaho ends it when materials change, South Carolina wants
    changes filed, FSMTB voids it: domain notes of 2026-11-20, section 2.3). One query."""
    published = CourseVersion.objects.filter(
        course=OuterRef("course"), status=CourseVersion.Status.PUBLISHED
    ).order_by("-edition", "-revision")
    left = Submission.objects.filter(
        Exists(published.filter(edition__gt=OuterRef("edition"))), status__in=LIVING
    )
    # Also drafts and what is over: a body with any file of the newer edition has been thought of.
    rows = Submission.objects.filter(course__in=left.values("course"))
    if course is not None:
        rows = rows.filter(course=course)
    of_course: dict[int, list[Any]] = {}
    for row in (
        rows.annotate(
            newest_edition=Subquery(published.values("edition")[:1]),
            newest_title=Subquery(published.values("title")[:1]),
        )
        .select_related("course", "body", "through")
        .order_by("edition", "body")
    ):
        of_course.setdefault(row.course_id, []).append(row)
    found = [_lapse(files) for files in of_course.values()]
    return [lapse for lapse in found if lapse.files]


def _lapse(rows: Sequence[Any]) -> Lapse:
    """`rows`: every file of one course, the older editions first, with its newest edition."""
    newest = rows[0].newest_edition
    followed = {row.body_id for row in rows if row.edition >= newest}
    # The highest edition of a body comes last and stays.
    left = {row.body_id: row for row in rows if row.body_id not in followed}
    return Lapse(
        course=rows[0].course,
        title=rows[0].newest_title,
        edition=newest,
        files=sorted(
            (row for row in left.values() if row.status in LIVING),
            key=lambda row: row.body.place,
        ),
    )


@transaction.atomic
def prepare_same_bodies(
    *, course: Course, edition: int, by: User, now: datetime
) -> list[Submission]:
    """Open a file of the newer edition at every body that has one of an older edition.

    What was sent begins as a draft; a list, no pre-approval and not needed hold as before, unless
    the list approves each course and has not seen this edition. Pressed twice, it is done once.
    Gives what was added.
    """
    Course.objects.select_for_update().get(pk=course.pk)
    lapse = next((each for each in lapses(course) if each.edition == edition), None)
    approving = set(
        Submission.objects.filter(
            course=course, edition=edition, status=Status.APPROVED
        ).values_list("body", flat=True)
    )
    made = []
    for old in lapse.files if lapse else ():
        new = record_submission(course=course, edition=edition, body=old.body, by=by, now=now)
        said = f"As for edition {old.edition}: {_standing(old)}."
        if _waits_for_list(old, approving):
            place = old.through.place if old.through else ""
            said += f" Record it again when {place} has approved edition {edition}."
            add_message(new, message=Message(said), by=by, now=now)
        elif old.status in _SAME_WAY:
            facts: dict[str, Any] = {"note": said}
            if old.through is not None:
                facts["through"] = old.through
            new = move_submission(new, to=Status(old.status), facts=facts, by=by, now=now)
        else:
            add_message(new, message=Message(said), by=by, now=now)
        made.append(new)
    return made


def _waits_for_list(old: Submission, approving: Collection[int]) -> bool:
    """It was accepted through a list of single courses, on which the new edition does not stand."""
    return (
        old.through is not None
        and routes.approves_each_course(old.through)
        and old.through_id not in approving
    )


def _standing(row: Submission) -> str:
    number = f", no. {row.number}" if row.number else ""
    return f"{str(row.get_status_display()).lower()}{number}"
