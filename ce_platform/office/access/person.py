"""What access says on the page of a person: codes used and bought, invitations, refunds."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from ce_platform.accounts.models import User
from ce_platform.office.access.queries import INVITATION_TONES, TONES, title_on_sale
from ce_platform.office.people.parts import Event, Panel, PersonPart
from courses.access_share import addresses_of
from courses.domain.entering import provider_day
from courses.models import (
    AccessCode,
    AccessCodeUse,
    CourseInvitation,
    Enrollment,
    EnrollmentRefund,
    ShopSale,
    long_texts,
)

MOST = 10


def panel(user: User, now: datetime) -> Panel | None:
    """Six queries, whatever there is."""
    today, addresses = provider_day(now), addresses_of(user)
    sales = (
        ShopSale.objects.filter(buyer_email__in=addresses)
        .select_related("shop", "code__course__on_sale_version")
        .defer(*long_texts("code__course__on_sale_version"))
    )
    uses = AccessCodeUse.objects.filter(user=user).select_related("code__course__on_sale_version")
    codes: dict[int, dict[str, Any]] = {}
    for sale in sales.order_by("-pk")[:MOST]:
        words = _("bought at %(shop)s, order %(number)s") % {
            "shop": sale.shop.name,
            "number": sale.sale,
        }
        codes[sale.code_id] = _row(sale.code, words, today=today)
    for use in uses.order_by("-pk")[:MOST]:
        codes[use.code_id] = _row(use.code, _("used"), today=today)
    invitations = [
        {
            "state": (state := row.state_on(today)),
            "tone": INVITATION_TONES[state],
            "title": title_on_sale(row.course),
        }
        for row in _invitations(user, addresses).order_by("-pk")[:MOST]
    ]
    enrollments = list(
        Enrollment.objects.filter(user=user)
        .select_related("version")
        .defer(*long_texts("version"))
        .order_by("-pk")[:MOST]
    )
    refunded = set(
        EnrollmentRefund.objects.filter(enrollment__in=enrollments, undone_at=None).values_list(
            "enrollment_id", flat=True
        )
    )
    if not (codes or invitations or refunded):
        return None
    context = {
        "codes": list(codes.values()),
        "invitations": invitations,
        "enrollments": [
            {
                "enrollment": each,
                "title": each.version.title,
                "is_refunded": each.pk in refunded,
            }
            for each in enrollments
        ],
    }
    return Panel("office/access/person_panel.html", context, order=60)


def events(user: User, most: int, before: datetime | None) -> list[Event]:
    """Used, bought, invited, refunded: four queries."""
    addresses = addresses_of(user)
    found: list[Event] = []
    for use in _newest(
        AccessCodeUse.objects.filter(user=user).select_related("code__course__on_sale_version"),
        "used_at",
        most,
        before,
    ):
        found.append(
            Event(
                at=use.used_at,
                sentence=_("Used the code %(code)s for “%(title)s”.")
                % {"code": use.code.printed, "title": title_on_sale(use.code.course)},
                kind="access",
                url=reverse("office:access-code-detail", args=[use.code.uid]),
            )
        )
    for sale in _newest(
        ShopSale.objects.filter(buyer_email__in=addresses).select_related(
            "code", "course__on_sale_version", "shop"
        ),
        "received_at",
        most,
        before,
    ):
        found.append(
            Event(
                at=sale.received_at,
                sentence=_("Bought a code for “%(title)s”, order %(number)s.")
                % {"title": title_on_sale(sale.course), "number": sale.sale},
                kind="access",
                url=reverse("office:access-code-detail", args=[sale.code.uid]),
                actor=sale.shop.name,
            )
        )
    for row in _newest(_invitations(user, addresses), "created_at", most, before):
        found.append(
            Event(
                at=row.created_at,
                sentence=_("Invited to “%(title)s”.") % {"title": title_on_sale(row.course)},
                kind="access",
                url=reverse("office:access-invitation-list"),
                note=row.note,
            )
        )
    for refund in _newest(
        EnrollmentRefund.objects.filter(enrollment__user=user).select_related(
            "enrollment__version"
        ),
        "refunded_at",
        most,
        before,
    ):
        found.append(
            Event(
                at=refund.refunded_at,
                sentence=_("The money for “%(title)s” was paid back.")
                % {"title": refund.enrollment.version.title},
                kind="access",
                url=reverse("office:access-refund", args=[refund.enrollment.uid]),
                note=refund.reason,
            )
        )
    return sorted(found, key=lambda event: event.at, reverse=True)[:most]


def _newest(rows: Any, moment: str, most: int, before: datetime | None) -> Any:
    if before is not None:
        rows = rows.filter(**{f"{moment}__lt": before})
    return rows.order_by(f"-{moment}", "-pk")[:most]


def _invitations(user: User, addresses: set[str]) -> Any:
    return CourseInvitation.objects.filter(
        Q(email__in=addresses) | Q(accepted_by=user)
    ).select_related("course__on_sale_version")


def _row(code: AccessCode, words: str, *, today: date) -> dict[str, Any]:
    state = code.state_on(today)
    return {
        "code": code,
        "label": state.label,
        "tone": TONES[state],
        "title": title_on_sale(code.course),
        "words": words,
    }


PART = PersonPart(name="access", panel=panel, events=events)
