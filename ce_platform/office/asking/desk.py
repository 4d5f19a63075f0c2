"""Questions in the office: what waits, one thread, what is done with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean
from ce_platform.licensing.views.common import sent_files
from ce_platform.office.asking import domain, queries, replies
from ce_platform.office.asking.attachments import kept_attachment
from ce_platform.office.asking.erasing import erase_question
from ce_platform.office.asking.forms import (
    AssignForm,
    AttachForm,
    EraseForm,
    LogForm,
    OfficeWriteForm,
)
from ce_platform.office.asking.models import Thread, ThreadMessage
from ce_platform.office.asking.views import file_response

Channel = ThreadMessage.Channel


@registrar_only
@require_safe
def question_list(request: PersonRequest) -> HttpResponse:
    """What waits first, the longest waiting on top; every other state by the newest talk."""
    state = request.GET.get("status", "open")
    state = state if state in queries.STATES else "open"
    query = " ".join(clean(request.GET.get("q", "")).split())[:120]
    is_mine = request.GET.get("mine") == "1"
    now = timezone.now()
    page = queries.threads_page(
        state=state,
        query=query,
        assigned_to=request.user.pk if is_mine else None,
        after=request.GET.get("after"),
    )
    return render(
        request,
        "office/asking/office_question_list.html",
        {
            "page": page,
            "rows": [(row, queries.waited(row.waiting_since, now=now)) for row in page.rows],
            "status": state,
            "states": queries.STATES.items(),
            "query": query,
            "is_mine": is_mine,
        },
    )


@registrar_only
@require_http_methods(["GET", "POST"])
def question_new(request: PersonRequest) -> HttpResponse:
    """Somebody called or wrote a mail: it becomes a thread, answered like any other."""
    if request.method == "GET":
        form = LogForm(initial={"email": clean(request.GET.get("email", ""))[:254]})
        return _new(request, form)
    form = LogForm(request.POST)
    if not form.is_valid():
        return _new(request, form, status=422)
    data = form.cleaned_data
    email = data["email"].lower()
    user = User.objects.filter(email=email, closed_at__isnull=True).first() if email else None
    try:
        thread = domain.log_contact(
            uid=form.uid_sent,
            text=data["text"],
            channel=data["channel"],
            by=request.user,
            user=user,
            email=email,
            name=data["name"],
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _new(request, form, status=422)
    messages.success(request, _("Noted. Answer it below, or close it."))
    return redirect("office:office-question-detail", uid=thread.uid)


@registrar_only
@require_safe
def question_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _detail(request, _found(uid), OfficeWriteForm())


@registrar_only
@require_POST
def question_write(request: PersonRequest, uid: UUID) -> HttpResponse:
    """`how`: answer, called (answered by phone), note, mail or phone (what the person said); or
    begin: nothing is written, the form comes back with a saved reply in it."""
    thread = _found(uid)
    if thread.erased_at is not None:  # Its page has no form any more; an old tab may.
        messages.error(request, _("What was said here is erased, and nothing can be added to it."))
        return redirect("office:office-question-detail", uid=thread.uid)
    if request.POST.get("how") == "begin":
        return _detail(request, thread, _begun(request))
    form = OfficeWriteForm(*sent_files(request))
    how = request.POST.get("how", "answer")
    if not form.is_valid():
        return _detail(request, thread, form, status=422)
    try:
        said = _written(thread, form, how=how, by=request.user)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _detail(request, thread, form, status=422)
    messages.success(request, said)
    return redirect("office:office-question-detail", uid=thread.uid)


@registrar_only
@require_POST
def question_state(request: PersonRequest, uid: UUID) -> HttpResponse:
    thread = _found(uid)
    change = domain.reopen if request.POST.get("to") == "open" else domain.close
    try:
        change(thread, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It waits again.") if change is domain.reopen else _("Closed."))
    return redirect("office:office-question-detail", uid=thread.uid)


@registrar_only
@require_POST
def question_assign(request: PersonRequest, uid: UUID) -> HttpResponse:
    thread = _found(uid)
    form = AssignForm(request.POST, colleagues=list(queries.colleagues()))
    if not form.is_valid():
        return _detail(request, thread, OfficeWriteForm(), assign_form=form, status=422)
    domain.assign(thread, to=form.cleaned_data["to"], by=request.user, now=timezone.now())
    return redirect("office:office-question-detail", uid=thread.uid)


@registrar_only
@require_POST
def question_attach(request: PersonRequest, uid: UUID) -> HttpResponse:
    """A visitor's question is given to the person it belongs to."""
    thread = _found(uid)
    form = AttachForm(request.POST)
    if not form.is_valid():
        return _detail(request, thread, OfficeWriteForm(), attach_form=form, status=422)
    try:
        domain.attach_to(thread, form.cleaned_data["email"], by=request.user, now=timezone.now())
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _detail(request, thread, OfficeWriteForm(), attach_form=form, status=422)
    messages.success(request, _("It stands at the person now."))
    return redirect("office:office-question-detail", uid=thread.uid)


