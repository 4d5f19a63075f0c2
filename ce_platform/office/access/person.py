"""What access says on the page of a person: codes used and bought, invitations, refunds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from ce_platform.accounts.models import User
from ce_platform.office.access.queries import INVITATION_TONES, TONES, title_on_sale
from ce_platform.office.people.asked import addresses_of, enrollments_of, has, rows_of
from ce_platform.office.people.parts import Event, Panel, PersonPart, Rows
from courses.domain.entering import provider_day
from courses.models import (
    AccessCode,
    AccessCodeUse,
    CourseInvitation,
    EnrollmentRefund,
    ShopSale,
)

MOST: Final = 10
"""Of each on the panel."""
_MOST_EVENTS: Final = 60


def panel(user: User, now: datetime) -> Panel | None:
    if not any(has(user, name) for name in _ROWS):
        return None
    today = provider_day(now)
    codes: dict[int, dict[str, Any]] = {}
    for sale in _newest(user, "shop-sales")[:MOST]:
        words = _("bought at %(shop)s, order %(number)s") % {
            "shop": sale.shop.name,
            "number": sale.sale,
        }
        codes[sale.code_id] = _row(sale.code, words, today=today)
    for use in _newest(user, "code-uses")[:MOST]:
        codes[use.code_id] = _row(use.code, _("used"), today=today)
    invitations = [
        {
            "state": (state := row.state_on(today)),
            "tone": INVITATION_TONES[state],
            "title": title_on_sale(row.course),
        }
        for row in _newest(user, "invitations")[:MOST]
    ]
    refunded = {row.enrollment_id for row in _newest(user, "refunds") if row.undone_at is None}
    if not (codes or invitations or refunded):
        return None
    enrollments = sorted(enrollments_of(user), key=lambda row: row.pk, reverse=True)
    context = {
        "codes": list(codes.values()),
        "invitations": invitations,
        "enrollments": [
            {
                "enrollment": each,
                "title": each.version.title,
                "is_refunded": each.pk in refunded,
            }
            for each in enrollments[:MOST]
        ],
    }
    return Panel("office/access/person_panel.html", context, order=60)


def events(user: User, most: int, before: datetime | None) -> list[Event]:
    """Used, bought, invited, refunded."""
    found = [
        event_of(row)
        for name, event_of in _EVENTS.items()
        if has(user, name)
        for row in (_newest(user, name) if before is None else _older(user, name, most, before))
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)[:most]


def _used(use: AccessCodeUse) -> Event:
    return Event(
        at=use.used_at,
        sentence=_("Used the code %(code)s for “%(title)s”.")
        % {"code": use.code.printed, "title": title_on_sale(use.code.course)},
        kind="access",
        url=reverse("office:access-code-detail", args=[use.code.uid]),
    )


def _bought(sale: ShopSale) -> Event:
    return Event(
        at=sale.received_at,
        sentence=_("Bought a code for “%(title)s”, order %(number)s.")
        % {"title": title_on_sale(sale.code.course), "number": sale.sale},
        kind="access",
        url=reverse("office:access-code-detail", args=[sale.code.uid]),
        actor=sale.shop.name,
    )


def _invited(row: CourseInvitation) -> Event:
    return Event(
        at=row.created_at,
        sentence=_("Invited to “%(title)s”.") % {"title": title_on_sale(row.course)},
        kind="access",
        url=reverse("office:access-invitation-list"),
        note=row.note,
    )


def _paid_back(refund: EnrollmentRefund) -> Event:
    return Event(
        at=refund.refunded_at,
        sentence=_("The money for “%(title)s” was paid back.")
        % {"title": refund.enrollment.version.title},
        kind="access",
        url=reverse("office:access-refund", args=[refund.enrollment.uid]),
        note=refund.reason,
    )


_EVENTS: Final[Mapping[str, Callable[[Any], Event]]] = {
    "code-uses": _used,
    "shop-sales": _bought,
    "invitations": _invited,
    "refunds": _paid_back,
}
_MOMENTS: Final = {
    "code-uses": "used_at",
    "shop-sales": "received_at",
    "invitations": "created_at",
    "refunds": "refunded_at",
}


def _newest(user: User, name: str) -> list[Any]:
    """What the panel shows and the newest events are made of."""
    return rows_of(
        user,
        name,
        lambda: _rows(user, name).order_by(f"-{_MOMENTS[name]}", "-pk")[:_MOST_EVENTS],
    )


def _older(user: User, name: str, most: int, before: datetime) -> Iterable[Any]:
    moment = _MOMENTS[name]
    rows = _rows(user, name).filter(**{f"{moment}__lt": before})
    return rows.order_by(f"-{moment}", "-pk")[:most]


_COURSE: Final = ("slug", "on_sale_version__title")
_CODE: Final = (
    "uid",
    "code",
    "origin",
    "use_limit",
    "use_count",
    "expires_on",
    "canceled_at",
    *(f"course__{name}" for name in _COURSE),
)


def _rows(user: User, name: str) -> QuerySet[Any]:
    """With what is shown of them alone: their tables are wide, and there are many of them."""
    code = [f"code__{each}" for each in _CODE]
    match name:
        case "code-uses":
            uses = AccessCodeUse.objects.filter(user=user)
            return uses.select_related("code__course__on_sale_version").only("used_at", *code)
        case "shop-sales":
            sales = ShopSale.objects.filter(buyer_email__in=_addresses(user))
            return sales.select_related("shop", "code__course__on_sale_version").only(
                "sale", "received_at", "shop__name", *code
            )
        case "invitations":
            invitations = CourseInvitation.objects.filter(
                Q(email__in=_addresses(user)) | Q(accepted_by=user)
            )
            return invitations.select_related("course__on_sale_version").only(
                "note",
                "created_at",
                "accepted_at",
                "withdrawn_at",
                "expires_on",
                *(f"course__{each}" for each in _COURSE),
            )
        case _:
            refunds = EnrollmentRefund.objects.filter(enrollment__user=user)
            return refunds.select_related("enrollment__version").only(
                "reason",
                "refunded_at",
                "undone_at",
                "enrollment__uid",
                "enrollment__version__title",
            )


def _addresses(user: User) -> set[str]:
    return {each for each in (user.email.lower(), *addresses_of(user)) if each}


def _row(code: AccessCode, words: str, *, today: date) -> dict[str, Any]:
    state = code.state_on(today)
    return {
        "code": code,
        "label": state.label,
        "tone": TONES[state],
        "title": title_on_sale(code.course),
        "words": words,
    }


_PROVED: Final = EmailAddress.objects.filter(user=OuterRef(OuterRef("pk"))).values(
    address=Lower("email")
)
_ROWS: Final[Mapping[str, Rows]] = {
    "code-uses": lambda: [AccessCodeUse.objects.filter(user=OuterRef("pk"))],
    "shop-sales": lambda: [
        ShopSale.objects.filter(buyer_email=Lower(OuterRef("email"))),
        ShopSale.objects.filter(buyer_email__in=_PROVED),
    ],
    "invitations": lambda: [
        CourseInvitation.objects.filter(accepted_by=OuterRef("pk")),
        CourseInvitation.objects.filter(email=Lower(OuterRef("email"))),
        CourseInvitation.objects.filter(email__in=_PROVED),
    ],
    "refunds": lambda: [EnrollmentRefund.objects.filter(enrollment__user=OuterRef("pk"))],
}

PART = PersonPart(name="access", panel=panel, events=events, rows=_ROWS)
