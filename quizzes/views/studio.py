"""What the studio's pages of quizzes share: their frame, their way back, and Undo."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ce_platform.accounts.rules import PersonRequest
from courses.models import CourseVersion
from courses.studio.rules import may_write
from quizzes.alike import alike_to
from quizzes.cases import Case
from quizzes.models import QuestionRevision, Quiz

# One thing can be put back: what was removed last in this session.
_UNDO: Final = "quizzes-undo"
Crumbs = list[dict[str, str]]


def studio_page(
    request: PersonRequest,
    template: str,
    version: CourseVersion,
    context: Mapping[str, Any],
    *,
    crumbs: Crumbs,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        template,
        {
            "version": version,
            "course": version.course,
            "crumbs": crumbs,
            "is_author": may_write(version.course),
            **context,
        },
        status=status,
    )


def crumbs_of(version: CourseVersion, *further: str, quiz: Quiz | None = None) -> Crumbs:
    """Studio, course, quizzes, the quiz, and what stands below it."""
    crumbs = [
        {"label": _("Studio"), "url": reverse("courses:studio")},
        {
            "label": version.title,
            "url": reverse("courses:studio-outline", args=[version.course.slug]),
        },
        {"label": _("Quizzes"), "url": list_url(version)},
    ]
    if quiz is not None:
        crumbs.append({"label": quiz.title, "url": quiz_url(version, quiz)})
    return [*crumbs, *({"label": label, "url": ""} for label in further)]


def list_url(version: CourseVersion) -> str:
    return reverse("quizzes:studio-quiz-list", args=[version.course.slug])


def quiz_url(version: CourseVersion, quiz: Quiz, fragment: str = "") -> str:
    url = reverse("quizzes:studio-quiz-detail", args=[version.course.slug, quiz.key])
    return f"{url}#{fragment}" if fragment else url


def case_url(quiz: Quiz, case: Case) -> str:
    args = [quiz.version.course.slug, quiz.key, case.id]
    return reverse("quizzes:studio-quiz-case", args=args)


def bank_url(version: CourseVersion, **asked: str) -> str:
    """The bank, with what is asked for as in its own form."""
    url = reverse("quizzes:studio-quiz-bank", args=[version.course.slug])
    told = {name: value for name, value in asked.items() if value}
    return f"{url}?{urlencode(told)}" if told else url


def say_alike(request: PersonRequest, version: CourseVersion, revision: QuestionRevision) -> None:
    """Point to a question that says nearly the same as the one just saved."""
    for pair in alike_to(version, revision)[:1]:
        url = reverse(
            "quizzes:studio-quiz-bank-compare",
            args=[version.course.slug, revision.question.key, pair.other.question.key],
        )
        sentence = _("It is nearly the same as “%(stem)s”.") % {"stem": pair.other_stem}
        label = _("Compare the two")
        messages.info(request, format_html('{} <a href="{}">{}</a>', sentence, url, label))


def remember_undo(request: PersonRequest, version: CourseVersion, undo: dict[str, Any]) -> None:
    request.session[_UNDO] = {"version": version.pk, **undo}


def undo_of(request: PersonRequest, version: CourseVersion, kind: str) -> dict[str, Any] | None:
    """What was removed last, when it was of this version and this kind (`quiz`, `question`)."""
    undo: dict[str, Any] | None = request.session.get(_UNDO)
    if undo is None or (undo["version"], undo["kind"]) != (version.pk, kind):
        return None
    return undo


def forget_undo(request: PersonRequest) -> None:
    request.session.pop(_UNDO, None)
