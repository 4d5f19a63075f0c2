"""The office's saved replies: a list, and a page for each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.office.asking import replies
from ce_platform.office.asking.forms import SavedReplyForm
from ce_platform.office.asking.models import SavedReply


@registrar_only
@require_safe
def reply_list(request: PersonRequest) -> HttpResponse:
    return render(
        request,
        "office/asking/reply_list.html",
        {"replies": replies.saved_replies(), "crumbs": _crumbs(_("Saved replies"))[:2]},
    )


@registrar_only
@require_http_methods(["GET", "POST"])
def reply_new(request: PersonRequest) -> HttpResponse:
    return _edited(request, None)


@registrar_only
@require_http_methods(["GET", "POST"])
def reply_edit(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _edited(request, get_object_or_404(SavedReply, uid=uid))


@registrar_only
@require_POST
def reply_remove(request: PersonRequest, uid: UUID) -> HttpResponse:
    reply = get_object_or_404(SavedReply, uid=uid)
    replies.remove_reply(reply, by=request.user, now=timezone.now())
    messages.success(request, _("“%s” is taken away.") % reply.title)
    return redirect("office:office-reply-list")


def _edited(request: PersonRequest, reply: SavedReply | None) -> HttpResponse:
    kept = {"title": reply.title, "text": reply.text} if reply else None
    if request.method == "GET":
        return _page(request, SavedReplyForm(initial=kept), reply)
    form = SavedReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, form, reply, status=422)
    try:
        replies.keep_reply(
            reply,
            title=form.cleaned_data["title"],
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
        )
    except replies.ReplyRefused as refusal:
        form.add_error("title", str(refusal))
        return _page(request, form, reply, status=422)
    messages.success(request, _("Kept."))
    return redirect("office:office-reply-list")


def _page(
    request: PersonRequest, form: SavedReplyForm, reply: SavedReply | None, *, status: int = 200
) -> HttpResponse:
    title = reply.title if reply else _("New reply")
    context = {"form": form, "reply": reply, "title": title, "crumbs": _crumbs(title)}
    return render(request, "office/asking/reply_edit.html", context, status=status)


def _crumbs(here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Questions"), "url": reverse("office:office-question-list")},
        {"label": _("Saved replies"), "url": reverse("office:office-reply-list")},
        {"label": here, "url": ""},
    ]
