"""An instructor's own profile and licenses, and the office's look at everybody's."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts import instructors as domain
from ce_platform.accounts.models import InstructorLicense, InstructorProfile, User
from ce_platform.accounts.rules import (
    INSTRUCTOR,
    PersonRequest,
    is_registrar,
    registrar_only,
    staff_only,
)
from ce_platform.core.errors import DomainError
from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from ce_platform.core.paging import newest_first
from courses.domain.handout import PDF, HandoutRefused, prepare_handout
from courses.studio.forms_instructor import LicenseForm, ProfileForm
from courses.studio.views.common import Crumbs, say_refusal


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def instructor(request: PersonRequest) -> HttpResponse:
    """The own profile with its licenses."""
    profile = domain.profile_of(request.user)
    if request.method != "POST":
        return _own(request, profile, ProfileForm.of(profile))
    form = ProfileForm.of(profile, request.POST, request.FILES)
    if form.is_valid():
        told = form.cleaned_data
        try:
            domain.save_profile(
                request.user,
                display_name=told["display_name"],
                credentials=told["credentials"],
                biography=told["biography"],
                cv_text=told["cv_text"],
                cv=_kept(told["cv_file"]) if told["cv_file"] else None,
                without_cv_file=told.get("without_cv_file", False),
                by=request.user,
                now=timezone.now(),
            )
        except HandoutRefused as error:
            form.add_error("cv_file", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Saved. Courses already published keep what they said of you.")
            )
            return redirect("courses:studio-instructor")
    return _own(request, profile, form, status=422)


def _own(
    request: PersonRequest, profile: InstructorProfile, form: ProfileForm, *, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "studio/instructor.html",
        {
            "profile": profile,
            "licenses": _licenses(profile),
            "form": form,
            "crumbs": _crumbs(_("Your instructor profile")),
            "is_office": is_registrar(request.user),
        },
        status=status,
    )


def _kept(file: Any) -> StoredFile:
    """A PDF, looked over as handouts are, but private. Errors: HandoutRefused."""
    content = file.read()
    if not content.startswith(b"%PDF-"):
        raise HandoutRefused("A CV is a PDF. Save it as PDF and send that.")
    prepared = prepare_handout(content)
    return store_bytes(
        prepared.content, area=StoredFile.Area.PRIVATE, content_type=PDF, now=timezone.now()
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def license_add(request: PersonRequest) -> HttpResponse:
    return _license_form(
        request, LicenseForm(request.POST if request.method == "POST" else None), None
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def license_edit(request: PersonRequest, uid: UUID) -> HttpResponse:
    row = get_object_or_404(InstructorLicense, uid=uid, profile__user=request.user)
    form = LicenseForm.of(row, request.POST if request.method == "POST" else None)
    return _license_form(request, form, row)


def _license_form(
    request: PersonRequest, form: LicenseForm, row: InstructorLicense | None
) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            domain.save_license(
                request.user,
                row.uid if row else None,
                **form.cleaned_data,
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. The office checks it in the public register."))
            return _to_licenses()
    title = _("Change a license") if row else _("Add a license")
    return render(
        request,
        "studio/instructor_license.html",
        {"form": form, "license": row, "title": title, "crumbs": _crumbs(title, is_own=True)},
        status=422 if form.is_bound else 200,
    )


@staff_only
@require_POST
def license_remove(request: PersonRequest, uid: UUID) -> HttpResponse:
    get_object_or_404(InstructorLicense, uid=uid, profile__user=request.user)
    try:
        said = domain.remove_license(request.user, uid, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("Removed %(license)s.") % {"license": said})
    return _to_licenses()


# ---------------------------------------------------------------- the office


@registrar_only
@require_safe
def instructors(request: PersonRequest) -> HttpResponse:
    """Everybody who teaches here, whether they have written a profile or not."""
    today = timezone.localdate()
    people = User.objects.filter(
        Q(groups__name=INSTRUCTOR) | Q(instructor_profile__isnull=False), closed_at__isnull=True
    ).distinct()
    page = newest_first(
        people.select_related("instructor_profile").annotate(
            license_count=Count("instructor_profile__licenses", distinct=True),
            valid_count=Count(
                "instructor_profile__licenses",
                filter=Q(instructor_profile__licenses__valid_until__gte=today),
                distinct=True,
            ),
            unchecked_count=Count(
                "instructor_profile__licenses",
                filter=Q(instructor_profile__licenses__checked_at__isnull=True),
                distinct=True,
            ),
        ),
        after=request.GET.get("after"),
    )
    return render(
        request,
        "studio/instructors.html",
        {
            "page": page,
            "older_url": f"?after={page.older_after}" if page.older_after else "",
            "crumbs": _crumbs(_("Instructors")),
        },
    )


@registrar_only
@require_safe
def instructor_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    profile = _profile_or_404(uid)
    return render(
        request,
        "studio/instructor_detail.html",
        {
            "profile": profile,
            "licenses": _licenses(profile),
            "crumbs": [
                *_crumbs("")[:1],
                {"label": _("Instructors"), "url": reverse("courses:studio-instructors")},
                {"label": profile.display_name, "url": ""},
            ],
        },
    )


@staff_only
@require_safe
def instructor_cv(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The file, for its owner and the office."""
    if request.user.uid != uid and not is_registrar(request.user):
        raise Http404
    profile = _profile_or_404(uid)
    if profile.cv is None:
        raise Http404
    response = HttpResponse(profile.cv.read(), content_type=profile.cv.content_type)
    response["Content-Disposition"] = 'attachment; filename="cv.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@registrar_only
@require_POST
def license_check(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The office found the license in the public register."""
    row = get_object_or_404(InstructorLicense.objects.select_related("profile__user"), uid=uid)
    try:
        domain.check_license(
            row,
            number=request.POST.get("number", ""),
            valid_until=request.POST.get("valid_until", ""),
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("%(license)s is marked as checked.") % {"license": row})
    return redirect("courses:studio-instructor-detail", uid=row.profile.user.uid)


def _profile_or_404(uid: UUID) -> InstructorProfile:
    return get_object_or_404(InstructorProfile.objects.select_related("user", "cv"), user__uid=uid)


def _licenses(profile: InstructorProfile) -> list[dict[str, Any]]:
    today = timezone.localdate()
    rows = profile.licenses.all() if profile.pk else []
    return [{"license": row, "is_valid": row.is_valid_on(today)} for row in rows]


def _crumbs(here: str, *, is_own: bool = False) -> Crumbs:
    crumbs: Crumbs = [{"label": _("Studio"), "url": reverse("courses:studio")}]
    if is_own:
        crumbs.append(
            {"label": _("Your instructor profile"), "url": reverse("courses:studio-instructor")}
        )
    return [*crumbs, {"label": here, "url": ""}]


def _to_licenses() -> HttpResponse:
    return redirect(reverse("courses:studio-instructor") + "#licenses")
