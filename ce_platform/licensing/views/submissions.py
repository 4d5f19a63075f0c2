"""The registrar's submissions: list, one file with its history, and every change to it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.models import StoredFile
from ce_platform.core.paging import newest_first
from ce_platform.licensing import desk, facts, move_words, queries
from ce_platform.licensing.domain import letters, moves, planning
from ce_platform.licensing.domain import submissions as domain
from ce_platform.licensing.domain.errors import SubmissionRefused
from ce_platform.licensing.forms import (
    AddSubmissionForm,
    CorrectionForm,
    MessageForm,
    MoveForm,
)
from ce_platform.licensing.models import LicensingBody, Submission, SubmissionEvent
from ce_platform.licensing.views.common import office_crumbs, sent
from courses.models import Course

Status = Submission.Status
MOST_EVENTS = 200


@registrar_only
@require_safe
def submission_list(request: PersonRequest) -> HttpResponse:
    today = request.user.local_date(timezone.now())
    page = newest_first(desk.filtered(request.GET), after=request.GET.get("after"))
    bodies = queries.bodies_by_place()
    if page.is_first:
        rows, due = desk.list_and_due(page.rows, today=today)
    else:
        rows, due = desk.desk_rows(page.rows, today=today), []
    lapses = planning.lapses() if page.is_first else []
    # Said once: a new edition that followed nobody has its own line with its own button.
    followed = {lapse.key for lapse in lapses}
    return render(
        request,
        "licensing/office_submission_list.html",
        {
            "rows": rows,
            "due": due,
            "lapses": lapses,
            "never_sent": [(key, title) for key, title in desk.never_sent() if key not in followed]
            if page.is_first
            else [],
            "query": request.GET,
            "is_filtered": any(request.GET.get(key) for key in ("q", "status", "body", "course")),
            "statuses": Status.choices,
            "bodies": queries.body_choices(bodies),
            "courses": desk.course_choices(),
            "older_url": _older(request.GET, page.older_after),
            "newer_url": "" if page.is_first else _older(request.GET, None),
        },
    )


@registrar_only
@require_http_methods(["GET", "POST"])
def submission_add(request: PersonRequest) -> HttpResponse:
    form = AddSubmissionForm(
        sent(request),
        editions=desk.edition_choices(),
        bodies=queries.bodies_by_place(),
        initial={"edition": request.GET.get("edition", ""), "body": request.GET.get("body", "")},
    )
    if request.method == "POST" and form.is_valid():
        slug, _colon, edition = form.cleaned_data["edition"].partition(":")
        try:
            made = domain.record_submission(
                course=get_object_or_404(Course, slug=slug),
                edition=int(edition),
                body=form.cleaned_data["body"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            if made.status != Status.DRAFT:
                messages.info(request, _("This one is on file already."))
            return redirect("licensing:office-submission-detail", uid=made.uid)
    return render(
        request,
        "licensing/office_submission_add.html",
        {
            "form": form,
            "crumbs": office_crumbs(
                (_("Submissions"), reverse("licensing:office-submission-list")),
                (_("Add"), ""),
            ),
        },
        status=422 if form.is_bound else 200,
    )


@registrar_only
@require_safe
def submission_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _page(request, _submission_or_404(uid))


@registrar_only
@require_POST
def submission_move(request: PersonRequest, uid: UUID) -> HttpResponse:
    submission = _submission_or_404(uid)
    to = request.POST.get("to", "")
    if to not in Status.values:
        messages.error(request, _("Choose what happened."))
        return _page(request, submission, status=422)
    target = Status(to)
    form = MoveForm(
        request.POST,
        request.FILES,
        submission=submission,
        to=target,
        approvers=_approvers(),
    )
    if form.is_valid():
        try:
            moved = domain.move_submission(
                submission,
                to=target,
                facts=form.facts() | {"note": form.cleaned_data["note"]} | _letter(form),
                by=request.user,
                now=timezone.now(),
            )
        except SubmissionRefused as refusal:
            form.add_problems(refusal.problems)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return _to_the_top(uid)
        else:
            messages.success(
                request, _("Recorded: %(status)s.") % {"status": moved.get_status_display()}
            )
            return _to_the_top(uid)
    return _page(request, submission, bound={target: form})


@registrar_only
@require_POST
def submission_correct(request: PersonRequest, uid: UUID) -> HttpResponse:
    submission = _submission_or_404(uid)
    form = CorrectionForm(
        request.POST, request.FILES, submission=submission, approvers=_approvers()
    )
    if form.is_valid():
        try:
            domain.correct_submission(
                submission,
                facts=form.facts() | _letter(form),
                note=form.cleaned_data["note"],
                by=request.user,
                now=timezone.now(),
            )
        except SubmissionRefused as refusal:
            form.add_problems(refusal.problems)
        else:
            messages.success(request, _("The correction is recorded."))
            return _to_the_top(uid)
    return _page(request, submission, correction=form)


@registrar_only
@require_POST
def submission_note(request: PersonRequest, uid: UUID) -> HttpResponse:
    """A message or note; a question of the body and our answer to it move the file as well."""
    submission = _submission_or_404(uid)
    form = MessageForm(request.POST, request.FILES, submission=submission)
    if form.is_valid():
        try:
            _keep_message(submission, form, by=request.user)
        except SubmissionRefused as refusal:
            form.add_problems(refusal.problems)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("licensing:office-submission-detail", uid=uid)
    return _page(request, submission, note=form)


def _keep_message(submission: Submission, form: MessageForm, *, by: User) -> None:
    now = timezone.now()
    given = form.cleaned_data
    upload = given["letter"]
    message = domain.Message(
        text=given["note"],
        direction=SubmissionEvent.Direction(given["direction"]),
        contact=given["contact"],
        happened_on=given["happened_on"] or by.local_date(now),
        file=letters.store_letter(upload, now=now) if upload else None,
    )
    if given.get("answers"):
        domain.answer_by_message(submission, message=message, by=by, now=now)
    elif given.get("asks"):
        domain.ask_by_message(
            submission, message=message, answer_due_on=given["answer_due_on"], by=by, now=now
        )
    else:
        domain.add_message(submission, message=message, by=by, now=now)


@registrar_only
@require_safe
def submission_letter(request: PersonRequest, uid: UUID, sha256: str) -> HttpResponseBase:
    """A letter of this submission, present or past, as a download."""
    submission = _submission_or_404(uid)
    if not domain.has_letter(submission, sha256):
        raise Http404
    file = get_object_or_404(StoredFile, area=StoredFile.Area.PRIVATE, sha256=sha256)
    extension = letters.EXTENSIONS.get(file.content_type, "bin")
    name = f"letter-{submission.body.code.lower()}-{submission.course.slug}.{extension}"
    response = HttpResponse(file.read(), content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _to_the_top(uid: UUID) -> HttpResponse:
    """Where the message stands. Without a place of its own, the page would keep the form's."""
    return redirect(f"{reverse('licensing:office-submission-detail', kwargs={'uid': uid})}#main")


