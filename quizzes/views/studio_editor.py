"""The studio: what writing a question in a quiz and writing one in the bank have in common."""

from typing import Any, Final

from django.http import Http404

from ce_platform.accounts.rules import PersonRequest
from courses.models import CourseVersion
from quizzes.bank_queries import tags_of_course
from quizzes.cases import case_of, with_case
from quizzes.differences import Difference, differences
from quizzes.editing import QuestionEditor, raw_in, step_in
from quizzes.models import QuestionRevision
from quizzes.question_types import UnknownQuestionType, type_named
from quizzes.studio_queries import Names, said, said_by

SAVING: Final = ("save", "save-next")
USUAL: Final = "single-choice"


def type_or_404(name: str) -> str:
    try:
        kind = type_named(name)
    except UnknownQuestionType:
        raise Http404("No such type of question.") from None
    if not kind.editor_template:
        raise Http404("Questions of this type come in course packages only.")
    return kind.name


def editor_of(
    request: PersonRequest,
    version: CourseVersion,
    type_name: str,
    revision: QuestionRevision | None = None,
) -> QuestionEditor:
    """The form as it was sent, after the button that was pressed; else what is stored."""
    names = Names(version)
    case = case_of(revision.data) if revision else None
    if request.method != "POST":
        return QuestionEditor(version, type_name, names=names, revision=revision, case=case)
    raw = type_named(type_name).rearranged(raw_in(request.POST), step_in(request.POST))
    return QuestionEditor(
        version,
        type_name,
        names=names,
        revision=revision,
        sent=request.POST,
        raw=raw,
        case=case,
    )


def as_sent_over(
    request: PersonRequest, editor: QuestionEditor, revision: QuestionRevision | None
) -> tuple[QuestionEditor, list[Difference]]:
    """Nothing is lost when somebody else saved meanwhile: the form as it was sent, to be saved
    over what is there now, and what would change then."""
    sent = request.POST.copy()
    found: list[Difference] = []
    case = None
    if revision is not None:
        case = case_of(revision.data)
        sent["number"] = str(revision.number)
        content = with_case(editor.cleaned_content, case)
        found = differences(
            said_by(revision, editor.names),
            said(editor.type.name, content, facts=editor.facts, names=editor.names),
        )
    again = QuestionEditor(
        editor.version,
        editor.type.name,
        names=editor.names,
        revision=revision,
        sent=sent,
        case=case,
    )
    return again, [each for each in found if each.is_changed]


def editor_context(editor: QuestionEditor, revision: QuestionRevision | None) -> dict[str, Any]:
    """What the page of a question shows, wherever the question stands."""
    return {
        "editor": editor,
        "view": editor.view,
        "preview": editor.preview(),
        "stylesheets": editor.type.stylesheets,
        "scripts": editor.type.scripts,
        "question": revision.question if revision else None,
        "tags": list(tags_of_course(editor.version)),
    }
