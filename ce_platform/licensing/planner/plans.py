"""A person's plans: rows gathered in a constant number of queries, arithmetic done by `renewal`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import prefetch_related_objects

from ce_platform.accounts.models import User
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.domain.standing import submissions_of
from ce_platform.licensing.models import BodyRule, License, LicensingBody, Submission
from ce_platform.licensing.planner.sources import SeenCredit, earned
from ce_platform.licensing.planner.standings import (
    NumbersByDay,
    approvers_of,
    standings_on,
    submissions_at,
)
from ce_platform.licensing.queries import newest_rules
from ce_platform.licensing.renewal import (
    CourseStanding,
    Credit,
    Delivery,
    HeldLicense,
    Plan,
    PlanLine,
    RenewalRule,
    Standing,
    Status,
    Subject,
    hours_by_subject,
    line_of,
    placed,
    plan,
)
from courses.models import Course, CourseVersion, Enrollment
from quizzes.models import Quiz

MOST_PLANNED: Final = 20
MOST_ON_SALE: Final = 40
MOST_TRIED: Final = 4
"""Kinds of courses tried against one license, the longest first: each is a plan of its own."""
MOST_TRIED_IN_VAIN: Final = 20
"""As long as none of them would count: shorter courses fit where long ones do not."""
MOST_SUGGESTED: Final = 4
_SHOWN: Final = ("course", "edition", "title", "delivery", "credit_hours")
"""Columns of a version that are looked at."""
_COUNTABLE: Final = frozenset({Standing.APPROVED, Standing.ACCEPTS_LIST, Standing.NO_PREAPPROVAL})


@dataclass(frozen=True)
class Suggestion:
    """A course on sale and what it would bring here."""

    course: Course
    version: CourseVersion
    line: PlanLine


@dataclass(frozen=True)
class LicensePlan:
    license: License
    rule_row: BodyRule | None
    plan: Plan | None
    """None where nothing at all is known about the body."""
    addresses: Mapping[str, str]
    """Page of each credit by its key; our own courses have one."""
    suggestions: Sequence[Suggestion] = ()

    @property
    def is_checked(self) -> bool:
        return self.rule_row is not None and self.rule_row.checked_at is not None

    @property
    def is_over(self) -> bool:
        days = self.plan.days_left if self.plan is not None else None
        return days is not None and days < 0


def plans_of(
    user: User,
    *,
    today: date,
    licenses: Sequence[License] | None = None,
    with_suggestions: bool = True,
) -> list[LicensePlan]:
    """One plan per license, what ends first before what ends later.

    A constant number of queries. `licenses`: these only, with their bodies fetched along.
    """
    rows = list(active_licenses(user) if licenses is None else licenses)
    rows.sort(key=lambda row: (row.expires_on is None, row.expires_on or today, row.pk))
    if not rows:
        return []
    rules = newest_rules({row.body for row in rows}, on=today)
    planned, on_sale = _our_courses(user, rows, today=today, with_sale=with_suggestions)
    credits = [*earned(user), *planned]
    addresses = {seen.credit.key: seen.url for seen in credits if seen.url}
    taken = {seen.credit.course_key for seen in credits}
    offers = [(course, seen) for course, seen in on_sale if seen.credit.course_key not in taken]
    return [
        _license_plan(row, rules.get(row.body_id), credits, offers, addresses, today=today)
        for row in rows
    ]


def read_rule(row: BodyRule, body: LicensingBody) -> RenewalRule:
    return RenewalRule.read(
        row.rule,
        body_code=body.code,
        place=body.place,
        body_name=body.name,
        is_checked=row.checked_at is not None,
        as_of=row.as_of,
        confidence=row.confidence,
        sources=row.sources,
        notes=row.notes,
    )


def held(row: License) -> HeldLicense:
    return HeldLicense(
        body_code=row.body.code,
        number=row.number,
        first_issued_on=row.first_issued_on,
        expires_on=row.expires_on,
        cycle_ends_on=row.hours_due_on,
    )


def _license_plan(
    row: License,
    rule_row: BodyRule | None,
    credits: Sequence[SeenCredit],
    offers: Sequence[tuple[Course, SeenCredit]],
    addresses: Mapping[str, str],
    *,
    today: date,
) -> LicensePlan:
    if rule_row is None:
        return LicensePlan(row, None, None, addresses)
    rule, license = read_rule(rule_row, row.body), held(row)
    here = [seen.at(rule) for seen in credits]
    worked_out = plan(rule, license, here, today)
    suggestions = []
    is_over = worked_out.days_left is not None and worked_out.days_left < 0
    if not rule.asks_nothing and worked_out.missing != 0 and not is_over:
        # Most courses are home study; where no room for it is left, none needs to be tried.
        has_room = worked_out.home_study_room != 0 or any(
            each.missing != 0 for each in worked_out.besides
        )
        seen_here = [(course, seen.at(rule)) for course, seen in offers]
        suggestions = _suggestions(
            worked_out,
            here,
            [
                (course, credit)
                for course, credit in seen_here
                if credit.standing.kind in _COUNTABLE
                and (has_room or credit.delivery != Delivery.HOME_STUDY)
            ],
            today,
        )
    return LicensePlan(row, rule_row, worked_out, addresses, suggestions)


def _suggestions(
    so_far: Plan,
    here: Sequence[Credit],
    offers: Sequence[tuple[Course, Credit]],
    today: date,
) -> list[Suggestion]:
    """Courses that would bring hours: first those of a subject that is asked for and missing, then
    the longest. The question is asked of each alone.

    Courses that are alike to a body (subjects, hours, delivery, standing) have one answer.
    """
    alike: dict[object, list[tuple[Course, Credit]]] = {}
    for course, credit in offers:
        alike.setdefault(shape(credit), []).append((course, credit))
    wanted = _missing_subjects(so_far)

    def order(credit: Credit, hours: Decimal) -> tuple[bool, Decimal, str]:
        return not wanted & set(credit.hours), -hours, credit.title

    kinds = sorted(alike.values(), key=lambda kind: order(kind[0][1], kind[0][1].total_hours))
    found: list[Suggestion] = []
    for number, kind in enumerate(kinds[:MOST_TRIED_IN_VAIN]):
        if found and number >= MOST_TRIED:
            break
        credit = kind[0][1]
        tried = placed(so_far.rule, so_far.license, [*here, credit], today, last_key=credit.key)
        line = line_of(tried, credit.key)
        if line.hours or line.open_hours:
            found += [
                Suggestion(course, course.on_sale_version, replace(line, credit=credit))
                for course, credit in kind
                if course.on_sale_version is not None
            ]

    def by_worth(each: Suggestion) -> tuple[bool | Decimal | str, ...]:
        """What is not known stands behind every sure hour, however long it is."""
        line = each.line
        return not line.hours, *order(line.credit, line.hours or line.open_hours)

    found.sort(key=by_worth)
    return found[:MOST_SUGGESTED]


def _missing_subjects(so_far: Plan) -> frozenset[str]:
    """Subjects of the categories that still lack hours, as far as the rule names them."""
    missing = {each.name for each in so_far.categories if each.missing and not each.is_rest}
    return frozenset(
        subject
        for category in so_far.rule.categories
        if category.name in missing
        for subject in category.subjects or ()
    )


def shape(credit: Credit) -> tuple[object, ...]:
    """What of a course that is new to the person decides its answer, words included."""
    standing = credit.standing
    return (
        frozenset(credit.hours.items()),
        credit.delivery,
        credit.has_exam,
        standing.kind,
        standing.hours_granted,
        standing.category,
        standing.is_listed,
        standing.through,
        standing.submitted_on if standing.kind == Standing.PENDING else None,
    )


# ---------------------------------------------------------------- our own courses


def with_open_courses(
    user: User, versions: Sequence[CourseVersion], *, today: date
) -> tuple[dict[int, SeenCredit], list[SeenCredit]]:
    """These versions by id, and the courses the person is in as planned credits."""
    enrollments = _open_enrollments(user)
    seen = courses_as_credits(
        [*versions, *(row.version for row in enrollments)], user=user, today=today
    )
    return seen, [_of_enrollment(row, seen[row.version_id]) for row in enrollments]


def courses_as_credits(
    versions: Sequence[CourseVersion], *, user: User | None, today: date
) -> dict[int, SeenCredit]:
    """By version id: what each would bring whoever completed it today.

    At the bodies that matter to this person, or at all of them. A constant number of queries.
    """
    if not versions:
        return {}
    prefetch_related_objects(list(versions), "credits")
    editions = [(version.course_id, version.edition) for version in versions]
    submissions = submissions_of(editions) if user is None else submissions_at(editions, user=user)
    numbers = NumbersByDay().on(today)
    tested = set(
        Quiz.objects.filter(version__in=versions).values_list("version", flat=True).distinct()
    )
    return {
        version.pk: _seen(
            version,
            submissions[version.course_id, version.edition],
            numbers=numbers,
            has_exam=version.pk in tested,
            on=today,
        )
        for version in versions
    }


def _our_courses(
    user: User, licenses: Sequence[License], *, today: date, with_sale: bool
) -> tuple[list[SeenCredit], list[tuple[Course, SeenCredit]]]:
    """Courses the person is in, as planned credits; and courses on sale at these bodies."""
    enrollments = _open_enrollments(user)
    bodies = {row.body_id for row in licenses}
    courses = (
        list(
            Course.objects.filter(
                on_sale_version__isnull=False,
                pk__in=Submission.objects.filter(body__in=bodies).values("course"),
            )
            .select_related("on_sale_version")
            .only("slug", *(f"on_sale_version__{name}" for name in _SHOWN))
            .order_by("-pk")[:MOST_ON_SALE]
        )
        if with_sale
        else []
    )
    sold = [(course, course.on_sale_version) for course in courses if course.on_sale_version]
    seen = courses_as_credits(
        [row.version for row in enrollments] + [version for _, version in sold],
        user=user,
        today=today,
    )
    return (
        [_of_enrollment(row, seen[row.version_id]) for row in enrollments],
        [
            (course, _named(seen[version.pk], f"sale:{course.pk}", course.get_absolute_url()))
            for course, version in sold
        ],
    )


def _open_enrollments(user: User) -> list[Enrollment]:
    return list(
        Enrollment.objects.filter(user=user, status=Enrollment.Status.OPEN)
        .select_related("version")
        .only("uid", "user", *(f"version__{name}" for name in _SHOWN))
        .order_by("-last_activity_at")[:MOST_PLANNED]
    )


def _of_enrollment(row: Enrollment, seen: SeenCredit) -> SeenCredit:
    return _named(seen, f"enrollment:{row.uid.hex}", row.get_absolute_url())


def _named(seen: SeenCredit, key: str, url: str) -> SeenCredit:
    return replace(seen, credit=replace(seen.credit, key=key), url=url)


def _seen(
    version: CourseVersion,
    submissions: Sequence[Submission],
    *,
    numbers: Mapping[int, str],
    has_exam: bool,
    on: date,
) -> SeenCredit:
    """A course that would be completed today: how it stands today."""
    categories: dict[str, Decimal] = {}
    for row in version.credits.all():
        categories[row.category] = row.credit_hours
    return SeenCredit(
        credit=Credit(
            key=f"version:{version.pk}",
            title=version.title,
            hours=hours_by_subject(categories) or {Subject.OTHER: version.credit_hours},
            delivery=Delivery(version.delivery),
            standing=CourseStanding(Standing.NONE),
            course_key=f"course:{version.course_id}",
            has_exam=has_exam,
            status=Status.PLANNED,
        ),
        standings=standings_on(
            submissions, numbers=numbers, course_hours=version.credit_hours, on=on
        ),
        approvers=approvers_of(submissions, on=on),
    )
