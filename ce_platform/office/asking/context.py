"""Where somebody was when they asked, as far as it helps the office and tells no secret."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from ce_platform.accounts.models import User
from ce_platform.core.text import clean
from certificates.models import Certificate
from courses.models import Course, Enrollment

LONGEST_PAGE: Final = 300
# What stands in the address of such a page opens something for whoever has it.
_SECRET: Final = frozenset({"token", "key", "uidb36", "code", "secret"})


@dataclass(frozen=True)
class Context:
    page: str = ""
    course: Course | None = None
    certificate: Certificate | None = None


def page_of(value: str) -> str:
    """A path of this site, or nothing: an address that opens something is not remembered."""
    path = clean(value).split("?")[0].split("#")[0]
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    if not is_ours or len(path) > LONGEST_PAGE:
        return ""
    try:
        found = resolve(path)
    except Resolver404:
        return path  # The page that is not there may be the question.
    return "" if _SECRET & set(found.kwargs) else path


def context_of(page: str, *, user: User | None) -> Context:
    """The course or certificate that the page is about; of learners' pages only the own ones."""
    try:
        found = resolve(page) if page else None
    except Resolver404:
        found = None
    if found is None:
        return Context(page)
    slug, serial, uid = (found.kwargs.get(name) for name in ("slug", "serial", "uid"))
    is_course = found.view_name.startswith("courses:")
    course = None
    if is_course and isinstance(slug, str):
        course = Course.objects.filter(slug=slug, on_sale_version__isnull=False).first()
    elif isinstance(uid, UUID) and user is not None:
        enrollment = Enrollment.objects.filter(uid=uid, user=user).select_related("course").first()
        course = enrollment.course if enrollment else None
    certificate = None
    if isinstance(serial, str) and user is not None:
        certificate = Certificate.objects.filter(serial=serial, user=user).first()
    return Context(page, course, certificate)
