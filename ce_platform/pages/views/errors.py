"""What a person sees when something is refused or broken."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404
from django.utils import timezone

from ce_platform.office.moving_in.redirects import redirect_for


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"exception": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Only what no page answers may be an old address: see office/moving_in/redirects.py."""
    if isinstance(exception, Resolver404):
        leads_to = redirect_for(request, now=timezone.now())
        if leads_to:
            return HttpResponseRedirect(leads_to)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # No context processors: they may be what failed.
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("500.html"), status=500)
