"""Asking the office, on every page; and the person's own questions with their answers."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import latest_day_first
from ce_platform.core.ratelimit import Limit, client_address
from ce_platform.licensing.views.common import sent_files
from ce_platform.office.asking import domain
from ce_platform.office.asking.attachments import kept_attachment
from ce_platform.office.asking.context import context_of, page_of
from ce_platform.office.asking.forms import QuestionForm, VisitorQuestionForm, WriteOnForm
from ce_platform.office.asking.models import Thread, ThreadMessage
from courses.domain.handout import EXTENSIONS

# From one connection, and to one address: nobody's mailbox is to be filled from here.
VISITORS: Final = Limit("ask-from", 5, 3_600)
ADDRESSES: Final = Limit("ask-at", 5, 24 * 3_600)
PEOPLE: Final = Limit("ask-by", 20, 3_600)


@login_not_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """`page`: where they come from, so that nobody has to explain it."""
    user = request.user if isinstance(request.user, User) else None
    kind = QuestionForm if user else VisitorQuestionForm
    if request.method == "GET":
        return _form(request, kind(initial={"page": page_of(request.GET.get("page", ""))}))
    form = kind(*sent_files(request))
    if not form.is_valid():
        return _form(request, form, status=422)
    if isinstance(form, VisitorQuestionForm) and form.is_robot:
        return redirect("office:ask-sent")
    if _is_too_often(request, form, user):
        form.add_error(None, _("That is a lot for one hour. Wait a little; your text stays here."))
        return _form(request, form, status=429)
    try:
        thread = _asked(form, user)
    except DomainError as refusal:
        form.add_error("file" if form.cleaned_data.get("file") else None, str(refusal))
        return _form(request, form, status=422)
    if user is None:
        return redirect("office:ask-sent")
    messages.success(request, _("The office has your question. The answer comes by mail too."))
    return redirect(thread)


@login_not_required
@require_safe
def ask_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "office/asking/ask_sent.html")


@require_safe
def question_list(request: PersonRequest) -> HttpResponse:
    """The person's own threads, the newest talk first."""
    rows = Thread.objects.filter(user=request.user).defer("search_text")
    page = latest_day_first(rows, "last_at", after=request.GET.get("after"))
    return render(request, "office/asking/question_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def question_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Question and answers, and room to write more."""
    thread = get_object_or_404(
        Thread.objects.select_related("course__on_sale_version", "certificate"),
        uid=uid,
        user=request.user,
    )
    if request.method == "GET":
        return _thread(request, thread, WriteOnForm())
    form = WriteOnForm(*sent_files(request))
    if not form.is_valid():
        return _thread(request, thread, form, status=422)
    now = timezone.now()
    if PEOPLE.is_exceeded(str(request.user.pk), now=now):
        form.add_error(None, _("That is a lot for one hour. Wait a little; your text stays here."))
        return _thread(request, thread, form, status=429)
    upload = form.cleaned_data.get("file")
    try:
        with kept_attachment(upload, now=now) as attachment:
            domain.write_on(
                thread,
                uid=form.uid_sent,
                text=form.cleaned_data["text"],
                by=request.user,
                attachment=attachment,
                now=now,
            )
    except DomainError as refusal:
        form.add_error("file" if upload else None, str(refusal))
        return _thread(request, thread, form, status=422)
    messages.success(request, _("The office has it."))
    return redirect(thread)


@require_safe
def question_file(request: PersonRequest, uid: UUID, message: UUID) -> HttpResponseBase:
    """What hangs on one of the person's own messages, or on an answer to them."""
    row = get_object_or_404(
        ThreadMessage.objects.select_related("file").exclude(author=ThreadMessage.Author.NOTE),
        uid=message,
        thread__uid=uid,
        thread__user=request.user,
        file__isnull=False,
    )
    return file_response(row)


def file_response(row: ThreadMessage) -> HttpResponse:
    """A download, never a page: it came from somebody else."""
    if row.file is None:
        raise Http404
    response = HttpResponse(row.file.read(), content_type=row.file.content_type)
    extension = EXTENSIONS.get(row.file.content_type, "bin")
    response["Content-Disposition"] = (
        f'attachment; filename="question-{row.at:%Y-%m-%d}.{extension}"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _asked(form: QuestionForm, user: User | None) -> Thread:
    """Errors: DomainError."""
    now = timezone.now()
    data = form.cleaned_data
    upload = data.get("file") if user else None
    with kept_attachment(upload, now=now) as attachment:
        return domain.ask(
            uid=form.uid_sent,
            text=data["text"],
            context=context_of(page_of(data["page"]), user=user),
            user=user,
            email=data.get("email", ""),
            name=data.get("name", ""),
            attachment=attachment,
            now=now,
        )


def _is_too_often(request: HttpRequest, form: QuestionForm, user: User | None) -> bool:
    now = timezone.now()
    if user is not None:
        return PEOPLE.is_exceeded(str(user.pk), now=now)
    return VISITORS.is_exceeded(client_address(request), now=now) or ADDRESSES.is_exceeded(
        form.cleaned_data["email"], now=now
    )


def _form(request: HttpRequest, form: QuestionForm, *, status: int = 200) -> HttpResponse:
    page = page_of(str(form["page"].value() or ""))
    user = request.user if isinstance(request.user, User) else None
    return render(
        request,
        "office/asking/ask.html",
        {
            "form": form,
            "context": context_of(page, user=user) if page else None,
            "crumbs": [*_crumbs(), {"label": _("Ask the office"), "url": ""}] if user else [],
        },
        status=status,
    )


def _thread(
    request: PersonRequest, thread: Thread, form: WriteOnForm, *, status: int = 200
) -> HttpResponse:
    rows = (
        thread.messages.exclude(author=ThreadMessage.Author.NOTE)
        .select_related("by", "file")
        .order_by("pk")
    )
    return render(
        request,
        "office/asking/question_detail.html",
        {
            "thread": thread,
            "said": list(rows),
            "form": form,
            "crumbs": [*_crumbs(), {"label": thread.title, "url": ""}],
        },
        status=status,
    )


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("My questions"), "url": reverse("office:question-list")}]
