"""The studio: questions pasted from Word. First they are looked at, then added."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.studio.rules import draft_or_404
from quizzes.domain.pasting import Pasted, add_pasted, read_pasted
from quizzes.editing import step_in
from quizzes.models import Quiz
from quizzes.presenting import FoundView, found_views
from quizzes.rules import draft_quiz_or_404
from quizzes.studio_forms import PasteForm
from quizzes.views.studio import crumbs_of, quiz_url, studio_page

# Shown as it can be pasted, so it is not translated: the words are those of `quizzes.word`.
EXAMPLE: Final = """\
1. Which stroke usually begins a session?
a) Tapping
b) Long, light gliding
c) Deep friction
Answer: b
Explanation: Gliding lets the tissue get used to the hands.

2. True or false: Strong pressure is always better.
Answer: False
"""


@require_http_methods(["GET", "HEAD", "POST"])
def studio_quiz_paste(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    if request.method != "POST":
        return _page(request, row, PasteForm())
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    is_adding = step_in(request.POST) == "add"
    if not is_adding or not form.is_as_seen:
        # Nothing is added that nobody has looked at.
        return _page(request, row, form, read_pasted(row, form.pasted), is_changed=is_adding)
    try:
        pasted = add_pasted(row, form.pasted, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(quiz_url(version, row))
    if not pasted.fresh and not pasted.known:
        return _page(request, row, form, pasted, status=422)
    _say(request, pasted)
    return redirect(quiz_url(version, row))


def _say(request: PersonRequest, pasted: Pasted) -> None:
    fresh, known, lines = len(pasted.fresh), len(pasted.known), _lines(pasted)
    if fresh:
        sentence = ngettext("%(count)d question is added.", "%(count)d questions are added.", fresh)
        messages.success(request, sentence % {"count": fresh})
    if known:
        sentence = ngettext(
            "%(count)d question was in this quiz already and is not added again.",
            "%(count)d questions were in this quiz already and are not added again.",
            known,
        )
        messages.info(request, sentence % {"count": known})
    if lines:
        sentence = ngettext(
            "%(count)d place in the text was not understood; what stands there is not added.",
            "%(count)d places in the text were not understood; what stands there is not added.",
            lines,
        )
        messages.warning(request, sentence % {"count": lines})


def _lines(pasted: Pasted) -> int:
    return len({line for line, _sentence in pasted.problems})


def _page(
    request: PersonRequest,
    quiz: Quiz,
    form: PasteForm,
    pasted: Pasted | None = None,
    *,
    is_changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    found: Sequence[FoundView] = []
    if pasted is not None:
        found = found_views([*pasted.fresh, *pasted.known], quiz.version, known=pasted.known)
    return studio_page(
        request,
        "quizzes/studio_quiz_paste.html",
        quiz.version,
        {
            "quiz": quiz,
            "form": form,
            "example": EXAMPLE,
            "pasted": pasted,
            "found": found,
            "is_changed": is_changed,
            "quiz_url": quiz_url(quiz.version, quiz),
        },
        crumbs=crumbs_of(quiz.version, _("Paste questions"), quiz=quiz),
        status=status,
    )
