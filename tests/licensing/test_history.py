"""An approval that held on a day is printed for that day, whatever became of it since."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ce_platform.accounts.models import User
from ce_platform.licensing.domain.standing import printed_bodies
from ce_platform.licensing.domain.submissions import correct_submission, move_submission
from ce_platform.licensing.models import Submission
from tests.factories.courses import VersionFactory
from tests.factories.licensing import BodyFactory, SubmissionFactory

Status = Submission.Status
pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 14)


@pytest.fixture
def file(registrar: User) -> Submission:
    """Approved in January, until the day after the session."""
    version = VersionFactory(credit_hours=Decimal("3.0"))
    made: Submission = SubmissionFactory(course=version.course, body=BodyFactory())
    for to, facts, day in (
        ("submitted", {"submitted_on": date(2026, 1, 2)}, 2),
        (
            "approved",
            {
                "decided_on": date(2026, 1, 20),
                "hours_granted": Decimal("3.00"),
                "number": "20-1",
                "valid_from": date(2026, 1, 20),
                "valid_to": date(2026, 11, 15),
            },
            20,
        ),
    ):
        at = datetime.fromisoformat(f"2026-01-{day:02}T15:00:00Z")
        made = move_submission(made, to=Status(to), facts=facts, by=registrar, now=at)
    return made


def moved(file: Submission, by: User, to: str, on: date, **facts: Any) -> Submission:
    at = datetime.fromisoformat(f"{on}T15:00:00Z")
    return move_submission(file, to=Status(to), facts=facts, by=by, now=at)


def printed(file: Submission) -> list[tuple[str, str, Decimal | None]]:
    lines = printed_bodies(
        course=file.course,
        edition=1,
        holder=User(),
        licenses=[],
        on=DAY,
        course_hours=Decimal(3),
        is_past=True,
    )
    return [(line.status, line.number, line.hours) for line in lines]


APPROVED = [("approved", "20-1", Decimal("3.00"))]


def test_run_out_since(file: Submission, registrar: User) -> None:
    assert printed(file) == APPROVED

    moved(file, registrar, "expired", date(2026, 11, 16))

    assert printed(file) == APPROVED


def test_renewed_on_the_same_row_since(file: Submission, registrar: User) -> None:
    file = moved(file, registrar, "expired", date(2026, 11, 16))
    file = moved(file, registrar, "draft", date(2026, 11, 16))
    assert printed(file) == APPROVED
    file = moved(file, registrar, "submitted", date(2026, 11, 17), submitted_on=date(2026, 10, 1))
    assert printed(file) == APPROVED

    moved(
        file,
        registrar,
        "approved",
        date(2026, 11, 18),
        decided_on=date(2026, 11, 18),
        hours_granted=Decimal("2.00"),
        number="20-2",
        valid_from=date(2026, 11, 18),
    )

    assert printed(file) == APPROVED


def test_period_renewed_in_place_since(file: Submission, registrar: User) -> None:
    correct_submission(
        file,
        facts={"valid_from": date(2026, 11, 16), "valid_to": date(2028, 11, 15)},
        note="Renewed.",
        by=registrar,
        now=datetime.fromisoformat("2026-11-16T15:00:00Z"),
    )

    assert printed(file) == APPROVED


def test_mistyped_end_counts_as_mended(file: Submission, registrar: User) -> None:
    correct_submission(
        file,
        facts={"valid_to": date(2026, 11, 5)},
        note="Mistyped.",
        by=registrar,
        now=datetime.fromisoformat("2026-11-16T15:00:00Z"),
    )

    assert printed(file) == []


@pytest.mark.parametrize(("days", "lines"), [(-1, []), (0, []), (1, APPROVED)])
def test_taken_back_before_on_and_after_the_day(
    file: Submission, registrar: User, days: int, lines: list[Any]
) -> None:
    moved(file, registrar, "withdrawn", DAY + timedelta(days=days))

    assert printed(file) == lines


def test_never_approved_stays_pending_whatever_was_decided_later(registrar: User) -> None:
    version = VersionFactory(credit_hours=Decimal("3.0"))
    file: Submission = SubmissionFactory(course=version.course, body=BodyFactory())
    file = moved(file, registrar, "submitted", date(2026, 10, 1), submitted_on=date(2026, 10, 1))

    moved(
        file,
        registrar,
        "approved",
        date(2026, 11, 18),
        decided_on=date(2026, 11, 18),
        hours_granted=Decimal("2.00"),
        valid_from=date(2026, 1, 1),
    )

    assert printed(file) == [("submitted", "", None)]
