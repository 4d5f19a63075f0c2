"""The studio: what the answers to a published quiz teach. Nobody's name is in it."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ce_platform.accounts.rules import PersonRequest
from courses.models import CourseVersion
from quizzes.analysis.export import analysis_csv
from quizzes.analysis.reading import analysis_of
from quizzes.rules import published_quiz_or_404, written_course_or_404
from quizzes.views.studio import Crumbs, studio_page


@require_safe
def studio_quiz_analysis(
    request: PersonRequest, slug: str, number: str, quiz: UUID
) -> HttpResponse:
    course = written_course_or_404(request, slug)
    row = published_quiz_or_404(course, number, quiz)
    analysis = analysis_of(row)
    return studio_page(
        request,
        "quizzes/studio_quiz_analysis.html",
        row.version,
        {
            "quiz": row,
            "analysis": analysis,
            "figures": analysis.figures,
        },
        crumbs=learners_crumbs(row.version, row.title),
    )


@require_safe
def studio_quiz_analysis_csv(
    request: PersonRequest, slug: str, number: str, quiz: UUID
) -> HttpResponse:
    course = written_course_or_404(request, slug)
    row = published_quiz_or_404(course, number, quiz)
    answer = HttpResponse(analysis_csv(analysis_of(row)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slug}-{number}-{row.slug}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def learners_crumbs(version: CourseVersion, here: str) -> Crumbs:
    slug = version.course.slug
    return [
        {"label": _("Studio"), "url": reverse("courses:studio")},
        {"label": version.title, "url": reverse("courses:studio-outline", args=[slug])},
        {
            "label": _("Learners"),
            "url": f"{reverse('courses:studio-learners', args=[slug])}?version={version.number}",
        },
        {"label": here, "url": ""},
    ]
