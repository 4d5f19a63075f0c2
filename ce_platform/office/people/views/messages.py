"""Messages to the learners of a course: written, looked at, sent once, kept."""

from uuid import UUID

from django.contrib import messages as flashes
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.jobs import State, state_of
from ce_platform.core.mail_page import html_page
from ce_platform.core.paging import newest_first
from ce_platform.office.people import messages
from ce_platform.office.people.bulk_forms import MessageForm
from ce_platform.office.people.models import CourseMessage
from courses import queries


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def message_list(request: PersonRequest) -> HttpResponse:
    """Those so far, and a new one; nothing is sent before it was looked at."""
    courses = list(queries.on_sale().order_by("on_sale_version__title", "pk"))
    if request.method != "POST":
        form = MessageForm(
            courses=courses,
            initial={"to": CourseMessage.To.OPEN, "course": request.GET.get("course", "")},
        )
        return _list_page(request, form)
    form = MessageForm(request.POST, courses=courses)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    try:
        kept = messages.keep_message(
            form.by_slug[form.cleaned_data["course"]],
            to=form.cleaned_data["to"],
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _list_page(request, form, status=422)
    return redirect("office:message-detail", uid=kept.uid)


@registrar_only
@require_safe
def message_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    """As a reader gets it, and who that is."""
    message = _message_or_404(uid)
    subject, body = messages.preview_of(message)
    job = message.job
    return render(
        request,
        "office/people/message_detail.html",
        {
            "message": message,
            "subject": subject,
            "body": body,
            "reader_count": messages.readers_of(message).count() if job is None else None,
            "job": job,
            "state": _state(message),
            "is_at_work": job is not None and job.is_unfinished,
            "crumbs": _crumbs(message.subject),
        },
    )


@registrar_only
@require_safe
def message_html(request: PersonRequest, uid: UUID) -> HttpResponse:
    return html_page(*messages.preview_of(_message_or_404(uid)))


@registrar_only
@require_POST
def message_send(request: PersonRequest, uid: UUID) -> HttpResponse:
    try:
        messages.send_message(_message_or_404(uid), by=request.user, now=timezone.now())
    except DomainError as refusal:
        flashes.error(request, str(refusal))
    return redirect("office:message-detail", uid=uid)


@registrar_only
@require_POST
def message_discard(request: PersonRequest, uid: UUID) -> HttpResponse:
    try:
        messages.discard_message(_message_or_404(uid), by=request.user, now=timezone.now())
    except DomainError as refusal:
        flashes.error(request, str(refusal))
        return redirect("office:message-detail", uid=uid)
    flashes.success(request, _("The message is thrown away. Nobody got it."))
    return redirect("office:message-list")


def _message_or_404(uid: UUID) -> CourseMessage:
    return get_object_or_404(
        CourseMessage.objects.select_related("job", "course__on_sale_version"), uid=uid
    )


def _state(message: CourseMessage) -> State:
    if message.job is None:
        return State(_("Not sent"), "wait")
    return state_of(message.job)


def _list_page(request: PersonRequest, form: MessageForm, *, status: int = 200) -> HttpResponse:
    page = newest_first(
        CourseMessage.objects.select_related("job", "course__on_sale_version").defer(
            "course__on_sale_version__canonical_text", "course__on_sale_version__search_text"
        ),
        after=request.GET.get("after"),
        size=10,
    )
    return render(
        request,
        "office/people/messages.html",
        {
            "form": form,
            "page": page,
            "rows": [{"message": row, "state": _state(row)} for row in page.rows],
            "crumbs": _crumbs(),
        },
        status=status,
    )


def _crumbs(title: str = "") -> list[dict[str, str]]:
    crumbs = [
        {"label": _("People"), "url": reverse("office:person-list")},
        {"label": _("Messages to a course"), "url": reverse("office:message-list")},
    ]
    return [*crumbs, {"label": title, "url": ""}] if title else crumbs
