"""What everybody may see: the catalogue, a course, its hours, a free lesson. And enrolling."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.core import policies
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from courses import queries
from courses.domain.access_errors import NotLetIn
from courses.domain.enrolling import enroll
from courses.domain.entering import entry_of, newest_of
from courses.domain.errors import NotOnSale
from courses.domain.live import sessions_of, sessions_to_come
from courses.forms import CatalogueSearch
from courses.frozen import remember
from courses.hours import worksheet_of
from courses.markdown.rendering import safe_piece
from courses.models import Course, CourseVersion, Enrollment
from courses.parts import parts
from courses.preview import Preview
from courses.rules import onsale_course_or_404, onsale_version_or_404
from courses.views import wording
from courses.views.crumbs import course_crumbs
from courses.views.lesson_page import lesson_page
from courses.views.panels import rendered
from courses.views.starting import accepting_policies, to_accept


@dataclass(frozen=True)
class CourseCard:
    version: CourseVersion
    url: str
    subjects: str
    notes: list[str]
    price: str
    access: str
    """How it is opened, in words; empty for an open course."""


@login_not_required
@require_safe
def course_list(request: HttpRequest) -> HttpResponse:
    query = request.GET.copy()
    search = CatalogueSearch(query)
    query["q"] = search.words
    user = request.user if isinstance(request.user, User) else None
    page = newest_first(queries.catalogue(query, user=user), after=query.get("after"), size=12)
    older = request.GET.copy()
    if page.older_after is not None:
        older["after"] = str(page.older_after)
    filters = queries.catalogue_filters(query, user=user)
    return render(
        request,
        "courses/course_list.html",
        {
            "search": search,
            "filters": filters,
            "is_filtered": bool(search.words or any(each.chosen for each in filters)),
            "cards": _cards(page.rows, query, user),
            "is_first_page": page.is_first,
            "older_url": f"?{older.urlencode()}" if page.older_after is not None else "",
        },
    )


@login_not_required
@require_safe
def course_detail(request: HttpRequest, slug: str) -> HttpResponse:
    version = onsale_version_or_404(slug)
    enrollment = _own_enrollment(request, version)
    return render(
        request,
        "courses/course_detail.html",
        {
            **course_page(request, version),
            "description": safe_piece(version.description_html),
            "enrollment": enrollment,
            "closed": _closed(request, version.course, enrollment),
            **to_accept(request),
            "money_policies": policies.in_force(timezone.now(), policies.ABOUT_MONEY),
        },
    )


def course_page(
    request: HttpRequest, version: CourseVersion, *, preview: Preview | None = None
) -> dict[str, object]:
    """What the course page says to whoever asks, or to the visitor of a preview."""
    outline = queries.outline(version, preview=preview)
    return {
        "version": version,
        "course": version.course,
        "price": version.course.price_of(version),
        "shop_url": version.course.shop_of(version),
        "crumbs": course_crumbs(version, preview=preview),
        "language": wording.language_name(version.language),
        "outline": outline,
        "first_lesson": next((each for each in outline.lessons if each.url), None),
        **remember(version, "course page", lambda: _printed_facts(version)),
        "grades": wording.GRADES,
        **_requirements(version),
        "sessions": sessions_to_come(sessions_of(version), now=timezone.now()),
        **_panels(request, version, preview),
    }


@login_not_required
@require_safe
def course_hours(request: HttpRequest, slug: str) -> HttpResponse:
    version = onsale_version_or_404(slug)
    return render(request, "courses/course_hours.html", hours_page(version))


def hours_page(version: CourseVersion, *, preview: Preview | None = None) -> dict[str, object]:
    return {
        "version": version,
        "course": version.course,
        "crumbs": course_crumbs(version, _("Hours"), preview=preview),
        "worksheet": worksheet_of(version),
        "modules": queries.outline(version, preview=preview).modules,
        "credits": list(version.credits.all()),
    }


@login_not_required
@require_safe
def lesson_sample(request: HttpRequest, slug: str, lesson_slug: str) -> HttpResponse:
    version = onsale_version_or_404(slug)
    page = lesson_page(version, lesson_slug, enrollment=None)
    if not page.lesson.is_free:
        raise Http404
    enrollment = _own_enrollment(request, version)
    return render(
        request,
        "courses/lesson_sample.html",
        {
            "page": page,
            "version": version,
            "course": version.course,
            "crumbs": course_crumbs(version, page.lesson.title),
            "enrollment": enrollment,
            "closed": _closed(request, version.course, enrollment),
            **to_accept(request),
        },
    )


@login_not_required
@require_POST
def course_enroll(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the course; a visitor signs in or up first and comes back to the course page."""
    course = onsale_course_or_404(slug)
    if not isinstance(request.user, User):
        messages.info(request, _("Sign in or create an account, then start the course."))
        return redirect_to_login(course.get_absolute_url())
    now = timezone.now()
    try:
        with accepting_policies(request, by=request.user, now=now):
            enrollment = enroll(request.user, course, now=now)
    except policies.ShownIsOld as refusal:
        messages.warning(request, str(refusal))
        return redirect(course)
    except NotOnSale as error:
        messages.error(request, str(error))
        return redirect("courses:course-list")
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(course)
    return redirect(enrollment)


