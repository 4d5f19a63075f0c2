"""The first run: the owner's account, then the list of steps and those that have no page of their
own elsewhere."""

from email.utils import parseaddr
from typing import Any, Final

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, is_registrar, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.mail import send_at_once
from ce_platform.core.models import BackgroundJob, OutgoingMail, Provider
from ce_platform.core.ratelimit import Limit, client_address
from ce_platform.office.first_run import background, steps
from ce_platform.office.first_run.forms import CodeForm, OwnerForm, StarterForm, TestMailForm
from ce_platform.office.first_run.mail_server import hint_for, mail_server
from ce_platform.office.first_run.owner import ALL_TRIES, TRIES, is_open, make_owner
from courses.models import Course

SETTING_UP: Final = "setting_up"
"""In the session: pages of the office lead back to the steps."""
TEST_MAILS: Final = Limit("test-mail", count=20, seconds=60 * 60)


@login_not_required
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: HttpRequest) -> HttpResponse:
    """The first registrar's account; not there once there is a registrar."""
    if not is_open():
        if is_registrar(request.user):
            return redirect("office:first-run")
        raise Http404
    user = request.user if isinstance(request.user, User) else None
    form = (CodeForm if user else OwnerForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _make_owner(request, form, user)
        if made is not None:
            messages.success(request, _("You are the registrar of this site."))
            if user is not None:
                return redirect("office:first-run")
            record_authentication(request, made, method="password")
            return _signed_in(request, made)
    return render(
        request,
        "office/first_run/owner.html",
        {"form": form, "is_signed_in": user is not None},
        status=422 if form.is_bound else 200,
    )


def _make_owner(request: HttpRequest, form: CodeForm, user: User | None) -> User | None:
    """None: refused, and the form says why."""
    now = timezone.now()
    address = client_address(request)
    if TRIES.is_exceeded(address, now=now) or ALL_TRIES.is_exceeded("all", now=now):
        form.add_error(None, _("Too many tries. Wait an hour, then try again."))
        return None
    values = dict(form.cleaned_data)
    try:
        return make_owner(values.pop("code"), user=user, now=now, **values)
    except DomainError as refusal:
        form.add_error("code", str(refusal))
        return None


def _signed_in(request: HttpRequest, user: User) -> HttpResponse:
    answer: HttpResponse = perform_login(
        request, user, redirect_url=reverse("office:first-run"), signup=True, email=user.email
    )
    return answer


@registrar_only
@require_safe
def first_run(request: PersonRequest) -> HttpResponse:
    progress = steps.progress(request.user)
    if progress.is_complete:
        request.session.pop(SETTING_UP, None)
    elif not request.session.get(SETTING_UP):
        request.session[SETTING_UP] = True
    jobs = BackgroundJob.objects.filter(kind__in=[background.BODIES, background.COURSE]).order_by(
        "-id"
    )[:4]
    return render(request, "office/first_run/steps.html", {"progress": progress, "jobs": jobs})


@registrar_only
@require_POST
def skip(request: PersonRequest, code: str) -> HttpResponse:
    """Set a step aside, or take it up again."""
    if code not in steps.CODES:
        raise Http404
    is_skipped = "take-up" not in request.POST
    steps.set_aside(code, is_skipped=is_skipped, by=request.user, now=timezone.now())
    return redirect("office:first-run")


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: PersonRequest) -> HttpResponse:
    """What is set, and a message that is sent while one waits."""
    form = TestMailForm(request.POST or None, initial={"to_email": request.user.email})
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        if TEST_MAILS.is_exceeded(str(request.user.pk), now=now):
            form.add_error(None, _("You have sent many test mails. Go on in an hour."))
        else:
            send_at_once(
                "test_mail",
                to_email=form.cleaned_data["to_email"],
                to_user_id=None,
                by=request.user,
                sender=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
                now=now,
            )
            return redirect("office:first-run-mail")
    tried = OutgoingMail.objects.filter(kind="test_mail").order_by("-id")[:3]
    provider = Provider.objects.filter(pk=1).first()
    return render(
        request,
        "office/first_run/mail.html",
        {
            "form": form,
            "server": mail_server(),
            "reply_to": provider.email if provider else "",
            "tried": [{"mail": row, "hint": hint_for(row.last_error)} for row in tried],
            "crumbs": _crumbs(_("Mail")),
        },
        status=422 if form.is_bound else 200,
    )


@registrar_only
@require_POST
def bodies(request: PersonRequest) -> HttpResponse:
    background.start_bodies(by=request.user, now=timezone.now())
    messages.success(request, _("The licensing bodies are being loaded. You can go on."))
    return redirect("office:first-run")


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def course(request: PersonRequest) -> HttpResponse:
    """Three ways to a first course; the starter course is imported in the background."""
    if request.method == "POST":
        form = StarterForm(request.POST)
        try:
            if not form.is_valid():
                raise background.NoSuchCourse(_("Choose a course from the list."))
            starter = background.starter_named(form.cleaned_data["folder"])
        except DomainError as refusal:
            return _courses(request, refusal=str(refusal))
        background.start_course(
            starter,
            is_published=form.cleaned_data["is_published"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The course is being imported. You can go on."))
        return redirect("office:first-run")
    return _courses(request)


def _courses(request: PersonRequest, *, refusal: str = "") -> HttpResponse:
    known = {str(key): slug for key, slug in Course.objects.values_list("key", "slug")[:1000]}
    rows: list[dict[str, Any]] = [
        {
            "starter": starter,
            "form": StarterForm(initial={"folder": starter.folder}, auto_id=f"{starter.folder}-%s"),
            "slug": known.get(starter.key, ""),
        }
        for starter in background.starters()
    ]
    return render(
        request,
        "office/first_run/course.html",
        {"starters": rows, "refusal": refusal, "crumbs": _crumbs(_("The first course"))},
        status=422 if refusal else 200,
    )


def _crumbs(here: str) -> list[dict[str, str]]:
    return [
        {"label": _("Setting up"), "url": reverse("office:first-run")},
        {"label": here, "url": ""},
    ]
