"""The dates of a live course: planned by its authors and the office; the office says who came."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, is_registrar, staff_only
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from courses.domain import live as domain
from courses.forms_live import AttendanceForm, SessionForm
from courses.hours import minutes_needed
from courses.models import Attendance, Course, CourseVersion, LiveSession, long_texts
from courses.studio.rules import may_write, studio_course_or_404, version_or_404
from courses.studio.views.common import say_refusal, studio_page


@staff_only
@require_safe
def session_list(request: PersonRequest, slug: str) -> HttpResponse:
    version = version_or_404(request, slug)
    now = timezone.now()
    live = _live_versions(version)
    sessions = LiveSession.objects.filter(course=version.course).order_by("-starts_at", "-pk")[:200]
    numbers = {
        row["session"]: row["people"]
        for row in Attendance.objects.filter(session__course=version.course)
        .values("session")
        .annotate(people=Count("pk"))
    }
    return studio_page(
        request,
        "studio/sessions.html",
        version,
        {
            "editions": [
                {
                    "version": each,
                    "needed": minutes_needed(each.credit_hours),
                    "sessions": [
                        {
                            "session": session,
                            "authors": session.instructor_lines,
                            "people": numbers.get(session.pk, 0),
                            **_state(session, now=now),
                        }
                        for session in sessions
                        if session.edition == each.edition
                    ],
                }
                for each in live
            ],
            "can_plan": may_write(version.course),
            "is_office": is_registrar(request.user),
        },
        here=_("Dates and places"),
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def session_add(request: PersonRequest, slug: str) -> HttpResponse:
    version = _version_of_edition(_course(request, slug), request.GET.get("edition", ""))
    form = SessionForm(request.POST if request.method == "POST" else None, version=version)
    if form.is_bound and form.is_valid():
        try:
            session = domain.plan_session(version, **form.told, by=request.user, now=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The session is planned."))
            return redirect(_back(request, slug, session))
    return _form_page(request, version, form, title=_("Add a session"))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: PersonRequest, slug: str, uid: UUID) -> HttpResponse:
    course = _course(request, slug)
    session = get_object_or_404(LiveSession, course=course, uid=uid)
    version = _version_of_edition(course, str(session.edition))
    form = SessionForm(
        request.POST if request.method == "POST" else None, version=version, session=session
    )
    if form.is_bound and form.is_valid():
        try:
            domain.change_session(
                session, version, **form.told, by=request.user, now=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("courses:studio-session-list", slug=slug)
    return _form_page(request, version, form, title=_("Change a session"), session=session)


@staff_only
@require_POST
def session_cancel(request: PersonRequest, slug: str, uid: UUID) -> HttpResponse:
    """Call it off, or take it up again."""
    session = get_object_or_404(LiveSession, course=_course(request, slug), uid=uid)
    try:
        if "restore" in request.POST:
            domain.restore_session(session, by=request.user, now=timezone.now())
            messages.success(request, _("The session takes place after all."))
        else:
            domain.cancel_session(session, by=request.user, now=timezone.now())
            messages.success(request, _("The session is canceled. Tell those who planned to come."))
    except DomainError as error:
        say_refusal(request, error)
    return redirect("courses:studio-session-list", slug=slug)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def session_attendance(request: PersonRequest, slug: str, uid: UUID) -> HttpResponse:
    """Who was there, of those enrolled. The office's word is what a signature is at home."""
    course = _course(request, slug)
    if not is_registrar(request.user):
        raise PermissionDenied("The office records who attended.")
    session = get_object_or_404(LiveSession, course=course, uid=uid)
    version = _version_of_edition(course, str(session.edition))
    status = 200
    waiting = [
        (enrollment, AttendanceForm(_posted(request), session=session, prefix=enrollment.uid.hex))
        for enrollment in domain.enrollments_waiting(session)
    ]
    if request.method == "POST":
        if all(form.is_valid() for _enrollment, form in waiting):
            _record(request, session, waiting)
            return redirect("courses:studio-session-attendance", slug=slug, uid=uid)
        status = 422
    page = newest_first(
        session.attendances.select_related("enrollment__user"), after=request.GET.get("after")
    )
    return studio_page(
        request,
        "studio/session_attendance.html",
        version,
        {
            "session": session,
            "is_over": session.ends_at <= timezone.now(),
            "waiting": waiting,
            "is_bad": status == 422,
            "page": page,
        },
        here=_("Attendance"),
        status=status,
    )


