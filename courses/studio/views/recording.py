"""Video and audio of a course: the list, and one recording with its captions and transcript."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.captions import CaptionsRefused
from courses.domain import recording as domain
from courses.domain.errors import ChangedMeanwhile
from courses.domain.media_time import used_in
from courses.domain.unseen import state_of, texts_of
from courses.domain.uploading import send_whole, uploads_of
from courses.models import CourseVersion, Recording
from courses.reading import duration_in_words, recording_data, recording_record, size_in_words
from courses.studio.forms import SeenForm
from courses.studio.forms_recording import (
    CaptionsForm,
    RecordingFileForm,
    RecordingTextsForm,
    TranscriptForm,
)
from courses.studio.rules import draft_or_404, version_or_404
from courses.studio.views.common import say_refusal, status_of, studio_page


@staff_only
@require_safe
def recording_list(request: PersonRequest, slug: str) -> HttpResponse:
    return _list(request, version_or_404(request, slug), RecordingFileForm())


def _list(
    request: PersonRequest, version: CourseVersion, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    places = used_in(version, "recording")
    rows = [
        {
            "recording": each,
            "shown": recording_data(recording_record(each), id="", transcript=""),
            "duration": duration_in_words(each.duration_ms),
            "lessons": places.get(each.slug, []),
        }
        for each in version.recordings.select_related("file", "poster").order_by("title", "pk")
    ]
    return studio_page(
        request,
        "studio/recording_list.html",
        version,
        {"rows": rows, "form": form, "uploads": _uploads(request, version)},
        here=_("Video and audio"),
        status=status,
    )


def _uploads(
    request: PersonRequest, version: CourseVersion, replaces: Recording | None = None
) -> list[dict[str, Any]]:
    """What this person has on its way, for the list or for one recording."""
    return [
        {
            "upload": each,
            "percent": each.received_bytes * 100 // each.size_bytes,
            "size": size_in_words(each.size_bytes),
            "is_all_here": each.received_bytes == each.size_bytes,
        }
        for each in uploads_of(version.course, by=request.user)
        if replaces is None or each.replaces_key == replaces.key
    ]


@staff_only
@require_POST
def recording_add(request: PersonRequest, slug: str) -> HttpResponse:
    """A file sent whole, by the form without JavaScript."""
    version = draft_or_404(request, slug)
    form = RecordingFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            send_whole(version, form.cleaned_data["file"], by=request.user, now=timezone.now())
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("The file is here. It is being looked into."))
            return redirect("courses:studio-recordings", slug=slug)
    return _list(request, version, form, status=422)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def recording_detail(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """The player and everything about it. POST: title and credit."""
    if request.method != "POST":
        version = version_or_404(request, slug)
        return _page(request, version, _recording_or_404(version, key))
    version = draft_or_404(request, slug)
    recording = _recording_or_404(version, key)
    form = RecordingTextsForm(request.POST)
    return _saved(
        request, version, recording, "texts", form,
        lambda: domain.save_recording_texts(
            version, key, **form.cleaned_data, by=request.user, now=timezone.now()
        ),
    )  # fmt: skip


@staff_only
@require_POST
def recording_captions(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    recording = _recording_or_404(version, key)
    form = CaptionsForm(request.POST, request.FILES)
    return _saved(
        request, version, recording, "captions", form,
        lambda: domain.set_captions(
            version, key, text=form.captions, language=form.cleaned_data["language"],
            based_on=form.cleaned_data["based_on"], by=request.user, now=timezone.now(),
        ),
    )  # fmt: skip


@staff_only
@require_POST
def recording_transcript(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """The transcript as typed, or made from the captions."""
    version = draft_or_404(request, slug)
    recording = _recording_or_404(version, key)
    from_captions = request.POST.get("from") == "captions"
    # Nothing was typed then, and the field goes on showing what is there.
    sent = {"text": recording.transcript, "based_on": request.POST.get("based_on", "")}
    form = TranscriptForm(sent if from_captions else request.POST)

    def save() -> Recording:
        now, based_on = timezone.now(), form.cleaned_data["based_on"]
        if from_captions:
            return domain.transcript_from_captions(
                version, key, based_on=based_on, by=request.user, now=now
            )
        return domain.save_transcript(
            version,
            key,
            text=form.cleaned_data["text"],
            based_on=based_on,
            by=request.user,
            now=now,
        )

    return _saved(request, version, recording, "transcript", form, save)


@staff_only
@require_POST
def recording_replace(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """Another file for it, sent whole by the form without JavaScript."""
    version = draft_or_404(request, slug)
    recording = _recording_or_404(version, key)
    form = RecordingFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            send_whole(
                version, form.cleaned_data["file"], replaces=recording, by=request.user,
                now=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("The file is here. It is being looked into."))
            return redirect("courses:studio-recording", slug=slug, key=key)
    return _page(request, version, recording, status=422, file=form)


@staff_only
@require_POST
def recording_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    _recording_or_404(version, key)
    try:
        title = domain.remove_recording(version, key, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
        return redirect("courses:studio-recording", slug=slug, key=key)
    messages.success(request, _("Removed “%(title)s”.") % {"title": title})
    return redirect("courses:studio-recordings", slug=slug)


def _saved(
    request: PersonRequest,
    version: CourseVersion,
    recording: Recording,
    name: str,
    form: SeenForm,
    save: Callable[[], Recording],
) -> HttpResponse:
    """Save what one of the forms says, or show the page again with what is wrong."""
    if form.is_valid():
        try:
            save()
        except CaptionsRefused as refused:
            for line, sentence in refused.problems:
                form.add_error(
                    "file" if request.FILES else "text",
                    _("Line %(line)s: %(sentence)s") % {"line": line, "sentence": sentence},
                )
        except ChangedMeanwhile as moved:
            form.carry(moved)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            url = redirect("courses:studio-recording", slug=version.course.slug, key=recording.key)
            url["Location"] += f"#{name}"
            return url
    return _page(request, version, recording, status=status_of(form), **{name: form})


def _page(
    request: PersonRequest,
    version: CourseVersion,
    recording: Recording,
    *,
    status: int = 200,
    **bound: forms.Form,
) -> HttpResponse:
    shown = recording_data(recording_record(recording), id="player", transcript="")
    page_forms = {
        "texts": RecordingTextsForm(
            initial={
                **texts_of(recording, domain.TEXTS),
                "based_on": state_of(recording, domain.TEXTS),
            }
        ),
        "captions": CaptionsForm(
            initial={
                "language": recording.captions_language or version.language,
                "text": recording.captions,
                "based_on": state_of(recording, domain.CAPTIONS),
            }
        ),
        "transcript": TranscriptForm(
            initial={
                "text": recording.transcript,
                "based_on": state_of(recording, domain.TRANSCRIPT),
            }
        ),
        "file": RecordingFileForm(),
        **bound,
    }
    # Four forms on one page: the fields of each have names of their own.
    for name, form in page_forms.items():
        form.auto_id = f"id_{name}_%s"
    return studio_page(
        request,
        "studio/recording.html",
        version,
        {
            "recording": recording,
            "shown": shown,
            "forms": page_forms,
            "wrong": next(iter(bound.values()), None),
            "lessons": used_in(version, "recording").get(recording.slug, []),
            "uploads": _uploads(request, version, recording),
            "size": size_in_words(recording.file.size_bytes),
        },
        here=recording.title,
        status=status,
    )


def _recording_or_404(version: CourseVersion, key: UUID) -> Recording:
    return get_object_or_404(
        Recording.objects.select_related("file", "poster"), version=version, key=key
    )
