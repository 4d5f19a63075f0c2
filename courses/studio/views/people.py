"""Who works on a course, and what reviewers say."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.domain import members as domain
from courses.models import Course, Lesson, ReviewComment
from courses.studio.forms import CommentForm, MemberForm
from courses.studio.rules import version_or_404
from courses.studio.views.common import say_refusal, studio_page
from courses.studio.views.publish import managed_course_or_404


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: PersonRequest, slug: str) -> HttpResponse:
    version = version_or_404(request, slug)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        course = managed_course_or_404(request, slug)
        if form.is_valid() and _added(request, course, form):
            return redirect("courses:studio-people", slug=slug)
    return studio_page(
        request,
        "studio/people.html",
        version,
        {
            "members": list(version.course.members.select_related("user").order_by("added_at")),
            "form": form,
        },
        here=_("People"),
        status=422 if form.is_bound else 200,
    )


def _added(request: PersonRequest, course: Course, form: MemberForm) -> bool:
    try:
        member = domain.add_member(course, **form.cleaned_data, by=request.user, now=timezone.now())
    except DomainError as error:
        form.add_error("email", str(error))
        return False
    messages.success(
        request,
        _("%(who)s has the course in their studio now and gets a mail.")
        % {"who": member.user.get_full_name() or member.user.email},
    )
    return True


@staff_only
@require_POST
def person_remove(request: PersonRequest, slug: str) -> HttpResponse:
    course = managed_course_or_404(request, slug)
    sent = request.POST.get("user", "")
    user_id = int(sent) if sent.isdecimal() and len(sent) < 18 else 0
    domain.remove_member(course, user_id=user_id, by=request.user, now=timezone.now())
    messages.success(request, _("They no longer have this course. What they wrote stays."))
    return redirect("courses:studio-people", slug=slug)


@staff_only
@require_safe
def comments(request: PersonRequest, slug: str) -> HttpResponse:
    """Every remark on the newest version, open ones first, lesson by lesson."""
    version = version_or_404(request, slug)
    rows = list(
        ReviewComment.objects.filter(version=version)
        .select_related("by")
        .order_by("settled_at", "at", "id")[:500]
    )
    titles = dict(Lesson.objects.filter(version=version).values_list("key", "title"))
    return studio_page(
        request,
        "studio/comments.html",
        version,
        {
            "rows": [
                {
                    "comment": row,
                    "lesson": titles.get(row.lesson_key) if row.lesson_key else None,
                    "url": reverse("courses:studio-lesson-preview", args=[slug, row.lesson_key])
                    if row.lesson_key in titles
                    else "",
                }
                for row in rows
            ],
            "form": CommentForm(),
        },
        here=_("Remarks"),
    )


@staff_only
@require_POST
def comment_add(request: PersonRequest, slug: str, key: UUID | None = None) -> HttpResponse:
    """On a lesson, or without `key` on the whole course. Reviewers may too."""
    version = version_or_404(request, slug)
    try:
        domain.comment(
            version,
            text=request.POST.get("text", ""),
            lesson_key=key,
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("Your remark is kept."))
    if key is not None:
        url = reverse("courses:studio-lesson-preview", args=[slug, key])
        return redirect(f"{url}#remarks")
    return redirect("courses:studio-comments", slug=slug)


@staff_only
@require_POST
def comment_settle(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    version = version_or_404(request, slug)
    domain.settle_comment(pk, version, by=request.user, now=timezone.now())
    return redirect("courses:studio-comments", slug=slug)
