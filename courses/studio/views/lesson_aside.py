"""Texts of one's own that another text came before: each beside the lesson, and what to do."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.domain import lessons as domain
from courses.domain.differences import differences, folded
from courses.domain.setting_aside import MOST_ASIDE, settle_aside, texts_aside
from courses.hours import count_words
from courses.models import CourseVersion, Lesson, SetAside
from courses.studio.rules import draft_or_404
from courses.studio.views.common import say_refusal, studio_page
from courses.studio.views.lesson import lesson_or_404


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_aside(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """All of them, and one (`text`, else the newest) compared with the lesson."""
    version = draft_or_404(request, slug)
    lesson = lesson_or_404(version, key)
    texts = texts_aside(version, key, by=request.user)
    if not texts:
        return redirect("courses:studio-lesson", slug=slug, key=key)
    if request.method == "POST":
        chosen = _chosen(texts, request.POST.get("text", ""))
        if chosen is None:
            messages.warning(request, _("That text is not here any more: look at the others."))
            return redirect("courses:studio-lesson-aside", slug=slug, key=key)
        return _settle(request, version, lesson, chosen)
    aside = _chosen(texts, request.GET.get("text", "")) or texts[0]
    return studio_page(
        request,
        "studio/lesson_aside.html",
        version,
        {
            "lesson": lesson,
            "aside": aside,
            "texts": [{"text": each, "words": count_words(each.body)} for each in texts],
            "most": MOST_ASIDE,
            "is_full": len(texts) >= MOST_ASIDE,
            "newest": domain.newest_revision(lesson),
            "number": domain.newest_number(lesson),
            "differences": folded(differences(lesson.body, aside.body)),
        },
        here=_("Two texts") if len(texts) == 1 else _("Your texts"),
    )


def _chosen(texts: list[SetAside], pk: str) -> SetAside | None:
    """Among one's own. Without a choice the only one there is."""
    if not pk and len(texts) == 1:
        return texts[0]
    return next((each for each in texts if str(each.pk) == pk), None)


def _settle(
    request: PersonRequest, version: CourseVersion, lesson: Lesson, aside: SetAside
) -> HttpResponse:
    """Take this text, or let it go; then the next one, when there is another."""
    now = timezone.now()
    if request.POST.get("take") == "mine":
        number = request.POST.get("number", "")
        try:
            domain.save_lesson(
                version,
                lesson.key,
                title=aside.title,
                body=aside.body,
                based_on=int(number) if number.isdecimal() and len(number) < 10 else 0,
                by=request.user,
                now=now,
            )
        except DomainError as error:
            say_refusal(request, error)
            return redirect("courses:studio-lesson-aside", slug=version.course.slug, key=lesson.key)
        messages.success(
            request, _("Your text is the lesson now; the other one is in the history.")
        )
    else:
        messages.success(request, _("The lesson stays as it is."))
    settle_aside(version, lesson.key, aside.pk, by=request.user, now=now)
    is_last = not texts_aside(version, lesson.key, by=request.user)
    page = "courses:studio-lesson" if is_last else "courses:studio-lesson-aside"
    return redirect(page, slug=version.course.slug, key=lesson.key)