@registrar_only
@fresh_sign_in
@require_POST
def question_erase(request: PersonRequest, uid: UUID) -> HttpResponse:
    """A visitor’s, who has no account to close."""
    thread = _found(uid)
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _detail(request, thread, OfficeWriteForm(), erase_form=form, status=422)
    try:
        erase_question(
            thread, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Erased: name, address, texts, files, and the mails."))
    return redirect("office:office-question-detail", uid=thread.uid)


@registrar_only
@require_safe
def question_file(request: PersonRequest, uid: UUID, message: UUID) -> HttpResponseBase:
    row = get_object_or_404(
        ThreadMessage.objects.select_related("file"),
        uid=message,
        thread__uid=uid,
        file__isnull=False,
    )
    return file_response(row)


def _begun(request: PersonRequest) -> OfficeWriteForm:
    """What was typed so far, and the reply below it."""
    uid, typed = request.POST.get("reply", ""), clean(request.POST.get("text", "")).strip()
    reply = next((row for row in replies.saved_replies() if str(row.uid) == uid), None)
    texts = [typed, reply.text if reply else ""]
    return OfficeWriteForm(initial={"text": "\n\n".join(text for text in texts if text)})


def _written(thread: Thread, form: OfficeWriteForm, *, how: str, by: User) -> str:
    """What to tell. Errors: DomainError."""
    now = timezone.now()
    uid, text = form.uid_sent, form.cleaned_data["text"]
    if how == "note":
        domain.add_note(thread, uid=uid, text=text, by=by, now=now)
        return _("Noted for the office; nobody else sees it.")
    if how in (Channel.MAIL, Channel.PHONE):
        domain.note_said(thread, uid=uid, text=text, channel=how, by=by, now=now)
        return _("Noted as what they said. It waits for an answer.")
    upload = form.cleaned_data.get("file")
    is_called = how == "called"
    with kept_attachment(upload, now=now) as attachment:
        domain.answer(
            thread,
            uid=uid,
            text=text,
            seen=form.cleaned_data["seen"] or 0,
            channel=Channel.PHONE if is_called else Channel.PAGE,
            attachment=attachment,
            by=by,
            now=now,
        )
    if is_called:
        return _("Noted as answered by phone.")
    return _("Sent to %(address)s.") % {"address": thread.answer_address}


def _found(uid: UUID) -> Thread:
    return get_object_or_404(
        Thread.objects.select_related(
            "user", "assigned_to", "course__on_sale_version", "certificate"
        ),
        uid=uid,
    )


def _detail(
    request: PersonRequest,
    thread: Thread,
    form: OfficeWriteForm,
    *,
    attach_form: AttachForm | None = None,
    assign_form: AssignForm | None = None,
    erase_form: EraseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    said = list(thread.messages.select_related("by", "file", "mail").order_by("pk"))
    newest = said[-1].pk if said else 0
    if form.is_bound:
        # What came meanwhile stands above now: sending again means it was seen.
        form.data = {**dict(form.data.items()), "seen": str(newest)}
    else:
        form.initial["seen"] = newest
    others = list(queries.colleagues())
    return render(
        request,
        "office/asking/office_question_detail.html",
        {
            "thread": thread,
            "said": said,
            "form": form,
            "waited": queries.waited(thread.waiting_since, now=timezone.now()),
            "replies": replies.saved_replies(),
            "erase_form": erase_form or EraseForm(),
            "attach_form": attach_form or AttachForm(initial={"email": thread.email}),
            "assign_form": assign_form
            or AssignForm(
                colleagues=others,
                initial={"to": str(thread.assigned_to.uid) if thread.assigned_to else ""},
            ),
            "crumbs": _crumbs(thread.title),
        },
        status=status,
    )


def _new(request: PersonRequest, form: LogForm, *, status: int = 200) -> HttpResponse:
    return render(
        request,
        "office/asking/office_question_new.html",
        {"form": form, "crumbs": _crumbs(_("Note a call or a mail"))},
        status=status,
    )


def _crumbs(here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Questions"), "url": reverse("office:office-question-list")},
        {"label": here, "url": ""},
    ]
