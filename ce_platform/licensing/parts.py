"""What licensing has to say about a course: which bodies have it, and in which state."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core.templatetags.wording import ce_hours
from ce_platform.licensing.assumed import assumed_licenses, license_assumption
from ce_platform.licensing.domain import standing
from ce_platform.licensing.domain.editions import beside_each_other
from ce_platform.licensing.domain.ending import endings_of
from ce_platform.licensing.domain.instructors import missing_license
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.domain.standing import PENDING_BLOCK, PrintedBody
from ce_platform.licensing.models import License, LicensingBody, Submission
from ce_platform.licensing.planner import counts
from ce_platform.licensing.planner.count_panel import count_panel
from courses.models import Course, CourseVersion, Enrollment
from courses.parts import Assumption, CatalogueFilter, CoursePart, Item, Panel

MOST_NAMES = 5
"""In a note of the catalogue; more are counted."""


class LicensingPart(CoursePart):
    name = "licensing"

    def course_panels(
        self, request: HttpRequest, version: CourseVersion, *, assumed: QueryDict | None = None
    ) -> list[Panel]:
        """Will it count, and all bodies of the edition; the holder's own first."""
        user = request.user if isinstance(request.user, User) else None
        on = timezone.localdate(timezone.now())
        if user is None:
            licenses = []
        elif assumed is None:
            licenses = active_licenses(user)
        else:
            licenses = assumed_licenses(assumed, user=user)
        return [
            count_panel(request, version, licenses=licenses, is_preview=assumed is not None),
            _bodies_panel(version, licenses=licenses, on=on),
        ]

    def enrollment_panels(self, enrollment: Enrollment) -> list[Panel]:
        """What ends before the learner is likely done; one query mostly, at most four."""
        found = endings_of(enrollment, now=timezone.now())
        if not found:
            return []
        return [Panel(template="licensing/ending_panel.html", context={"endings": found}, order=20)]

    def moving_panels(self, enrollment: Enrollment, version: CourseVersion) -> list[Panel]:
        """Both editions beside each other; three queries, none within one edition."""
        before = enrollment.version
        context: dict[str, Any] = {"before": before, "after": version}
        context["is_same_edition"] = before.edition == version.edition
        if not context["is_same_edition"]:
            licenses = active_licenses(enrollment.user)
            on = enrollment.user.local_date(timezone.now())
            bodies = beside_each_other(before, version, licenses=licenses, on=on)
            lost = [body for body in bodies if body.is_lost]
            context |= {
                "on": on,
                "is_holder": bool(licenses),
                "bodies": bodies,
                "lost": lost,
                "lost_places": _names([body.place for body in lost]) if lost else "",
            }
        return [Panel(template="licensing/moving_panel.html", context=context, order=20)]

    def assumptions(self, query: QueryDict) -> list[Assumption]:
        return [license_assumption(query)]

    def missing(self, version: CourseVersion) -> list[Item]:
        """The course may have claimed more when a body decided about its draft; technique may have
        to be taught by somebody with a license."""
        return [
            *missing_license(version, on=timezone.localdate(timezone.now())),
            *_more_hours(version),
        ]

    def publishing_notes(self, version: CourseVersion) -> list[str]:
        """Approvals belong to an edition (Idaho ends one when materials change, South Carolina
        wants changes filed, FSMTB voids it: domain notes of 2026-11-20, section 2.3)."""
        if version.revision:
            return []
        files = list(
            Submission.objects.filter(
                course=version.course_id, edition__in=(version.edition - 1, version.edition)
            ).select_related("body")
        )
        # A file that is only prepared has not been sent to anybody.
        sent = {
            row.body_id
            for row in files
            if row.edition == version.edition and row.status != Submission.Status.DRAFT
        }
        bodies = sorted(
            row.body.name
            for row in files
            if row.edition == version.edition - 1
            and row.body_id not in sent
            and row.status
            in (
                Submission.Status.SUBMITTED,
                Submission.Status.MORE_INFO,
                Submission.Status.APPROVED,
            )
        )
        if not bodies:
            return []
        return [
            f"Edition {version.edition - 1} is approved by or submitted to these bodies, and "
            f"edition {version.edition} is not: {', '.join(bodies)}. The office submits it anew; "
            "until it puts the new edition on sale, the one before stays in the catalogue."
        ]

    def catalogue_filters(
        self, query: QueryDict, *, user: User | None = None
    ) -> list[CatalogueFilter]:
        """The bodies that any course on sale has to do with, and one's own; one query."""
        bodies = LicensingBody.objects.filter(
            pk__in=_of_editions_on_sale().values("body_id")
        ).order_by("jurisdiction", "code")
        if user is not None:
            bodies = bodies.annotate(is_own=Exists(_licenses_at(user, OuterRef("pk"))))
        rows = list(bodies)
        if not rows:
            return []
        own = [(MY_LICENSES, "My licenses")] if any(_is_own(row) for row in rows) else []
        choices = [(body.code, body.place) for body in rows]
        return [
            CatalogueFilter(
                name="state",
                label="State or certifier",
                choices=[("", "All"), *own, *choices],
                chosen=query.get("state", ""),
            )
        ]

    def filter_catalogue(
        self, courses: QuerySet[Course], query: QueryDict, *, user: User | None = None
    ) -> QuerySet[Course]:
        """Courses whose edition on sale is at this body, decided or not; notes say which."""
        code = query.get("state", "")[:20]
        if not code:
            return courses
        if code == MY_LICENSES:
            # A visitor followed somebody's link: they have no licenses here to go by.
            if user is None:
                return courses
            fitting = _of_editions_on_sale().filter(Exists(_licenses_at(user, OuterRef("body"))))
        else:
            fitting = _of_editions_on_sale().filter(body__code=code)
        return courses.filter(pk__in=fitting.values("course_id"))

    def catalogue_notes(
        self, versions: Sequence[CourseVersion], query: QueryDict, *, user: User | None = None
    ) -> Mapping[int, list[str]]:
        """Whether it counts where somebody asks for a state or their licenses; then who approved
        it and who has not decided, in words that cannot be mixed up."""
        on = timezone.localdate(timezone.now())
        found = standing.lines_of_versions(versions, licenses=[], on=on)
        counted = _counted(versions, query.get("state", "")[:20], user=user)
        return {
            version_id: [*counted.get(version_id, []), *_notes(lines)]
            for version_id, lines in found.items()
        }


