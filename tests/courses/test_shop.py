"""Shops that tell of sales: signed, repeated, forged, late, refunded."""

import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail
from courses.domain.access import redeem
from courses.models import AccessCode, Enrollment, Shop, ShopCall, ShopKey, ShopSale
from courses.shop import receiving
from courses.shop.keys import ShopNamedTwice, add_shop, make_key, revoke_key
from courses.shop.reading import BodyRefused, read_refund, read_sale
from courses.shop.receiving import REFUND, SALE, Answer, receive
from courses.shop.signing import CallHeaders, Verdict, headers_for, signature_of, verdict
from tests.conftest import NOW
from tests.factories.access import closed_course
from tests.factories.accounts import UserFactory

TOLD = {"sale": "1001", "line": "1", "course": "points", "email": "Buyer@Example.com"}
BODY = json.dumps(TOLD).encode()
DOCS = Path(__file__).parents[2] / "docs" / "access-and-shop.md"


def a_key(shop: Shop | None = None) -> tuple[ShopKey, str]:
    """Of a shop of its own, if not told which."""
    office = UserFactory()
    shop = shop or add_shop(name=f"Shop {Shop.objects.count()}", by=office, now=NOW)
    return make_key(shop, by=office, now=NOW)


def signed(body: bytes, key: tuple[ShopKey, str], *, at: Any = NOW) -> CallHeaders:
    return headers_for(body, key=key[0].public_id, secret=key[1], now=at)


def tell(body: bytes, headers: CallHeaders, *, what: str = SALE) -> Answer:
    return receive(what, headers=headers, body=body, address="192.0.2.1", now=NOW)


# ---------------------------------------------------------------- pure


def test_signature_is_the_one_of_the_docs() -> None:
    assert signature_of(b'{"sale":"1"}', secret="secret", timestamp="1795000000") == (
        "v1=fc6b7b0a838d73c74033f2f91df481984018743ab017132df9bbcee92718de70"
    )


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        (0, Verdict.RIGHT),
        (300, Verdict.RIGHT),
        (301, Verdict.LATE),
        (-300, Verdict.RIGHT),
        (-301, Verdict.EARLY),
    ],
)
def test_signature_holds_for_five_minutes(seconds: int, found: Verdict) -> None:
    headers = headers_for(BODY, key="k", secret="s", now=NOW)

    assert verdict(headers, BODY, secret="s", now=NOW + timedelta(seconds=seconds)) == found


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": "1"},
        {"timestamp": "９"},
        {"timestamp": "-5"},
        {"timestamp": "1" * 40},
        {"signature": ""},
        {"signature": "v1=ü"},
        {"signature": "v1=" + "0" * 64},
    ],
)
def test_what_is_not_signed_is_forged(change: dict[str, str]) -> None:
    right = headers_for(BODY, key="k", secret="s", now=NOW)
    headers = CallHeaders(**{**vars(right), **change})

    assert verdict(headers, BODY, secret="s", now=NOW) == Verdict.FORGED
    assert verdict(right, BODY + b" ", secret="s", now=NOW) == Verdict.FORGED
    assert verdict(right, BODY, secret="other", now=NOW) == Verdict.FORGED


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "not JSON"),
        (b"[" * 9_000, 400, "not JSON"),
        (b'{"sale": "\xff"}', 400, "not JSON"),
        (b"[]", 400, "JSON object"),
        (b'{"sale": {}}', 422, "is missing"),
        (json.dumps(TOLD | {"sale": ""}).encode(), 422, "“sale” is missing"),
        (json.dumps(TOLD | {"sale": "9" * 81}).encode(), 422, "longer than 80"),
        (json.dumps(TOLD | {"email": "nobody"}).encode(), 422, "not an address"),
        (json.dumps(TOLD | {"quantity": 0}).encode(), 422, "whole number"),
        (json.dumps(TOLD | {"quantity": True}).encode(), 422, "whole number"),
        (json.dumps(TOLD | {"course": ["points"]}).encode(), 422, "not a text"),
    ],
)
def test_body_that_is_no_sale_is_refused(body: bytes, status: int, said: str) -> None:
    with pytest.raises(BodyRefused) as refusal:
        read_sale(body)

    assert said in str(refusal.value) or status == 422
    assert refusal.value.status == status


