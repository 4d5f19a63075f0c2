"""Licensing bodies for everybody, and what the office says of them."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import (
    PersonRequest,
    is_registrar,
    is_staff_member,
    registrar_only,
)
from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean
from ce_platform.licensing import facts, queries, rule_words, rules_desk
from ce_platform.licensing.domain import office, standing
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.domain.readings import parts_of
from ce_platform.licensing.models import BodyRule, LicensingBody
from ce_platform.licensing.planner import counts

LONGEST_SEARCH = 100
MOST_RULES = 40


@dataclass(frozen=True)
class BodyRow:
    body: LicensingBody
    is_checked: bool
    rule: BodyRule | None


@login_not_required
@require_safe
def body_list(request: HttpRequest) -> HttpResponse:
    """All bodies on one page: there are about sixty. `q` looks in names, states and codes."""
    words = clean(request.GET.get("q", ""))[:LONGEST_SEARCH]
    bodies = [body for body in queries.bodies_by_place() if rules_desk.fits(body, words)]
    rules = queries.newest_rules(bodies)
    groups: dict[str, list[BodyRow]] = {}
    for body in bodies:
        rule = rules.get(body.pk)
        groups.setdefault(body.kind, []).append(
            BodyRow(
                body=body,
                is_checked=rule is not None and rule.checked_at is not None,
                rule=rule,
            )
        )
    return render(
        request,
        "licensing/body_list.html",
        {
            "words": words,
            "groups": [
                {
                    "kind": kind,
                    "title": queries.GROUPS[str(LicensingBody.Kind(kind).label)],
                    "rows": rows,
                }
                for kind, rows in groups.items()
            ],
            "checked_count": sum(rule.checked_at is not None for rule in rules.values()),
        },
    )


@login_not_required
@require_safe
def body_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of a body. Its rule, and how our courses count by it, are shown to the public
    only after the office checked it."""
    body = get_object_or_404(LicensingBody, code=code)
    now = timezone.now()
    on = timezone.localdate(now)
    rules = list(body.rules.order_by("-valid_from", "-id")[:MOST_RULES])
    rule = queries.rule_on(rules, on)
    to_come = _to_come(rule, rules)
    is_checked = rule is not None and rule.checked_at is not None
    is_staff = is_staff_member(request.user)
    is_shown = rule is not None and (is_checked or is_staff)
    user = request.user if isinstance(request.user, User) else None
    licenses = active_licenses(user) if user else []
    own = [row for row in licenses if row.body_id == body.pk]
    courses = standing.courses_at(body, licenses=licenses, on=on)
    versions = [course.version for course in courses] if is_shown else []
    if user and own:
        answers = counts.for_licenses(own, versions, user=user, today=user.local_date(now))
    else:
        answers = counts.for_bodies([body], versions, today=on)
    return render(
        request,
        "licensing/body_detail.html",
        {
            "crumbs": [
                {"label": _("Licensing bodies"), "url": reverse("licensing:body-list")},
                {"label": body.place, "url": ""},
            ],
            "body": body,
            "place": body.place,
            "rule": rule,
            "is_checked": is_checked,
            "is_shown": is_shown,
            "groups": facts.fact_groups(rule.rule) if rule is not None and is_shown else [],
            "sources": [
                source | {"as_of": facts.day_of_source(source["as_of"])} for source in rule.sources
            ]
            if rule is not None and is_shown
            else [],
            "confidence": facts.CONFIDENCE_WORDS[rule.confidence] if rule is not None else "",
            "to_come": to_come
            if to_come is not None and is_shown and (to_come.checked_at or is_staff)
            else None,
            "changes": rule_words.differences(parts_of(rule), parts_of(to_come))
            if to_come is not None
            else [],
            "earlier_rules": [each for each in rules if each not in (rule, to_come)]
            if is_staff
            else [],
            "courses": [(course, answers.get(course.version.pk, [])) for course in courses],
            "own_licenses": own,
            "on": on,
            "is_staff": is_staff,
            "is_registrar": is_registrar(request.user),
            "is_anonymous": not isinstance(request.user, User),
        },
    )


@registrar_only
@require_POST
def office_rule_check(request: PersonRequest, pk: int) -> HttpResponse:
    """ "I checked this rule against its source today", or that taken back."""
    rule = get_object_or_404(BodyRule.objects.select_related("body"), pk=pk)
    is_checked = request.POST.get("checked") != "no"
    try:
        office.check_rule(rule, is_checked=is_checked, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Noted. The rule is public now.")
            if is_checked
            else _("The check is taken back. The rule is hidden from the public again."),
        )
    return _after_press(request, rule.body)


@registrar_only
@require_POST
def office_body_pending(request: PersonRequest, code: str) -> HttpResponse:
    body = get_object_or_404(LicensingBody, code=code)
    is_hidden = request.POST.get("hidden") == "yes"
    office.hide_pending(body, is_hidden=is_hidden, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("Pending submissions to this body are not printed from now on.")
        if is_hidden
        else _("Pending submissions to this body are printed from now on."),
    )
    return _after_press(request, body)


def _to_come(rule: BodyRule | None, rules: list[BodyRule]) -> BodyRule | None:
    """The next reading, where one is on file that begins later."""
    if rule is None:
        return None
    later = [each for each in rules if each.valid_from > rule.valid_from]
    return min(later, key=lambda each: (each.valid_from, -each.pk), default=None)


def _after_press(request: PersonRequest, body: LicensingBody) -> HttpResponse:
    """Back to where the button stood: the office's page of the body, or everybody's."""
    name = "office-body-detail" if request.POST.get("back") == "office" else "body-detail"
    return redirect(f"licensing:{name}", code=body.code)
