"""The office and instructors: bring a course in from a package."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.rules import PersonRequest, is_registrar, staff_only
from ce_platform.core.errors import DomainError
from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from courses.domain.publishing import publish_version
from courses.forms import PackageConfirmation, PackageUpload
from courses.models import CourseVersion
from courses.package.importing import ImportResult, import_package
from courses.package.source import PackageSource
from courses.views.wording import shown_change

ZIP = "application/zip"


@dataclass(frozen=True)
class Looked:
    """What a package would do, or why it can do nothing."""

    result: ImportResult | None = None
    refusal: str = ""

    @property
    def is_clean(self) -> bool:
        return self.result is not None and not self.result.problems

    @property
    def frozen(self) -> CourseVersion | None:
        """The published version that the package was compared with."""
        newest = self.result.compared_with if self.result else None
        return newest if newest is not None and newest.is_frozen else None

    @property
    def typos_of(self) -> CourseVersion | None:
        """The version of which this may be a revision: published, or a draft made as one."""
        newest = self.result.compared_with if self.result else None
        return newest if newest is not None and (newest.is_frozen or newest.revision) else None

    @property
    def is_draft_revision(self) -> bool:
        return self.typos_of is not None and not self.typos_of.is_frozen

    @property
    def can_be_imported(self) -> bool:
        """Also an unchanged draft: it may still be published."""
        unchanged = self.result is not None and self.result.is_unchanged
        return self.is_clean and not (unchanged and self.frozen)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def office_package_import(request: PersonRequest) -> HttpResponse:
    """Three steps on one address: choose a file, see what it would change, confirm."""
    if "sha256" in request.POST:
        return _confirm(request)
    if request.method == "POST":
        return _upload(request)
    if "package" in request.GET:
        package = _package_or_404(request.GET["package"])
        return _answer(request, looked=_look(request, package.read()), package=package)
    return _answer(request, form=PackageUpload())


def _upload(request: PersonRequest) -> HttpResponse:
    form = PackageUpload(request.POST, request.FILES)
    if not form.is_valid():
        return _answer(request, form=form, status=422)
    content = form.cleaned_data["package"].read()
    looked = _look(request, content)
    if not looked.is_clean:
        return _answer(request, form=PackageUpload(), looked=looked, status=422)
    # Kept until it is confirmed: what is imported then is what was shown, byte by byte.
    package = store_bytes(
        content, area=StoredFile.Area.PRIVATE, content_type=ZIP, now=timezone.now()
    )
    return redirect(f"{reverse('courses:office-package-import')}?package={package.sha256}")


def _confirm(request: PersonRequest) -> HttpResponse:
    form = PackageConfirmation(request.POST)
    if not form.is_valid():
        return _answer(
            request, form=PackageUpload(), refusal=_("Choose the file again."), status=422
        )
    package = _package_or_404(form.cleaned_data["sha256"])
    content = package.read()
    now = timezone.now()
    try:
        source = PackageSource.from_zip(content)
        result = import_package(
            source, by=request.user, now=now, is_typo=form.cleaned_data["is_typo"]
        )
        if result.version is None:
            return _answer(request, form=PackageUpload(), looked=Looked(result), status=422)
    except DomainError as error:
        looked = _look(request, content)
        return _answer(request, looked=looked, package=package, refusal=str(error), status=422)
    return _finish(request, result.version, publish=form.cleaned_data["publish"], now=now)


def _finish(
    request: PersonRequest, version: CourseVersion, *, publish: bool, now: datetime
) -> HttpResponse:
    """Publish when asked to, and say what became of the package."""
    if publish:
        try:
            version = publish_version(version, by=request.user, now=now)
        except DomainError as error:
            # What was imported stays: the draft waits until the rest is there.
            messages.warning(
                request,
                _("“%(title)s” is imported as a draft, but cannot be published yet. %(why)s")
                % {"title": version.title, "why": error},
            )
            return redirect("courses:office-package-import")
    named = {"title": version.title, "label": version.label}
    if version.is_frozen:
        messages.success(request, _("“%(title)s”, %(label)s, is imported and on sale.") % named)
        return redirect(version.course)
    messages.success(
        request,
        _(
            "“%(title)s”, %(label)s, is imported as a draft. To put it on sale, choose the "
            "same file again and publish it."
        )
        % named,
    )
    return redirect("courses:office-package-import")


def _look(request: PersonRequest, content: bytes) -> Looked:
    try:
        source = PackageSource.from_zip(content)
        return Looked(import_package(source, by=request.user, now=timezone.now(), dry_run=True))
    except DomainError as error:
        return Looked(refusal=str(error))


def _package_or_404(sha256: str) -> StoredFile:
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise Http404
    return get_object_or_404(
        StoredFile, area=StoredFile.Area.PRIVATE, sha256=sha256, content_type=ZIP
    )


def _answer(
    request: PersonRequest,
    *,
    form: PackageUpload | None = None,
    looked: Looked | None = None,
    package: StoredFile | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    changes = looked.result.changes if looked and looked.result else []
    is_shown = package is not None
    return render(
        request,
        "courses/office_package_import.html",
        {
            "steps": [
                {"label": _("Choose a file"), "state": "done" if is_shown else "current"},
                {"label": _("See what changes"), "state": "current" if is_shown else "next"},
                {"label": _("Import"), "state": "next"},
            ],
            "changes": [shown_change(each) for each in changes if each.action != "keep"],
            "kept_count": sum(each.action == "keep" for each in changes),
            # The office has its own line of pages; an instructor came from the desk of teaching.
            "crumbs": []
            if is_registrar(request.user)
            else [
                {"label": _("Teach"), "url": reverse("pages:teach")},
                {"label": _("Import a course"), "url": ""},
            ],
            "frozen": looked.frozen if looked else None,
            "typos_of": looked.typos_of if looked else None,
            "can_be_imported": looked is not None and looked.can_be_imported,
            "form": form,
            "result": looked.result if looked else None,
            "refusal": refusal or (looked.refusal if looked else ""),
            "package": package,
            "confirmation": (
                PackageConfirmation(
                    initial={
                        "sha256": package.sha256,
                        "is_typo": looked is not None and looked.is_draft_revision,
                    }
                )
                if package
                else None
            ),
        },
        status=status,
    )
