"""Public pages of licensing bodies, and what the office does there."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core.errors import NotAllowed
from ce_platform.core.models import AuditEvent
from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing.domain import office
from ce_platform.licensing.facts import fact_groups
from ce_platform.licensing.models import BodyRule
from tests.factories.courses import VersionFactory
from tests.factories.licensing import (
    ApprovedFactory,
    ApproverFactory,
    BodyFactory,
    LicenseFactory,
    RuleFactory,
    SubmissionFactory,
    SubmittedFactory,
)

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def said(rule: dict[str, object]) -> dict[str, list[str]]:
    return {
        fact.label: [fact.text, *fact.lines] for group in fact_groups(rule) for fact in group.facts
    }


@pytest.mark.parametrize(
    ("rule", "label", "words"),
    [
        ({"ce_hours": 24}, "Hours in a cycle", ["24 hours"]),
        ({"ce_hours": 1}, "Hours in a cycle", ["1 hour"]),
        ({"ce_hours": "1.5"}, "Hours in a cycle", ["1.5 hours"]),
        ({"ce_hours": 0}, "Hours in a cycle", ["None asked"]),
        ({"ce_cycle_months": 24}, "Length of the cycle", ["2 years (24 months)"]),
        ({"ce_cycle_months": 18}, "Length of the cycle", ["18 months"]),
        (
            {"cycle_anchor": {"kind": "fixed-date", "month": 8, "day": 31, "years": "odd"}},
            "End of the cycle",
            ["On August 31 of odd years"],
        ),
        (
            {"cycle_anchor": {"kind": "fixed-date", "month": 10, "years": "even"}},
            "End of the cycle",
            ["In October of even years"],
        ),
        (
            {"cycle_anchor": {"kind": "fixed-date", "month": 5, "day": 15, "known_year": 2025}},
            "End of the cycle",
            ["On May 15, for example in 2025"],
        ),
        (
            {"cycle_anchor": {"kind": "birth-month", "note": "see the card"}},
            "End of the cycle",
            ["On the last day of the month of birth", "See the card."],
        ),
        ({"first_renewal": "none-due"}, "At the first renewal", ["No hours are due."]),
        ({"first_renewal": "12 hours"}, "At the first renewal", ["12 hours."]),
        (
            {"ce_hours": 24, "home_study_max_hours": 12},
            "Hours by home study",
            ["At most 12 of 24 hours"],
        ),
        ({"ce_hours": 24, "home_study_max_hours": 24}, "Hours by home study", ["All 24 hours"]),
        ({"home_study_max_hours": 12}, "Hours by home study", ["At most 12 hours"]),
        ({"carry_over_hours": 0}, "Hours carried into the next cycle", ["None"]),
        ({"carry_over_hours": 6}, "Hours carried into the next cycle", ["At most 6 hours"]),
        (
            {"technique_by_home_study": {"answer": "refused", "note": "only ethics"}},
            "Hands-on technique taught by home study",
            ["Does not count.", "Only ethics."],
        ),
        (
            {"categories": [{"name": "Ethics", "min_hours": 2, "home_study_allowed": True}]},
            "Subjects with their own figures",
            ["", "Ethics: at least 2 hours, home study counts"],
        ),
        (
            {"report_deadline_days": 1},
            "Deadline of the provider's report",
            ["Within 1 day after completion"],
        ),
        ({"hour_minutes": 50}, "One hour of credit", ["50 minutes"]),
        (
            {"first_renewal_hours": {"per_month": 1, "at_least": 4, "at_most": 24}},
            "First renewal, in figures",
            ["1 hour for each month or part of one since the license, at least 4, at most 24."],
        ),
        (
            {"first_renewal_hours": {"steps": [{"under_months": 12, "hours": 10}]}},
            "First renewal, in figures",
            ["10 hours for a license of less than 12 months."],
        ),
        (
            {"repeat": {"scope": "years", "years": 4, "except_subjects": ["cpr"]}},
            "Taking a course again, as we count it",
            ["Not within 4 years, apart from first aid and CPR."],
        ),
        (
            {"besides": [{"what": "Implicit bias training", "hours": 3, "subjects": ["pain"]}]},
            "Due besides the hours",
            ["Implicit bias training, 3 hours (courses on pain and symptom management)."],
        ),
        (
            {
                "categories": [
                    {"name": "A", "subjects": ["ethics", "laws"], "overlaps": True},
                    {"name": "B", "rest": True, "except_subjects": ["cpr"], "provider": "listed"},
                    {"name": "C", "max_hours": 4, "home_study_only": True},
                    {"name": "D", "hands_on_percent": 70, "second_renewal_only": True},
                ]
            },
            "Subjects with their own figures",
            [
                "",
                "A: in courses on ethics or laws and rules, the hours fill another subject too",
                "B: in any relevant course, but not on first aid and CPR, "
                "courses of accepted approvers only",
                "C: at most 4 hours, of hours by home study only",
                "D: in courses at least 70 percent hands-on, due at the second renewal only",
            ],
        ),
        (
            {"cycle_anchor": {"kind": "license-anniversary", "end_of_month": True}},
            "End of the cycle",
            ["Counted from the day of the license, to the end of that month"],
        ),
        (
            {"technique_by_home_study": {"answer": "limited", "ask_board": True}},
            "Hands-on technique taught by home study",
            ["Counts only in part or on a condition.", "That leaves it open: ask the board."],
        ),
    ],
)
def test_a_rule_in_plain_words(rule: dict[str, object], label: str, words: list[str]) -> None:
    assert said(rule)[label] == words


def test_what_is_not_known_is_said() -> None:
    unknown = [label for group in fact_groups({}) for label in group.unknown]

    assert len(unknown) == len(set(unknown)) == 22
    assert said({}) == said({"approval_model": "unknown"}) == {}


def test_where_nothing_is_asked_the_unknown_is_left_out() -> None:
    (group,) = fact_groups({"ce_hours": 0})

    assert [fact.text for fact in group.facts] == ["None asked"]
    assert group.unknown == []


# ---------------------------------------------------------------- the list


def test_list_finds_by_state_name_and_abbreviation() -> None:
    BodyFactory(code="US-FL", jurisdiction="Florida", name="Florida Board")
    BodyFactory(code="CA-BC", jurisdiction="British Columbia", name="College", kind="canadian")
    ApproverFactory()

    def found(words: str) -> list[bool]:
        text = Client().get("/licensing-bodies/", {"q": words}).content.decode()
        return [f"/licensing-bodies/{code}/" in text for code in ("US-FL", "CA-BC", "US-NCBTMB")]

    assert found("") == [True, True, True]
    assert found("FLORIDA board") == [True, False, False]
    assert found("ncbtmb") == [False, False, True]
    assert found("columbía") == [False, True, False]
    assert found("nowhere") == [False, False, False]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(count):
        RuleFactory(checked_at=None)
    Client().get("/licensing-bodies/")

    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        Client().get("/licensing-bodies/")


# ---------------------------------------------------------------- one body


def test_unchecked_rule_is_hidden_from_the_public_and_shown_to_staff(
    owner: User, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    rule = RuleFactory(notes="A contradiction.")
    path = f"/licensing-bodies/{rule.body.code}/"

    for client in (Client(), client_of(owner)):
        text = client.get(path).content.decode()
        assert "Our office has not checked this body" in text
        assert rule.body.name in text
        assert "24 hours" not in text
        assert "example.org/rule" not in text
        assert "A contradiction." not in text
    for client in (client_of(instructor), client_of(registrar)):
        text = client.get(path).content.decode()
        assert "Not checked by our office" in text
        assert "24 hours" in text
        assert "https://example.org/rule" in text


def test_checked_rule_is_public_with_source_day_and_confidence(
    registrar: User, client_of: ClientOf
) -> None:
    rule = RuleFactory(confidence="medium")
    path = f"/licensing-bodies/{rule.body.code}/"

    assert client_of(registrar).post(f"/office/rules/{rule.pk}/check/").status_code == 302
    text = Client().get(path).content.decode()

    assert "24 hours" in text
    assert "https://example.org/rule" in text
    assert "Read on November 20, 2026. Confidence: medium." in text
    assert "Please confirm with the board" in text
    assert "Not known – ask the board" in text
    assert "Rita Registrar" not in text
    assert "Rita Registrar" in client_of(registrar).get(path).content.decode()


def test_a_newer_reading_closes_the_page_again(registrar: User, now: datetime) -> None:
    rule = RuleFactory(rule_json='{"ce_hours":24}')
    office.check_rule(rule, is_checked=True, by=registrar, now=now)
    RuleFactory(body=rule.body, rule_json='{"ce_hours":25}')

    text = Client().get(f"/licensing-bodies/{rule.body.code}/").content.decode()

    assert "24 hours" not in text
    assert "25 hours" not in text
    with pytest.raises(NotAllowed):
        office.check_rule(rule, is_checked=True, by=registrar, now=now)


def test_a_reading_to_come_is_told_beside_the_one_in_force_once_it_is_checked(
    registrar: User, now: datetime
) -> None:
    day = max(timezone.localdate(), now.date()) + timedelta(days=30)
    rule = RuleFactory(rule_json='{"ce_hours":24}')
    coming = RuleFactory(body=rule.body, rule_json='{"ce_hours":26}', valid_from=day)
    office.check_rule(rule, is_checked=True, by=registrar, now=now)

    def told() -> list[bool]:
        text = Client().get(f"/licensing-bodies/{rule.body.code}/").content.decode()
        return [words in text for words in ("24 hours", f"From {long_date(day)}", "26 hours")]

    assert told() == [True, False, False]
    office.check_rule(coming, is_checked=True, by=registrar, now=now)
    assert told() == [True, True, True]


def test_check_is_noted_once_a_day_and_can_be_taken_back(registrar: User, now: datetime) -> None:
    rule = RuleFactory()

    for _ in range(2):
        office.check_rule(rule, is_checked=True, by=registrar, now=now)
    assert BodyRule.objects.get().checked_by_id == registrar.id
    assert AuditEvent.objects.filter(action="rule.checked").count() == 1

    for _ in range(2):
        office.check_rule(rule, is_checked=False, by=registrar, now=now)
    taken = BodyRule.objects.get()
    assert (taken.checked_at, taken.checked_by_id, taken.checked_by_label) == (None, None, "")
    assert AuditEvent.objects.filter(action="rule.unchecked").count() == 1


def test_courses_of_a_body_are_told_as_they_stand(owner: User, client_of: ClientOf) -> None:
    body = BodyFactory(name="Florida Board")
    ApprovedFactory(body=body, course=VersionFactory(title="Approved course").course)
    SubmittedFactory(body=body, course=VersionFactory(title="Pending course").course)
    SubmissionFactory(body=body, course=VersionFactory(title="Drafted course").course)
    denied = VersionFactory(title="Denied course").course
    SubmissionFactory(body=body, course=denied, status="denied")
    LicenseFactory(user=owner, body=body, number="MA 98214")

    text = client_of(owner).get(f"/licensing-bodies/{body.code}/").content.decode()

    assert "your license MA 98214" in text
    assert "Not approved.</span>" in text
    assert "Florida Board has declined this course" in text
    assert "Drafted course" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_body_page_takes_the_same_queries_for_any_number(
    count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    body = BodyFactory()
    for _ in range(count):
        ApprovedFactory(body=body)
        RuleFactory(body=body)
    path = f"/licensing-bodies/{body.code}/"
    Client().get(path)

    with django_assert_num_queries(5):  # type: ignore[attr-defined]
        Client().get(path)


def test_unknown_body_is_not_there() -> None:
    assert Client().get("/licensing-bodies/US-XX/").status_code == 404
    assert Client().post("/licensing-bodies/").status_code == 405


def test_only_the_registrar_checks_and_hides(
    owner: User, instructor: User, registrar: User, client_of: ClientOf
) -> None:
    rule = RuleFactory()
    check = f"/office/rules/{rule.pk}/check/"
    pending = f"/office/licensing-bodies/{rule.body.code}/pending/"

    for person in (owner, instructor):
        assert client_of(person).post(check).status_code == 403
        assert client_of(person).post(pending).status_code == 403
    client = client_of(registrar)
    assert client.get(check).status_code == 405
    assert client.get(pending).status_code == 405
    assert client.post("/office/rules/999999/check/").status_code == 404
    assert client.post("/office/licensing-bodies/US-XX/pending/").status_code == 404

    assert client.post(pending, {"hidden": "yes"}).status_code == 302
    rule.body.refresh_from_db()
    assert rule.body.is_pending_hidden
    client.post(pending, {"hidden": "no"})
    rule.body.refresh_from_db()
    assert not rule.body.is_pending_hidden
    assert AuditEvent.objects.filter(subject_type="licensing-body").count() == 2