def test_sale_is_read_as_shops_write_it() -> None:
    told = TOLD | {"sale": 1001, "line": 7, "quantity": "2", "extra": {"ignored": [1]}}
    told["course"] = "https://learn.example.com/courses/points/?utm_source=mail#buy"

    sale = read_sale(json.dumps(told).encode())

    assert (sale.sale, sale.line, sale.course, sale.email, sale.quantity) == (
        "1001",
        "7",
        "points",
        "buyer@example.com",
        2,
    )
    assert read_refund(b'{"sale": 1001, "line": null}').line is None


# ---------------------------------------------------------------- sales


@pytest.mark.django_db
def test_sale_becomes_one_code_and_one_mail_however_often_it_is_told() -> None:
    closed_course(course__slug="points", title="Points of the face")
    key = a_key()

    first, again = (tell(BODY, signed(BODY, key)) for _ in range(2))
    reordered = json.dumps(dict(reversed(TOLD.items()))).encode()
    third = tell(reordered, signed(reordered, key))

    code = AccessCode.objects.get()
    assert [each.status for each in (first, again, third)] == [201, 200, 200]
    assert [each.more["access_code"] for each in (first, again, third)] == [code.printed] * 3
    mail = OutgoingMail.objects.get()
    assert (mail.to_email, mail.kind) == ("buyer@example.com", "access_code_sent")
    assert f"/redeem/?code={code.printed}" in mail.body
    # Set apart: such a line is what stands large in the mail.
    assert f"\n    {code.printed}\n" in mail.body
    assert "Points of the face" in mail.subject
    assert [call.code for call in ShopCall.objects.order_by("pk")] == ["made", "known", "known"]


@pytest.mark.django_db
def test_a_buyer_sends_nobody_words_of_their_own_in_our_name() -> None:
    """The name of an order is typed by whoever orders, and so is the address."""
    closed_course(course__slug="points")
    key = a_key()

    for sale, name in (("1", "Ann O'Neil 3rd"), ("2", "Locked! https://evil.example/x")):
        body = json.dumps(TOLD | {"sale": sale, "name": name}).encode()
        tell(body, signed(body, key))

    hello = [mail.body.splitlines()[0] for mail in OutgoingMail.objects.order_by("pk")]
    assert hello == ["Hello Ann O'Neil 3rd,", "Hello,"]
    assert ShopSale.objects.filter(buyer_name="Locked! https://evil.example/x").exists()


