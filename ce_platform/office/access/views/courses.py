"""How each course is opened, what it costs, where it is bought."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.office.access import queries
from ce_platform.office.access.forms import AccessForm
from courses.domain.access import set_access
from courses.domain.inviting import title_of
from courses.models import Course, long_texts


@registrar_only
@require_safe
def course_list(request: PersonRequest) -> HttpResponse:
    courses = Course.objects.select_related("on_sale_version").defer(*long_texts("on_sale_version"))
    page = newest_first(courses, after=request.GET.get("after"))
    titles = dict(queries.course_choices())
    rows = [
        {
            "course": course,
            "title": titles.get(course.slug, course.slug),
            "price": course.price_of(course.on_sale_version) if course.on_sale_version else "",
            "shop": course.shop_of(course.on_sale_version) if course.on_sale_version else "",
        }
        for course in page.rows
    ]
    return render(request, "office/access/course_list.html", {"page": page, "rows": rows})


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def course_change(request: PersonRequest, slug: str) -> HttpResponse:
    course = get_object_or_404(Course.objects.select_related("on_sale_version"), slug=slug)
    form = AccessForm(
        request.POST or None,
        initial={
            "access": course.access,
            "price_text": course.price_text,
            "shop_url": course.shop_url,
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                set_access(course, **form.cleaned_data, by=request.user, now=timezone.now())
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved. The course page says so from now on."))
                return redirect("office:access-course", slug=slug)
    return render(
        request,
        "office/access/course.html",
        {
            "form": form,
            "course": course,
            "title": title_of(course),
            "version": course.on_sale_version,
            "crumbs": [
                {"label": _("Access"), "url": reverse("office:access-code-list")},
                {"label": _("Courses"), "url": reverse("office:access-course-list")},
                {"label": title_of(course), "url": ""},
            ],
        },
        status=status,
    )