def _printed_facts(version: CourseVersion) -> dict[str, object]:
    """What the course page says besides the columns of the version; five queries."""
    authors = list(version.authors.all())
    return {
        "subject_line": ", ".join(each.name for each in version.subjects.all()),
        "authors": authors,
        "author_line": ", ".join(author.name for author in authors),
        "objectives": list(version.objectives.all()),
        "credits": list(version.credits.all()),
        "reference_count": version.references.count(),
    }


def _cards(courses: Sequence[Course], query: QueryDict, user: User | None) -> list[CourseCard]:
    shown = [(each, each.on_sale_version) for each in courses if each.on_sale_version]
    versions = [version for _course, version in shown]
    prefetch_related_objects(versions, "subjects")
    notes = queries.catalogue_notes(versions, query, user=user)
    return [
        CourseCard(
            version=version,
            url=course.get_absolute_url(),
            subjects=", ".join(subject.name for subject in version.subjects.all()),
            notes=notes[version.pk],
            price=course.price_of(version),
            access=str(wording.ACCESS[course.access]),
        )
        for course, version in shown
    ]


def _requirements(version: CourseVersion) -> dict[str, list[str]]:
    """What the parts ask of the learner: before the evaluation, and after it."""
    asked: dict[bool, list[str]] = {False: [], True: []}
    for part in parts():
        asked[part.is_after_evaluation] += part.requirement_sentences(version)
    return {"requirements": asked[False], "last_steps": asked[True]}


def _panels(
    request: HttpRequest, version: CourseVersion, preview: Preview | None
) -> dict[str, list[SafeString]]:
    """What the other apps show on the course page, rendered here: what each needs is its own."""
    assumed = preview.assumed if preview else None
    panels = [
        panel for part in parts() for panel in part.course_panels(request, version, assumed=assumed)
    ]
    return {
        "first_panels": rendered(request, [each for each in panels if each.is_first]),
        "panels": rendered(request, [each for each in panels if not each.is_first]),
    }


def _closed(request: HttpRequest, course: Course, own: Enrollment | None) -> str:
    """`code` or `invitation` where this visitor needs one to start; empty where they may."""
    if course.access == Course.Access.OPEN or (own and own.status == Enrollment.Status.OPEN):
        return ""
    if isinstance(request.user, User):
        last = newest_of(Enrollment.objects.filter(user=request.user, course=course))
        entry = entry_of(request.user, course, last=last, now=timezone.now())
        if not isinstance(entry, NotLetIn):
            return ""
    return str(course.access)


def _own_enrollment(request: HttpRequest, version: CourseVersion) -> Enrollment | None:
    """The visitor's newest enrollment in this course: open before completed before left."""
    if not isinstance(request.user, User):
        return None
    mine = list(
        Enrollment.objects.filter(user=request.user, course=version.course_id).order_by("-pk")[:20]
    )
    order = [Enrollment.Status.OPEN, Enrollment.Status.COMPLETED, Enrollment.Status.WITHDRAWN]
    return min(mine, key=lambda each: order.index(Enrollment.Status(each.status)), default=None)
