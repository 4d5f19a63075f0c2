"""Closing an account: one's own, and by the office for somebody who asks."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core.errors import DomainError
from ce_platform.core.models import AccountEnding
from ce_platform.office.closing.closing import close_account, in_the_way, kept_until
from ce_platform.office.closing.forms import ClosingForm, OwnClosingForm
from ce_platform.office.people.places import crumbs_below


@never_cache
@require_http_methods(["GET", "POST"])
@fresh_sign_in
def account_close(request: PersonRequest) -> HttpResponse:
    form = OwnClosingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            close_account(request.user, by=request.user, now=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            messages.success(request, _("Your account is closed. Thank you for learning with us."))
            return redirect("pages:home")
    return render(
        request,
        "office/closing/account_close.html",
        {
            "form": form,
            "way": in_the_way(request.user, by=request.user),
            "until": kept_until(request.user),
        },
        status=422 if form.errors else 200,
    )


@registrar_only
@never_cache
@require_http_methods(["GET", "POST"])
@fresh_sign_in
def person_close(request: PersonRequest, uid: UUID) -> HttpResponse:
    person = get_object_or_404(User, uid=uid)
    if request.method == "POST" and person.pk == request.user.pk:
        messages.error(request, _("Your own account you close here."))
        return redirect("office:account-close")
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            close_account(
                person, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The account is closed."))
            return redirect("office:person-close", uid=person.uid)
    return render(
        request,
        "office/closing/person_close.html",
        {
            "person": person,
            "form": form,
            "ending": AccountEnding.objects.filter(user_id=person.pk).first(),
            "way": [] if person.closed_at else in_the_way(person, by=request.user),
            "until": kept_until(person),
            "is_own": person.pk == request.user.pk,
            "crumbs": crumbs_below(person, _("Close the account")),
        },
        status=422 if form.errors else 200,
    )
