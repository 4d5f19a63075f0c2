"""Sign-in and security: what is on, the one next step, where somebody is signed in."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, sleeping_roles
from ce_platform.accounts.safety.middleware import wanted_page
from ce_platform.accounts.safety.signed_in import end_other_sign_ins, end_sign_in, sign_ins

FEW_CODES = 3


@never_cache
@require_safe
def security(request: PersonRequest) -> HttpResponse:
    held = list(Authenticator.objects.filter(user=request.user).order_by("created_at", "pk"))
    app = next((each for each in held if each.type == Authenticator.Type.TOTP), None)
    codes = next((each for each in held if each.type == Authenticator.Type.RECOVERY_CODES), None)
    passkeys = [each for each in held if each.type == Authenticator.Type.WEBAUTHN]
    codes_left = len(codes.wrap().get_unused_codes()) if codes else 0
    return render(
        request,
        "accounts/security.html",
        {
            "app": app,
            "passkeys": passkeys,
            "has_second_step": bool(app or passkeys),
            "must_have_second_step": bool(sleeping_roles(request.user)),
            "codes_left": codes_left,
            # Made, and the page that shows them once was never reached.
            "codes_unseen": codes is not None and not codes.wrap().did_view,
            "few_codes": codes_left < FEW_CODES,
            "sign_ins": sign_ins(request, now=timezone.now()),
            "wanted": wanted_page(request),
        },
    )


@require_POST
def sign_in_end(request: PersonRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(UserSession, pk=pk, user=request.user)
    if row.session_key == request.session.session_key:
        return redirect("account_logout")
    end_sign_in(row, by=request.user, now=timezone.now())
    messages.success(request, gettext("That sign-in has ended."))
    return redirect("accounts:security")


@require_POST
def sign_ins_end_others(request: PersonRequest) -> HttpResponse:
    end_other_sign_ins(request, request.user, now=timezone.now())
    messages.success(request, gettext("You are signed out everywhere else."))
    return redirect("accounts:security")
