"""The studio: grading anew what learners answered to a revision whose key was wrong."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.models import Course
from courses.studio.rules import newest_of
from quizzes.domain.proposing import propose_regrade
from quizzes.domain.regrade_plan import plan_regrade
from quizzes.domain.regrading import apply_regrade
from quizzes.models import Question
from quizzes.proposal_queries import proposals_of
from quizzes.regrade_forms import RegradeForm
from quizzes.regrade_queries import asked_revisions, regrades_of
from quizzes.rules import course_question_or_404, may_apply_regrade, written_course_or_404
from quizzes.studio_queries import revisions_of, stem_line
from quizzes.views.studio import studio_page

# Names of learners who pass by it, for the office alone.
MOST_NAMES = 50


@require_safe
def studio_quiz_regrade(request: PersonRequest, slug: str, question: UUID) -> HttpResponse:
    """Choose how; with everything chosen in the address, whom it would help."""
    course, row = _question(request, slug, question)
    form = (
        _form(row, request.GET)
        if "better" in request.GET
        else _form(row, number=request.GET.get("revision", ""))
    )
    return _page(request, course, row, form)


@require_POST
def studio_quiz_regrade_propose(request: PersonRequest, slug: str, question: UUID) -> HttpResponse:
    course, row = _question(request, slug, question)
    form = _form(row, request.POST)
    if not form.is_valid():
        return _page(request, course, row, form, status=422)
    here = _here(course, row)
    wish = urlencode({name: form.data[name] for name in form.fields})
    try:
        propose_regrade(
            form.chosen,
            form.chosen_better,
            reason=form.cleaned_data["reason"],
            url=f"{here}?{wish}",
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The office has your request and decides."))
    return redirect(here)


@require_POST
def studio_quiz_regrade_apply(request: PersonRequest, slug: str, question: UUID) -> HttpResponse:
    course, row = _question(request, slug, question)
    if not may_apply_regrade(request.user):
        raise PermissionDenied(_("The office grades anew. You can ask it to."))
    form = _form(row, request.POST)
    if not form.is_valid():
        return _page(request, course, row, form, status=422)
    try:
        apply_regrade(
            form.chosen,
            form.chosen_better,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Grading anew goes on in the background. You can leave this page.")
        )
    return redirect(f"{_here(course, row)}#done-title")


def _question(request: PersonRequest, slug: str, key: UUID) -> tuple[Course, Question]:
    course = written_course_or_404(request, slug)
    return course, course_question_or_404(course, key)


def _form(row: Question, sent: object = None, *, number: str = "") -> RegradeForm:
    return RegradeForm(sent, asked=asked_revisions(row), revisions=revisions_of(row), number=number)


def _here(course: Course, row: Question) -> str:
    return reverse("quizzes:studio-quiz-regrade", args=[course.slug, row.key])


def _page(
    request: PersonRequest, course: Course, row: Question, form: RegradeForm, *, status: int = 200
) -> HttpResponse:
    version = newest_of(course)
    if version is None:  # Every course begins with one.
        raise PermissionDenied
    revisions = revisions_of(row)
    is_office = may_apply_regrade(request.user)
    lines = regrades_of(row)
    plan = None
    if form.is_bound and form.is_valid():
        plan = plan_regrade(form.chosen, form.chosen_better)
    return studio_page(
        request,
        "quizzes/studio_quiz_regrade.html",
        version,
        {
            "question": row,
            "stem": stem_line(revisions[0]),
            "form": form,
            "plan": plan,
            "passing": plan.newly_passed[:MOST_NAMES] if plan and is_office else [],
            "is_office": is_office,
            "regrades": lines,
            "proposals": [line for line in proposals_of(row) if not line.proposal.is_applied],
            "is_at_work": any(
                line.regrade.finished_at is None and not line.is_stopped for line in lines
            ),
            "here_url": _here(course, row),
        },
        crumbs=[
            {"label": _("Studio"), "url": reverse("courses:studio")},
            {
                "label": version.title,
                "url": reverse("courses:studio-outline", args=[course.slug]),
            },
            {"label": _("Grade anew"), "url": ""},
        ],
        status=status,
    )
