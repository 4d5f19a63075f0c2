"""What licensing says on the course page, in the catalogue and to certificates."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory

from ce_platform.accounts.models import User
from ce_platform.licensing.domain import standing
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.models import LicensingBody
from ce_platform.licensing.parts import LicensingPart
from courses.models import Course, CourseVersion
from courses.parts import parts
from tests.factories.courses import VersionFactory
from tests.factories.licensing import (
    TODAY,
    ApprovedFactory,
    ApproverFactory,
    BodyFactory,
    LicenseFactory,
    ProviderNumberFactory,
    SubmissionFactory,
    SubmittedFactory,
)

pytestmark = pytest.mark.django_db
NumQueries = Callable[..., Any]


@pytest.fixture
def version() -> CourseVersion:
    return VersionFactory(title="Face", credit_hours=Decimal("0.5"))


def state(name: str, code: str = "") -> LicensingBody:
    return BodyFactory(
        code=code or f"US-{name[:2].upper()}", jurisdiction=name, name=f"{name} Board"
    )


def always(body: LicensingBody, version: CourseVersion, **fields: Any) -> None:
    """Approved without an end: the page asks the real clock."""
    values = {"valid_from": date(2020, 1, 1), "submitted_on": None, "decided_on": date(2020, 1, 1)}
    ApprovedFactory(body=body, course=version.course, valid_to=None, **(values | fields))


def panel_text(version: CourseVersion, user: User | AnonymousUser) -> str:
    request: HttpRequest = RequestFactory().get("/")
    request.user = user
    _counts, panel = LicensingPart().course_panels(request, version)
    return render_to_string(panel.template, dict(panel.context), request)


def test_part_is_registered() -> None:
    assert [type(part) for part in parts()].count(LicensingPart) == 1
    assert LicensingPart().canonical(CourseVersion()) is None


def test_panel_has_its_blocks_in_order(version: CourseVersion) -> None:
    ncbtmb = ApproverFactory()
    always(ncbtmb, version)
    SubmittedFactory(body=state("Ohio"), course=version.course, submitted_on=date(2020, 1, 1))
    SubmissionFactory(
        body=state("Georgia"), course=version.course, status="accepts-list", through=ncbtmb
    )
    SubmissionFactory(body=state("Montana"), course=version.course, status="no-preapproval")
    SubmissionFactory(body=state("Maine"), course=version.course, status="denied")
    SubmissionFactory(body=state("Utah"), course=version.course, status="not-needed")
    SubmissionFactory(body=state("Texas"), course=version.course)

    text = panel_text(version, AnonymousUser())

    order = ["NCBTMB", "Without a decision of their own", "Georgia", "Montana",
             "Submitted, not approved", "Ohio", "Not approved there", "Maine",
             "Acceptance is decided by the licensing body"]  # fmt: skip
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "As of " in text
    assert "Utah" not in text
    assert "Texas" not in text


def test_panel_has_the_holders_own_first_and_says_what_is_not_recorded(
    version: CourseVersion, owner: User
) -> None:
    always(state("Alabama"), version)
    florida = state("Florida")
    always(florida, version)
    LicenseFactory(user=owner, body=florida, number="MA 98214")
    LicenseFactory(user=owner, body=state("Wyoming"))

    text = panel_text(version, owner)

    assert text.index("Wyoming") < text.index("Florida") < text.index("Alabama")
    assert "your license MA 98214" in text
    assert "Not known – ask the board" in text


def test_panel_of_another_edition_is_empty(version: CourseVersion) -> None:
    always(state("Florida"), version, edition=2)

    text = panel_text(version, AnonymousUser())

    assert "Florida" not in text
    assert "has not been sent to any licensing body yet" in text


@pytest.mark.parametrize("count", [1, 3])
def test_panels_take_the_same_queries_for_any_number_of_licenses(
    count: int, version: CourseVersion, owner: User, django_assert_num_queries: NumQueries
) -> None:
    for _ in range(count):
        body = BodyFactory()
        always(body, version)
        LicenseFactory(user=owner, body=body)
        SubmissionFactory(
            body=BodyFactory(), course=version.course, status="accepts-list", through=body
        )

    with django_assert_num_queries(13):
        panel_text(version, owner)


# ---------------------------------------------------------------- catalogue


def test_filter_offers_bodies_of_courses_on_sale_and_finds_their_courses(
    version: CourseVersion,
) -> None:
    other = VersionFactory()
    draft = VersionFactory(status="draft")
    florida = state("Florida")
    always(florida, version)
    SubmittedFactory(body=state("Ohio"), course=other.course)
    SubmittedFactory(body=state("Maine"), course=draft.course)
    SubmissionFactory(body=state("Utah"), course=version.course, status="denied")
    hidden = BodyFactory(code="US-NY", is_pending_hidden=True)
    SubmittedFactory(body=hidden, course=version.course)
    part = LicensingPart()

    (choice,) = part.catalogue_filters(QueryDict("state=US-FL"))
    assert (choice.name, choice.chosen) == ("state", "US-FL")
    assert list(choice.choices) == [("", "All"), ("US-FL", "Florida"), ("US-OH", "Ohio")]

    def found(query: str) -> list[int]:
        courses = part.filter_catalogue(Course.objects.order_by("pk"), QueryDict(query))
        return list(courses.values_list("pk", flat=True))

    assert found("state=US-FL") == [version.course_id]
    assert found("state=US-OH") == [other.course_id]
    assert found("state=US-UT") == []
    assert found("state=US-NY") == []
    assert found("state=nonsense") == []
    assert len(found("")) == 3


def test_without_submissions_there_is_no_filter(version: CourseVersion) -> None:
    assert LicensingPart().catalogue_filters(QueryDict()) == []


def test_notes_tell_approved_and_pending_apart(
    version: CourseVersion, django_assert_num_queries: NumQueries
) -> None:
    ncbtmb = ApproverFactory()
    always(ncbtmb, version)
    always(state("Florida"), version)
    SubmissionFactory(
        body=state("Georgia"), course=version.course, status="accepts-list", through=ncbtmb
    )
    SubmissionFactory(body=state("Montana"), course=version.course, status="no-preapproval")
    for number in range(8):
        SubmittedFactory(
            body=state(f"Pending {number}", f"US-P{number}"),
            course=version.course,
            submitted_on=date(2020, 1, 1),
        )
    other = VersionFactory()

    with django_assert_num_queries(3):
        notes = LicensingPart().catalogue_notes([version, other], QueryDict())

    assert notes == {
        version.pk: [
            "Approved by Florida and NCBTMB",
            "Accepts a list we are on: Georgia",
            "Does not pre-approve: Montana",
            "Submitted, not approved: Pending 0, Pending 1, Pending 2, Pending 3, Pending 4 "
            "and 3 more",
        ],
        other.pk: [],
    }


# ---------------------------------------------------------------- certificates


def test_printed_bodies_of_a_holder(
    version: CourseVersion, owner: User, stranger: User, django_assert_num_queries: NumQueries
) -> None:
    ncbtmb, georgia, montana = ApproverFactory(), state("Georgia"), state("Montana")
    ProviderNumberFactory(body=ncbtmb, number="451771-11")
    ApprovedFactory(body=ncbtmb, course=version.course, title_approved="Face work")
    SubmissionFactory(body=georgia, course=version.course, status="accepts-list", through=ncbtmb)
    SubmissionFactory(body=montana, course=version.course, status="no-preapproval")
    SubmittedFactory(body=state("Ohio"), course=version.course)
    LicenseFactory(user=owner, body=georgia, number="MT001")
    foreign = LicenseFactory(user=stranger, body=montana)
    held = [*active_licenses(owner), foreign]

    with django_assert_num_queries(3):
        found = standing.printed_bodies(
            course=version.course, edition=1, holder=owner, licenses=held, on=TODAY
        )

    assert [
        (line.jurisdiction, line.status, line.hours, line.title, line.license_number)
        for line in found
    ] == [
        ("Georgia", "accepts-list", Decimal("0.5"), "Face work", "MT001"),
        ("NCBTMB", "approved", Decimal("0.5"), "Face work", ""),
        ("Ohio", "submitted", None, "", ""),
    ]
    assert "provider no. 451771-11, course approved October 1, 2026" in found[0].sentence


def test_printed_bodies_take_the_hours_they_are_given(version: CourseVersion, owner: User) -> None:
    body = state("Montana")
    SubmissionFactory(body=body, course=version.course, status="no-preapproval")
    licenses = [LicenseFactory(user=owner, body=body)]

    (line,) = standing.printed_bodies(
        course=version.course,
        edition=1,
        holder=owner,
        licenses=licenses,
        on=TODAY,
        course_hours=Decimal(3),
    )

    assert line.hours == 3


def test_the_number_of_the_list_must_hold_on_the_day(version: CourseVersion, owner: User) -> None:
    """Georgia: the provider's number was current when the course was given."""
    ncbtmb, georgia = ApproverFactory(), state("Georgia")
    ProviderNumberFactory(body=ncbtmb, valid_to=date(2026, 11, 20))
    SubmissionFactory(body=georgia, course=version.course, status="accepts-list", through=ncbtmb)
    licenses = [LicenseFactory(user=owner, body=georgia)]

    def count(on: date) -> int:
        return len(
            standing.printed_bodies(
                course=version.course, edition=1, holder=owner, licenses=licenses, on=on
            )
        )

    assert count(date(2026, 11, 20)) == 1
    assert count(date(2026, 11, 21)) == 0
