"""The office's pages of rules: the list, one body, writing, deciding, newer files."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.licensing.domain import office
from ce_platform.licensing.models import BodyRule, RuleProposalLine
from tests.factories.licensing import BodyFactory, ProposalFactory, RuleFactory, RuleLineFactory

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db
LIST = "/office/licensing-bodies/"
FORM = {
    "category-TOTAL_FORMS": "0",
    "category-INITIAL_FORMS": "0",
    "besides-TOTAL_FORMS": "0",
    "besides-INITIAL_FORMS": "0",
    "source-TOTAL_FORMS": "0",
    "source-INITIAL_FORMS": "0",
    "confidence": "high",
    "reason": "The board's letter.",
    "ce_cycle_months": "24",
}


@pytest.fixture
def desk(registrar: User, client_of: ClientOf) -> Client:
    return client_of(registrar)


@pytest.fixture
def rule() -> BodyRule:
    body = BodyFactory(code="US-FL", jurisdiction="Florida", name="Florida Board")
    return RuleFactory(body=body, sources_json="[]")


def form(rule: BodyRule, **changed: str) -> dict[str, str]:
    # The registrar's own day: where the server is, it may be tomorrow.
    day = max(User().local_date(timezone.now()), rule.valid_from)
    return FORM | {"based_on": str(rule.pk), "valid_from": day.isoformat()} | changed


# ---------------------------------------------------------------- the list


def test_list_finds_and_filters(desk: Client, registrar: User, rule: BodyRule) -> None:
    now = timezone.now()
    old = RuleFactory(body__code="US-GA", body__jurisdiction="Georgia", rule_json="{}")
    office.check_rule(old, is_checked=True, by=registrar, now=now - timedelta(days=400))
    fresh = RuleFactory(body__code="US-TX", body__jurisdiction="Texas", confidence="low")
    office.check_rule(fresh, is_checked=True, by=registrar, now=now)
    RuleLineFactory(body=fresh.body)

    def found(**query: str) -> list[bool]:
        text = desk.get(LIST, query).content.decode()
        return [f'{LIST}{code}/"' in text for code in ("US-FL", "US-GA", "US-TX")]

    assert found() == [True, True, True]
    assert found(q="georgia") == [False, True, False]
    assert found(show="unchecked") == [True, False, False]
    assert found(show="old") == [False, True, False]
    assert found(show="differences") == [False, False, True]
    assert found(show="low") == [False, False, True]
    assert found(show="nonsense") == [True, True, True]
    text = desk.get(LIST).content.decode()
    assert "24 months" in text
    assert "not known" in text
    assert "1 line to decide" in text
    assert "Rita Registrar" in text


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_for_any_number(
    count: int, desk: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    body = BodyFactory(code="US-FL")
    proposal = ProposalFactory(body=body)
    for number in range(count):
        RuleFactory()
        RuleFactory(body=body)
        RuleLineFactory(body=body, proposal=proposal, key=f"key-{number}")
    desk.get(LIST)

    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        desk.get(LIST)
    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        desk.get(f"{LIST}US-FL/")
    with django_assert_num_queries(5):  # type: ignore[attr-defined]
        desk.get(f"{LIST}US-FL/rule/")


# ---------------------------------------------------------------- writing


def test_registrar_writes_a_reading_and_the_public_page_waits_for_the_check(
    desk: Client, registrar: User, rule: BodyRule
) -> None:
    office.check_rule(rule, is_checked=True, by=registrar, now=timezone.now())
    path = f"{LIST}US-FL/rule/"
    assert "24" in desk.get(path).content.decode()

    answer = desk.post(path, form(rule, ce_hours="0"))

    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}US-FL/")
    new = BodyRule.objects.get(written_by_id=registrar.id)
    assert new.rule == {"ce_cycle_months": 24, "ce_hours": 0}
    page = desk.get(f"{LIST}US-FL/").content.decode()
    assert "The board&#x27;s letter." in page
    assert "Written by Rita Registrar" in page
    assert "has not checked this body" in Client().get("/licensing-bodies/US-FL/").content.decode()
    desk.post(f"/office/rules/{new.pk}/check/", {"back": "office"})
    public = Client().get("/licensing-bodies/US-FL/").content.decode()
    assert "None asked" in public
    assert "The board&#x27;s letter." not in public
    pair = desk.get(f"{LIST}US-FL/", {"old": rule.pk, "new": new.pk}).content.decode()
    assert "Reading 1 and reading 2" in pair
    assert "24 hours" in pair


def test_a_form_that_is_wrong_or_overtaken_writes_nothing(
    desk: Client, rule: BodyRule, instructor: User
) -> None:
    path = f"{LIST}US-FL/rule/"
    for wrong in ({"ce_hours": "x"}, {"valid_from": "1999-01-01"}, {"reason": ""}):
        assert desk.post(path, form(rule, **wrong)).status_code == 422
    assert desk.post(path, {}).status_code == 422
    RuleFactory(body=rule.body, written_by_id=instructor.id, written_by_label="Somebody")

    stale = desk.post(path, form(rule, ce_hours="20"))

    assert stale.status_code == 422
    assert "Somebody has written another reading" in stale.content.decode()
    assert 'value="20"' in stale.content.decode()
    assert BodyRule.objects.count() == 2


def test_what_a_registrar_writes_is_text_and_never_markup(desk: Client, rule: BodyRule) -> None:
    name = "<script>alert(1)</script> 🙂 " + "x" * 60

    desk.post(f"{LIST}US-FL/rule/", form(rule, ce_hours="24", repeat_rule=name, notes=name))

    page = desk.get(f"{LIST}US-FL/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🙂" in page
    assert "<script>alert" not in page


def test_going_back_is_offered_for_what_stands_no_longer(desk: Client, rule: BodyRule) -> None:
    desk.post(f"{LIST}US-FL/rule/", form(rule, ce_hours="20"))
    new = BodyRule.objects.order_by("-pk")[0]

    for _ in range(2):
        answer = desk.post(f"/office/rules/{rule.pk}/restore/", {"based_on": new.pk})
        assert answer.status_code == 302

    assert [row.rule.get("ce_hours") for row in BodyRule.objects.order_by("pk")] == [24, 20, 24]
    for bad in ("", "x", "9" * 30, "²"):
        desk.post(f"/office/rules/{rule.pk}/restore/", {"based_on": bad})
    assert BodyRule.objects.count() == 3


# ---------------------------------------------------------------- newer files


def test_lines_are_decided_on_the_page_of_the_body(
    desk: Client, registrar: User, rule: BodyRule
) -> None:
    proposal = ProposalFactory(body=rule.body)
    hours = RuleLineFactory(body=rule.body, proposal=proposal)
    other = RuleLineFactory(body=rule.body, proposal=proposal, key="hour_minutes", new_json="50")
    page = desk.get(f"{LIST}US-FL/").content.decode()
    assert "20 hours" in page
    assert "50 minutes" in page
    sent = {"based_on": rule.pk, "valid_from": form(rule)["valid_from"]}
    path = f"{LIST}US-FL/decide/"

    assert desk.post(path, {}).status_code == 422
    assert desk.post(path, sent | {f"line-{hours.pk}": "perhaps"}).status_code == 422
    assert desk.post(path, sent | {f"line-{hours.pk}": "", "all": "accept"}).status_code == 302

    again = desk.post(path, sent | {f"line-{hours.pk}": "", "all": "accept"}, follow=True)
    assert "These lines were decided before." in again.content.decode()

    hours.refresh_from_db()
    other.refresh_from_db()
    # What did not stand on the page is not accepted with it.
    assert (hours.status, other.status) == ("accepted", "open")
    assert BodyRule.objects.get(written_by_id=registrar.id).rule["ce_hours"] == 20
    late = desk.post(path, sent | {f"line-{other.pk}": "accept"}, follow=True)
    assert "has written another reading" in late.content.decode()
    desk.post(path, sent | {f"line-{other.pk}": "reject"})
    assert "Rejected lines" in desk.get(f"{LIST}US-FL/").content.decode()
    desk.post(f"/office/rule-lines/{other.pk}/reopen/")
    other.refresh_from_db()
    assert other.status == "open"


def test_a_file_is_looked_at_then_loaded(desk: Client, registrar: User, rule: BodyRule) -> None:
    office.check_rule(rule, is_checked=True, by=registrar, now=timezone.now())
    path = f"{LIST}files/"

    def send(text: str, **more: object) -> tuple[int, str]:
        answer = desk.post(path, {"rules": SimpleUploadedFile("r.toml", text.encode())} | more)
        return answer.status_code, answer.content.decode()

    text = 'as_of = 2026-11-25\n[US-FL]\nce_hours = 25\nce_cycle_months = 24\nconfidence = "high"'
    status, page = send(text, do="look")
    assert (status, "24 hours" in page, "25 hours" in page) == (200, True, True)
    assert not RuleProposalLine.objects.exists()

    assert send(text)[0] == 302
    assert send(text)[0] == 302
    lines = [(line.key, line.old_json, line.new_json) for line in RuleProposalLine.objects.all()]
    assert lines == [
        ("ce_hours", "24", "25"),
    ]
    event = AuditEvent.objects.get(action="licensing-data.loaded")
    assert event.actor_id == registrar.id

    status, page = send(text.replace("ce_hours", "ce_hourz"))
    assert (status, "has no key &#x27;ce_hourz&#x27;" in page) == (422, True)
    assert desk.post(path, {}).status_code == 422
    assert send("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"))[0] == 422
    bodies = SimpleUploadedFile("b.csv", b"\xff\x00")
    assert send(text, bodies=bodies)[0] == 422


def test_a_body_in_the_file_keeps_its_columns_in_bounds(desk: Client, now: datetime) -> None:
    head = (
        "code,jurisdiction,body_name,abbreviation,website,regulates,approval_model,"
        "other_category_rules,source_url,source_as_of,confidence\n"
    )
    rules = 'as_of = 2026-11-25\n[US-FL]\nconfidence = "high"'

    def send(name: str, website: str) -> int:
        row = f"US-FL,Florida,{name},,{website},license,course,,,,high\n"
        files = {
            "rules": SimpleUploadedFile("r.toml", rules.encode()),
            "bodies": SimpleUploadedFile("b.csv", (head + row).encode()),
        }
        return desk.post(f"{LIST}files/", files).status_code

    assert send("x" * 201, "") == 422
    assert send("Board", "javascript:alert(1)") == 422
    assert not BodyRule.objects.exists()
    assert send("Board", "https://example.org") == 302
    assert BodyRule.objects.get().body.name == "Board"
