"""Learners are told, once, when what their body gave ends before they are likely done."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail
from ce_platform.licensing.domain import ending
from ce_platform.licensing.domain.ending import endings, endings_of, likely_finish, sweep_endings
from ce_platform.licensing.models import License, LicensingBody, ProviderNumber, Submission
from courses.models import Enrollment
from tests.factories.courses import EnrollmentFactory, LessonFactory, VersionFactory
from tests.factories.licensing import NOW, TODAY, ApprovedFactory, ApproverFactory, LicenseFactory

ClientOf = Callable[[User], Client]
BEGUN = TODAY - timedelta(days=60)


@pytest.mark.parametrize(
    ("hours", "share", "days"),
    [
        # Half of six hours took sixty days: the other half takes as long.
        ("6", "0.5", 60),
        ("6", "0.9", 30),
        ("6", "1", 30),
        # Nothing yet: an hour of credit a week.
        ("6", "0", 42),
        ("1", "0", 30),
        ("6", "0.01", 3 * 365),
        ("0", "0.5", 30),
    ],
)
def test_likely_finish(hours: str, share: str, days: int) -> None:
    finish = likely_finish(
        started_on=BEGUN,
        today=TODAY,
        credit_hours=Decimal(hours),
        finished_share=Decimal(share),
    )

    assert (finish - TODAY).days == days


STATE = LicensingBody(pk=1, code="US-ZZ", jurisdiction="Zed", name="Zed Board", kind="state-board")
NCBTMB = LicensingBody(
    pk=2, code="US-NCBTMB", name="NCBTMB", kind="approver", abbreviation="NCBTMB"
)
SOON, LATER, PAST = (TODAY + timedelta(days=days) for days in (10, 200, -5))


def at(body: LicensingBody, status: str, valid_to: date | None, **more: Any) -> Submission:
    return Submission(body=body, status=status, valid_to=valid_to, **more)


@pytest.mark.parametrize(
    ("rows", "number_until", "expected"),
    [
        ([at(STATE, "approved", SOON)], None, [(SOON, False)]),
        ([at(STATE, "approved", LATER)], None, []),
        ([at(STATE, "approved", None)], None, []),
        ([at(STATE, "approved", PAST)], None, [(PAST, True)]),
        ([at(STATE, "expired", PAST)], None, [(PAST, True)]),
        ([at(STATE, "expired", BEGUN - timedelta(days=1))], None, []),
        ([at(STATE, "denied", SOON)], None, []),
        ([at(STATE, "submitted", SOON)], None, []),
        ([at(NCBTMB, "approved", SOON)], None, []),
        ([at(STATE, "accepts-list", None, through=NCBTMB)], SOON, [(SOON, False)]),
        ([at(STATE, "accepts-list", LATER, through=NCBTMB)], LATER, []),
        (
            [at(STATE, "accepts-list", LATER, through=NCBTMB), at(NCBTMB, "approved", SOON)],
            LATER,
            [(SOON, False)],
        ),
        # A recorded day since when is printed without a number.
        ([at(STATE, "accepts-list", None, through=NCBTMB, decided_on=BEGUN)], SOON, []),
        # The list has not approved the course, so there is nothing that could end.
        (
            [at(STATE, "accepts-list", SOON, through=NCBTMB), at(NCBTMB, "denied", SOON)],
            SOON,
            [],
        ),
    ],
    ids=str,
)
def test_what_ends_for_a_holder(
    rows: list[Submission], number_until: date | None, expected: list[tuple[date, bool]]
) -> None:
    numbers = {2: ProviderNumber(body=NCBTMB, number="451", valid_to=number_until)}

    found = endings(
        rows,
        licenses=[License(body=STATE, number="Z-1")],
        numbers=numbers,
        started_on=BEGUN,
        finish_on=TODAY + timedelta(days=30),
        today=TODAY,
    )

    assert [(each.last_day, each.is_over) for each in found] == expected
    for each in found:
        if each.submission.status == "accepts-list":
            assert "approv" not in each.sentence


def a_learner(user: User, **submission: Any) -> tuple[Enrollment, Submission]:
    version = VersionFactory(credit_hours="6", lesson_count=2)
    LessonFactory(module__version=version)
    row = ApprovedFactory(course=version.course, **submission)
    LicenseFactory(user=user, body=row.body, number="MA 77")
    return EnrollmentFactory(user=user, version=version, finished_lesson_count=1), row


def mails() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("to_email", "subject"))


def test_mail_goes_once_for_one_last_day(owner: User) -> None:
    _, row = a_learner(owner, valid_to=SOON)
    a_learner(owner, valid_to=TODAY + timedelta(days=110))

    told = [sweep_endings(NOW) for _ in range(3)]
    place = row.body.place
    assert told == [1, 0, 0]
    assert mails() == [
        (owner.email, f"{place}: ends on November 30, 2026, before you are likely done")
    ]
    body = OutgoingMail.objects.get().body
    assert "MA 77" in body
    assert "leaves" in body

    row.valid_to = SOON + timedelta(days=5)
    row.save()
    assert sweep_endings(NOW) == 1, "another last day is other news"


def test_nobody_else_is_told(owner: User, stranger: User) -> None:
    enrollment, row = a_learner(owner, valid_to=SOON)
    EnrollmentFactory(user=stranger, version=enrollment.version)
    License.objects.filter(user=owner).update(removed_at=NOW)
    newer = VersionFactory(course=row.course, edition=2, credit_hours="6")
    moved = EnrollmentFactory(version=newer)
    LicenseFactory(user=moved.user, body=row.body)
    left = EnrollmentFactory(version=enrollment.version, status="withdrawn")
    LicenseFactory(user=left.user, body=row.body)

    assert sweep_endings(NOW) == 0
    assert mails() == []


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([("1", None, 10)], [(10, False)]),
        ([("1", None, 10), ("2", 11, None)], []),
        ([("1", None, 10), ("2", 5, 20)], [(20, False)]),
        ([("1", None, 10), ("2", 13, None)], [(10, False)]),
        ([("1", None, -5)], [(-5, True)]),
        ([("1", None, -5), ("2", -2, None)], []),
    ],
    ids=["ends", "renewed", "renewed for days", "with a gap", "ended", "held again"],
)
def test_a_number_of_ours_ends_where_no_other_follows(
    owner: User,
    numbers: list[tuple[str, int | None, int | None]],
    expected: list[tuple[int, bool]],
) -> None:
    enrollment, row = a_learner(owner, valid_to=None)
    through = ApproverFactory()
    Submission.objects.filter(pk=row.pk).update(
        status="accepts-list", through=through, decided_on=None
    )
    for number, first, last in numbers:
        ProviderNumber.objects.create(
            body=through,
            number=number,
            valid_from=None if first is None else TODAY + timedelta(days=first),
            valid_to=None if last is None else TODAY + timedelta(days=last),
        )
    enrollment = Enrollment.objects.get(pk=enrollment.pk)
    enrollment.started_at = NOW - timedelta(days=60)

    found = endings_of(enrollment, now=NOW)

    assert [((each.last_day - TODAY).days, each.is_over) for each in found] == expected


def test_the_sweep_goes_on_where_it_stopped(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "_AT_ONCE", 1)
    for _ in range(2):
        a_learner(owner, valid_to=SOON)

    assert [sweep_endings(NOW) for _ in range(3)] == [1, 1, 0]
    cache.clear()
    assert [sweep_endings(NOW) for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_the_sweep_takes_the_same_queries_for_any_number(
    count: int, db: None, django_assert_num_queries: Callable[..., object]
) -> None:
    row = ApprovedFactory(valid_to=LATER)
    version = row.course.versions.get()
    ApprovedFactory(course=row.course, valid_to=TODAY + timedelta(days=100))
    for _ in range(count):
        enrollment = EnrollmentFactory(version=version)
        LicenseFactory(user=enrollment.user, body=row.body)

    # Five of them keep the place in the cache, which is a table here.
    with django_assert_num_queries(10):
        sweep_endings(NOW)


def test_page_of_the_enrollment_tells_it(owner: User, client_of: ClientOf) -> None:
    enrollment, row = a_learner(owner)
    today = timezone.localdate()
    Submission.objects.filter(pk=row.pk).update(valid_to=today + timedelta(days=5))

    page = client_of(owner).get(enrollment.get_absolute_url()).content.decode()

    assert f"{row.body.place}, your license MA 77" in page
    enrollment.status = Enrollment.Status.WITHDRAWN
    assert endings_of(enrollment, now=NOW) == []
