"""Coming into a course that is not open: with a code, or by an invitation."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from ce_platform.core.policies import ShownIsOld
from ce_platform.core.ratelimit import Limit, client_address
from courses.domain.access import find_code, redeem, why_not_for
from courses.domain.access_errors import NoSuchCode
from courses.domain.enrolling import enroll
from courses.domain.entering import provider_day
from courses.domain.inviting import is_for, title_of
from courses.forms import RedeemForm
from courses.models import AccessCode, CourseInvitation
from courses.views.starting import accepting_policies, to_accept

# Only codes that are none are counted: who types the right one is never held up by it.
OF_PERSON: Final = Limit("access-code-person", 10, 3600)
OF_ADDRESS: Final = Limit("access-code-address", 40, 3600)
TOO_MANY: Final = gettext_lazy(
    "You tried too many codes that do not exist. Wait an hour, or ask the office for help."
)


@require_http_methods(["GET", "HEAD", "POST"])
def redeem_code(request: PersonRequest) -> HttpResponse:
    """`?code=…` shows what the code opens; only the button uses it."""
    now = timezone.now()
    typed = request.POST if request.method == "POST" else request.GET
    if "code" not in typed:
        return _page(request, RedeemForm())
    form = RedeemForm(typed)
    if not form.is_valid():
        return _page(request, form, status=422)
    if _is_held_up(request, now=now):
        form.add_error("code", TOO_MANY)
        return _page(request, form, status=429)
    code = find_code(form.cleaned_data["code"])
    if code is None:
        _count_miss(request, now=now)
        form.add_error("code", str(NoSuchCode()))
        return _page(request, form, status=422)
    if request.method != "POST" or _is_for_another(form, code):
        refusal = why_not_for(request.user, code, today=provider_day(now))
        return _page(request, form, code=code, refusal=refusal)
    return _redeem(request, form, code, now=now)


def _redeem(
    request: PersonRequest, form: RedeemForm, code: AccessCode, *, now: datetime
) -> HttpResponse:
    try:
        with accepting_policies(request, by=request.user, now=now):
            done = redeem(code, by=request.user, now=now)
    except ShownIsOld as refusal:
        messages.warning(request, str(refusal))
        said = why_not_for(request.user, code, today=provider_day(now))
        return _page(request, form, code=code, refusal=said, status=422)
    except DomainError as refusal:
        return _page(request, form, code=code, refusal=str(refusal), status=422)
    if done.is_used:
        messages.success(request, _("The code is yours, and the course is open. Begin anywhere."))
    else:
        messages.info(request, _("You are in this course already. The code was not used up."))
    return redirect(done.enrollment)


def _is_for_another(form: RedeemForm, code: AccessCode) -> bool:
    """Typed on the page of one course, and opens another: that is shown first."""
    course = form.cleaned_data["course"]
    return bool(course) and course != code.course.slug


def _is_held_up(request: PersonRequest, *, now: datetime) -> bool:
    return OF_PERSON.is_used_up(str(request.user.pk), now=now) or OF_ADDRESS.is_used_up(
        client_address(request), now=now
    )


def _count_miss(request: PersonRequest, *, now: datetime) -> None:
    OF_PERSON.is_exceeded(str(request.user.pk), now=now)
    OF_ADDRESS.is_exceeded(client_address(request), now=now)


def _page(
    request: PersonRequest,
    form: RedeemForm,
    *,
    code: AccessCode | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    version = code.course.on_sale_version if code else None
    context: dict[str, Any] = {
        # The code that was refused stands above; the field is for another one.
        "form": RedeemForm() if refusal else form,
        "code": code,
        "title": title_of(code.course) if code else "",
        "version": version,
        "refusal": refusal,
        "is_for_another": code is not None and form.is_valid() and _is_for_another(form, code),
        **to_accept(request),
    }
    answer = render(request, "courses/redeem.html", context, status=status)
    # The code stands in the address: no other site is told it.
    answer["Referrer-Policy"] = "same-origin"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Where the mail leads. Only who has proved its address may go on from here."""
    invited = get_object_or_404(
        CourseInvitation.objects.select_related("course__on_sale_version"), uid=uid
    )
    now = timezone.now()
    is_own = is_for(invited, request.user)
    state = invited.state_on(provider_day(now))
    if state == CourseInvitation.State.ACCEPTED and invited.accepted_by_id == request.user.pk:
        return redirect(invited.enrollment or invited.course)
    if request.method == "POST" and is_own and state == CourseInvitation.State.WAITING:
        try:
            with accepting_policies(request, by=request.user, now=now):
                enrollment = enroll(request.user, invited.course, now=now)
            return redirect(enrollment)
        except ShownIsOld as refusal:
            messages.warning(request, str(refusal))
            return redirect("courses:invitation", uid=uid)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("courses:course-list")
    return render(
        request,
        "courses/invitation.html",
        {
            "invitation": invited,
            "is_own": is_own,
            "state": state,
            "title": title_of(invited.course),
            "version": invited.course.on_sale_version,
            **to_accept(request),
        },
        status=200 if is_own else 403,
    )
