"""A large file on its way in, asked for by `studio-recordings.js`: begin, piece by piece, finish.

Every answer says how much is here, so that a browser that lost the network, or was closed, goes
on from there.
"""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.domain import uploading as domain
from courses.domain.errors import WrongOffset
from courses.models import Recording, Upload
from courses.studio.forms_recording import UploadForm
from courses.studio.rules import draft_or_404
from courses.studio.views.common import say_refusal


@staff_only
@require_POST
def upload_begin(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    form = UploadForm(request.POST)
    if not form.is_valid():
        return _refused("Choose the file once more.")
    told = form.cleaned_data
    replaces = None
    if told["replaces"]:
        replaces = get_object_or_404(Recording, version=version, key=told["replaces"])
    try:
        upload = domain.begin_upload(
            version,
            file_name=told["file_name"],
            size_bytes=told["size"],
            fingerprint=told["fingerprint"],
            replaces=replaces,
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as error:
        return _refused(str(error))
    return JsonResponse(_state(slug, upload))


@staff_only
@require_http_methods(["GET", "HEAD", "POST", "PUT"])
def upload_piece(request: PersonRequest, slug: str, uid: UUID) -> HttpResponse:
    """GET: how far it is. PUT or POST: the bytes that follow, at `Upload-Offset`. 409: they do
    not follow, with the place that does."""
    upload = _upload_or_404(request, slug, uid)
    if request.method in ("GET", "HEAD"):
        return JsonResponse(_state(slug, upload))
    offset = request.headers.get("Upload-Offset", "")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not offset.isdecimal() or len(offset) > 15 or not length.isdecimal():
        return _refused("The piece does not say where it belongs.")
    if int(length) > domain.LARGEST_PIECE:
        return _refused("A piece has at most 4 MB.")
    try:
        upload = domain.add_piece(
            upload, offset=int(offset), content=request.body, now=timezone.now()
        )
    except WrongOffset:
        upload.refresh_from_db()
        return JsonResponse(_state(slug, upload), status=409)
    except DomainError as error:
        return _refused(str(error))
    return JsonResponse(_state(slug, upload))


@staff_only
@require_POST
def upload_finish(request: PersonRequest, slug: str, uid: UUID) -> HttpResponse:
    """All is here; also asked by a plain form when the work on it failed for no fault of its."""
    upload = _upload_or_404(request, slug, uid)
    is_script = _is_script(request)
    try:
        upload = domain.finish_upload(upload, now=timezone.now())
    except DomainError as error:
        if is_script:
            return _refused(str(error))
        say_refusal(request, error)
    if is_script:
        return JsonResponse(_state(slug, upload))
    return redirect("courses:studio-recordings", slug=slug)


@staff_only
@require_POST
def upload_drop(request: PersonRequest, slug: str, uid: UUID) -> HttpResponse:
    upload = _upload_or_404(request, slug, uid)
    try:
        domain.drop_upload(upload)
    except DomainError as error:
        say_refusal(request, error)
    # A file that was to replace a recording is shown there, unless that is gone.
    key = upload.replaces_key
    if key and Recording.objects.filter(version=draft_or_404(request, slug), key=key).exists():
        return redirect("courses:studio-recording", slug=slug, key=key)
    return redirect("courses:studio-recordings", slug=slug)


def _upload_or_404(request: PersonRequest, slug: str, uid: UUID) -> Upload:
    """One's own, in a course one may write; 403 and 404 as for the draft."""
    version = draft_or_404(request, slug)
    upload = domain.find_upload(version.course, uid, by=request.user)
    if upload is None:
        raise Http404
    return upload


def _state(slug: str, upload: Upload) -> dict[str, Any]:
    """`state`: receiving | inspecting | refused. One that became a recording is 404."""
    state = "receiving"
    if upload.refusal:
        state = "refused"
    elif upload.finished_at is not None:
        state = "inspecting"
    return {
        "state": state,
        "received": upload.received_bytes,
        "size": upload.size_bytes,
        "sentence": upload.refusal,
        "url": reverse("courses:studio-upload", args=[slug, upload.uid]),
        "finish_url": reverse("courses:studio-upload-finish", args=[slug, upload.uid]),
        "drop_url": reverse("courses:studio-upload-drop", args=[slug, upload.uid]),
    }


def _refused(sentence: str) -> JsonResponse:
    return JsonResponse({"state": "refused", "sentence": sentence}, status=422)


def _is_script(request: PersonRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"