MY_LICENSES: Final = "mine"
"""A choice beside the codes of bodies."""


def _licenses_at(user: User, body: OuterRef) -> QuerySet[License]:
    return License.objects.filter(user=user, removed_at__isnull=True, body=body)


def _is_own(body: LicensingBody) -> bool:
    return bool(getattr(body, "is_own", False))


def _counted(
    versions: Sequence[CourseVersion], code: str, *, user: User | None
) -> Mapping[int, list[str]]:
    """Per version id, one sentence per license at this body, or one for the body."""
    if not code or not versions:
        return {}
    today = user.local_date(timezone.now()) if user else timezone.localdate(timezone.now())
    mine = active_licenses(user) if user else []
    licenses = [row for row in mine if code in (MY_LICENSES, row.body.code)]
    if licenses and user is not None:
        lines = counts.for_licenses(licenses, versions, user=user, today=today)
    else:
        bodies = list(LicensingBody.objects.filter(code=code))
        lines = counts.for_bodies(bodies, versions, today=today)
    return {
        version_id: list(dict.fromkeys(each.headline for each in found))
        for version_id, found in lines.items()
    }


def _bodies_panel(version: CourseVersion, *, licenses: Sequence[License], on: date) -> Panel:
    """Bodies of the edition on sale; two queries, the holder's own first."""
    submissions = standing.submissions_of([(version.course_id, version.edition)])[
        version.course_id, version.edition
    ]
    lines = standing.compose(
        submissions,
        licenses=licenses,
        numbers=standing.numbers_on(on),
        course_hours=version.credit_hours,
        on=on,
        with_every_list=True,
    )
    told = standing.ended(submissions, licenses=licenses, on=on)
    known = {line.body_code for line in lines} | {line.body_code for line in told}
    context = {
        "version": version,
        "on": on,
        "decided": [line for line in lines if line.status == Submission.Status.APPROVED],
        "lists": [line for line in lines if line.status in standing.WITHOUT_DECISION],
        "pending": [line for line in lines if line.block == PENDING_BLOCK],
        "ended": told,
        "not_recorded": _without_news(licenses, known),
    }
    return Panel(template="licensing/course_panel.html", context=context, order=20)


def _more_hours(version: CourseVersion) -> list[Item]:
    return [
        Item(
            "hours-granted-without-letter",
            f"{row.body.name} granted {ce_hours(row.hours_granted)}, and the course claims "
            f"{ce_hours(version.credit_hours)}. Attach the letter, or correct the hours.",
            reverse("licensing:office-submission-detail", args=[row.uid]),
        )
        for row in _more_than_claimed(version)
    ]


def _more_than_claimed(version: CourseVersion) -> QuerySet[Submission]:
    """Approvals for more hours than the course claims, without the letter that grants them."""
    return (
        Submission.objects.filter(
            course=version.course_id,
            edition=version.edition,
            status=Submission.Status.APPROVED,
            hours_granted__gt=version.credit_hours,
            letter__isnull=True,
        )
        .select_related("body")
        .order_by("pk")
    )


def _of_editions_on_sale() -> QuerySet[Submission]:
    return Submission.objects.filter(
        status__in=standing.PRINTABLE,
        course__on_sale_version__isnull=False,
        edition=F("course__on_sale_version__edition"),
    ).exclude(status__in=standing.PENDING, body__is_pending_hidden=True)


_NOTES = (
    (Submission.Status.APPROVED, "Approved by"),
    (Submission.Status.ACCEPTS_LIST, "Accepts a list we are on:"),
    (Submission.Status.NO_PREAPPROVAL, "Does not pre-approve:"),
)


def _notes(lines: Sequence[PrintedBody]) -> list[str]:
    notes = []
    for status, words in _NOTES:
        places = [line.jurisdiction for line in lines if line.status == status]
        if places:
            notes.append(f"{words} {_names(places)}")
    pending = [line.jurisdiction for line in lines if line.block == PENDING_BLOCK]
    if pending:
        notes.append(f"Submitted, not approved: {_names(pending)}")
    return notes


def _names(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMES + 1:
        return f"{', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES} more"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _without_news(licenses: Sequence[License], known: set[str]) -> list[LicensingBody]:
    """Bodies of the holder about which nothing is recorded: silence would read as a yes."""
    bodies = {row.body_id: row.body for row in licenses if row.body.code not in known}
    return list(bodies.values())
