"""Whether licensing bodies let the authors of a course teach its technique."""

from datetime import date

from django.db.models import Q
from django.urls import reverse

from ce_platform.licensing.models import LicensingBody, Submission
from ce_platform.licensing.queries import newest_rules, provider_numbers_on
from courses.domain.instructing import has_licensed_author, teaches_technique
from courses.models import CourseVersion
from courses.parts import Item

_ALIVE = (
    Submission.Status.DRAFT,
    Submission.Status.SUBMITTED,
    Submission.Status.MORE_INFO,
    Submission.Status.APPROVED,
    Submission.Status.ACCEPTS_LIST,
    Submission.Status.NO_PREAPPROVAL,
)


def missing_license(version: CourseVersion, *, on: date) -> list[Item]:
    """A course that teaches technique while no author holds a license valid on the day.

    Blocking where a body requires a licensed instructor that has this edition, has the edition
    before and will be asked again, or approved the provider and lets courses follow; advice
    elsewhere. Texas requires one: 16 TAC 117.31, copy read on 2026-11-20. At most six queries.
    """
    if not teaches_technique(version) or has_licensed_author(version, on):
        return []
    if version.authors.filter(user__isnull=False).exists():
        url = reverse("courses:studio-instructor") + "#licenses"
    else:  # Nobody's profile counts before an author is tied to an account.
        url = reverse("courses:studio-course-page", args=[version.course.slug]) + "#authors"
    asking = _bodies_asking(version, on)
    if not asking:
        return [
            Item(
                "no-licensed-author",
                "The course teaches technique, and no author’s instructor profile has a license "
                "that is valid today. Texas, for one, lets only a licensed instructor teach "
                "technique (16 TAC 117.31).",
                url,
                is_blocking=False,
            )
        ]
    return [
        Item(
            "no-licensed-author",
            f"{body.name} asks that technique be taught by {asked}, and no author’s instructor "
            "profile has a license that is valid today.",
            url,
        )
        for body, asked in asking
    ]


def _bodies_asking(version: CourseVersion, on: date) -> list[tuple[LicensingBody, str]]:
    """With what their rule says, in the order of their names."""
    rows = Submission.objects.filter(
        Q(edition=version.edition) | Q(edition=version.edition - 1),
        course=version.course_id,
        status__in=_ALIVE,
    ).select_related("body")
    bodies = {row.body_id: row.body for row in rows}
    for number in provider_numbers_on(on):
        if number.body.approval_model == LicensingBody.ApprovalModel.PROVIDER:
            bodies[number.body_id] = number.body
    rules = newest_rules(bodies.values())
    asking = [
        (body, str(rules[pk].rule["technique_taught_by"]))
        for pk, body in bodies.items()
        if pk in rules and "technique_taught_by" in rules[pk].rule
    ]
    return sorted(asking, key=lambda pair: pair[0].name)
