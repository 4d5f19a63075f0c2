"""All bodies of a course edition at once, and the same bodies for a new edition."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.licensing import desk
from ce_platform.licensing.domain import planning
from ce_platform.licensing.forms.planning import PlanForm
from ce_platform.licensing.models import Submission
from ce_platform.licensing.views.common import office_crumbs, sent
from courses.models import Course, CourseVersion


@registrar_only
@require_http_methods(["GET", "POST"])
def submission_plan(request: PersonRequest) -> HttpResponse:
    """Choose an edition; then every body with the route proposed, to tick and to change."""
    key = request.POST.get("edition") or request.GET.get("edition", "")
    page = {
        "crumbs": office_crumbs(
            (_("Submissions"), reverse("licensing:office-submission-list")), (_("Plan"), "")
        ),
        "editions": desk.edition_choices(),
    }
    if not key:
        return render(request, "licensing/office_submission_plan.html", page)
    course, edition, title = edition_or_404(key)
    plan = planning.plan_of(
        course=course, edition=edition, today=request.user.local_date(timezone.now())
    )
    form = PlanForm(sent(request), plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            made = planning.record_plan(
                course=course,
                edition=edition,
                chosen=form.chosen(),
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            _tell(request, made)
            return _to_the_board(course)
    on_file = [line for line in plan.lines if line.on_file is not None]
    return render(
        request,
        "licensing/office_submission_plan.html",
        {
            **page,
            "form": form,
            "key": f"{course.slug}:{edition}",
            "edition_title": title,
            "edition": edition,
            "groups": list(form.groups()),
            "on_file": on_file,
        },
        status=422 if form.is_bound else 200,
    )


@registrar_only
@require_POST
def submission_follow(request: PersonRequest) -> HttpResponse:
    """The bodies of the edition before, for the new one."""
    course, edition, _title = edition_or_404(request.POST.get("edition", ""))
    made = planning.prepare_same_bodies(
        course=course, edition=edition, by=request.user, now=timezone.now()
    )
    _tell(request, made)
    return _to_the_board(course)


def edition_or_404(key: str) -> tuple[Course, int, str]:
    """ "course-slug:2" → the course, the number and the newest title of that edition."""
    slug, _colon, number = key.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 5):
        raise Http404
    course = get_object_or_404(Course, slug=slug[:80])
    title = (
        CourseVersion.objects.filter(course=course, edition=int(number))
        .order_by("-revision")
        .values_list("title", flat=True)
        .first()
    )
    if title is None:
        raise Http404
    return course, int(number), title


def _tell(request: PersonRequest, made: list[Submission]) -> None:
    if not made:
        messages.info(request, _("All of these were on file already."))
        return
    messages.success(
        request,
        ngettext("%(count)d file is opened.", "%(count)d files are opened.", len(made))
        % {"count": len(made)},
    )


def _to_the_board(course: Course) -> HttpResponse:
    return redirect(f"{reverse('licensing:office-submission-board')}?course={course.slug}")
