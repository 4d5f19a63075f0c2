"""Choose the other account, look at both, merge."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
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
from ce_platform.core.text import clean
from ce_platform.office.merging.courses_twice import courses_twice
from ce_platform.office.merging.forms import MergingForm, OtherAccountForm
from ce_platform.office.merging.merging import (
    account_named,
    in_the_way,
    merge_accounts,
    preview,
    whatever_the_other,
)
from ce_platform.office.people.places import crumbs_below
from ce_platform.office.people.search import LONGEST_SEARCH, Row, search


@registrar_only
@never_cache
@require_http_methods(["GET", "POST"])
@fresh_sign_in
def person_merge(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The account in the address stays; the other one is merged into it."""
    into = get_object_or_404(User, uid=uid)
    if request.method == "POST":
        return _merge(request, into)
    choice = OtherAccountForm(request.GET or None)
    if not request.GET or not choice.is_valid():
        return _choose(request, into, choice)
    other = account_named(choice.cleaned_data["other"])
    if other is None:
        return _choose(request, into, choice, found=_found(choice, but=into))
    return _look(request, other, into)


def _merge(request: PersonRequest, into: User) -> HttpResponse:
    first = MergingForm(request.POST)
    other = User.objects.filter(uid=first["other"].value()).first() if _is_id(first) else None
    if other is None:
        return _choose(request, into, OtherAccountForm({"other": ""}))
    form = MergingForm(request.POST, twice=courses_twice(other, into, now=timezone.now()))
    if form.is_valid():
        try:
            merge_accounts(
                other,
                into,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
                going_on=form.going_on,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The accounts are one now. Both addresses get a message."))
            return redirect("office:person-detail", uid=into.uid)
    return _look(request, other, into, form, status=422)


def _is_id(form: MergingForm) -> bool:
    form.full_clean()
    return "other" in form.cleaned_data


def _found(choice: OtherAccountForm, *, but: User) -> list[Row]:
    """Who could be meant, as the people desk finds them; nobody is an error of the form."""
    results = search(clean(choice.cleaned_data["other"])[:LONGEST_SEARCH])
    found = [row for row in (*results.rows, *results.similar) if row.user.pk != but.pk]
    if not found:
        choice.add_error(
            "other",
            _("No other account is found by this. Try its address, or a part of the name."),
        )
    return found


def _choose(
    request: PersonRequest, into: User, form: OtherAccountForm, *, found: Sequence[Row] = ()
) -> HttpResponse:
    return render(
        request,
        "office/merging/choose.html",
        {
            "person": into,
            "form": form,
            "found": found,
            "way": whatever_the_other(into),
            "crumbs": crumbs_below(into, _("Merge")),
        },
        status=422 if form.errors else 200,
    )


def _look(
    request: PersonRequest,
    other: User,
    into: User,
    form: MergingForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    # Looked at anew also when the form was refused: that may be because something was begun.
    twice = courses_twice(other, into, now=timezone.now())
    way = in_the_way(other, into, twice)
    if form is None or form.course_fields != MergingForm(twice=twice).course_fields:
        errors = form.non_field_errors() if form is not None else []
        form = MergingForm(request.POST or None, initial={"other": other.uid}, twice=twice)
        for error in errors:
            form.add_error(None, error)
    return render(
        request,
        "office/merging/preview.html",
        {
            "person": into,
            "other": other,
            "form": form,
            "way": way,
            "twice": twice,
            "lines": preview(other, into) if other.pk != into.pk else [],
            "is_swappable": other.pk != into.pk,
            "crumbs": crumbs_below(into, _("Merge")),
        },
        status=status,
    )
