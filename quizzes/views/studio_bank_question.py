"""The studio: one question of the bank, its history, and writing it where no quiz asks it."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.models import CourseVersion
from courses.studio.rules import draft_or_404
from quizzes.alike import alike_to
from quizzes.differences import Difference, differences
from quizzes.domain.authoring_bank import (
    add_bank_question,
    bring_back_question,
    retire_question,
    save_bank_question,
)
from quizzes.domain.errors import QuestionMoved
from quizzes.domain.keeping import keep_both, kept_pairs, pair_of, point_out_again
from quizzes.editing import QuestionEditor, step_in
from quizzes.models import Question, QuestionRevision
from quizzes.question_types import type_named
from quizzes.rules import bank_question_or_404
from quizzes.studio_queries import (
    Names,
    newest_revision,
    people_of,
    revisions_of,
    said_by,
    stem_line,
    uses_of,
)
from quizzes.views.studio import (
    Crumbs,
    bank_url,
    crumbs_of,
    say_alike,
    studio_page,
)
from quizzes.views.studio_editor import (
    SAVING,
    USUAL,
    as_sent_over,
    editor_context,
    editor_of,
    type_or_404,
)


@require_http_methods(["GET", "HEAD"])
def studio_bank_question(request: PersonRequest, slug: str, question: UUID) -> HttpResponse:
    """Every revision, and what differs between two of them: the newest and the one before, or
    those asked for by `?from=` and `?to=`."""
    version = draft_or_404(request, slug)
    row = bank_question_or_404(version, question)
    revisions = revisions_of(row)
    names = Names(version)
    new = _numbered(revisions, request.GET.get("to")) or revisions[0]
    older = next((each for each in revisions if each.number < new.number), None)
    old = _numbered(revisions, request.GET.get("from")) or older
    uses = uses_of(row)
    asked = [item for item in uses if item.quiz.version_id == version.pk and not item.draw_id]
    return studio_page(
        request,
        "quizzes/studio_bank_question.html",
        version,
        {
            "question": row,
            "stem": stem_line(revisions[0]),
            "revisions": revisions,
            "people": people_of(revisions),
            "uses": uses,
            "is_asked": any(item.quiz.version.is_frozen for item in uses),
            "asked_by": asked[0].quiz if asked else None,
            "is_editable": bool(type_named(revisions[0].type).editor_template),
            "alike": [] if row.retired_at else alike_to(version, revisions[0]),
            "new": new,
            "old": old,
            "lines": differences(said_by(old or new, names), said_by(new, names)),
        },
        crumbs=_crumbs(version, _("One question")),
    )


@require_http_methods(["GET", "HEAD"])
def studio_bank_compare(
    request: PersonRequest, slug: str, question: UUID, other: UUID
) -> HttpResponse:
    """Two questions that may say the same, word by word."""
    version = draft_or_404(request, slug)
    rows = [bank_question_or_404(version, key) for key in (question, other)]
    one, another = (newest_revision(row) for row in rows)
    names = Names(version)
    return studio_page(
        request,
        "quizzes/studio_bank_compare.html",
        version,
        {
            "is_kept": pair_of(rows[0].key, rows[1].key) in kept_pairs(version.course_id),
            "questions": [
                {"row": row, "stem": stem_line(revision)}
                for row, revision in zip(rows, (one, another), strict=True)
            ],
            "lines": differences(said_by(one, names), said_by(another, names)),
        },
        crumbs=_crumbs(version, _("Two questions")),
    )


@require_POST
def studio_bank_keep(
    request: PersonRequest, slug: str, question: UUID, other: UUID
) -> HttpResponse:
    """Two that are alike are meant so; `action=undo` is the way back."""
    version = draft_or_404(request, slug)
    one, another = (bank_question_or_404(version, key) for key in (question, other))
    is_undo = request.POST.get("action") == "undo"
    change = point_out_again if is_undo else keep_both
    try:
        change(version, one, another, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The two are pointed out again.")
            if is_undo
            else _(
                "Both are kept. They are not pointed out any more; the list keeps the way back."
            ),
        )
    return redirect("quizzes:studio-quiz-bank-alike", slug=slug)


@require_POST
def studio_bank_retire(request: PersonRequest, slug: str, question: UUID) -> HttpResponse:
    """`action=bring-back` is the way back."""
    version = draft_or_404(request, slug)
    row = bank_question_or_404(version, question)
    is_back = request.POST.get("action") == "bring-back"
    try:
        if is_back:
            bring_back_question(version, row, by=request.user, now=timezone.now())
        else:
            retire_question(version, row, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The question can be put into quizzes again.")
            if is_back
            else _("The question is retired. Published quizzes keep it; no new one takes it."),
        )
    return redirect("quizzes:studio-quiz-bank-question", slug=slug, question=question)


@require_http_methods(["GET", "HEAD", "POST"])
def studio_bank_add(request: PersonRequest, slug: str) -> HttpResponse:
    """A question that no quiz asks by itself: for draws, or for later."""
    version = draft_or_404(request, slug)
    type_name = type_or_404(request.POST.get("type") or request.GET.get("type", USUAL))
    editor = editor_of(request, version, type_name)
    if request.method != "POST" or step_in(request.POST) not in SAVING:
        return _page(request, version, editor)
    if not editor.is_valid():
        return _page(request, version, editor, status=422)
    try:
        revision = add_bank_question(
            version,
            type_name,
            editor.content,
            facts=editor.facts,
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(bank_url(version))
    messages.success(request, _("The question is in the bank."))
    say_alike(request, version, revision)
    if step_in(request.POST) == "save-next":
        return redirect(f"{request.path}?type={type_name}")
    return _to_question(version, revision.question)


@require_http_methods(["GET", "HEAD", "POST"])
def studio_bank_edit(request: PersonRequest, slug: str, question: UUID) -> HttpResponse:
    """Write a question that no quiz of the draft asks by itself."""
    version = draft_or_404(request, slug)
    row = bank_question_or_404(version, question)
    revision = newest_revision(row)
    revision.question = row
    if not type_named(revision.type).editor_template:
        raise Http404("Questions of this type come in course packages only.")
    editor = editor_of(request, version, revision.type, revision)
    if request.method != "POST" or step_in(request.POST) not in SAVING:
        return _page(request, version, editor, revision)
    if not editor.is_valid():
        return _page(request, version, editor, revision, status=422)
    try:
        revision = save_bank_question(
            version,
            row,
            editor.content,
            facts=editor.facts,
            expected_number=editor.form.cleaned_data["number"],
            takes_over=editor.takes_over,
            by=request.user,
            now=timezone.now(),
        )
    except QuestionMoved as moved:
        editor, found = as_sent_over(request, editor, moved.revision)
        return _page(
            request, version, editor, moved.revision, moved=moved, differences=found, status=409
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return _to_question(version, row)
    messages.success(request, _("The question is saved."))
    say_alike(request, version, revision)
    return _to_question(version, row)


# ------------------------------------------------------------------------------- helpers


def _page(
    request: PersonRequest,
    version: CourseVersion,
    editor: QuestionEditor,
    revision: QuestionRevision | None = None,
    *,
    moved: QuestionMoved | None = None,
    differences: Sequence[Difference] = (),
    status: int = 200,
) -> HttpResponse:
    slug = version.course.slug
    heading = editor.type.label if revision is None else _("Change a question")
    args = [slug, revision.question.key] if revision else []
    return studio_page(
        request,
        "quizzes/studio_question.html",
        version,
        {
            **editor_context(editor, revision),
            "heading": heading,
            "lede": _("A new question of the bank: for draws, or for later")
            if revision is None
            else _("%(kind)s, in the bank") % {"kind": editor.type.label},
            "back_url": reverse("quizzes:studio-quiz-bank-question", args=args)
            if revision
            else bank_url(version),
            "theirs_url": revision and reverse("quizzes:studio-quiz-bank-edit", args=args),
            "moved": moved,
            "differences": differences,
        },
        crumbs=_crumbs(version, heading),
        status=status,
    )


def _crumbs(version: CourseVersion, label: str) -> Crumbs:
    crumbs = crumbs_of(version, label)
    crumbs.insert(-1, {"label": _("All questions"), "url": bank_url(version)})
    return crumbs


def _to_question(version: CourseVersion, question: Question) -> HttpResponse:
    return redirect(
        "quizzes:studio-quiz-bank-question", slug=version.course.slug, question=question.key
    )


def _numbered(revisions: list[QuestionRevision], number: str | None) -> QuestionRevision | None:
    return next((each for each in revisions if str(each.number) == number), None)
