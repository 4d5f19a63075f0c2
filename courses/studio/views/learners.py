"""What an instructor learns from the learners of a version."""

from typing import Final

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.paging import Page, newest_first
from courses.forms import EvaluationForm
from courses.models import Course, CourseVersion, Evaluation, long_texts
from courses.studio.insight import (
    NEWEST,
    EvaluationFigures,
    comments_of,
    evaluation_figures,
    learner_figures,
    results_of,
)
from courses.studio.rules import newest_of, studio_course_or_404
from courses.studio.views.common import studio_page

COMMENTS: Final = 20


@staff_only
@require_safe
def learners(request: PersonRequest, slug: str) -> HttpResponse:
    """Of the version on sale, or of `?version=1.0`. Reviewers read it too."""
    course = studio_course_or_404(request, slug)
    versions = _published(course)
    if not versions:
        newest = newest_of(course)
        if newest is None:
            raise Http404
        return studio_page(request, "studio/learners_none.html", newest, {}, here=_("Learners"))
    version = _chosen(versions, course, request.GET.get("version"))
    evaluations = evaluation_figures(version)
    results = results_of([version])[version.pk]
    return studio_page(
        request,
        "studio/learners.html",
        version,
        {
            "versions": versions,
            "figures": learner_figures(version, now=timezone.now()),
            "evaluations": evaluations,
            "agreements": [
                {"question": EvaluationForm.base_fields[each.name].label, "distribution": each}
                for each in evaluations.agreements
            ],
            "comments": _comments(request, version, evaluations),
            "quizzes": [quiz for each in results for quiz in each.quizzes],
            "wrong": [question for each in results for question in each.questions],
            "newest": f"{NEWEST:,}",
        },
        here=_("Learners"),
    )


def _published(course: Course) -> list[CourseVersion]:
    """Newest first; at most as many as anybody looks through."""
    found = list(
        course.versions.filter(
            status__in=[CourseVersion.Status.PUBLISHED, CourseVersion.Status.RETIRED]
        )
        .defer(*long_texts())
        .order_by("-edition", "-revision")[:100]
    )
    for version in found:
        version.course = course
    return found


def _chosen(versions: list[CourseVersion], course: Course, number: str | None) -> CourseVersion:
    if number:
        chosen = next((each for each in versions if each.number == number), None)
        if chosen is None:
            raise Http404
        return chosen
    return next((each for each in versions if each.pk == course.on_sale_version_id), versions[0])


def _comments(
    request: PersonRequest, version: CourseVersion, evaluations: EvaluationFigures
) -> Page[Evaluation] | None:
    if not evaluations.is_open:
        return None
    return newest_first(comments_of(version), after=request.GET.get("after"), size=COMMENTS)
