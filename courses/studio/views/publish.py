"""What is missing, publishing, putting on sale, taking off sale, throwing a draft away."""

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, is_registrar, staff_only
from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean
from courses.domain import drafting, publishing
from courses.domain.errors import NotReady, WordingRefused
from courses.domain.wording import (
    by_sentence,
    dismiss_wording,
    take_back_dismissal,
    wording_of,
)
from courses.hours import worksheet_of
from courses.models import Course, CourseVersion, ReviewComment
from courses.parts import parts
from courses.studio.rules import draft_or_404, may_manage, studio_course_or_404, version_or_404
from courses.studio.views.common import say_refusal, studio_page, to_outline

MOST_FINDINGS: Final = 50


def managed_course_or_404(request: PersonRequest, slug: str) -> Course:
    course = studio_course_or_404(request, slug)
    if not may_manage(course):
        raise PermissionDenied("Its owner and the office publish this course.")
    return course


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: PersonRequest, slug: str) -> HttpResponse:
    """The list of what is missing; when nothing is, the button that publishes."""
    if request.method == "POST":
        managed_course_or_404(request, slug)
        version = draft_or_404(request, slug)
        try:
            return _publish(request, version)
        except NotReady:
            return _page(request, version, status=422)
        except DomainError as error:
            say_refusal(request, error)
            return redirect("courses:studio-publish", slug=slug)
    return _page(request, version_or_404(request, slug))


def _publish(request: PersonRequest, version: CourseVersion) -> HttpResponse:
    at_once = is_registrar(request.user) and request.POST.get("on_sale") == "yes"
    published = publishing.publish_version(
        version, by=request.user, now=timezone.now(), keeps_edition_on_sale=not at_once
    )
    course = Course.objects.get(pk=published.course_id)
    if course.on_sale_version_id == published.pk:
        messages.success(
            request,
            _("%(label)s is published and on sale. It never changes from now on.")
            % {"label": published.label.capitalize()},
        )
    else:
        messages.success(
            request,
            _(
                "%(label)s is published. The edition before stays on sale until the office "
                "switches, so that nobody takes a course a body has not seen."
            )
            % {"label": published.label.capitalize()},
        )
    return redirect("courses:studio-versions", slug=course.slug)


def _page(
    request: PersonRequest,
    version: CourseVersion,
    *,
    status: int = 200,
    refused_reason: Mapping[str, str] | None = None,
) -> HttpResponse:
    items = [] if version.is_frozen else publishing.missing_but_wording(version)
    found = [] if version.is_frozen else wording_of(version)
    unsafe = [each for each in found if each.finding.pattern.is_blocking]
    asserted = by_sentence(
        each for each in found if not each.finding.pattern.is_blocking and not each.dismissal
    )
    missing = [item for item in items if item.is_blocking]
    earlier = (
        version.course.versions.exclude(pk=version.pk)
        .only("edition", "revision", "course_id")
        .order_by("-edition", "-revision")
        .first()
    )
    return studio_page(
        request,
        "studio/publish.html",
        version,
        {
            "missing": missing,
            "unsafe": unsafe,
            "missing_count": len(missing) + len(unsafe),
            "advice": [item for item in items if not item.is_blocking],
            "wording": asserted[:MOST_FINDINGS],
            "more_wording_count": max(0, len(asserted) - MOST_FINDINGS),
            "dismissed": [each for each in found if each.dismissal],
            "refused_reason": refused_reason,
            "reason_has_form": refused_reason is not None
            and any(
                (each.finding.pattern.id, each.finding.fingerprint)
                == (refused_reason["pattern"], refused_reason["finding"])
                for group in asserted[:MOST_FINDINGS]
                for each in group.found
            ),
            "earlier": earlier,
            "earlier_number": earlier.number if earlier else "",
            "version_number": version.number,
            "notes": [note for part in parts() for note in part.publishing_notes(version)],
            "worksheet": worksheet_of(version),
            "open_comments": ReviewComment.objects.filter(
                version=version, settled_at__isnull=True
            ).count(),
            "is_office": is_registrar(request.user),
        },
        here=_("Check and publish"),
        status=status,
    )


