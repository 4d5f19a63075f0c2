"""Pictures, drawings, recordings by their SHA-256: bytes that never change under one address."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import is_instructor, is_registrar
from ce_platform.core.models import StoredFile
from ce_platform.core.text import sha256_text
from courses.domain import handout as handouts
from courses.models import ChartView, CourseVersion, Enrollment, Figure, Handout, Recording
from courses.parts import parts
from courses.recordings import EXTENSIONS
from courses.studio.rules import courses_of
from courses.views.streaming import stream_file

ONE_YEAR = 60 * 60 * 24 * 365
PICTURE_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}


@login_not_required
@require_safe
def figure(request: HttpRequest, sha256: str, extension: str) -> HttpResponse:
    if len(sha256) != 64 or extension not in PICTURE_TYPES:
        raise Http404
    figures = Figure.objects.filter(Q(file__sha256=sha256) | Q(sizes_json__contains=sha256))
    is_public = _is_public_or_404(request, figures, "version", sha256=sha256)
    return _media(sha256, PICTURE_TYPES[extension], is_public=is_public)


@login_not_required
@require_safe
def drawing(request: HttpRequest, sha256: str) -> HttpResponse:
    views = ChartView.objects.filter(drawing__sha256=sha256)
    is_public = _is_public_or_404(request, views, "chart__version", sha256=sha256)
    answer = _media(sha256, "image/svg+xml", is_public=is_public)
    # Only plain shapes are let in at import; opened by itself a drawing still may do nothing.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@login_not_required
@require_safe
def recording(request: HttpRequest, sha256: str, extension: str) -> HttpResponseBase:
    """Sound or film, from the middle when a player asks so."""
    file = _file_or_404(sha256, *(t for t, known in EXTENSIONS.items() if known == extension))
    rows = Recording.objects.filter(file=file)
    is_public = _is_public_or_404(request, rows, "version")
    return _kept(stream_file(request, file), is_public=is_public)


@login_not_required
@require_safe
def poster(request: HttpRequest, sha256: str) -> HttpResponse:
    rows = Recording.objects.filter(poster__sha256=sha256)
    is_public = _is_public_or_404(request, rows, "version")
    return _media(sha256, "image/webp", is_public=is_public)


@login_not_required
@require_safe
def captions(request: HttpRequest, key: UUID, sha256: str) -> HttpResponse:
    """The captions of a recording; they stand in its rows, one text per version at most."""
    texts = Recording.objects.filter(key=key).exclude(captions="").values_list("pk", "captions")
    same = {pk: text for pk, text in texts if sha256_text(text) == sha256}
    rows = Recording.objects.filter(pk__in=same)
    is_public = _is_public_or_404(request, rows, "version")
    answer = HttpResponse(next(iter(same.values())), content_type="text/vtt; charset=utf-8")
    answer["ETag"] = f'"{sha256}"'
    _kept(answer, is_public=is_public)
    return answer


@login_not_required
@require_safe
def handout(request: HttpRequest, sha256: str, name: str) -> HttpResponseBase:
    """To be kept, never to be opened as a page of this site."""
    file = _file_or_404(sha256, *handouts.EXTENSIONS)
    rows = Handout.objects.filter(file=file, file_name=name)
    is_public = _is_public_or_404(request, rows, "version")
    answer = stream_file(request, file)
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _kept(answer, is_public=is_public)


def _file_or_404(sha256: str, *content_types: str) -> StoredFile:
    return get_object_or_404(
        StoredFile,
        area=StoredFile.Area.COURSE_MEDIA,
        sha256=sha256,
        content_type__in=content_types,
    )


def _is_public_or_404(
    request: HttpRequest, rows: "QuerySet[Model]", version: str, *, sha256: str = ""
) -> bool:
    """True when everybody may see it, False when this person may; 404 otherwise.

    `rows` are the places where the file stands; `version` is the way from there to the version.
    `sha256`: of a file that parts of the course may go on to show after those rows are gone.
    """
    try:
        return _is_public(request, rows, version)
    except Http404:
        if not StoredFile.objects.filter(sha256=sha256).exists():
            raise
        ids = {each for part in parts() for each in part.versions_showing(sha256)}
        return _is_public(request, CourseVersion.objects.filter(pk__in=ids), "pk")


def _is_public(request: HttpRequest, rows: "QuerySet[Model]", version: str) -> bool:
    status = "status" if version == "pk" else f"{version}__status"
    if rows.filter(**{status: CourseVersion.Status.PUBLISHED}).exists():
        return True
    if isinstance(request.user, User) and rows.filter(_theirs(request.user, version)).exists():
        return False
    raise Http404


def _theirs(user: User, version: str) -> Q:
    """Places in versions that this person learns from or works on; the office sees all.

    Whoever moved to a newer version looks back at attempts as they were in the earlier one, so
    learners see what the retired versions of their course show. Everybody saw it once.
    """
    if is_registrar(user):
        return Q()
    prefix = "" if version == "pk" else f"{version}__"
    course = f"{prefix}course"
    enrollments = Enrollment.objects.filter(user=user)
    mine = Q(**{f"{version}__in": enrollments.values("version")})
    mine |= Q(
        **{
            f"{prefix}status": CourseVersion.Status.RETIRED,
            f"{course}__in": enrollments.values("course"),
        }
    )
    if is_instructor(user):
        mine |= Q(**{f"{course}__in": courses_of(user).values("pk")})
    return mine


def _media(sha256: str, content_type: str, *, is_public: bool) -> HttpResponse:
    file = get_object_or_404(
        StoredFile, area=StoredFile.Area.COURSE_MEDIA, sha256=sha256, content_type=content_type
    )
    answer = HttpResponse(file.read(), content_type=content_type)
    answer["ETag"] = f'"{sha256}"'
    _kept(answer, is_public=is_public)
    return answer


def _kept(answer: HttpResponseBase, *, is_public: bool) -> HttpResponseBase:
    """For a year, by everybody or by this browser alone; and taken for nothing else."""
    answer["X-Content-Type-Options"] = "nosniff"
    if answer.status_code < 400:
        patch_cache_control(
            answer,
            max_age=ONE_YEAR,
            immutable=True,
            **({"public": True} if is_public else {"private": True}),
        )
    return answer
