"""Submissions of an earlier system: their moves, their days, their letters."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, StoredFile
from ce_platform.licensing.domain.history import as_they_stood
from ce_platform.licensing.domain.submissions import (
    Message,
    add_message,
    has_letter,
    record_submission,
)
from ce_platform.licensing.models import LicensingBody, Submission
from ce_platform.office.moving_in import running, throwing_away
from courses.models import Course
from tests.factories.certificates import BodyFactory, make_provider
from tests.factories.courses import VersionFactory
from tests.office.moving_in.brought import apply, bring, pdf, zipped

pytestmark = pytest.mark.django_db
HEAD = (
    "Licensing body,Course,Status,Submitted on,Decided on,Hours granted,Valid from,Valid to,"
    "Number,Reference,Note,Letter\n"
)
APPROVED = (
    "FL,facial,Approved,2024-01-08,2024-02-20,3,2024-02-20,2027-02-19,20-765432,APP-7,,fl.pdf\n"
)


@pytest.fixture(autouse=True)
def course() -> Course:
    make_provider()
    BodyFactory()
    BodyFactory(code="US-GA", jurisdiction="Georgia", name="Georgia Board")
    return VersionFactory(course__slug="facial", credit_hours=Decimal(3)).course


def test_lines_are_refused_by_the_rules_of_the_desk(registrar: User, now: datetime) -> None:
    table = HEAD + (
        "FL,facial,Approved,,2024-02-20,,2024-02-20,,,,,\n"
        "GA,facial,Denied,2024-03-01,2024-02-20,,,,,,,\n"
        "GA,nowhere,Approoved,2024-03-01,,,,,,,,fl.pdf\n"
        "GA,facial,Submitted,2024-03-01,2024-03-02,,,,,,,\n"
    )

    run = bring("submissions", table.encode(), by=registrar, now=now)

    assert [line.problems for line in run.lines.order_by("row")] == [
        [
            [
                "Submitted on",
                "",
                "Write the day on which it was submitted. If nobody knows it any more, write the "
                "day of the decision.",
            ],
            ["Hours granted", "", "Write how many hours the body granted."],
        ],
        [
            ["Note", "", "Write down the reason the body gave."],
            [
                "Decided on",
                "2024-02-20",
                "The decision cannot be earlier than the submission on March 1, 2024.",
            ],
        ],
        [
            [
                "Status",
                "Approoved",
                "“Approoved” is none of: In preparation, Submitted, More information asked, "
                "Approved, Accepted through a list, No pre-approval, Not needed, Denied, "
                "Withdrawn, Expired, Superseded.",
            ],
            [
                "Letter",
                "fl.pdf",
                "Letters come in a zip together with the table; this is a table alone.",
            ],
            [
                "Course",
                "nowhere",
                "There is no course “nowhere” here. Write the last part of its address.",
            ],
        ],
        [
            ["Course", "facial", "It stands in row 3 of this file already."],
        ],
    ]
    assert Submission.objects.count() == 0


def test_moves_tell_their_days_and_the_letter_is_filed(
    registrar: User, now: datetime, course: Course
) -> None:
    table = (
        HEAD
        + APPROVED
        + ("GA,facial,Expired,2021-01-08,2021-02-20,3,2021-02-20,2023-02-19,,,It ran out,\n")
    )
    content = zipped({"table.csv": table.encode(), "letters/fl.pdf": pdf("letter")})

    run = apply(bring("submissions", content, by=registrar, now=now), by=registrar, now=now)

    assert (run.state, run.error, run.new_count) == ("done", "", 2)
    florida, georgia = Submission.objects.order_by("pk")
    assert (
        florida.status,
        florida.submitted_on,
        florida.decided_on,
        florida.hours_granted,
        florida.valid_to,
        florida.number,
        florida.reference,
        florida.letter and florida.letter.read(),
        georgia.status,
    ) == (
        "approved",
        date(2024, 1, 8),
        date(2024, 2, 20),
        Decimal(3),
        date(2027, 2, 19),
        "20-765432",
        "APP-7",
        pdf("letter"),
        "expired",
    )
    mark = "Recorded from an earlier system."
    assert list(
        georgia.events.order_by("pk").values_list("to_status", "direction", "happened_on", "note")
    ) == [
        ("draft", "", None, ""),
        ("submitted", "to-body", date(2021, 1, 8), mark),
        ("approved", "from-body", date(2021, 2, 20), mark),
        ("expired", "internal", date(2023, 2, 19), f"It ran out\n{mark}"),
    ]
    # The trail tells when it was written down here, which is today.
    assert (
        AuditEvent.objects.filter(
            subject_type="submission", at__date__lt=timezone.now().date()
        ).count()
        == 0
    )
    # On a day of the past it stands as it stood then.
    assert [each.status for each in as_they_stood([georgia], date(2022, 5, 1))] == ["approved"]
    assert [each.status for each in as_they_stood([georgia], date(2024, 5, 1))] == ["expired"]

    again = bring("submissions", content, by=registrar, now=now)
    assert (again.new_count, again.change_count, again.same_count) == (0, 0, 2)
    with pytest.raises(running.ImportRefused, match="cannot be undone"):
        running.undo(run, reason="No.", by=registrar, now=now)


def test_letter_of_the_desk_outlives_a_file_that_was_thrown_away(
    registrar: User, now: datetime, course: Course
) -> None:
    content = zipped({"table.csv": (HEAD + APPROVED).encode(), "fl.pdf": pdf("letter")})
    run = bring("submissions", content, by=registrar, now=now)
    stored = running.store_documents(run, running.kind_of(run), progress=_Progress())  # type: ignore[arg-type]
    (file,) = stored.values()
    submission = record_submission(
        course=course,
        edition=1,
        body=LicensingBody.objects.get(code="US-GA"),
        by=registrar,
        now=now,
    )
    add_message(submission, message=Message(text="Came", file=file), by=registrar, now=now)

    throwing_away.discard(run, by=registrar, now=now)

    assert has_letter(submission, file.sha256)
    assert StoredFile.objects.get(pk=file.pk).read() == pdf("letter")


def test_untouched_preparation_goes_on_and_other_files_are_left(
    registrar: User, now: datetime, course: Course
) -> None:
    record_submission(
        course=course,
        edition=1,
        body=LicensingBody.objects.get(code="US-FL"),
        by=registrar,
        now=now,
    )
    table = (HEAD + APPROVED.replace("fl.pdf", "")).encode()
    other = table.replace(b"20-765432", b"20-1")

    run = bring("submissions", table, by=registrar, now=now)
    late = bring("submissions", other, by=registrar, now=now)
    run = apply(run, by=registrar, now=now)
    late = apply(late, by=registrar, now=now)

    assert (run.change_count, late.same_count, Submission.objects.get().number) == (
        1,
        1,
        "20-765432",
    )
    note = bring("submissions", other, by=registrar, now=now).lines.get().note
    assert note == "It is “Approved”, 20-765432 here; that is left so."


class _Progress:
    def total(self, count: int) -> None: ...

    def advance(self, count: int) -> None: ...
