"""The authors of a course, in their order."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.domain import describing as domain
from courses.models import CourseAuthor, CourseVersion
from courses.studio.forms_course_page import AuthorForm
from courses.studio.forms_knowledge import PlaceForm
from courses.studio.rules import draft_or_404
from courses.studio.views.common import say_refusal, studio_page


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def author_add(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    form = AuthorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            author = domain.add_author(
                version, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, version, author, form)
    return _form(request, version, form, _("Add an author"))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def author_edit(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    author = get_object_or_404(
        CourseAuthor.objects.select_related("user"), version=version, key=key
    )
    form = AuthorForm.of(author, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            author = domain.save_author(
                version, key, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, version, author, form)
    return _form(request, version, form, author.name)


@staff_only
@require_POST
def author_move(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    form = PlaceForm(request.POST)
    if form.is_valid():
        try:
            domain.move_author(
                version,
                key,
                place=form.cleaned_data["place"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as error:
            say_refusal(request, error)
    return _to_authors(version)


@staff_only
@require_POST
def author_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    try:
        name = domain.remove_author(version, key, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("%(name)s is no longer an author.") % {"name": name})
    return _to_authors(version)


def _saved(
    request: PersonRequest, version: CourseVersion, author: CourseAuthor, form: AuthorForm
) -> HttpResponse:
    if form.cleaned_data["email"] and author.user is None:
        messages.warning(
            request,
            _("%(name)s is saved, but no instructor here has that email, so nobody is tied to it.")
            % {"name": author.name},
        )
    else:
        messages.success(request, _("Saved."))
    return _to_authors(version)


def _form(
    request: PersonRequest, version: CourseVersion, form: AuthorForm, title: str
) -> HttpResponse:
    return studio_page(
        request,
        "studio/author_form.html",
        version,
        {"form": form, "title": title},
        here=title,
        status=422 if form.is_bound else 200,
    )


def _to_authors(version: CourseVersion) -> HttpResponse:
    return redirect(reverse("courses:studio-course-page", args=[version.course.slug]) + "#authors")
