"""What the office decides for each body: channel, our number, profession code, course numbers."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.licensing.domain import office
from ce_platform.licensing.models import LicensingBody
from ce_platform.licensing.queries import license_bodies
from ce_platform.licensing.views.common import sent
from certificates.models import BodyChannel, ReportChannel, ReportCourseNumber
from certificates.reports.domain.lines import make_missing
from certificates.reports.domain.settings import save_channel, save_course_number
from certificates.reports.forms import ChannelForm, CourseNumberForm
from certificates.reports.views.common import crumbs
from certificates.reports.wants import Wants
from courses.models import CourseVersion


@registrar_only
@require_safe
def report_body_list(request: PersonRequest) -> HttpResponse:
    """Bodies that are told first, then those whose rule says something, then the others."""
    today = request.user.local_date(timezone.now())
    bodies = license_bodies()
    wants = Wants(bodies)
    known = [(body, wants.on(body.pk, today)) for body in bodies]
    return render(
        request,
        "certificates/reports/body_list.html",
        {
            "told": [row for row in known if row[1].is_reported],
            "open": [row for row in known if row[1].rule_says and not row[1].is_reported],
            "others": [row for row in known if not row[1].rule_says and not row[1].is_reported],
            "crumbs": crumbs((_("Bodies and numbers"), "")),
        },
    )


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def report_body(request: PersonRequest, code: str) -> HttpResponse:
    body = get_object_or_404(LicensingBody, code=code)
    if request.method != "POST":
        return _page(request, body)
    form = _channel_form(request, body)
    if not form.is_valid():
        return _page(request, body, form=form, status=422)
    now = timezone.now()
    values = dict(form.cleaned_data)
    license_format = values.pop("license_format")
    with transaction.atomic():
        office.set_license_format(body, license_format=license_format, by=request.user, now=now)
        row = save_channel(body, values=values, by=request.user, now=now)
    if row.channel != ReportChannel.NOTHING:
        make_missing(body, now=now)
    messages.success(request, _("Saved."))
    return redirect("certificates:office-report-body", code=body.code)


@registrar_only
@require_POST
def report_body_number(request: PersonRequest, code: str) -> HttpResponse:
    body = get_object_or_404(LicensingBody, code=code)
    form = CourseNumberForm(request.POST, channel=_channel_of(request, body))
    if form.is_valid():
        data = form.cleaned_data
        try:
            save_course_number(
                body,
                course=data["course"],
                edition=data["edition"],
                number=data["number"],
                is_own=data["is_own"],
                publishing_number=data["publishing_number"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    if not form.is_valid():
        return _page(request, body, number_form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('certificates:office-report-body', args=[body.code])}#numbers")


def _channel_form(request: PersonRequest, body: LicensingBody) -> ChannelForm:
    return ChannelForm(
        sent(request),
        row=BodyChannel.objects.filter(body=body).first(),
        wanted=Wants([body]).on(body.pk, request.user.local_date(timezone.now())),
    )


def _channel_of(request: PersonRequest, body: LicensingBody) -> str:
    return str(Wants([body]).on(body.pk, request.user.local_date(timezone.now())).channel)


def _page(
    request: PersonRequest,
    body: LicensingBody,
    *,
    form: ChannelForm | None = None,
    number_form: CourseNumberForm | None = None,
    status: int = 200,
) -> HttpResponse:
    numbers = list(ReportCourseNumber.objects.filter(body=body).select_related("course")[:400])
    titles = {
        (course, edition): title
        for course, edition, title in CourseVersion.objects.filter(
            course__in={row.course_id for row in numbers}
        )
        .order_by("revision")
        .values_list("course_id", "edition", "title")
    }
    wanted = Wants([body]).on(body.pk, request.user.local_date(timezone.now()))
    return render(
        request,
        "certificates/reports/body.html",
        {
            "body": body,
            "wanted": wanted,
            "form": form or ChannelForm(row=_row(body), wanted=wanted),
            "number_form": number_form or CourseNumberForm(channel=str(wanted.channel)),
            "numbers": [
                {"row": row, "title": titles.get((row.course_id, row.edition), row.course.slug)}
                for row in numbers
            ],
            "crumbs": crumbs(
                (_("Bodies and numbers"), reverse("certificates:office-report-body-list")),
                (body.place, ""),
            ),
        },
        status=status,
    )


def _row(body: LicensingBody) -> BodyChannel | None:
    return BodyChannel.objects.filter(body=body).first()
