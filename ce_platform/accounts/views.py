"""The person's own pages. Sign-in and sign-up are django-allauth's."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.forms import ProfileForm
from ce_platform.accounts.rules import PersonRequest
from ce_platform.core import audit


@require_http_methods(["GET", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST":
        if form.is_valid():
            with transaction.atomic():
                # Only these: what an operator changes meanwhile (say, the account's closing) stays.
                request.user.save(update_fields=ProfileForm.Meta.fields)
                audit.record(
                    "person.changed",
                    subject_type="user",
                    subject_id=request.user.uid,
                    by=request.user,
                    now=timezone.now(),
                    fields=sorted(form.changed_data),
                )
            messages.success(request, "Saved.")
            return redirect("accounts:profile")
        request.user.refresh_from_db()  # The page must not show what was refused as if kept.
        return render(request, "accounts/profile.html", {"form": form}, status=422)
    return render(request, "accounts/profile.html", {"form": form})
