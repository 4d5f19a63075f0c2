"""Routes proposed, put on file in one go, and prepared again for a new edition."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from ce_platform.accounts.models import User
from ce_platform.core.text import canonical_json
from ce_platform.licensing.domain import routes
from ce_platform.licensing.domain.errors import SubmissionRefused
from ce_platform.licensing.domain.planning import (
    lapses,
    plan_of,
    prepare_same_bodies,
    record_plan,
)
from ce_platform.licensing.models import BodyRule, LicensingBody, ProviderNumber, Submission
from ce_platform.licensing.parts import LicensingPart
from courses.models import Course
from tests.factories.courses import VersionFactory
from tests.factories.licensing import (
    TODAY,
    ApprovedFactory,
    ApproverFactory,
    BodyFactory,
    RuleFactory,
    SubmissionFactory,
    SubmittedFactory,
)

ClientOf = Callable[[User], Client]
PLAN = "/office/submissions/plan/"

NCBTMB = LicensingBody(pk=1, code="US-NCBTMB", kind="approver", abbreviation="NCBTMB")
STATE = LicensingBody(pk=2, code="US-ZZ", kind="state-board", jurisdiction="Zed")
OUR_NCBTMB = {1: ProviderNumber(body=NCBTMB, number="451", valid_to=date(2028, 1, 31))}
COURSE_BY_COURSE = LicensingBody(
    pk=5, code="US-FSMTB", kind="approver", abbreviation="FSMTB", approval_model="course"
)
OUR_FSMTB = {5: ProviderNumber(body=COURSE_BY_COURSE, number="F-1")}
OUR_STATE = {2: ProviderNumber(body=STATE, number="50-1")}


@pytest.mark.parametrize(
    ("rule", "numbers", "approving", "value", "is_advised"),
    [
        ({"approval_model": "course"}, {}, [], "submit", True),
        ({"approval_model": "provider"}, OUR_STATE, [], "submit", True),
        ({"approval_model": "provider"}, {}, [], "submit", False),
        (
            {"approval_model": "provider", "accepts": ["NCBTMB"]},
            OUR_NCBTMB,
            [],
            "list:US-NCBTMB",
            True,
        ),
        (
            {"approval_model": "provider", "accepts": ["NCBTMB"]},
            OUR_NCBTMB | OUR_STATE,
            [],
            "submit",
            True,
        ),
        (
            {"approval_model": "accepts-listed", "accepts": ["NCBTMB"]},
            OUR_NCBTMB,
            [],
            "list:US-NCBTMB",
            True,
        ),
        (
            {"approval_model": "accepts-listed", "accepts": ["NCBTMB"]},
            {},
            [1],
            "list:US-NCBTMB",
            True,
        ),
        (
            {"approval_model": "accepts-listed", "accepts": ["NCBTMB"]},
            {},
            [],
            "list:US-NCBTMB",
            False,
        ),
        # A list of single courses: our number there is not enough.
        (
            {"approval_model": "accepts-listed", "accepts": ["FSMTB"]},
            OUR_FSMTB,
            [],
            "list:US-FSMTB",
            False,
        ),
        (
            {"approval_model": "accepts-listed", "accepts": ["FSMTB"]},
            OUR_FSMTB,
            [5],
            "list:US-FSMTB",
            True,
        ),
        (
            {"approval_model": "provider", "accepts": ["FSMTB"]},
            OUR_FSMTB,
            [],
            "list:US-FSMTB",
            False,
        ),
        ({"approval_model": "accepts-listed", "accepts": ["school"]}, {}, [], "ask", False),
        (
            {"approval_model": "accepts-listed", "accepts": ["NCBTMB", "any-relevant"]},
            {},
            [],
            "none",
            True,
        ),
        ({"approval_model": "none"}, {}, [], "none", True),
        ({"approval_model": "course", "ce_hours": 0}, {}, [], "not-needed", True),
        ({"approval_model": "unknown"}, {}, [], "ask", False),
        ({}, {}, [], "ask", False),
    ],
    ids=str,
)
def test_route_follows_the_rule_and_our_numbers(
    rule: dict[str, Any],
    numbers: dict[int, ProviderNumber],
    approving: list[int],
    value: str,
    is_advised: bool,
) -> None:
    STATE.approval_model = "unknown"
    read = BodyRule(body=STATE, rule_json=canonical_json(rule))
    approvers = {"NCBTMB": NCBTMB, "FSMTB": COURSE_BY_COURSE}
    ours = routes.Ours(numbers=numbers, approvers=approvers, approving=approving)

    route = routes.propose(STATE, read, ours=ours)

    assert (route.value, route.is_advised) == (value, is_advised)
    assert route.reason.endswith(".")


def test_a_body_without_a_rule_goes_by_the_list_of_bodies() -> None:
    ours = routes.Ours(numbers={}, approvers={})
    nobody = LicensingBody(pk=3, code="US-KS", regulates="local", approval_model="none")
    course_by_course = LicensingBody(pk=4, code="US-LA", approval_model="course")

    assert routes.propose(nobody, None, ours=ours).value == "not-needed"
    assert routes.propose(course_by_course, None, ours=ours).value == "submit"


@pytest.fixture
def bodies(db: None) -> dict[str, LicensingBody]:
    return {
        "ncbtmb": ApproverFactory(),
        "florida": BodyFactory(code="US-FL", approval_model="course"),
        "georgia": BodyFactory(code="US-GA", approval_model="accepts-listed"),
        "montana": BodyFactory(code="US-MT", approval_model="none"),
        "ohio": BodyFactory(code="US-OH", approval_model="unknown"),
    }


@pytest.fixture
def course(db: None) -> Course:
    return VersionFactory(course__slug="face").course


def statuses(course: Course, edition: int = 1) -> dict[str, tuple[str, str]]:
    return {
        row.body.code: (row.status, row.through.code if row.through else "")
        for row in Submission.objects.filter(course=course, edition=edition).select_related(
            "body", "through"
        )
    }


def test_plan_is_put_on_file_once(
    course: Course, bodies: dict[str, LicensingBody], registrar: User, now: datetime
) -> None:
    known = ApprovedFactory(course=course, body=bodies["ncbtmb"])
    chosen = {
        "US-NCBTMB": "submit",
        "US-FL": "submit",
        "US-GA": "list:US-NCBTMB",
        "US-MT": "none",
        "US-OH": "ask",
    }

    made = [
        record_plan(course=course, edition=1, chosen=chosen, by=registrar, now=now)
        for _ in range(2)
    ]

    assert [len(each) for each in made] == [4, 0]
    assert statuses(course) == {
        "US-NCBTMB": ("approved", ""),
        "US-FL": ("draft", ""),
        "US-GA": ("accepts-list", "US-NCBTMB"),
        "US-MT": ("no-preapproval", ""),
        "US-OH": ("draft", ""),
    }
    known.refresh_from_db()
    assert known.events.count() == 0
    notes = {row.body.code: row.events.first().note for row in made[0]}
    assert all(notes.values()), notes
    assert "Ask it before" in notes["US-OH"]


def test_a_plan_goes_by_the_rule_of_the_registrars_day(
    course: Course, bodies: dict[str, LicensingBody]
) -> None:
    day = date(2031, 1, 1)
    montana = bodies["montana"]
    RuleFactory(body=montana, rule_json='{"approval_model":"none"}')
    RuleFactory(body=montana, rule_json='{"approval_model":"course"}', valid_from=day)

    def kind(today: date) -> str:
        plan = plan_of(course=course, edition=1, today=today)
        return next(line.route.kind for line in plan.lines if line.body == montana)

    assert [kind(day - timedelta(days=1)), kind(day)] == ["none", "submit"]


def test_a_route_that_is_none_puts_nothing_on_file(
    course: Course, bodies: dict[str, LicensingBody], registrar: User, now: datetime
) -> None:
    for wrong in ("approved", "list:US-FL", "list:"):
        with pytest.raises(SubmissionRefused):
            record_plan(
                course=course,
                edition=1,
                chosen={"US-FL": "submit", "US-GA": wrong},
                by=registrar,
                now=now,
            )
    assert statuses(course) == {}


def test_plan_page_ticks_and_records(
    course: Course, bodies: dict[str, LicensingBody], registrar: User, client_of: ClientOf
) -> None:
    office = client_of(registrar)
    RuleFactory(body=bodies["montana"], rule_json='{"approval_model":"none"}')

    page = office.get(PLAN, {"edition": "face:1"}).content.decode()
    nothing = office.post(PLAN, {"edition": "face:1"})
    wrong = office.post(PLAN, {"edition": "face:1", "take-US-FL": "on", "route-US-FL": "approved"})
    sent = {"edition": "face:1", "take-US-FL": "on", "take-US-MT": "on", "route-US-MT": "none"}
    answers = [office.post(PLAN, sent).status_code for _ in range(2)]

    # Florida is only prepared; that Montana needs no approval would be told to learners at once,
    # on the word of a rule that nobody has checked.
    assert 'name="take-US-FL" id="id_take-US-FL" checked' in page
    assert 'name="take-US-MT" id="id_take-US-MT" checked' not in page
    assert (nothing.status_code, wrong.status_code) == (422, 422)
    assert answers == [302, 302]
    assert statuses(course) == {"US-FL": ("draft", ""), "US-MT": ("no-preapproval", "")}
    for unknown in ("face:9", "nowhere:1", "face", "face:x", ":", "face:1²"):
        assert office.get(PLAN, {"edition": unknown}).status_code == 404


def test_plan_takes_the_same_queries_for_any_number_of_bodies(
    course: Course, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(3):
        RuleFactory(body=BodyFactory())

    with django_assert_num_queries(4):
        plan_of(course=course, edition=1, today=TODAY)


# ---------------------------------------------------------------- a new edition


def test_a_new_edition_leaves_the_files_of_the_old_one_behind_until_it_has_its_own(
    course: Course, bodies: dict[str, LicensingBody], registrar: User, now: datetime
) -> None:
    ApprovedFactory(course=course, body=bodies["florida"], number="20-1")
    SubmittedFactory(course=course, body=bodies["ohio"])
    SubmissionFactory(
        course=course, body=bodies["georgia"], status="accepts-list", through=bodies["ncbtmb"]
    )
    SubmissionFactory(course=course, body=bodies["montana"], status="denied", decided_on=TODAY)
    association = BodyFactory(code="US-AMTA", kind="approver", approval_model="provider")
    SubmissionFactory(
        course=course,
        body=BodyFactory(code="US-TX"),
        status="accepts-list",
        through=association,
    )
    draft = VersionFactory(course=course, edition=2, status="draft")

    assert lapses() == []
    draft.status, draft.published_at, draft.canonical_sha256 = "published", now, "a" * 64
    draft.save()
    SubmissionFactory(course=course, edition=2, body=bodies["ohio"])
    found = [(lapse.key, [row.body.code for row in lapse.files]) for lapse in lapses()]
    made = [prepare_same_bodies(course=course, edition=2, by=registrar, now=now) for _ in range(2)]

    assert [(key, set(codes)) for key, codes in found] == [("face:2", {"US-FL", "US-GA", "US-TX"})]
    assert [len(each) for each in made] == [3, 0]
    assert statuses(course, 2) == {
        "US-OH": ("draft", ""),
        "US-FL": ("draft", ""),
        # NCBTMB approves each course, and has not seen this edition.
        "US-GA": ("draft", ""),
        "US-TX": ("accepts-list", "US-AMTA"),
    }
    notes = {row.body.code: row.events.first().note for row in made[0]}
    assert notes["US-FL"] == "As for edition 1: approved, no. 20-1."
    assert notes["US-GA"] == (
        "As for edition 1: accepted through a list. "
        "Record it again when NCBTMB has approved edition 2."
    )
    assert lapses() == []


def test_publishing_notes_name_the_bodies_that_were_not_sent_the_new_edition(
    course: Course, bodies: dict[str, LicensingBody]
) -> None:
    ApprovedFactory(course=course, body=bodies["florida"])
    SubmittedFactory(course=course, body=bodies["ohio"])
    SubmissionFactory(course=course, body=bodies["montana"], status="no-preapproval")
    draft = VersionFactory(course=course, edition=2, status="draft")
    SubmittedFactory(course=course, edition=2, body=bodies["ohio"])
    # Prepared, and sent to nobody yet.
    SubmissionFactory(course=course, edition=2, body=bodies["florida"])

    (note,) = LicensingPart().publishing_notes(draft)

    assert bodies["florida"].name in note
    assert bodies["ohio"].name not in note
    assert bodies["montana"].name not in note


@pytest.mark.parametrize("count", [1, 3])
def test_lapses_take_one_query(
    count: int, db: None, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(count):
        row = ApprovedFactory(valid_to=TODAY + timedelta(days=400))
        VersionFactory(course=row.course, edition=2)

    with django_assert_num_queries(1):
        assert len(lapses()) == count