def _submission_or_404(uid: UUID) -> Submission:
    return get_object_or_404(desk.submissions(), uid=uid)


def _approvers() -> Sequence[LicensingBody]:
    """Whose list a body may accept: national approvers first, then the other bodies."""
    return queries.bodies_by_place()


def _letter(form: MoveForm | CorrectionForm) -> dict[str, Any]:
    """The bytes are stored before the transaction; no new file keeps the old one."""
    upload = form.cleaned_data.get("letter")
    return {"letter": letters.store_letter(upload, now=timezone.now())} if upload else {}


def _page(
    request: PersonRequest,
    submission: Submission,
    *,
    bound: dict[Submission.Status, MoveForm] | None = None,
    correction: CorrectionForm | None = None,
    note: MessageForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = request.user.local_date(timezone.now())
    approvers = _approvers()
    row = desk.desk_rows([submission], today=today)[0]
    events = list(submission.events.all()[:MOST_EVENTS])
    bound = bound or {}
    targets = moves.allowed_moves(submission)
    # A form that was refused is shown even when somebody moved the file meanwhile.
    targets += [target for target in bound if target not in targets]
    return render(
        request,
        "licensing/office_submission_detail.html",
        {
            "crumbs": office_crumbs(
                (_("Submissions"), reverse("licensing:office-submission-list")),
                (f"{row.place}: {row.title}", ""),
            ),
            "row": row,
            "submission": submission,
            "facts": desk.known_facts(submission),
            "history": desk.history(events),
            "moves": [
                {
                    "to": target,
                    "label": move_words.move_label(submission, target),
                    "hint": move_words.MOVE_HINTS[target],
                    "form": bound.get(target)
                    or MoveForm(submission=submission, to=target, approvers=approvers),
                    "is_open": target in bound,
                }
                for target in targets
            ],
            "correction": correction or CorrectionForm(submission=submission, approvers=approvers),
            "is_correcting": correction is not None,
            "route": facts.ROUTES.get(submission.body.approval_model, "")
            if submission.status == Status.DRAFT
            else "",
            "can_be_renewed": submission.status in (Status.APPROVED, Status.ACCEPTS_LIST),
            "can_correct": bool(moves.STAGES[Status(submission.status)].facts),
            "is_noting": note is not None or submission.status == Status.MORE_INFO,
            "note_form": note or MessageForm(submission=submission),
        },
        status=422 if bound or correction or note else status,
    )


def _older(query: QueryDict, after: int | None) -> str:
    wanted = query.copy()
    wanted.pop("after", None)
    if after is None and "after" not in query:
        return ""
    if after is not None:
        wanted["after"] = str(after)
    return f"{reverse('licensing:office-submission-list')}?{wanted.urlencode()}".rstrip("?")
