"""The first page: a welcome for visitors, the next step for therapists."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest
from ce_platform.pages import desks


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        now = timezone.now()
        today = request.user.local_date(now)
        shown = desks.therapist_home(request.user, today=today, now=now)
        return render(request, "pages/home.html", shown)
    return render(request, "pages/welcome.html", desks.welcome())


@require_safe
def learning(request: PersonRequest) -> HttpResponse:
    return render(request, "pages/learning.html", desks.learning(request.user))
