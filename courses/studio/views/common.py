"""What the pages of the studio share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean, fold
from courses.markdown import Problem
from courses.models import CourseVersion
from courses.studio.forms import SeenForm
from courses.studio.rules import may_manage, may_write

Crumbs = list[dict[str, str]]


def studio_page(
    request: HttpRequest,
    template: str,
    version: CourseVersion,
    context: Mapping[str, Any],
    *,
    here: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page about a course in the studio: its navigation, its way back, what may be done."""
    crumbs: Crumbs = [
        {"label": _("Studio"), "url": reverse("courses:studio")},
        {
            "label": version.title,
            "url": reverse("courses:studio-outline", args=[version.course.slug]),
        },
    ]
    return render(
        request,
        template,
        {
            "version": version,
            "course": version.course,
            "crumbs": [*crumbs, {"label": here, "url": ""}]
            if here
            else [*crumbs[:1], {"label": version.title, "url": ""}],
            "can_write": may_write(version.course) and not version.is_frozen,
            "is_author": may_write(version.course),
            "can_manage": may_manage(version.course),
            **context,
        },
        status=status,
    )


def status_of(form: SeenForm) -> int:
    """Of a page that shows a form. 409: somebody else saved first, and both texts are shown."""
    if form.moved is not None:
        return 409
    return 422 if form.is_bound else 200


def to_outline(version: CourseVersion, fragment: str = "") -> HttpResponse:
    url = reverse("courses:studio-outline", args=[version.course.slug])
    return redirect(f"{url}#{fragment}" if fragment else url)


def say_refusal(request: HttpRequest, error: DomainError) -> None:
    messages.error(request, str(error))


def search_words(request: HttpRequest) -> str:
    """What a list is searched for, as it is shown again."""
    return clean(request.GET.get("q", "")[:100])


def found_in(words: str, *texts: str) -> bool:
    """Whether every word stands somewhere in these texts, accents and capitals aside."""
    folded = fold(" ".join(texts)) if words else ""
    return all(word in folded for word in fold(words).split())


def problem_lines(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """What a text says that cannot be understood, by its line from 1."""
    return [
        {"line": each.line + 1, "sentence": each.sentence[:1].upper() + each.sentence[1:] + "."}
        for each in problems
    ]
