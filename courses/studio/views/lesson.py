"""One lesson: writing it, seeing it as a learner will, and every state it was in."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from ce_platform.core.templatetags.wording import moment
from courses.domain import lessons as domain
from courses.domain.differences import differences, folded
from courses.domain.errors import LessonMoved
from courses.domain.setting_aside import texts_aside
from courses.hours import count_words
from courses.markdown import parse
from courses.models import CourseVersion, Lesson, LessonRevision, ReviewComment
from courses.reading import (
    Library,
    lesson_references,
    lesson_segments,
    reference_html,
    store_body,
)
from courses.studio.forms import CommentForm, LessonSettingsForm, LessonTextForm
from courses.studio.pictures import small_url
from courses.studio.queries import neighbors_of
from courses.studio.rules import draft_or_404, version_or_404
from courses.studio.views.common import say_refusal, studio_page

MOST_REVISIONS = 200


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_edit(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """The editor. POST is the form without JavaScript; with it `lesson_save` is asked."""
    version = draft_or_404(request, slug)
    lesson = lesson_or_404(version, key)
    if request.method == "POST":
        form = LessonTextForm(request.POST)
        if form.is_valid():
            return _save_by_form(request, version, lesson, form)
        return _editor(request, version, lesson, form, status=422)
    number = domain.newest_number(lesson)
    form = LessonTextForm(initial={"title": lesson.title, "body": lesson.body, "based_on": number})
    return _editor(request, version, lesson, form)


def _save_by_form(
    request: PersonRequest, version: CourseVersion, lesson: Lesson, form: LessonTextForm
) -> HttpResponse:
    try:
        domain.save_lesson(
            version, lesson.key, **form.cleaned_data, by=request.user, now=timezone.now()
        )
    except LessonMoved as moved:
        messages.warning(request, str(moved))
        return redirect("courses:studio-lesson-aside", slug=version.course.slug, key=lesson.key)
    except DomainError as error:
        form.add_error(None, str(error))
        return _editor(request, version, lesson, form, status=422)
    messages.success(request, _("Saved."))
    return redirect("courses:studio-lesson", slug=version.course.slug, key=lesson.key)


def _editor(
    request: PersonRequest,
    version: CourseVersion,
    lesson: Lesson,
    form: LessonTextForm,
    *,
    status: int = 200,
) -> HttpResponse:
    newest = domain.newest_revision(lesson)
    before, after = neighbors_of(version, lesson)
    return studio_page(
        request,
        "studio/lesson_edit.html",
        version,
        {
            "lesson": lesson,
            "form": form,
            "newest": newest,
            "others": domain.others_at_it(lesson, by=request.user, now=timezone.now()),
            "aside": texts_aside(version, lesson.key, by=request.user),
            "settings_form": LessonSettingsForm(
                initial={
                    "is_free": lesson.is_free,
                    "objectives": list(lesson.objectives.values_list("pk", flat=True)),
                },
                version=version,
            ),
            "library": _library_lists(version),
            "problems": _problems(lesson.body),
            "before": before,
            "after": after,
        },
        here=lesson.title,
        status=status,
    )


def _library_lists(version: CourseVersion) -> dict[str, list[dict[str, str]]]:
    """What the editor's insert menu offers."""
    return {
        "figures": [
            {
                "slug": figure.slug,
                "alt": figure.alt,
                "url": small_url(figure),
            }
            for figure in version.figures.select_related("file").order_by("slug")
        ],
        "charts": [
            {"slug": slug, "title": title}
            for slug, title in version.charts.order_by("slug").values_list("slug", "title")
        ],
        "recordings": [
            {"slug": slug, "title": title}
            for slug, title in version.recordings.order_by("title", "slug").values_list(
                "slug", "title"
            )
        ],
        "handouts": [
            {"slug": slug, "title": title}
            for slug, title in version.handouts.order_by("title", "slug").values_list(
                "slug", "title"
            )
        ],
        "glossary": [
            {"slug": slug, "term": term}
            for slug, term in version.glossary.order_by("term").values_list("slug", "term")
        ],
        "references": [
            {"slug": slug, "text": text}
            for slug, text in version.references.order_by("position").values_list("slug", "text")
        ],
    }


