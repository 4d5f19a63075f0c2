"""Codes, refunds and shops at the same moment."""

from collections.abc import Callable
from typing import Any

import pytest

from courses.domain.access import cancel_code, recount_uses, redeem
from courses.domain.access_errors import CodeNotUsable
from courses.domain.refunding import refund_code
from courses.models import AccessCode, AccessCodeUse, Course, Enrollment, ShopSale
from courses.shop.receiving import SALE, Answer, receive
from tests.conftest import NOW
from tests.courses.test_concurrency import together
from tests.courses.test_shop import BODY, a_key, signed
from tests.factories.access import closed_course, code_for
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


def test_code_for_three_lets_three_of_eight_in() -> None:
    code = code_for(use_limit=3)
    people = UserFactory.create_batch(8)

    def use(person: Any) -> Callable[[], Any]:
        return lambda: redeem(code, by=person, now=NOW).is_used

    found = together(*[use(person) for person in people])

    assert sum(each is True for each in found) == 3
    assert sum(isinstance(each, CodeNotUsable) for each in found) == 5
    assert AccessCode.objects.get().use_count == AccessCodeUse.objects.count() == 3
    assert Course.objects.get().enrollment_count == Enrollment.objects.count() == 3


def test_one_person_with_eight_clicks_uses_a_code_once() -> None:
    code, person = code_for(use_limit=5), UserFactory()

    found = together(*[lambda: redeem(code, by=person, now=NOW).enrollment.pk] * 8)

    assert found == [Enrollment.objects.get().pk] * 8
    assert AccessCode.objects.get().use_count == 1


@pytest.mark.parametrize("_round", range(3))
def test_refund_and_use_at_the_same_moment_leave_nobody_in(_round: int) -> None:
    code, office = code_for(use_limit=9), UserFactory()
    people = UserFactory.create_batch(3)
    redeem(code, by=people[0], now=NOW)

    def use(person: Any) -> Callable[[], Any]:
        return lambda: redeem(code, by=person, now=NOW)

    found = together(
        lambda: refund_code(code, reason="Paid back.", by=office, now=NOW),
        lambda: cancel_code(code, reason="A mistake.", by=office, now=NOW),
        *[use(person) for person in people],
    )

    refused = [each for each in found if isinstance(each, Exception)]
    assert all(isinstance(each, CodeNotUsable) or "code" in str(each) for each in refused)
    assert not Enrollment.objects.filter(status="open").exists()
    assert list(recount_uses(False)) == []


def test_sale_told_eight_times_at_once_makes_one_code() -> None:
    closed_course(course__slug="points")
    key = a_key()

    def tell() -> Answer:
        return receive(SALE, headers=signed(BODY, key), body=BODY, address="192.0.2.1", now=NOW)

    found = together(*[tell] * 8)

    assert sorted(each.status for each in found) == [200] * 7 + [201]
    assert len({each.more["access_code"] for each in found}) == 1
    assert AccessCode.objects.count() == ShopSale.objects.count() == 1


def test_same_order_of_two_shops_with_three_keys_at_once_makes_two_codes() -> None:
    closed_course(course__slug="points")
    woo, stripe = a_key(), a_key()
    next_of_woo = a_key(woo[0].shop)

    def tell(key: Any) -> Callable[[], Any]:
        headers = signed(BODY, key)
        return lambda: receive(SALE, headers=headers, body=BODY, address="192.0.2.1", now=NOW)

    found = together(*[tell(key) for key in (woo, stripe, next_of_woo)] * 3)

    assert sorted(each.status for each in found) == [200] * 7 + [201] * 2
    assert len({each.more["access_code"] for each in found}) == 2
    assert ShopSale.objects.count() == 2