def _state(session: LiveSession, *, now: datetime) -> dict[str, str]:
    """Its word and tone; of one that is over, that nobody has said who came."""
    if session.status == LiveSession.Status.PLANNED and session.ends_at <= now:
        return {"word": _("Over; nobody is recorded yet"), "tone": "warn"}
    tones = {"planned": "wait", "held": "good", "cancelled": "bad"}
    return {"word": session.get_status_display(), "tone": tones[session.status]}


def _posted(request: PersonRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _record(
    request: PersonRequest, session: LiveSession, waiting: list[tuple[Any, AttendanceForm]]
) -> None:
    count = 0
    for enrollment, form in waiting:
        if not form.cleaned_data["was_there"] and form.cleaned_data["minutes"] is None:
            continue
        try:
            domain.record_attendance(
                enrollment.pk,
                session,
                minutes=form.cleaned_data["minutes"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as error:
            messages.error(request, f"{enrollment.user.get_full_name()}: {error}")
        else:
            count += 1
    messages.success(
        request,
        ngettext("%(count)d person recorded.", "%(count)d people recorded.", count)
        % {"count": count},
    )


def _course(request: PersonRequest, slug: str) -> Course:
    course = studio_course_or_404(request, slug)
    if not may_write(course):
        raise PermissionDenied("You read and comment on this course; its authors write it.")
    return course


def _live_versions(newest: CourseVersion) -> list[CourseVersion]:
    """The newest version of each edition that is held live, the newest edition first."""
    found: dict[int, CourseVersion] = {}
    for version in (
        CourseVersion.objects.filter(course=newest.course, delivery__in=CourseVersion.LIVE)
        .defer(*long_texts())
        .order_by("-edition", "-revision")[:100]
    ):
        version.course = newest.course
        found.setdefault(version.edition, version)
    return list(found.values())


def _version_of_edition(course: Course, edition: str) -> CourseVersion:
    """Without an edition: of what is on sale, else the newest."""
    versions = CourseVersion.objects.filter(course=course).defer(*long_texts())
    if edition.isascii() and edition.isdigit() and len(edition) < 5:
        versions = versions.filter(edition=int(edition))
    elif course.on_sale_version_id is not None:
        versions = versions.filter(pk=course.on_sale_version_id)
    version = versions.order_by("-edition", "-revision").first()
    if version is None:
        raise Http404
    version.course = course
    return version


def _back(request: PersonRequest, slug: str, session: LiveSession) -> str:
    """Where the person came from to plan a date, with the date chosen there."""
    there = request.GET.get("next", "")
    if there and url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}):
        return f"{there}?session={session.uid}"
    return reverse("courses:studio-session-list", args=[slug])


def _form_page(
    request: PersonRequest,
    version: CourseVersion,
    form: SessionForm,
    *,
    title: str,
    session: LiveSession | None = None,
) -> HttpResponse:
    if not version.is_live:
        messages.info(request, _("A home-study course has no dates. Change its delivery first."))
        return redirect("courses:studio-course-page", slug=version.course.slug)
    return studio_page(
        request,
        "studio/session_form.html",
        version,
        {
            "form": form,
            "title": title,
            "session": session,
            "needed": minutes_needed(version.credit_hours),
        },
        here=title,
        status=422 if form.is_bound else 200,
    )
