"""A course of the demo that is sold by code: some codes in every state, an invitation, a shop."""

import json
from datetime import datetime, timedelta

from django.db import transaction

from ce_platform.accounts.making import account_for
from ce_platform.accounts.models import User
from ce_platform.pages.demo_live import TITLE
from courses.domain.access import cancel_code, make_codes, redeem, set_access
from courses.domain.inviting import invite_to
from courses.models import AccessCode, Course
from courses.shop.keys import add_shop, make_key
from courses.shop.receiving import SALE, receive
from courses.shop.signing import headers_for


@transaction.atomic
def add_access(people: dict[str, User], *, now: datetime, said: list[str]) -> None:
    course = Course.objects.filter(on_sale_version__title=TITLE).first()
    if course is None or AccessCode.objects.filter(course=course).exists():
        return
    office = people["registrar@example.com"]
    set_access(
        course,
        access=Course.Access.CODE,
        price_text="$120",
        shop_url="https://shop.example.com/",
        by=office,
        now=now,
    )
    today = now.date()
    make_codes(
        course,
        count=12,
        note="Blue Ridge Bodywork School, spring class",
        expires_on=today + timedelta(days=180),
        by=office,
        now=now - timedelta(days=20),
    )
    (group,) = make_codes(
        course, use_limit=25, note="Clinic on Main Street", by=office, now=now - timedelta(days=9)
    )
    make_codes(
        course,
        note="Gift",
        expires_on=today - timedelta(days=3),
        by=office,
        now=now - timedelta(days=90),
    )
    (mistaken,) = make_codes(course, note="Phone order", by=office, now=now - timedelta(days=4))
    cancel_code(mistaken, reason="Ordered twice.", by=office, now=now - timedelta(days=3))
    member, _is_new = account_for(
        "priya.nair@example.com", name="Priya Nair", by=office, now=now - timedelta(days=8)
    )
    redeem(group, by=member, now=now - timedelta(days=2))
    invite_to(course, email="new.colleague@example.com", by=office, now=now)
    sell(course, office, now=now - timedelta(hours=5))
    said.append("a course that is sold by code")


def sell(course: Course, office: User, *, now: datetime) -> None:
    """Told by a shop, as it would be: signed, twice, and once with another hand."""
    shop = add_shop(name="WooCommerce", by=office, now=now - timedelta(days=30))
    key, secret = make_key(shop, by=office, now=shop.created_at)
    body = json.dumps(
        {
            "sale": "1042",
            "line": "1",
            "course": course.slug,
            "email": "lena.fischer@example.com",
            "name": "Lena Fischer",
        }
    ).encode()
    headers = headers_for(body, key=key.public_id, secret=secret, now=now)
    for _ in range(2):
        receive(SALE, headers=headers, body=body, address="203.0.113.20", now=now)
    receive(SALE, headers=headers, body=body + b" ", address="198.51.100.7", now=now)
