"""The studio: writing one question, and its place in the quiz."""

from typing import Final
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
from quizzes.differences import Difference, differences
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
from quizzes.editing import QuestionEditor, raw_in, step_in
from quizzes.models import QuestionRevision, Quiz, QuizPoolItem
from quizzes.question_types import UnknownQuestionType, type_named
from quizzes.rules import bank_question_or_404, draft_quiz_or_404, pool_item_or_404
from quizzes.studio_forms import MoveForm
from quizzes.studio_queries import Names, newest_revision, said, said_by, stem_line
from quizzes.views.studio import (
    crumbs_of,
    forget_undo,
    quiz_url,
    remember_undo,
    studio_page,
    undo_of,
)

_SAVING: Final = ("save", "save-next")
_USUAL: Final = "single-choice"


@require_http_methods(["GET", "HEAD", "POST"])
def studio_question_add(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    type_name = _type_or_404(request.POST.get("type") or request.GET.get("type", _USUAL))
    editor = _editor(request, version, type_name)
    if request.method != "POST" or step_in(request.POST) not in _SAVING:
        return _page(request, row, editor)
    if not editor.is_valid():
        return _page(request, row, editor, status=422)
    try:
        item = add_question(
            row,
            type_name,
            editor.content,
            points=editor.points,
            objective_key=editor.objective_key,
            lesson_key=editor.lesson_key,
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(quiz_url(version, row))
    messages.success(request, _("The question is saved."))
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
        return _moved(request, row, _editor(request, version, type_name), QuestionMoved(None))
    editor = _editor(request, version, item.revision.type, item)
    if request.method != "POST" or step_in(request.POST) not in _SAVING:
        return _page(request, row, editor, item)
    if not editor.is_valid():
        return _page(request, row, editor, item, status=422)
    try:
        item = save_question(
            item,
            editor.content,
            points=editor.points,
            objective_key=editor.objective_key,
            lesson_key=editor.lesson_key,
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
    return _onward(request, version, row, item)


@require_POST
def studio_question_preview(request: PersonRequest, slug: str) -> HttpResponse:
    """The unsaved form as the learner would meet it: a fragment for the script."""
    version = draft_or_404(request, slug)
    type_name = _type_or_404(request.POST.get("type", ""))
    editor = QuestionEditor(
        version,
        type_name,
        names=Names(version),
        revision=_revision_of(version, request.POST.get("question", "")),
        sent=request.POST,
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
        removed = remove_question(item, by=request.user, now=timezone.now())
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
    removed = Removed(revision_id=undo["revision_id"], position=undo["position"])
    try:
        item = put_back_question(row, removed, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(quiz_url(version, row))
    forget_undo(request)
    messages.success(request, _("The question is back in its place."))
    return redirect(quiz_url(version, row, _fragment(item)))


# ------------------------------------------------------------------------------- helpers


def _type_or_404(name: str) -> str:
    try:
        kind = type_named(name)
    except UnknownQuestionType:
        raise Http404("No such type of question.") from None
    if not kind.editor_template:
        raise Http404("Questions of this type come in course packages only.")
    return kind.name


def _editor(
    request: PersonRequest,
    version: CourseVersion,
    type_name: str,
    item: QuizPoolItem | None = None,
) -> QuestionEditor:
    """The form as it was sent, after the button that was pressed; else what is stored."""
    names = Names(version)
    revision = item.revision if item else None
    if request.method != "POST":
        return QuestionEditor(version, type_name, names=names, revision=revision)
    raw = type_named(type_name).rearranged(raw_in(request.POST), step_in(request.POST))
    return QuestionEditor(
        version, type_name, names=names, revision=revision, sent=request.POST, raw=raw
    )


def _revision_of(version: CourseVersion, key: str) -> QuestionRevision | None:
    """That a quiz of this draft asks; the preview of a new question has none."""
    try:
        question = UUID(key)
    except ValueError:
        return None
    item = (
        QuizPoolItem.objects.filter(quiz__version=version, revision__question__key=question)
        .select_related("revision")
        .first()
    )
    return item.revision if item else None


def _moved(
    request: PersonRequest, quiz: Quiz, editor: QuestionEditor, moved: QuestionMoved
) -> HttpResponse:
    """Nothing is lost: the form stays as it was sent, and what is there now stands beside it."""
    names = editor.names
    sent = request.POST.copy()
    found: list[Difference] = []
    if moved.item is not None:
        sent["number"] = str(moved.item.revision.number)
        found = differences(
            said_by(moved.item.revision, names),
            said(
                editor.type.name,
                editor.cleaned_content,
                points=editor.points,
                objective_key=editor.objective_key,
                lesson_key=editor.lesson_key,
                names=names,
            ),
        )
    editor = QuestionEditor(
        quiz.version,
        editor.type.name,
        names=names,
        revision=moved.item.revision if moved.item else None,
        sent=sent,
    )
    return _page(request, quiz, editor, moved.item, moved=moved, differences=found, status=409)


def _page(
    request: PersonRequest,
    quiz: Quiz,
    editor: QuestionEditor,
    item: QuizPoolItem | None = None,
    *,
    moved: QuestionMoved | None = None,
    differences: list[Difference] | None = None,
    status: int = 200,
) -> HttpResponse:
    is_new = item is None
    add_url = reverse("quizzes:studio-quiz-question-add", args=[quiz.version.course.slug, quiz.key])
    heading = editor.type.label if is_new else _("Change a question")
    return studio_page(
        request,
        "quizzes/studio_question.html",
        quiz.version,
        {
            "quiz": quiz,
            "item": item,
            "editor": editor,
            "view": editor.view,
            "preview": editor.preview(),
            "stylesheets": editor.type.stylesheets,
            "scripts": editor.type.scripts,
            "heading": heading,
            # When the question was taken out of the quiz, saving makes a new one.
            "action": add_url if is_new else "",
            "quiz_url": quiz_url(quiz.version, quiz, _fragment(item) if item else ""),
            "moved": moved,
            "differences": [each for each in differences or [] if each.is_changed],
        },
        crumbs=crumbs_of(quiz.version, heading, quiz=quiz),
        status=status,
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
