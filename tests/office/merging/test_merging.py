"""Two accounts of one person become one."""

import html
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import verification
from ce_platform.core.models import AccountEnding, AuditEvent, OutgoingMail
from ce_platform.licensing.models import License
from ce_platform.office.merging.courses_twice import WITHDRAWN, courses_twice
from ce_platform.office.merging.merging import (
    CannotMerge,
    account_named,
    in_the_way,
    merge_accounts,
)
from ce_platform.office.people import index
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate
from certificates.sharing.switching import switch_on
from courses.domain.access_errors import NeedsCode
from courses.domain.enrolling import enroll
from courses.domain.errors import AccountEnded
from courses.models import Course, Enrollment
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.models import Attempt, Quiz
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.certificates import LicenseFactory, make_certificate, make_provider
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.licensing import ExternalCreditFactory
from tests.factories.quizzes import quiz_with
from tests.quizzes.answering import answer_all

ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db
WHY = "Same license, same voice."


def proved(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def codes(old: User, into: User) -> list[str]:
    return [item.code for item in in_the_way(old, into, courses_twice(old, into, now=NOW))]


def test_the_reason_is_kept_without_the_names(
    owner: User, stranger: User, registrar: User, now: datetime
) -> None:
    """It is frozen, so nothing could take them out when the account that stays is closed."""
    stranger.name_on_certificates = "Zyxqua Stranger"
    stranger.save(update_fields=["name_on_certificates"])
    why = f"Zyxqua Stranger called; {owner.email} is an old address."

    ending = merge_accounts(owner, stranger, reason=why, by=registrar, now=now)

    assert ending.reason == "[erased] called; [erased] is an old address."
    noted = AuditEvent.objects.filter(action="account.merged").values_list("detail", flat=True)
    assert [json.loads(each)["reason"] for each in noted] == [ending.reason] * 2


def test_everything_moves_and_nothing_printed_changes(
    owner: User, stranger: User, registrar: User, now: datetime, client_of: ClientOf
) -> None:
    old, into = proved(owner), proved(stranger)
    old.phone = "(303) 555-0142"
    old.save(update_fields=["phone"])
    EmailAddress.objects.create(user=old, email="typo@example.com", verified=False)
    make_provider()
    card = LicenseFactory(user=old)
    LicenseFactory(user=into, body=card.body, number=card.number)
    ExternalCreditFactory(user=old)
    good, revoked = make_certificate(user=old), make_certificate(user=old)
    revoke_certificate(revoked, reason="A mistake.", by=registrar, now=now)
    own = make_certificate(user=into)
    for user, certificate in ((old, good), (into, own)):
        switch_on(
            certificate=None,
            chosen=[certificate],
            has_licenses=False,
            has_email=False,
            by=user,
            now=now,
        )
    EnrollmentFactory(user=old)
    before = dict(Certificate.objects.values_list("pk", "sha256"))
    session = client_of(old)

    ending = merge_accounts(old, into, reason=WHY, by=registrar, now=now)

    assert (ending.user_id, ending.into_id, ending.finished_at) == (old.pk, into.pk, now)
    for model in (Certificate, Enrollment, License):
        assert not model._default_manager.filter(user=old).exists()
    assert dict(Certificate.objects.values_list("pk", "sha256")) == before
    tally = verification.Tally()
    assert list(verification.run("certificates", tally)) == []
    # The same card counts once, and of two pages of a person the one that stays is on.
    assert License.objects.filter(user=into, removed_at__isnull=True).count() == 1
    assert into.shared_pages.filter(switched_off_at__isnull=True).count() == 1
    assert set(EmailAddress.objects.values_list("user__pk", "email", "verified", "primary")) == {
        (into.pk, old.email, True, False),
        (into.pk, into.email, True, True),
    }
    assert account_named(" OWNER@example.com") == into
    old.refresh_from_db()
    assert (old.email, old.is_active, old.closed_at) == (old.closed_email, False, now)
    into.refresh_from_db()
    assert (old.phone, into.phone) == ("", "(303) 555-0142")
    assert session.get(reverse("accounts:profile")).status_code == 302
    assert set(
        OutgoingMail.objects.filter(kind="account_merged").values_list("to_email", "to_user_id")
    ) == {("owner@example.com", into.pk), ("stranger@example.com", into.pk)}
    assert merge_accounts(old, into, reason=WHY, by=registrar, now=now) == ending


def test_what_stands_in_the_way(owner: User, stranger: User, instructor: User) -> None:
    assert codes(owner, owner) == ["same"]
    assert codes(owner, instructor) == ["staff"] == codes(instructor, owner)
    assert codes(owner, stranger) == []
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    stranger.refresh_from_db()
    assert codes(owner, stranger) == ["closed"]


def test_nobody_merges_their_own_account(owner: User, stranger: User, now: datetime) -> None:
    with pytest.raises(CannotMerge, match="Somebody else"):
        merge_accounts(owner, stranger, reason=WHY, by=stranger, now=now)


def test_records_move_only_within_a_merging(owner: User, stranger: User, now: datetime) -> None:
    make_provider()
    certificate = make_certificate(user=owner)
    third = UserFactory()
    AccountEnding.objects.create(user_id=owner.pk, into_id=stranger.pk, began_at=now, by_id=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(user=third)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(user=stranger, holder_name="Other")
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrollment.objects.filter(pk=certificate.enrollment_id).update(user=third)
    Certificate.objects.filter(pk=certificate.pk).update(user=stranger)


def test_the_page_looks_at_both_and_merges(
    owner: User, stranger: User, registrar: User, client_of: ClientOf
) -> None:
    client = client_of(registrar)
    page = reverse("office:person-merge", args=[stranger.uid])
    assert client.get(page, {"other": "nobody@example.com"}).status_code == 422
    index.refresh([owner.pk])
    found = client.get(page, {"other": "Olivia Ownre"})
    assert (found.status_code, f"?other={owner.uid}" in found.content.decode()) == (200, True)
    shown = client.get(page, {"other": "owner@example.com"}).content.decode()
    assert "Olivia Owner" in shown
    assert "Sam Stranger" in shown
    assert client.post(page, {"other": owner.uid, "is_sure": "on"}).status_code == 422
    assert client.post(page, {"other": "x", "is_sure": "on"}).status_code == 422
    done = client.post(page, {"other": owner.uid, "is_sure": "on", "reason": WHY})
    assert (done.status_code, AccountEnding.objects.get().into_id) == (302, stranger.pk)


# ---------------------------------------------------------------- one course in both


def begun_twice(old: User, into: User, **values: Any) -> tuple[Enrollment, Enrollment, list[Quiz]]:
    """The same course under way in both, which has two quizzes."""
    version = VersionFactory()
    quizzes = [quiz_with(1, version=version, title=f"Quiz {number}", **values) for number in (1, 2)]
    rows = [EnrollmentFactory(user=user, version=version) for user in (old, into)]
    return rows[0], rows[1], quizzes


def passed(enrollment: Enrollment, quiz: Quiz) -> None:
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)
    answer_all(attempt, now=NOW)
    submit_attempt(attempt, by=enrollment.user, now=NOW)


def test_the_office_chooses_which_of_two_enrollments_goes_on(
    owner: User, stranger: User, registrar: User, client_of: ClientOf
) -> None:
    begun, other, (quiz, _exam) = begun_twice(owner, stranger)
    passed(begun, quiz)
    client, page = client_of(registrar), reverse("office:person-merge", args=[stranger.uid])
    form = {"other": owner.uid, "is_sure": "on", "reason": WHY}
    field = f"course-{begun.course_id}"

    shown = client.get(page, {"other": "owner@example.com"}).content.decode()
    refused = [
        client.post(page, form | chosen).status_code
        for chosen in ({}, {field: other.uid}, {field: "x"}, {field: UserFactory().uid})
    ]

    # The one in which nothing is passed cannot be chosen.
    assert (f'value="{begun.uid}"' in shown, f'value="{other.uid}"' in shown) == (True, False)
    assert "passed: “Quiz 1”" in html.unescape(shown)
    assert refused == [422] * 4
    assert not AccountEnding.objects.exists()
    assert client.post(page, form | {field: begun.uid}).status_code == 302
    assert client.post(page, form | {field: begun.uid}).status_code == 302
    assert list(Enrollment.objects.order_by("pk").values_list("user", "status")) == [
        (stranger.pk, "open"),
        (stranger.pk, "withdrawn"),
    ]
    assert Attempt.objects.get().enrollment_id == begun.pk
    event = AuditEvent.objects.get(action="enrollment.withdrawn")
    assert (event.subject_id, WITHDRAWN in event.detail) == (str(other.uid), True)


def test_what_is_passed_in_one_only_is_not_lost(owner: User, stranger: User) -> None:
    begun, other, (quiz, exam) = begun_twice(owner, stranger)
    passed(begun, quiz)
    passed(other, exam)

    (item,) = in_the_way(owner, stranger, courses_twice(owner, stranger, now=NOW))

    assert "owner@example.com has passed “Quiz 1”" in item.sentence
    assert "stranger@example.com has passed “Quiz 2”" in item.sentence
    passed(other, quiz)
    (twice,) = courses_twice(owner, stranger, now=NOW)
    assert [each.enrollment for each in twice.may_go_on] == [other]
    with pytest.raises(CannotMerge, match="Choose which"):
        merge_accounts(owner, stranger, reason=WHY, by=UserFactory(), now=NOW, going_on=[begun.uid])


def test_a_try_against_the_clock_is_not_cut_off(owner: User, stranger: User) -> None:
    begun, _other, (quiz, _exam) = begun_twice(owner, stranger, time_limit_seconds=600)
    start_attempt(begun, quiz, by=owner, now=NOW)

    (twice,) = courses_twice(owner, stranger, now=NOW)

    assert [each.enrollment for each in twice.may_go_on] == [begun]


def test_what_ended_by_merging_is_no_way_to_the_hours_a_second_time(
    owner: User, stranger: User
) -> None:
    """Coming back after completion begins anew, also if the other one was begun later."""
    begun, other, quizzes = begun_twice(owner, stranger)
    for quiz in quizzes:
        passed(begun, quiz)
        passed(other, quiz)
    later = NOW + timedelta(hours=1)
    merge_accounts(owner, stranger, reason=WHY, by=UserFactory(), now=later, going_on=[begun.uid])
    Enrollment.objects.filter(pk=begun.pk).update(
        status="completed", completed_at=later, completed_on=later.date(), completed_zone="UTC"
    )
    Course.objects.filter(pk=begun.course_id).update(access="code")

    with pytest.raises(NeedsCode):
        enroll(stranger, begun.course, now=later)

    again = enroll(stranger, begun.course, by=UserFactory(), now=later + timedelta(hours=1))
    assert again not in (begun, other)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    gate = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return work()
        except CannotMerge as refusal:
            return [item.code for item in refusal.items]
        except AccountEnded as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.django_db(transaction=True)
def test_two_of_the_office_merge_the_same_two_at_once(now: datetime) -> None:
    old, into, first, second = (proved(UserFactory()) for _ in range(4))
    enrollment = EnrollmentFactory(user=old)
    merged = at_once(
        *(
            lambda by=by: merge_accounts(old, into, reason=WHY, by=by, now=now).pk
            for by in (first, second)
        )
    )
    assert merged[0] == merged[1]
    enrollment.refresh_from_db()
    assert enrollment.user_id == into.pk
    assert OutgoingMail.objects.filter(kind="account_merged").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_into_b_and_b_into_a_at_once_is_one_of_both(now: datetime) -> None:
    one, other, office = (proved(UserFactory()) for _ in range(3))
    EnrollmentFactory(user=one)
    EnrollmentFactory(user=other)
    answers = at_once(
        lambda: merge_accounts(one, other, reason=WHY, by=office, now=now).into_id,
        lambda: merge_accounts(other, one, reason=WHY, by=office, now=now).into_id,
    )
    stays = AccountEnding.objects.get().into_id
    assert sorted(answers, key=str) == sorted([stays, ["closed"]], key=str)
    assert set(Enrollment.objects.values_list("user", flat=True)) == {stays}


@pytest.mark.django_db(transaction=True)
def test_two_of_the_office_choose_differently_at_once(now: datetime) -> None:
    old, into, office = (proved(UserFactory()) for _ in range(3))
    rows = begun_twice(old, into)[:2]

    endings = at_once(
        *(
            lambda row=row: (
                merge_accounts(old, into, reason=WHY, by=office, now=now, going_on=[row.uid]).pk
            )
            for row in rows
        )
    )

    assert endings[0] == endings[1]
    assert sorted(Enrollment.objects.values_list("user", "status")) == [
        (into.pk, "open"),
        (into.pk, "withdrawn"),
    ]
    assert AuditEvent.objects.filter(action="enrollment.withdrawn").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_enrolled_while_the_accounts_merge_is_in_the_one_that_stays(now: datetime) -> None:
    old, into, office = (proved(UserFactory()) for _ in range(3))
    left = EnrollmentFactory(user=old, status="withdrawn")
    course, group = left.course, Group.objects.get_or_create(name="registrar")[0]
    office.groups.add(group)

    answers = at_once(
        lambda: merge_accounts(old, into, reason=WHY, by=office, now=now).into_id,
        lambda: enroll(old, course, by=office, now=now).status,
    )

    assert answers in ([into.pk, "open"], [into.pk, "AccountEnded"])
    assert [row.user_id for row in Enrollment.objects.all()] == [into.pk]
