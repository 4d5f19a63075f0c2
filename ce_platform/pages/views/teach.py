"""The instructor's first page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ce_platform.accounts.rules import PersonRequest, instructor_only
from ce_platform.pages import desks


@instructor_only
@require_safe
def teach(request: PersonRequest) -> HttpResponse:
    return render(
        request, "pages/teach.html", desks.instructor_desk(request.user, now=timezone.now())
    )
