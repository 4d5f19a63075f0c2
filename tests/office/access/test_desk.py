"""The desk of access: lists that cost the same at any length, files, keys, refunds."""

import csv
import io
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail
from ce_platform.core.staff_digest import StaffMember
from ce_platform.office.access import person
from ce_platform.office.access.setup import snippets
from courses.domain.access import make_codes, redeem
from courses.domain.refunding import refund_enrollment
from courses.models import AccessCode, ShopCall, ShopKey
from courses.shop.keys import add_shop, make_key, revoke_key
from courses.shop.receiving import SALE, receive
from courses.shop.signing import headers_for
from courses.waiting import refused_sales
from tests.conftest import NOW
from tests.factories.access import closed_course, code_for, invitation_to, proved
from tests.factories.accounts import UserFactory
from tests.factories.courses import EnrollmentFactory, VersionFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def asked(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_lists_ask_as_often_for_three_rows_as_for_one(registrar: User, client_of: ClientOf) -> None:
    client = client_of(registrar)
    key = make_key(add_shop(name="Shop", by=registrar, now=NOW), by=registrar, now=NOW)
    urls = [
        reverse(f"office:access-{name}")
        for name in ("code-list", "invitation-list", "course-list", "shop-desk")
    ]
    client.get(urls[0])
    counts = []
    for number in range(3):
        course = closed_course()
        shop = add_shop(name=f"Shop {number}", by=registrar, now=NOW)
        make_key(shop, by=registrar, now=NOW)
        redeem(code_for(course), by=UserFactory(), now=NOW)
        invitation_to(course, f"a{number}@example.com")
        body = f'{{"sale":{number},"course":"{course.slug}","email":"a@example.com"}}'.encode()
        headers = headers_for(body, key=key[0].public_id, secret=key[1], now=NOW)
        assert receive(SALE, headers=headers, body=body, address="", now=NOW).status == 201
        counts.append([asked(client, url) for url in [*urls, f"{urls[0]}?q=terry&state=used-up"]])

    assert counts[0] == counts[1] == counts[2]
    assert max(counts[0]) <= 10, counts


@pytest.mark.parametrize(
    "search",
    [
        "q={code}",
        "q={spaced}",
        "q=SPRING",
        "q=olivia",
        "q=owner@ex",
        "state=used-up",
        "course={slug}",
    ],
)
def test_code_is_found_by_its_letters_its_note_and_who_used_it(
    search: str, owner: User, registrar: User, client_of: ClientOf
) -> None:
    other = code_for(note="Autumn")
    code = code_for(note="Spring class")
    redeem(code, by=owner, now=NOW)
    filled = search.format(code=code.printed.lower(), spaced=code.code[:6], slug=code.course.slug)

    page = client_of(registrar).get(f"{reverse('office:access-code-list')}?{filled}")

    assert code.printed in page.content.decode()
    assert other.printed not in page.content.decode()


def test_files_are_no_programs_and_each_download_is_written_down(
    owner: User, registrar: User, client_of: ClientOf
) -> None:
    course = closed_course()
    owner.name_on_certificates = "@SUM(A1)"
    owner.save()
    (code, _) = make_codes(course, count=2, note='=HYPERLINK("x")', by=registrar, now=NOW)
    redeem(code, by=owner, now=NOW)
    invitation_to(course, "+1@example.com")
    refund_enrollment(code.uses.get().enrollment_id, reason="-1", by=registrar, now=NOW)
    client = client_of(registrar)

    tables = {}
    for what in ("codes", "uses", "invitations", "refunds"):
        answer = client.post(reverse("office:access-export", args=[what]))
        text = b"".join(answer).decode("utf-8-sig")
        tables[what] = list(csv.reader(io.StringIO(text)))
    batch = client.post(reverse("office:access-batch-csv", args=[code.batch]))

    assert [len(rows) for rows in tables.values()] == [3, 2, 2, 2]
    assert tables["codes"][1][:4] == [code.printed, course.slug, "Used up", "1"]
    cells = [cell for rows in tables.values() for row in rows for cell in row]
    assert {'\'=HYPERLINK("x")', "'@SUM(A1)", "'+1@example.com", "'-1"} <= set(cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert f"/redeem/?code={code.printed}" in batch.content.decode()
    assert AuditEvent.objects.filter(action="access.exported").count() == 5
    assert client.post(reverse("office:access-export", args=["people"])).status_code == 404


def test_fifty_codes_are_made_at_once_and_printed_together(
    registrar: User, client_of: ClientOf
) -> None:
    course = closed_course()
    client, url = client_of(registrar), reverse("office:access-code-new")
    form = {"course": course.slug, "count": 50, "use_limit": 1, "expires_on": "2027-01-31"}
    form["uid"] = str(uuid4())

    client.post(url, form)
    answer = client.post(url, form, follow=True)  # A double click makes no second fifty.

    assert AccessCode.objects.values("batch").distinct().count() == 1
    page = answer.content.decode()
    assert all(code.printed in page for code in AccessCode.objects.all())
    for wrong in ({"count": 1001}, {"count": 0}, {"use_limit": 0}, {"course": "none"}):
        assert client.post(url, form | wrong).status_code == 422
    assert AccessCode.objects.count() == 50
    single = form | {"count": 1, "uid": str(uuid4())}
    assert client.post(url, single).url == client.post(url, single).url
    assert AccessCode.objects.count() == 51


def test_secret_of_a_shop_is_shown_once_and_kept_encrypted(
    registrar: User, client_of: ClientOf
) -> None:
    closed_course(course__slug="points")
    client, desk = client_of(registrar), reverse("office:access-shop-desk")

    page = client.post(reverse("office:access-shop-new"), {"name": "Woo"}).content.decode()

    key = ShopKey.objects.get()
    assert client.post(reverse("office:access-shop-new"), {"name": "WOO"}).status_code == 422
    secret = page.split("data-secret>")[1].split("data-copy-text>")[1].split("<")[0]
    assert secret.startswith("shop_secret_")
    assert secret not in key.secret_encrypted
    assert secret not in client.get(desk).content.decode()
    test = {"key": key.public_id, "course": "points"}
    client.post(reverse("office:access-shop-test"), test)
    assert OutgoingMail.objects.get(kind="access_code_sent").to_email == registrar.email
    assert ShopCall.objects.get().code == "made"
    client.post(reverse("office:access-shop-key-revoke", args=[key.uid]))
    assert client.post(reverse("office:access-shop-test"), test).status_code == 422


def test_a_shop_is_connected_by_what_stands_on_its_page(
    registrar: User, client_of: ClientOf
) -> None:
    """With its newest key that is in use, a course that codes open, and never a secret."""
    VersionFactory(course__slug="abc", title="Abc")
    closed_course(course__slug="points")
    shop = add_shop(name="Woo <b>", by=registrar, now=NOW)
    url, client = reverse("office:access-shop-setup", args=[shop.uid]), client_of(registrar)

    without = client.get(url)
    key, secret = make_key(shop, by=registrar, now=NOW)
    revoke_key(make_key(shop, by=registrar, now=NOW)[0], by=registrar, now=NOW)
    page, other = client.get(url), client.get(url, {"course": "abc"})

    assert "no key in use" in without.content.decode()
    assert [page.context[name] for name in ("key_row", "course")] == [key, "points"]
    assert "define(&#x27;SHOP_KEY&#x27;, &#x27;" + key.public_id in page.content.decode()
    assert secret not in page.content.decode()
    assert other.context["course"] == "abc"
    assert client.get(url, {"course": "nonsense"}).status_code == 422


def test_the_page_and_the_docs_give_the_same_examples(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://learn.example.com"
    docs = (settings.BASE_DIR / "docs" / "access-and-shop.md").read_text(encoding="utf-8")

    found = snippets(key="shop_…", secret="shop_secret_…", course="facial-massage-introduction")

    assert [name for name in ("woocommerce", "zapier", "command") if found[name] not in docs] == []
    for value in ("formatDate(now; X)", 'v1={{sha256(at + "." + body; "hex"; "shop_secret_…")}}'):
        assert value in docs
        assert value in found["make_at"] + found["make_headers"]


def test_refund_page_says_that_a_certificate_stays(registrar: User, client_of: ClientOf) -> None:
    enrollment = EnrollmentFactory(
        status="completed", completed_at=NOW, completed_on=NOW.date(), completed_zone="UTC"
    )
    client, url = client_of(registrar), reverse("office:access-refund", args=[enrollment.uid])

    assert client.post(url, {"reason": " "}).status_code == 422
    answer = client.post(url, {"reason": "Bank took it back."}, follow=True)

    page = answer.content.decode()
    assert "a refund does not revoke it" in page
    assert "Bank took it back." in page
    client.post(reverse("office:access-refund-undo", args=[enrollment.uid]))
    assert "Note the refund" in client.get(url).content.decode()


def test_person_shows_codes_used_and_bought_in_a_constant_number_of_queries(
    owner: User, registrar: User
) -> None:
    proved(owner)
    key = make_key(add_shop(name="Woo", by=registrar, now=NOW), by=registrar, now=NOW)
    counts = []
    for number in range(3):
        course = closed_course(title="Points of the face")
        body = f'{{"sale":{number},"course":"{course.slug}","email":"{owner.email}"}}'.encode()
        headers = headers_for(body, key=key[0].public_id, secret=key[1], now=NOW)
        receive(SALE, headers=headers, body=body, address="", now=NOW)
        redeem(AccessCode.objects.latest("pk"), by=owner, now=NOW)
        invitation_to(course, owner.email)
        shown_person = User.objects.get(pk=owner.pk)
        with CaptureQueriesContext(connection) as captured:
            # A person as a request finds them: what was asked is kept with the object.
            panel = person.panel(shown_person, NOW)
            events = person.events(shown_person, 20, None)
        counts.append(len(captured))

    assert counts[0] == counts[1] == counts[2]
    assert len(events) == 9
    assert panel is not None
    shown = render_to_string(panel.template, dict(panel.context))
    assert shown.count("Points of the face") >= 6
    assert person.panel(registrar, NOW) is None


def test_refused_sales_of_a_known_shop_stand_in_the_mail_of_the_day() -> None:
    for name in ("Woo", ""):
        ShopCall.objects.create(
            at=NOW, what=SALE, status=422, code="no-such-course", sentence="", shop_name=name
        )
    member = StaffMember(user_id=1, roles=frozenset({"registrar"}), today=NOW.date(), now=NOW)

    (line,) = refused_sales(member)

    assert line.words == "1 refused call of a shop"
