"""Finding a person, and the page of one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.text import clean
from ce_platform.office.people import happened, search
from ce_platform.office.people.facts import CourseLine, facts_of
from ce_platform.office.people.forms import (
    AddressForm,
    AttemptsForm,
    EnrollForm,
    InviteForm,
    PersonNameForm,
    PhoneForm,
    SecondStepForm,
    WithdrawForm,
)
from courses.models import Enrollment
from quizzes.forms import GiveTimeForm

Forms = Mapping[str, Form]
"""Those that were sent and not taken, by what they are for: see `person_page`."""
COMPLETED_SHOWN = 5


@registrar_only
@require_safe
def person_list(request: PersonRequest) -> HttpResponse:
    words = clean(request.GET.get("q", ""))[: search.LONGEST_SEARCH]
    after = request.GET.get("after")
    results = search.search(words, after=after) if words.strip() else search.everybody(after=after)
    return render(request, "office/people/list.html", {"words": words.strip(), "results": results})


@registrar_only
@require_safe
@never_cache
def person_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    return person_page(request, person_or_404(uid))


def person_or_404(uid: UUID) -> User:
    return get_object_or_404(User, uid=uid)


def person_page(
    request: PersonRequest, person: User, *, forms: Forms | None = None, status: int = 200
) -> HttpResponse:
    """`forms`: "address", "phone", "name", "enroll", "second-step", "invite", and for one course
    "withdraw-…", "time-…" with the id of the enrollment, "attempts-…" with that of the quiz too."""
    sent = forms or {}
    facts = facts_of(person, by=request.user, now=timezone.now())
    shown, folded = _folded(facts.courses)
    most = len(facts.past) if len(facts.past) <= COMPLETED_SHOWN + 1 else COMPLETED_SHOWN
    context: dict[str, Any] = {
        "person": person,
        "facts": facts,
        "courses": [_course(line, sent) for line in shown],
        "courses_before": [_course(line, sent) for line in folded],
        "past": facts.past[:most],
        "past_before": facts.past[most:],
        "timeline": happened.timeline(
            person,
            kind=request.GET.get("kind", ""),
            before=request.GET.get("before", ""),
        ),
        "panels": [
            render_to_string(panel.template, {**panel.context, "person": person}, request)
            for panel in facts.panels
        ],
        "kinds": happened.KINDS.items(),
        "address_form": sent.get("address") or AddressForm(),
        "phone_to_call": "".join(each for each in person.phone if each.isdigit() or each == "+"),
        "phone_form": sent.get("phone") or PhoneForm(initial={"phone": person.phone}),
        "name_form": sent.get("name")
        or PersonNameForm(
            certificates=facts.valid_certificates, initial={"name": person.name_on_certificates}
        ),
        "enroll_form": sent.get("enroll") or EnrollForm(courses=facts.on_sale),
        "second_step_form": sent.get("second-step") or SecondStepForm(),
        "invite_form": sent.get("invite") or InviteForm(),
        "is_never_here": person.last_login is None and person.is_active,
        "crumbs": [
            {"label": _("People"), "url": reverse("office:person-list")},
            {"label": person.get_full_name(), "url": ""},
        ],
    }
    return render(request, "office/people/detail.html", context, status=status)


def _folded(lines: Sequence[CourseLine]) -> tuple[list[CourseLine], list[CourseLine]]:
    """All that can still be helped with, and the newest completed ones; the others stay folded."""
    completed = [each for each in lines if each.enrollment.status == Enrollment.Status.COMPLETED]
    folded = completed[COMPLETED_SHOWN:]
    if len(folded) < 2:
        return list(lines), []
    return [each for each in lines if each not in folded], folded


def _course(line: CourseLine, sent: Forms) -> dict[str, Any]:
    pk = line.enrollment.pk
    lefts = line.help.quizzes if line.help else []
    names = [f"attempts-{pk}-{left.quiz.pk}" for left in lefts]
    withdraw = sent.get(f"withdraw-{pk}")
    time = sent.get(f"time-{pk}")
    percent = line.help.extra_percent if line.help else 0
    return {
        "line": line,
        "enrollment": line.enrollment,
        "quizzes": [
            {
                "line": left,
                "form": sent.get(name) or AttemptsForm(prefix=name, initial={"left": left.left}),
            }
            for name, left in zip(names, lefts, strict=True)
        ],
        "withdraw_form": withdraw or WithdrawForm(prefix=f"withdraw-{pk}"),
        "time_form": time
        or GiveTimeForm(prefix=f"time-{pk}", initial={"extra_percent": percent or 50}),
        "is_open": bool(withdraw or time or sent.keys() & set(names)),
        "is_waiting": any(left.is_waiting for left in lefts),
    }
