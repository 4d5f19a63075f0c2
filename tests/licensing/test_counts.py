"""Will it count? On the course page, in the catalogue and on the page of a body."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from ce_platform.accounts.models import User
from ce_platform.licensing.domain.data_files import RuleText, read_files
from ce_platform.licensing.models import LicensingBody
from ce_platform.licensing.planner import counts
from ce_platform.licensing.planner.counts import CountLine
from ce_platform.licensing.renewal import Verdict
from courses.models import CourseVersion
from tests.conftest import NOW
from tests.factories.courses import CreditHoursFactory, EnrollmentFactory, VersionFactory
from tests.factories.licensing import (
    ApprovedFactory,
    BodyFactory,
    LicenseFactory,
    RuleFactory,
    SubmittedFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 26)
ClientOf = Callable[[User], Client]


@pytest.fixture(scope="module")
def texts() -> dict[str, RuleText]:
    return read_files().rules


@pytest.fixture
def body_of(texts: dict[str, RuleText]) -> Callable[..., LicensingBody]:
    """A body with the rule of our own files, checked by the office unless said otherwise."""

    def make(code: str, place: str, *, is_checked: bool = True) -> LicensingBody:
        body: LicensingBody = BodyFactory(
            code=code, jurisdiction=place, name=f"{place} Board of Massage Therapy"
        )
        text = texts[code]
        checked: dict[str, Any] = {"checked_at": NOW, "checked_by_id": 1} if is_checked else {}
        RuleFactory(
            body=body,
            rule_json=text.rule_json,
            sources_json=text.sources_json,
            confidence=text.confidence,
            notes=text.notes,
            **checked,
        )
        return body

    return make


@pytest.fixture
def face() -> CourseVersion:
    """Six hours of technique for the face, by home study."""
    version: CourseVersion = VersionFactory(
        title="Face", credit_hours=Decimal(6), course__slug="face"
    )
    CreditHoursFactory(version=version, category="Technique", credit_hours=Decimal(6))
    return version


def approve(body: LicensingBody, version: CourseVersion) -> None:
    """Without an end: pages ask the real clock."""
    ApprovedFactory(
        body=body,
        course=version.course,
        hours_granted=version.credit_hours,
        submitted_on=None,
        decided_on=date(2020, 1, 1),
        valid_from=date(2020, 1, 1),
        valid_to=None,
    )


def answer(user: User, version: CourseVersion, body: LicensingBody) -> CountLine:
    license = LicenseFactory(user=user, body=body, expires_on=date(2027, 8, 31))
    return counts.for_licenses([license], [version], user=user, today=TODAY)[version.pk][0]


def text_of(client: Client, address: str) -> str:
    return " ".join(strip_tags(client.get(address).content.decode()).split())


def test_florida_leaves_five_general_hours_for_a_technique_learned_at_home(
    owner: User, face: CourseVersion, body_of: Callable[..., LicensingBody]
) -> None:
    florida = body_of("US-FL", "Florida")
    approve(florida, face)

    line = answer(owner, face, florida)

    assert (line.verdict, line.headline) == (
        Verdict.IN_PART,
        "Counts 5 of 6 hours for Florida.",
    )
    assert line.reasons[0] == "5 of your 6 hours count: Florida leaves 5 general hours."


def test_a_rule_nobody_checked_yields_no_plain_yes(
    owner: User, face: CourseVersion, body_of: Callable[..., LicensingBody]
) -> None:
    florida = body_of("US-FL", "Florida", is_checked=False)
    approve(florida, face)

    line = answer(owner, face, florida)

    assert line.answer is not None
    assert (line.word, line.headline) == (
        "Probably; please confirm",
        "Probably counts 5 of 6 hours for Florida.",
    )
    assert line.answer.confirm == (
        "This rule was not checked by this office; please confirm with "
        "the Florida Board of Massage Therapy."
    )


def test_submitted_is_not_counted(
    owner: User, face: CourseVersion, body_of: Callable[..., LicensingBody]
) -> None:
    florida = body_of("US-FL", "Florida")
    SubmittedFactory(body=florida, course=face.course)

    line = answer(owner, face, florida)

    assert (line.verdict, line.headline) == (
        Verdict.PENDING,
        "Submitted to the Florida Board of Massage Therapy, not decided.",
    )


def test_nothing_on_file_is_said(owner: User, face: CourseVersion) -> None:
    line = answer(owner, face, BodyFactory(code="US-ZZ", name="The Board of Nowhere"))

    assert (line.word, line.headline) == ("Not known", "Not known: ask The Board of Nowhere.")


def test_who_is_in_the_course_gets_the_same_answer(
    owner: User, face: CourseVersion, body_of: Callable[..., LicensingBody]
) -> None:
    florida = body_of("US-FL", "Florida")
    approve(florida, face)
    EnrollmentFactory(user=owner, version=face)
    other = VersionFactory(credit_hours=Decimal(2))
    CreditHoursFactory(version=other, category="Technique", credit_hours=Decimal(2))
    approve(florida, other)

    assert answer(owner, face, florida).headline == "Counts 5 of 6 hours for Florida."
    EnrollmentFactory(user=owner, version=other)
    (line,) = counts.for_licenses(
        [owner.licenses.select_related("body").get()], [face], user=owner, today=TODAY
    )[face.pk]
    assert line.headline == "Counts 3 of 6 hours for Florida."


# ---------------------------------------------------------------- pages


def test_two_licenses_see_two_answers_on_the_course_page(
    client_of: ClientOf, owner: User, face: CourseVersion, body_of: Callable[..., LicensingBody]
) -> None:
    for code, place in (("US-FL", "Florida"), ("US-NY", "New York")):
        body = body_of(code, place)
        approve(body, face)
        LicenseFactory(user=owner, body=body, expires_on=date(2027, 8, 31))

    text = text_of(client_of(owner), "/courses/face/")

    assert "Will it count for you?" in text
    assert "Counts 5 of 6 hours for Florida." in text
    assert "Counts 6 of 6" not in text
    assert "Not known: ask the New York Board of Massage Therapy." in text


def test_a_visitor_chooses_a_state(
    client: Client, face: CourseVersion, body_of: Callable[..., LicensingBody]
) -> None:
    florida = body_of("US-FL", "Florida")
    approve(florida, face)

    assert "Counts" not in text_of(client, "/courses/face/")
    text = text_of(client, "/courses/face/?state=US-FL")
    assert "Counts 5 of 6 hours for Florida." in text
    assert "For a full renewal cycle in which nothing is earned yet." in text
    assert client.get("/courses/face/?state=US-XX").status_code == 200


def test_catalogue_answers_for_a_state_and_for_my_licenses(
    client: Client,
    client_of: ClientOf,
    owner: User,
    face: CourseVersion,
    body_of: Callable[..., LicensingBody],
) -> None:
    florida = body_of("US-FL", "Florida")
    approve(florida, face)
    VersionFactory(title="Unsent")
    LicenseFactory(user=owner, body=florida, expires_on=date(2027, 8, 31))

    for browser, query in ((client, "US-FL"), (client_of(owner), "mine")):
        text = text_of(browser, f"/courses/?state={query}")
        assert "Counts 5 of 6 hours for Florida." in text
        assert "Unsent" not in text
    assert "Unsent" in text_of(client, "/courses/?state=mine")
    assert "My licenses" not in text_of(client, "/courses/")
    assert "Counts" not in text_of(client, "/courses/")


def test_page_of_a_body_says_how_courses_count_once_its_rule_is_checked(
    client: Client, face: CourseVersion, body_of: Callable[..., LicensingBody]
) -> None:
    for code, place, is_checked in (("US-FL", "Florida", True), ("US-GA", "Georgia", False)):
        approve(body_of(code, place, is_checked=is_checked), face)

    assert "Counts 5 of 6 hours for Florida." in text_of(client, "/licensing-bodies/US-FL/")
    text = text_of(client, "/licensing-bodies/US-GA/")
    assert "Face" in text
    assert "ounts" not in text


@pytest.mark.parametrize("count", [1, 4])
def test_queries_do_not_grow_with_courses_or_licenses(
    count: int,
    owner: User,
    body_of: Callable[..., LicensingBody],
    texts: dict[str, RuleText],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    versions = []
    for number in range(count):
        version = VersionFactory()
        CreditHoursFactory(version=version, category="Technique")
        versions.append(version)
        body = body_of(list(texts)[number], f"Place {number}")
        approve(body, version)
        LicenseFactory(user=owner, body=body)
        EnrollmentFactory(user=owner, version=VersionFactory())
    licenses = list(owner.licenses.select_related("body"))

    with django_assert_num_queries(9):
        lines = counts.for_licenses(licenses, versions, user=owner, today=TODAY)

    assert [len(each) for each in lines.values()] == [count] * count
