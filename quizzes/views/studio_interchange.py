"""The studio: questions from and for other systems. A file is looked at first, then added."""

import re
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.models import CourseVersion
from courses.studio.rules import draft_or_404
from quizzes.domain.importing import (
    NoLongerFits,
    PreviewGone,
    Sight,
    add_found,
    kept_reading,
    kept_text,
    look_at,
    picture_seen,
    seen_picture,
)
from quizzes.domain.importing_pictures import Brought, bring
from quizzes.domain.outgoing import questions_of, written
from quizzes.import_forms import ImportForm
from quizzes.interchange import formats, spreadsheet
from quizzes.interchange.found import Found, Reading
from quizzes.models import Quiz
from quizzes.presenting import Renderer, assets_of, found_view
from quizzes.question_types.picture import shown_width
from quizzes.rules import draft_quiz_or_404
from quizzes.views.studio import crumbs_of, quiz_url, studio_page

_NUMBER: Final = re.compile(r"[0-9]{1,3}", re.ASCII)
_TEMPLATES: Final = {
    "csv": (spreadsheet.template_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        spreadsheet.template_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def studio_quiz_import(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    return _import(request, version, draft_quiz_or_404(version, quiz))


@require_http_methods(["GET", "HEAD", "POST"])
def studio_bank_import(request: PersonRequest, slug: str) -> HttpResponse:
    """Into the bank only: no quiz asks them until an author takes them into one."""
    return _import(request, draft_or_404(request, slug), None)


def _import(request: PersonRequest, version: CourseVersion, quiz: Quiz | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, version, quiz, ImportForm())
    if request.POST.get("then") in ("add", "add-all"):
        return _add(request, version, quiz)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, version, quiz, form, status=422)
    try:
        reading = formats.read(form.content, name=form.file_name, format_name=form.format_name)
        brought = bring(reading, now=timezone.now())
        sight = look_at(version, quiz, reading, brought)
        kept = kept_text(version, quiz, sight, brought)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, version, quiz, form, status=422)
    return _page(request, version, quiz, form, sight, kept)


def _add(request: PersonRequest, version: CourseVersion, quiz: Quiz | None) -> HttpResponse:
    try:
        reading, brought = kept_reading(version, quiz, request.POST.get("kept", ""))
        questions = reading.questions
        if request.POST["then"] == "add":
            questions = _ticked(request, questions)
            if not questions:
                messages.warning(request, _("Tick the questions to add, or add all of them."))
                return _again(request, version, quiz, reading, brought)
        try:
            count = add_found(
                version, quiz, questions, brought, by=request.user, now=timezone.now()
            )
        except NoLongerFits as refusal:
            messages.error(request, str(refusal))
            return _again(request, version, quiz, reading, brought)
    except PreviewGone as refusal:
        messages.warning(request, str(refusal))
        return _page(request, version, quiz, ImportForm(), status=422)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(_back(version, quiz))
    if count:
        sentence = ngettext("%(count)d question is added.", "%(count)d questions are added.", count)
        messages.success(request, sentence % {"count": count})
    if known := len(questions) - count:
        sentence = ngettext(
            "%(count)d question was there already and is not added again.",
            "%(count)d questions were there already and are not added again.",
            known,
        )
        messages.info(request, sentence % {"count": known})
    return redirect(_back(version, quiz))


def _again(
    request: PersonRequest,
    version: CourseVersion,
    quiz: Quiz | None,
    reading: Reading,
    brought: Brought,
) -> HttpResponse:
    """The preview once more, beside what is there by now; nobody chooses a file twice. Errors:
    PreviewTooLarge."""
    sight = look_at(version, quiz, reading, brought)
    kept = kept_text(version, quiz, sight, brought)
    return _page(request, version, quiz, ImportForm(), sight, kept, status=422)


def _ticked(request: PersonRequest, questions: list[Found]) -> list[Found]:
    places = {int(place) for place in request.POST.getlist("question") if _NUMBER.fullmatch(place)}
    return [each for place, each in enumerate(questions) if place in places]


def _back(version: CourseVersion, quiz: Quiz | None) -> str:
    if quiz is not None:
        return quiz_url(version, quiz)
    return reverse("quizzes:studio-quiz-bank", args=[version.course.slug])


def _page(
    request: PersonRequest,
    version: CourseVersion,
    quiz: Quiz | None,
    form: ImportForm,
    sight: Sight | None = None,
    kept: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    back = _back(version, quiz)
    return studio_page(
        request,
        "quizzes/studio_import.html",
        version,
        {
            "quiz": quiz,
            "form": form,
            "back_url": back,
            "kept": kept,
            **(_shown(version, sight) if sight is not None else {}),
        },
        crumbs=crumbs_of(version, _("Import questions"), quiz=quiz),
        status=status,
    )


def _shown(version: CourseVersion, sight: Sight) -> dict[str, Any]:
    address = partial(_address, version)
    renderer = Renderer(version, figure_address=address)
    reading = sight.reading
    found: list[dict[str, Any]] = []
    place = 0
    for each in sight.questions:
        view = found_view(each.question, renderer, is_known=each.is_known)
        picture = each.question.content.get("picture")
        if picture and picture["sizes"]:
            view.shown["picture"]["image_url"] = address(
                picture["sizes"][shown_width(picture)], picture["extension"]
            )
        found.append({"looked": each, "view": view, "place": place})
        place += not each.is_known
    with_question = {(each.question.line, each.question.title) for each in sight.questions}
    return {
        "sight": sight,
        "reading": reading,
        "format_label": formats.READ[reading.format],
        "found": found,
        "stylesheets": assets_of(each["view"] for each in found)["stylesheets"],
        "fresh_count": place,
        # What belongs to a question that is shown stands there.
        "general": [
            note for note in reading.changes if (note.line, note.title) not in with_question
        ],
        "left": [note for note in reading.left if (note.line, note.title) not in with_question],
    }


def _address(version: CourseVersion, sha256: str, extension: str) -> str:
    """Where a preview shows a picture that no row of a course names yet."""
    seen = seen_picture(version, sha256, extension)
    return reverse("quizzes:studio-quiz-import-picture", args=[version.course.slug, seen])


@require_http_methods(["GET", "HEAD"])
def studio_import_picture(request: PersonRequest, slug: str, seen: str) -> HttpResponse:
    """A picture of a preview. Its address is made by the preview alone, for this draft."""
    version = draft_or_404(request, slug)
    file = picture_seen(version, seen)
    if file is None:
        raise Http404
    answer = HttpResponse(file.read(), content_type=file.content_type)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@require_http_methods(["GET", "HEAD"])
def studio_import_template(request: PersonRequest, slug: str, ending: str) -> HttpResponse:
    """The spreadsheet to fill in, with an example of each type."""
    draft_or_404(request, slug)
    if ending not in _TEMPLATES:
        raise Http404
    make, media_type = _TEMPLATES[ending]
    return _file(make(), f"questions.{ending}", media_type)


@require_http_methods(["GET", "HEAD"])
def studio_quiz_export(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    """What each format would leave behind; with `?format=` the file."""
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    questions = questions_of(row)
    wanted = request.GET.get("format", "")
    if wanted and wanted not in formats.WRITTEN:
        raise Http404
    if wanted:
        result = written(wanted, questions)
        return _file(result.content, f"{row.slug}{result.name}", result.media_type)
    here = reverse("quizzes:studio-quiz-export", args=[slug, row.key])
    return studio_page(
        request,
        "quizzes/studio_export.html",
        version,
        {
            "quiz": row,
            "count": len(questions),
            "files": [
                {
                    "label": label,
                    "url": f"{here}?format={name}",
                    "written": written(name, questions, is_look=True),
                }
                for name, label in formats.WRITTEN.items()
            ],
        },
        crumbs=crumbs_of(version, _("Export questions"), quiz=row),
    )


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    disposition = content_disposition_header(as_attachment=True, filename=name)
    answer["Content-Disposition"] = disposition or "attachment"
    return answer
