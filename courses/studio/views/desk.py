"""The courses of a person, and beginning a new one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.domain.drafting import begin_course, begin_draft
from courses.studio import queries
from courses.studio.forms import NewCourseForm
from courses.studio.rules import may_manage, studio_course_or_404
from courses.studio.views.common import say_refusal


@staff_only
@require_safe
def studio(request: PersonRequest) -> HttpResponse:
    return render(request, "studio/desk.html", {"rows": queries.courses_in_studio(request.user)})


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def course_new(request: PersonRequest) -> HttpResponse:
    form = NewCourseForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                version = begin_course(
                    title=form.cleaned_data["title"], by=request.user, now=timezone.now()
                )
            except DomainError as error:
                form.add_error("title", str(error))
            else:
                return redirect("courses:studio-outline", slug=version.course.slug)
        status = 422
    return render(request, "studio/course_new.html", {"form": form}, status=status)


@staff_only
@require_POST
def draft_begin(request: PersonRequest, slug: str) -> HttpResponse:
    """From what is published to a draft of it: a correction or a new edition."""
    course = studio_course_or_404(request, slug)
    if may_manage(course):
        try:
            version = begin_draft(
                course, is_typo=request.POST.get("kind") == "typo", by=request.user,
                now=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            say_refusal(request, error)
        else:
            messages.success(
                request,
                _("A draft of %(label)s. Learners keep what is published until you publish this.")
                % {"label": version.label},
            )
    return redirect("courses:studio-outline", slug=slug)
