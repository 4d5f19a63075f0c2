"""A therapist's own licenses. Nobody else has a page that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing.card_hints import EndHint, end_hint, end_warning, number_warning
from ce_platform.licensing.domain import licenses
from ce_platform.licensing.domain.consents import answer_consent
from ce_platform.licensing.forms import LicenseForm
from ce_platform.licensing.license_notes import LicenseNote, notes_of
from ce_platform.licensing.models import License, LicensingBody
from ce_platform.licensing.planner.plans import held, read_rule
from ce_platform.licensing.queries import newest_rules
from ce_platform.licensing.renewal import HeldLicense
from ce_platform.licensing.views.common import sent

SOON: Final = 90
"""Days before the end at which a license is marked."""
UNDO: Final = timedelta(days=30)
"""How long a removed license can be put back."""


@dataclass(frozen=True)
class LicenseRow:
    license: License
    words: str
    tone: str
    note: LicenseNote | None


@require_safe
def license_list(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    today = request.user.local_date(now)
    rows = sorted(
        licenses.active_licenses(request.user),
        key=lambda row: (row.expires_on is None, row.expires_on or today, row.pk),
    )
    removed = License.objects.filter(user=request.user, removed_at__gte=now - UNDO).select_related(
        "body"
    )
    notes = notes_of(request.user, rows, now=now)
    return render(
        request,
        "licensing/license_list.html",
        {
            "rows": [_row(row, today, notes.get(row.pk)) for row in rows],
            "removed": list(removed.order_by("-removed_at")[: licenses.MOST_LICENSES]),
        },
    )


@require_http_methods(["GET", "POST"])
def license_add(request: PersonRequest) -> HttpResponse:
    form = LicenseForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = licenses.add_license(
                user=request.user,
                body=form.cleaned_data["body"],
                number=form.cleaned_data["number"],
                name_on_license=form.cleaned_data["name_on_license"],
                first_issued_on=form.cleaned_data["first_issued_on"],
                expires_on=form.cleaned_data["expires_on"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(body)s, license %(number)s, is noted.") % _words(row))
            _warn(request, row)
            return redirect("licensing:license-list")
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
def license_change(request: PersonRequest, uid: UUID) -> HttpResponse:
    row = _own_or_404(request.user, uid)
    form = LicenseForm(
        sent(request),
        license=row,
        asks_when_due=not _is_end_of_hours(row) or row.hours_due_on is not None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = licenses.change_license(
                row,
                body=form.cleaned_data["body"],
                number=form.cleaned_data["number"],
                name_on_license=form.cleaned_data["name_on_license"],
                first_issued_on=form.cleaned_data["first_issued_on"],
                expires_on=form.cleaned_data["expires_on"],
                hours_due_on=form.cleaned_data.get("hours_due_on"),
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("%(body)s, license %(number)s, is changed. Certificates you have stay as issued.")
                % _words(row),
            )
            _warn(request, row)
            return redirect("licensing:license-list")
    return _form(request, form, row)


@require_POST
def license_remove(request: PersonRequest, uid: UUID) -> HttpResponse:
    row = licenses.license_of(request.user, uid)
    if row is None:
        # Pressed twice: the first press removed it.
        _removed_or_404(request.user, uid)
        return redirect("licensing:license-list")
    licenses.remove_license(row, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("%(body)s, license %(number)s, is removed. You can put it back below.") % _words(row),
    )
    return redirect("licensing:license-list")


@require_POST
def license_restore(request: PersonRequest, uid: UUID) -> HttpResponse:
    row = licenses.license_of(request.user, uid) or _removed_or_404(request.user, uid)
    row = licenses.restore_license(row, by=request.user, now=timezone.now())
    messages.success(request, _("%(body)s, license %(number)s, is back.") % _words(row))
    return redirect("licensing:license-list")


@require_POST
def license_consent(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Yes or no to reports of what was completed under this license; it can be taken back."""
    row = _own_or_404(request.user, uid)
    answer = request.POST.get("consent", "")
    if answer not in ("yes", "no"):
        messages.error(request, _("Say yes or no."))
        return redirect("licensing:license-list")
    answer_consent(row, is_given=answer == "yes", by=request.user, now=timezone.now())
    messages.success(
        request,
        _("Noted. We report your courses to %(place)s.") % {"place": row.body.place}
        if answer == "yes"
        else _("Noted. Nothing more is reported to %(place)s; you declare your hours there.")
        % {"place": row.body.place},
    )
    return redirect("licensing:license-list")


def _form(request: PersonRequest, form: LicenseForm, row: License | None) -> HttpResponse:
    hints = _end_hints(form.bodies, row, today=request.user.local_date(timezone.now()))
    form.suggest(hints, license=row)
    return render(
        request,
        "licensing/license_form.html",
        {
            "form": form,
            "license": row,
            # For the script that offers the end as soon as the body is chosen.
            "hints": {body.code: _for_script(hints[body.pk]) for body in form.bodies},
            "crumbs": [
                {"label": _("My licenses"), "url": reverse("licensing:license-list")},
                {"label": _("Change") if row else _("Add a license"), "url": ""},
            ],
        },
        status=422 if form.is_bound else 200,
    )


def _end_hints(
    bodies: Sequence[LicensingBody], row: License | None, *, today: date
) -> dict[int, EndHint]:
    """What each body's rule tells about the end of a period; one query."""
    rules = newest_rules(bodies)
    hints = {}
    for body in bodies:
        known = rules.get(body.pk)
        license = HeldLicense(body.code) if row is None else replace(held(row), expires_on=None)
        hints[body.pk] = end_hint(
            read_rule(known, body) if known else None, license, place=body.place, today=today
        )
    return hints


def _is_end_of_hours(row: License) -> bool:
    """Whether hours are due on the end that the card shows; so unless the rule says otherwise."""
    known = newest_rules([row.body]).get(row.body_id)
    return known is None or read_rule(known, row.body).is_cycle_end_on_card


def _for_script(hint: EndHint) -> tuple[str, str]:
    return hint.sentence, hint.suggested.isoformat() if hint.suggested else ""


def _warn(request: PersonRequest, row: License) -> None:
    """The card decides: what looks odd is said once and kept as typed."""
    known = newest_rules([row.body]).get(row.body_id)
    for warning in (
        number_warning(row.body.license_format, place=row.body.place, number=row.number),
        end_warning(read_rule(known, row.body), row.expires_on) if known else "",
    ):
        if warning:
            messages.warning(request, warning)


def _own_or_404(user: User, uid: UUID) -> License:
    row = licenses.license_of(user, uid)
    if row is None:
        raise Http404
    return row


def _removed_or_404(user: User, uid: UUID) -> License:
    row = licenses.license_of(user, uid, is_removed=True)
    if row is None:
        raise Http404
    return row


def _words(row: License) -> dict[str, str]:
    return {"body": row.body.place, "number": row.number}


def _row(row: License, today: date, note: LicenseNote | None) -> LicenseRow:
    words, tone = _end(row, today)
    return LicenseRow(row, words, tone, note)


def _end(row: License, today: date) -> tuple[str, str]:
    if row.expires_on is None:
        return _("No end date noted"), ""
    day = long_date(row.expires_on)
    left = (row.expires_on - today).days
    if left < 0:
        return _("Ended %(day)s") % {"day": day}, "bad"
    if left == 0:
        return _("Ends today"), "warn"
    words = ngettext(
        "Until %(day)s, %(count)d day left", "Until %(day)s, %(count)d days left", left
    ) % {
        "day": day,
        "count": left,
    }
    return words, "warn" if left <= SOON else "good"
