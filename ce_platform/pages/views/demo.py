"""Only in a demo: look around as somebody, read the mail that was sent."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.core.mail_page import html_page
from ce_platform.core.models import OutgoingMail
from ce_platform.core.paging import newest_first
from ce_platform.pages.context_processors import DEMO_PEOPLE


def _only_in_a_demo() -> None:
    if not settings.DEMO:
        raise Http404("This installation is not a demo.")


@login_not_required
@require_POST
def demo_look_around(request: HttpRequest) -> HttpResponse:
    _only_in_a_demo()
    key = request.POST.get("key", "")
    person = next((person for person in DEMO_PEOPLE if person.key == key), None)
    if person is None:
        raise Http404("No such demo person.")
    user = get_object_or_404(User, email=person.email)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(
        {"registrar": "pages:office", "instructor": "pages:teach"}.get(key, "pages:home")
    )


@login_not_required
@require_safe
def demo_mailbox(request: HttpRequest) -> HttpResponse:
    _only_in_a_demo()
    page = newest_first(OutgoingMail.objects.all(), after=request.GET.get("after"))
    return render(request, "pages/demo_mailbox.html", {"page": page})


@login_not_required
@require_safe
def demo_mail(request: HttpRequest, uid: str) -> HttpResponse:
    _only_in_a_demo()
    mail = get_object_or_404(OutgoingMail, uid=uid)
    files = list(mail.mailattachment_set.select_related("file"))
    return render(request, "pages/demo_mail.html", {"mail": mail, "files": files})


@login_not_required
@require_safe
def demo_mail_html(request: HttpRequest, uid: str) -> HttpResponse:
    _only_in_a_demo()
    mail = get_object_or_404(OutgoingMail, uid=uid)
    return html_page(mail.subject, mail.body)
