"""What pages and certificates read of licensing, in a constant number of queries."""

from collections.abc import Iterable
from datetime import date

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from ce_platform.licensing.models import BodyRule, LicensingBody, ProviderNumber, Signatory

# Where nobody licenses massage there is no license to hold.
NOTHING_TO_HOLD = "local"


def active_signatories() -> list[Signatory]:
    """Who signs certificates today, in the order of signing, with the picture's row."""
    return list(Signatory.objects.filter(is_active=True).select_related("signature"))


def provider_numbers_on(on: date) -> list[ProviderNumber]:
    """The numbers that bodies gave us and that hold on the day; one query."""
    return list(
        ProviderNumber.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on),
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        )
        .select_related("body")
        .order_by("body__jurisdiction", "body__code", "-valid_from", "number")
    )


def place_of(body: LicensingBody) -> str:
    return body.place


def bodies_by_place() -> list[LicensingBody]:
    """National approvers first, then states, then Canadian bodies, each in alphabetical order."""
    order = {
        LicensingBody.Kind.APPROVER: 0,
        LicensingBody.Kind.STATE_BOARD: 1,
        LicensingBody.Kind.CANADIAN: 2,
    }
    return sorted(
        LicensingBody.objects.all(),
        key=lambda body: (order[LicensingBody.Kind(body.kind)], body.place),
    )


def body_choices(bodies: Iterable[LicensingBody]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices for a select, grouped by kind: (code, "Florida – Florida Board of …")."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for body in bodies:
        label = f"{body.place} – {body.name}"
        groups.setdefault(str(LicensingBody.Kind(body.kind).label), []).append((body.code, label))
    return [(GROUPS.get(kind, kind), choices) for kind, choices in groups.items()]


GROUPS = {
    "State licensing body": "States and territories",
    "National approver": "National",
    "Canadian body": "Canada",
}


def license_bodies() -> list[LicensingBody]:
    """Bodies of which a therapist can hold something with a number."""
    return [body for body in bodies_by_place() if body.regulates != NOTHING_TO_HOLD]


def newest_rules(bodies: Iterable[LicensingBody], *, on: date | None = None) -> dict[int, BodyRule]:
    """The rule in force on the day (today), by body id; one query.

    Of several from the same day the one written last. Where every rule begins later, the first of
    them. Bodies without a rule are left out.
    """
    on = on or timezone.localdate()
    rules = BodyRule.objects.filter(body=OuterRef("pk"))
    begun = rules.filter(valid_from__lte=on).order_by("-valid_from", "-id").values("pk")[:1]
    to_come = rules.order_by("valid_from", "-id").values("pk")[:1]
    newest = (
        LicensingBody.objects.filter(pk__in=[body.pk for body in bodies])
        .order_by()
        .values_list(Coalesce(Subquery(begun), Subquery(to_come)))
    )
    return {rule.body_id: rule for rule in BodyRule.objects.filter(pk__in=newest)}


def rule_on(rules: Iterable[BodyRule], on: date) -> BodyRule | None:
    """The same for the rules of one body that were fetched before."""
    known = list(rules)
    begun = [rule for rule in known if rule.valid_from <= on]
    if begun:
        return max(begun, key=lambda rule: (rule.valid_from, rule.pk))
    return min(known, key=lambda rule: (rule.valid_from, -rule.pk), default=None)