@pytest.mark.django_db
def test_every_call_that_is_refused_changes_nothing_and_is_written_down() -> None:
    closed_course(course__slug="points")
    key, other = a_key(), a_key()
    revoke_key(other[0], by=UserFactory(), now=NOW)
    unreadable = a_key()
    ShopKey.objects.filter(pk=unreadable[0].pk).update(secret_encrypted="gAAAA")
    elsewhere = json.dumps(TOLD | {"course": "knees"}).encode()
    late = NOW - timedelta(minutes=6)

    answers = [
        tell(BODY + b" ", signed(BODY, key)),
        tell(BODY, signed(BODY, (key[0], other[1]))),
        tell(BODY, signed(BODY, other)),
        tell(BODY, signed(BODY, unreadable)),
        tell(BODY, CallHeaders("nobody", "1", "v1=")),
        tell(BODY, signed(BODY, key, at=late)),
        tell(BODY, signed(BODY, key, at=NOW + timedelta(minutes=6))),
        tell(elsewhere, signed(elsewhere, key)),
        tell(b"{}", signed(b"{}", key)),
    ]

    assert [(each.status, each.code) for each in answers] == [
        *[(401, "not-signed")] * 5,
        *[(401, "late")] * 2,
        (422, "no-such-course"),
        (422, "not-understood"),
    ]
    assert len({each.said for each in answers[:5]}) == 1
    assert not AccessCode.objects.exists()
    assert not OutgoingMail.objects.exists()
    calls = list(ShopCall.objects.order_by("pk"))
    assert len(calls) == 9
    assert "revoked" in calls[2].sentence
    assert key[1] not in "".join(f"{call.sentence}{call.shop_name}" for call in calls)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"course": "other"}, {"email": "thief@example.com"}, {"quantity": 50}]
)
def test_same_sale_with_other_content_is_a_conflict(change: dict[str, Any]) -> None:
    closed_course(course__slug="points")
    closed_course(course__slug="other")
    key = a_key()
    tell(BODY, signed(BODY, key))
    changed = json.dumps(TOLD | change).encode()

    answer = tell(changed, signed(changed, key))

    assert (answer.status, answer.code) == (409, "other-content")
    assert "access_code" not in answer.more
    assert AccessCode.objects.get().shop_sale.buyer_email == "buyer@example.com"
    # Another line of the same order is another code.
    line = json.dumps(TOLD | change | {"line": "2"}).encode()
    assert tell(line, signed(line, key)).status == 201


@pytest.mark.django_db
def test_two_shops_number_their_orders_alike_and_neither_touches_the_other(owner: User) -> None:
    closed_course(course__slug="points")
    woo, stripe = a_key(), a_key()
    theirs = json.dumps(TOLD | {"email": "other@example.com"}).encode()

    ours, other = tell(BODY, signed(BODY, woo)), tell(theirs, signed(theirs, stripe))

    assert (ours.status, other.status) == (201, 201)
    assert ours.more["access_code"] != other.more["access_code"]
    # What one shop told, recorded and told with the key of the other: that key did not sign it.
    recorded = signed(BODY, woo)
    stolen = CallHeaders(stripe[0].public_id, recorded.timestamp, recorded.signature)
    assert tell(BODY, stolen).code == "not-signed"
    # Rightly signed by the other, it is another order of theirs, and no code of ours is said.
    assert tell(BODY, signed(BODY, stripe)).code == "other-content"
    # Nor does it pay back what it has not sold.
    line = json.dumps(TOLD | {"line": "7"}).encode()
    tell(line, signed(line, woo))
    refund = b'{"sale": "1001", "line": "7"}'
    assert tell(refund, signed(refund, stripe), what=REFUND).status == 404
    whole = b'{"sale": "1001"}'
    assert tell(whole, signed(whole, stripe), what=REFUND).more["codes"] == 1
    assert AccessCode.objects.filter(shop_sale__shop=woo[0].shop, canceled_at=None).count() == 2
    with pytest.raises(ShopNamedTwice):
        add_shop(name=f" {woo[0].shop.name.upper()} ", by=owner, now=NOW)


@pytest.mark.django_db
def test_sale_that_is_told_again_with_the_next_key_of_the_shop_is_the_same() -> None:
    closed_course(course__slug="points")
    old = a_key()
    first = tell(BODY, signed(BODY, old))
    new = a_key(old[0].shop)
    revoke_key(old[0], by=UserFactory(), now=NOW)

    again = tell(BODY, signed(BODY, new))
    refund = b'{"sale": "1001"}'

    assert (again.status, again.code, again.more) == (200, "known", first.more)
    assert tell(BODY, signed(BODY, old)).code == "not-signed"
    assert tell(refund, signed(refund, new), what=REFUND).more["codes"] == 1
    assert OutgoingMail.objects.filter(kind="access_code_sent").count() == 1


