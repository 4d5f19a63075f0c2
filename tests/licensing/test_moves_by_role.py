"""Every move × every role, over the page that makes it; and that a no never looks like a yes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from ce_platform.accounts.models import User
from ce_platform.licensing import queries
from ce_platform.licensing.board import board
from ce_platform.licensing.domain.standing import lines_of_versions, printed_bodies
from ce_platform.licensing.models import LicensingBody, Submission
from ce_platform.licensing.views import submission_move
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.licensing import (
    TODAY,
    ApproverFactory,
    BodyFactory,
    LicenseFactory,
    SubmissionFactory,
)
from tests.licensing.test_submissions import ALLOWED, a_submission, facts_for

Status = Submission.Status
ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db: None, stranger: User) -> User:
    stranger.groups.add(Group.objects.get(name="operator"))
    return stranger


Answer = Callable[[Submission, dict[str, str]], str]


def by_page(client: Client) -> Answer:
    """Through the whole site; who is not signed in is sent to sign in."""

    def post(row: Submission, given: dict[str, str]) -> str:
        answer = client.post(f"/office/submissions/{row.uid}/move/", given)
        return (
            "login" if "/login/" in answer.headers.get("Location", "") else str(answer.status_code)
        )

    return post


def by_view(user: User) -> Answer:
    """The view alone: a page that says 403 is long, and there are many moves."""

    def post(row: Submission, given: dict[str, str]) -> str:
        request = RequestFactory().post("/", given)
        request.user = user
        request._messages = CookieStorage(request)
        try:
            return str(submission_move(request, row.uid).status_code)
        except PermissionDenied:
            return "403"

    return post


@pytest.mark.parametrize("role", ["anonymous", "therapist", "instructor", "operator", "registrar"])
def test_every_move_by_every_role(
    role: str, owner: User, instructor: User, operator: User, registrar: User
) -> None:
    answer = {
        "anonymous": by_page(Client()),
        "therapist": by_view(owner),
        "instructor": by_view(instructor),
        "operator": by_view(operator),
        "registrar": by_view(registrar),
    }[role]
    ncbtmb = ApproverFactory()
    seen = {}
    for before in Status.values:
        row = a_submission(before, ncbtmb)
        for to in Status.values:
            code = answer(row, sent(to, ncbtmb))
            moved = row.events.exists()
            seen[before, to] = (code, Submission.objects.get(pk=row.pk).status if moved else "")
            if moved:
                row = a_submission(before, ncbtmb)

    refused = {"anonymous": "login"}.get(role, "403")
    expected = {
        (before, to): ("302", to if to in ALLOWED[before].split() else "")
        if role == "registrar"
        else (refused, "")
        for before in Status.values
        for to in Status.values
    }
    assert seen == expected


def sent(to: str, ncbtmb: LicensingBody) -> dict[str, str]:
    """The least that the form of this move needs, as a browser sends it."""
    facts = facts_for(to, ncbtmb)
    # The form asks for it only where nothing was sent before.
    given = {"to": to, "more-info-submitted_on": TODAY.isoformat()}
    for name, value in facts.items():
        if isinstance(value, date):
            given[f"{to}-{name}"] = value.isoformat()
        elif isinstance(value, LicensingBody):
            given[f"{to}-{name}"] = value.code
        else:
            given[f"{to}-{name}"] = str(value)
    return given


@pytest.mark.parametrize("status", ["denied", "withdrawn", "expired", "superseded"])
def test_a_body_that_did_not_say_yes_appears_nowhere_as_good(
    status: str, owner: User, registrar: User, client_of: ClientOf
) -> None:
    """Also with everything on file that an approval once had."""
    version = VersionFactory()
    body = BodyFactory(code="US-ZZ", jurisdiction="Zedland")
    license_ = LicenseFactory(user=owner, body=body)
    SubmissionFactory(
        course=version.course,
        body=body,
        status=status,
        submitted_on=date(2026, 1, 5),
        decided_on=date(2026, 2, 1),
        number="20-31415",
        hours_granted=Decimal("7.5"),
        title_approved="A title once approved",
        valid_from=date(2026, 2, 1),
        valid_to=date(2099, 12, 31),
    )
    enrollment = EnrollmentFactory(user=owner, version=version)
    (row,) = board({}, bodies=queries.bodies_by_place(), today=TODAY).rows

    pages = {
        url: client_of(person).get(url).content.decode()
        for person, url in (
            (owner, version.course.get_absolute_url()),
            (owner, "/courses/?state=US-ZZ"),
            (owner, enrollment.get_absolute_url()),
            (registrar, "/office/submissions/board/"),
        )
    }

    assert lines_of_versions([version], licenses=[license_], on=TODAY) == {version.pk: []}
    assert (
        printed_bodies(
            course=version.course, edition=1, holder=owner, licenses=[license_], on=TODAY
        )
        == []
    )
    assert [(cell.hours, cell.tone == "good") for cell in row.cells] == [("", False)]
    for url, page in pages.items():
        assert "pill-good" not in page, url
        assert "20-31415" not in page, url
        assert "7.5" not in page, url
        assert "Approved by" not in page, url
