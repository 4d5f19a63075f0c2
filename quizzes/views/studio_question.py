"""The studio: writing one question, and its place in the quiz."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.models import CourseVersion
from courses.studio.rules import draft_or_404
from quizzes.bank_queries import written_revision
from quizzes.cases import case_of
from quizzes.differences import Difference
from quizzes.domain.authoring import (
    Removed,
    add_question,
    duplicate_question,
    move_question,
    put_back_question,
    remove_question,
    save_question,
)
from quizzes.domain.errors import QuestionMoved
from quizzes.editing import QuestionEditor, step_in
from quizzes.models import Quiz, QuizPoolItem
from quizzes.rules import bank_question_or_404, draft_quiz_or_404, pool_item_or_404
from quizzes.studio_forms import MoveForm
from quizzes.studio_queries import Names, newest_revision, stem_line
from quizzes.views.studio import (
    case_url,
    crumbs_of,
    forget_undo,
    quiz_url,
    remember_undo,
    say_alike,
    studio_page,
    undo_of,
)
from quizzes.views.studio_editor import (
    SAVING,
    USUAL,
    as_sent_over,
    editor_context,
    editor_of,
    type_or_404,
)


@require_http_methods(["GET", "HEAD", "POST"])
def studio_question_add(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    type_name = type_or_404(request.POST.get("type") or request.GET.get("type", USUAL))
    editor = editor_of(request, version, type_name)
    if request.method != "POST" or step_in(request.POST) not in SAVING:
        return _page(request, row, editor)
    if not editor.is_valid():
        return _page(request, row, editor, status=422)
    try:
        item = add_question(
            row,
            type_name,
            editor.content,
            **asdict(editor.facts),
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(quiz_url(version, row))
    messages.success(request, _("The question is saved."))
    say_alike(request, version, item.revision)
    return _onward(request, version, row, item)


@require_http_methods(["GET", "HEAD", "POST"])
def studio_question(request: PersonRequest, slug: str, quiz: UUID, question: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    try:
        item = pool_item_or_404(row, question)
    except Http404:
        if request.method != "POST":
            raise
        # Somebody took it out of the quiz meanwhile; what was written must not be lost.
        type_name = newest_revision(bank_question_or_404(version, question)).type
        return _moved(request, row, editor_of(request, version, type_name), QuestionMoved(None))
    editor = editor_of(request, version, item.revision.type, item.revision)
    if request.method != "POST" or step_in(request.POST) not in SAVING:
        return _page(request, row, editor, item)
    if not editor.is_valid():
        return _page(request, row, editor, item, status=422)
    try:
        item = save_question(
            item,
            editor.content,
            **asdict(editor.facts),
            expected_number=editor.form.cleaned_data["number"],
            takes_over=editor.takes_over,
            by=request.user,
            now=timezone.now(),
        )
    except QuestionMoved as moved:
        return _moved(request, row, editor, moved)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(quiz_url(version, row))
    messages.success(request, _("The question is saved."))
    say_alike(request, version, item.revision)
    return _onward(request, version, row, item)


@require_POST
def studio_question_preview(request: PersonRequest, slug: str) -> HttpResponse:
    """The unsaved form as the learner would meet it: a fragment for the script."""
    version = draft_or_404(request, slug)
    type_name = type_or_404(request.POST.get("type", ""))
    revision = written_revision(version, request.GET.get("question", ""))
    editor = QuestionEditor(
        version,
        type_name,
        names=Names(version),
        revision=revision,
        sent=request.POST,
        case=case_of(revision.data) if revision else None,
    )
    return render(request, "quizzes/_preview.html", {"preview": editor.preview()})


@require_POST
def studio_question_move(
    request: PersonRequest, slug: str, quiz: UUID, question: UUID
) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    item = pool_item_or_404(row, question)
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say to which place: a number from 1."))
        return redirect(quiz_url(version, row, _fragment(item)))
    to = form.cleaned_data["to"]
    try:
        move_question(
            item,
            to=to if to in ("up", "down") else int(to),
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect(quiz_url(version, row, _fragment(item)))


@require_POST
def studio_question_duplicate(
    request: PersonRequest, slug: str, quiz: UUID, question: UUID
) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    item = pool_item_or_404(row, question)
    try:
        copy = duplicate_question(item, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(quiz_url(version, row))
    messages.success(request, _("The copy stands right after the question."))
    return redirect(quiz_url(version, row, _fragment(copy)))


@require_POST
def studio_question_remove(
    request: PersonRequest, slug: str, quiz: UUID, question: UUID
) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    try:
        item = pool_item_or_404(row, question)
    except Http404:  # Sent twice, or somebody else was faster: it is gone as wished.
        return redirect(quiz_url(version, row))
    try:
        removed = remove_question(
            item,
            is_retired=request.POST.get("then") == "retire",
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(quiz_url(version, row))
    remember_undo(
        request,
        version,
        {
            "kind": "question",
            "quiz": str(row.key),
            "stem": stem_line(item.revision),
            "revision_id": removed.revision_id,
            "position": removed.position,
            "retired_at": removed.retired_at.isoformat() if removed.retired_at else "",
            "is_retired": removed.is_retired,
        },
    )
    return redirect(f"{quiz_url(version, row)}?removed")


@require_POST
def studio_question_restore(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    """Undo the removal of a question."""
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    undo = undo_of(request, version, "question")
    if undo is None or undo["quiz"] != str(row.key):
        messages.warning(request, _("There is nothing to put back any more."))
        return redirect(quiz_url(version, row))
    retired_at = undo.get("retired_at")
    removed = Removed(
        revision_id=undo["revision_id"],
        position=undo["position"],
        retired_at=datetime.fromisoformat(retired_at) if retired_at else None,
        is_retired=undo.get("is_retired", False),
    )
    try:
        item = put_back_question(row, removed, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(quiz_url(version, row))
    forget_undo(request)
    messages.success(request, _("The question is back in its place."))
    return redirect(quiz_url(version, row, _fragment(item)))


# ------------------------------------------------------------------------------- helpers


def _moved(
    request: PersonRequest, quiz: Quiz, editor: QuestionEditor, moved: QuestionMoved
) -> HttpResponse:
    editor, found = as_sent_over(request, editor, moved.revision)
    return _page(request, quiz, editor, moved.item, moved=moved, differences=found, status=409)


def _page(
    request: PersonRequest,
    quiz: Quiz,
    editor: QuestionEditor,
    item: QuizPoolItem | None = None,
    *,
    moved: QuestionMoved | None = None,
    differences: Sequence[Difference] = (),
    status: int = 200,
) -> HttpResponse:
    slug = quiz.version.course.slug
    told = {"kind": editor.type.label, "quiz": quiz.title}
    heading = editor.type.label if item is None else _("Change a question")
    return studio_page(
        request,
        "quizzes/studio_question.html",
        quiz.version,
        {
            **editor_context(editor, item.revision if item else None),
            "heading": heading,
            "lede": _("A new question of “%(quiz)s”") % told
            if item is None
            else _("%(kind)s, in “%(quiz)s”") % told,
            # When the question was taken out of the quiz, saving makes a new one.
            "action": reverse("quizzes:studio-quiz-question-add", args=[slug, quiz.key])
            if item is None
            else "",
            "back_url": quiz_url(quiz.version, quiz, _fragment(item) if item else ""),
            "theirs_url": item and _question_url(quiz, item),
            "case_url": item and editor.case and case_url(quiz, editor.case),
            "moved": moved,
            "differences": differences,
        },
        crumbs=crumbs_of(quiz.version, heading, quiz=quiz),
        status=status,
    )


def _question_url(quiz: Quiz, item: QuizPoolItem) -> str:
    return reverse(
        "quizzes:studio-quiz-question",
        args=[quiz.version.course.slug, quiz.key, item.revision.question.key],
    )


def _onward(
    request: PersonRequest, version: CourseVersion, quiz: Quiz, item: QuizPoolItem
) -> HttpResponse:
    if step_in(request.POST) == "save-next":
        add_url = reverse("quizzes:studio-quiz-question-add", args=[version.course.slug, quiz.key])
        return redirect(f"{add_url}?type={item.revision.type}")
    return redirect(quiz_url(version, quiz, _fragment(item)))


def _fragment(item: QuizPoolItem) -> str:
    return f"question-{item.revision.question.key}"