@pytest.mark.django_db
def test_refund_cancels_every_line_of_a_sale_and_can_be_told_again(owner: User) -> None:
    closed_course(course__slug="points")
    key = a_key()
    for number in ("1", "2"):
        body = json.dumps(TOLD | {"line": number}).encode()
        tell(body, signed(body, key))
    enrollment = redeem(AccessCode.objects.order_by("pk")[0], by=owner, now=NOW).enrollment
    body = b'{"sale": "1001", "reason": "Asked within 14 days"}'

    first, again = (tell(body, signed(body, key), what=REFUND) for _ in range(2))

    assert (first.status, first.code, dict(first.more)) == (
        200,
        "refunded",
        {"codes": 2, "left": 1, "completed": 0},
    )
    assert (again.status, again.code) == (200, "known")
    assert Enrollment.objects.get(pk=enrollment.pk).status == "withdrawn"
    assert {code.cancel_reason for code in AccessCode.objects.all()} == {"Asked within 14 days"}
    assert tell(BODY, signed(BODY, key)).code == "refunded"
    unknown = b'{"sale": "9"}'
    assert tell(unknown, signed(unknown, key), what=REFUND).status == 404


# ---------------------------------------------------------------- over HTTP


def post(client: Client, body: bytes, headers: CallHeaders, url: str = "") -> Any:
    return client.post(
        url or reverse("courses:shop-sale"),
        body,
        content_type="application/json",
        headers={
            "Shop-Key": headers.key,
            "Shop-Timestamp": headers.timestamp,
            "Shop-Signature": headers.signature,
        },
    )


@pytest.mark.django_db
def test_call_needs_no_session_and_answers_in_json() -> None:
    closed_course(course__slug="points")
    key = a_key()
    client = Client(enforce_csrf_checks=True)

    answer = post(client, BODY, signed(BODY, key, at=timezone.now()))

    assert (answer.status_code, answer.json()["ok"]) == (201, True)
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert client.get(reverse("courses:shop-sale")).status_code == 405
    large = b" " * (16 * 1024 + 1)
    assert post(client, large, signed(large, key)).status_code == 413


@pytest.mark.django_db
def test_forgers_are_held_up_and_the_shop_is_not(client: Client) -> None:
    closed_course(course__slug="points")
    key = a_key()
    forged = CallHeaders(key[0].public_id, "1", "v1=0")

    statuses = [post(client, BODY, forged).status_code for _ in range(32)]

    assert statuses == [401] * 30 + [429] * 2
    assert ShopCall.objects.count() == 30
    assert post(client, BODY, signed(BODY, key, at=timezone.now())).status_code == 201


@pytest.mark.django_db
def test_log_of_calls_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_KEPT", 3)
    old = NOW - timedelta(days=91)
    for at in (old, *[NOW] * 5):
        ShopCall.objects.create(at=at, what=SALE, status=401, code="x", sentence="")

    receiving.sweep_calls(NOW)

    assert [call.at for call in ShopCall.objects.all()] == [NOW] * 3


@pytest.mark.django_db
def test_curl_of_the_docs_signs_as_we_do(tmp_path: Path) -> None:
    """The example is run as it stands there; in the place of curl stands a script that prints
    what it is given."""
    script = re.search(r"```sh\n(KEY=.*?)```", DOCS.read_text(), re.S)
    assert script is not None
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\nfor each in "$@"; do printf "%s\\n" "$each"; done\n')
    curl.chmod(0o755)
    closed_course(course__slug="facial-massage-introduction")
    key, secret = a_key()
    text = script[1].replace("shop_…", key.public_id).replace("shop_secret_…", secret)

    said = subprocess.run(
        ["sh", "-euc", text],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    found = dict(line.split(": ", 1) for line in said if line.startswith(("Shop-", "Content")))
    body = said[said.index("--data-raw") + 1].encode()
    headers = CallHeaders(found["Shop-Key"], found["Shop-Timestamp"], found["Shop-Signature"])
    answer = receive(SALE, headers=headers, body=body, address="", now=timezone.now())
    assert answer.status == 201
    assert ShopSale.objects.get().sale == "1001"