@staff_only
@require_POST
def wording_dismiss(request: PersonRequest, slug: str) -> HttpResponse:
    """Why a sentence stays, by who writes the course."""
    version = draft_or_404(request, slug)
    told = {name: clean(request.POST.get(name, "")) for name in ("pattern", "finding", "reason")}
    try:
        dismiss_wording(
            version,
            pattern=told["pattern"],
            fingerprint=told["finding"],
            reason=told["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except WordingRefused as error:
        return _page(request, version, status=422, refused_reason={**told, "sentence": str(error)})
    messages.success(request, _("The sentence stays. Your reason is kept beside it."))
    return _to_wording(slug)


@staff_only
@require_POST
def wording_restore(request: PersonRequest, slug: str) -> HttpResponse:
    """The reason does not hold any more."""
    version = draft_or_404(request, slug)
    try:
        take_back_dismissal(version, _id(request, "dismissal"), by=request.user, now=timezone.now())
    except WordingRefused as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("The sentence is among the findings again."))
    return _to_wording(slug)


def _to_wording(slug: str) -> HttpResponse:
    return redirect(reverse("courses:studio-publish", args=[slug]) + "#wording")


@staff_only
@require_POST
def draft_kind(request: PersonRequest, slug: str) -> HttpResponse:
    """Typing mistakes only, or more than that."""
    version = draft_or_404(request, slug)
    try:
        changed = drafting.change_kind(
            version,
            is_typo=request.POST.get("kind") == "typo",
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("This is %(label)s now.") % {"label": changed.label})
    return redirect("courses:studio-publish", slug=slug)


@staff_only
@require_POST
def draft_review(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    try:
        publishing.send_to_review(version, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("In review. Any change takes the draft back out of it."))
    return redirect("courses:studio-publish", slug=slug)


@staff_only
@require_POST
def draft_discard(request: PersonRequest, slug: str) -> HttpResponse:
    """Only with the title typed: this cannot be undone."""
    managed_course_or_404(request, slug)
    version = draft_or_404(request, slug)
    typed = " ".join(request.POST.get("title", "").split()).casefold()
    if typed != " ".join(version.title.split()).casefold():
        messages.error(request, _("Nothing was thrown away: that is not the title of the course."))
        return redirect("courses:studio-publish", slug=slug)
    try:
        drafting.discard_draft(version, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
        return to_outline(version)
    messages.success(request, _("The draft is thrown away."))
    if CourseVersion.objects.filter(course__slug=slug).exists():
        return redirect("courses:studio-outline", slug=slug)
    return redirect("courses:studio")


@staff_only
@require_POST
def version_on_sale(request: PersonRequest, slug: str) -> HttpResponse:
    """The office switches what new learners get."""
    course = studio_course_or_404(request, slug)
    if not is_registrar(request.user):
        raise PermissionDenied("The office decides which edition is on sale.")
    version = get_object_or_404(CourseVersion, course=course, pk=_id(request))
    try:
        publishing.put_on_sale(version, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(
            request, _("%(label)s is on sale.") % {"label": version.label.capitalize()}
        )
    return redirect("courses:studio-versions", slug=slug)


@staff_only
@require_POST
def version_retire(request: PersonRequest, slug: str) -> HttpResponse:
    course = managed_course_or_404(request, slug)
    version = get_object_or_404(CourseVersion, course=course, pk=_id(request))
    try:
        publishing.retire_version(version, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(
            request,
            _("%(label)s is retired. Its learners go on.") % {"label": version.label.capitalize()},
        )
    return redirect("courses:studio-versions", slug=slug)


def _id(request: PersonRequest, name: str = "version") -> int:
    sent = request.POST.get(name, "")
    return int(sent) if sent.isdecimal() and len(sent) < 18 else 0