@staff_only
@require_POST
def lesson_save(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """Autosave. 200: saved, with the number to send next. 409: somebody else saved first; what was
    sent is set aside. 422: a sentence that says what is wrong."""
    version = draft_or_404(request, slug)
    form = LessonTextForm(request.POST)
    if not form.is_valid():
        sentences = [str(error) for errors in form.errors.values() for error in errors]
        return JsonResponse({"sentence": " ".join(sentences)}, status=422)
    now = timezone.now()
    try:
        saved = domain.save_lesson(version, key, **form.cleaned_data, by=request.user, now=now)
    except LessonMoved as moved:
        return JsonResponse(
            {
                "sentence": str(moved),
                "url": reverse("courses:studio-lesson-aside", args=[slug, key]),
                # The page compares: it may be its own text, whose confirmation was lost.
                "aside": moved.kept.sha256,
                "number": moved.newest.number,
                "title": moved.newest.title,
                "body": moved.newest.body,
            },
            status=409,
        )
    except DomainError as error:
        return JsonResponse({"sentence": str(error)}, status=422)
    return JsonResponse(
        {
            "number": saved.revision.number,
            "words": saved.lesson.counted_words,
            "saved_at": moment(timezone.localtime(saved.revision.saved_at)),
            "problems": _problems(saved.lesson.body),
        }
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_preview(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """The lesson through the learner's renderer, without leaving a trace. POST: a text that is
    not saved yet."""
    version = version_or_404(request, slug)
    lesson = lesson_or_404(version, key)
    if request.method == "POST":
        form = LessonTextForm(request.POST)
        if form.is_valid():
            lesson.title, lesson.body = form.cleaned_data["title"], form.cleaned_data["body"]
            lesson.counted_words = count_words(lesson.body)
    body = rendered_body(version, lesson)
    if request.headers.get("X-Requested-With") == "fetch":
        return render(
            request, "studio/_preview.html", {"lesson": lesson, "body": body, "version": version}
        )
    before, after = neighbors_of(version, lesson)
    return studio_page(
        request,
        "studio/lesson_preview.html",
        version,
        {
            "lesson": lesson,
            "body": body,
            "before": before,
            "after": after,
            "comments": ReviewComment.objects.filter(
                version=version, lesson_key=key
            ).select_related("by"),
            "comment_form": None if version.is_frozen else CommentForm(),
        },
        here=_("Preview"),
    )


def rendered_body(version: CourseVersion, lesson: Lesson) -> SafeString:
    """The text of a lesson as a learner gets it, made from what it says at this moment."""
    lesson.body_html = _stored(lesson.body, lesson.position, Library(version))
    return _shown(lesson.body_html, lesson.position)


@lru_cache(maxsize=64)
def _stored(body: str, position: int, library: Library) -> str:
    """Reading the text is most of the work for a long lesson."""
    return store_body(Lesson(body=body, position=position), library)


@lru_cache(maxsize=64)
def _shown(body_html: str, position: int) -> SafeString:
    """Everything is in the text itself. Charts are most of the work, and an author looks often."""
    lesson = Lesson(body_html=body_html, position=position)
    return render_to_string(
        "courses/_lesson_body.html",
        {
            "segments": lesson_segments(lesson),
            "references": [
                (line.number, reference_html(line)) for line in lesson_references(lesson)
            ],
        },
    )


@staff_only
@require_safe
def lesson_history(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """Every state, newest first; `from` and `to` choose two to compare."""
    version = version_or_404(request, slug)
    lesson = lesson_or_404(version, key)
    revisions = list(
        LessonRevision.objects.filter(version=version, lesson_key=key).defer("body")[
            :MOST_REVISIONS
        ]
    )
    to = _revision(version, key, request.GET.get("to", "")) or _first(version, key, revisions[:1])
    since = _revision(version, key, request.GET.get("from", ""))
    if since is None and to is not None:
        since = _first(version, key, [each for each in revisions if each.number < to.number])
    return studio_page(
        request,
        "studio/lesson_history.html",
        version,
        {
            "lesson": lesson,
            "revisions": revisions,
            "newest_number": revisions[0].number if revisions else 0,
            "to": to,
            "since": since,
            "differences": folded(differences(since.body, to.body)) if since and to else [],
        },
        here=_("History"),
    )


def _first(
    version: CourseVersion, key: UUID, revisions: list[LessonRevision]
) -> LessonRevision | None:
    return _revision(version, key, str(revisions[0].number)) if revisions else None


def _revision(version: CourseVersion, key: UUID, number: str) -> LessonRevision | None:
    if not number.isdecimal() or len(number) > 9:
        return None
    return LessonRevision.objects.filter(version=version, lesson_key=key, number=number).first()


@staff_only
@require_POST
def lesson_restore(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    number = request.POST.get("number", "")
    try:
        domain.restore_revision(
            version,
            key,
            number=int(number) if number.isdecimal() and len(number) < 10 else 0,
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as error:
        say_refusal(request, error)
        return redirect("courses:studio-lesson-history", slug=slug, key=key)
    messages.success(request, _("Restored. What was there before is in the history."))
    return redirect("courses:studio-lesson", slug=slug, key=key)


def lesson_or_404(version: CourseVersion, key: UUID) -> Lesson:
    return get_object_or_404(
        Lesson.objects.select_related("module", "version__course"), version=version, key=key
    )


def _problems(body: str) -> list[dict[str, Any]]:
    """What the text says that cannot be understood, by its line from 1."""
    return [
        {"line": each.line + 1, "sentence": each.sentence[:1].upper() + each.sentence[1:] + "."}
        for each in parse(body).problems
    ]
