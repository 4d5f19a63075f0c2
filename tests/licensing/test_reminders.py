"""Mails before a license ends: which are due, written once, switched off."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail
from ce_platform.licensing.models import License
from ce_platform.licensing.planner import reminders
from tests.factories.licensing import BodyFactory, LicenseFactory, RuleFactory

# Ten in the morning in New York.
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def ends_in(days: int, **values: object) -> License:
    body = BodyFactory(code="US-FL", jurisdiction="Florida", name="Florida Board")
    return LicenseFactory(body=body, expires_on=TODAY + timedelta(days=days), **values)


def subjects() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("subject", flat=True))


@pytest.mark.parametrize(
    ("days_left", "step"),
    [
        (181, None),
        (180, 180),
        (173, 180),
        (172, None),
        (90, 90),
        (31, None),
        (30, 30),
        (22, None),
        (7, 7),
        (0, 7),
        (-1, None),
    ],
)
def test_a_step_belongs_to_its_days(days_left: int, step: int | None) -> None:
    assert reminders.step_due(days_left) == step


@pytest.mark.django_db
def test_each_step_is_written_once_and_the_next_follows(owner: User) -> None:
    row = ends_in(180, user=owner)
    RuleFactory(body=row.body, rule_json='{"ce_cycle_months":24,"ce_hours":24}')

    assert [reminders.sweep_reminders(NOW) for _ in range(2)] == [1, 0]
    for days in (90, 150, 173):
        reminders.sweep_reminders(NOW + timedelta(days=days))

    assert subjects() == [
        "Your Florida license ends in 180 days",
        "Your Florida license ends in 90 days",
        "Your Florida license ends in 30 days",
        "Your Florida license ends in 7 days",
    ]
    mail = OutgoingMail.objects.order_by("pk")[0]
    assert mail.to_email == owner.email
    assert "You probably need 24 hours by May 19, 2027." in mail.body
    assert "not checked by this office" in mail.body
    assert reverse("licensing:planner") in mail.body


@pytest.mark.django_db
def test_two_sweeps_at_once_write_one_mail(owner: User) -> None:
    row = ends_in(30, user=owner)
    due = reminders._due(TODAY)

    reminders.sweep_reminders(NOW)
    License.objects.filter(pk=row.pk).update(reminded_of=None, reminded_days=None)
    reminders.sweep_reminders(NOW)

    assert due == [(row.pk, 30)]
    assert len(subjects()) == 1


@pytest.mark.django_db
def test_a_license_noted_late_gets_the_next_step_only(owner: User) -> None:
    ends_in(100, user=owner)

    for days in (0, 5, 10):
        reminders.sweep_reminders(NOW + timedelta(days=days))

    assert subjects() == ["Your Florida license ends in 90 days"]


@pytest.mark.django_db
def test_a_new_end_begins_anew(owner: User) -> None:
    row = ends_in(7, user=owner)
    reminders.sweep_reminders(NOW)

    License.objects.filter(pk=row.pk).update(expires_on=TODAY + timedelta(days=90))
    reminders.sweep_reminders(NOW)

    assert subjects() == [
        "Your Florida license ends in 7 days",
        "Your Florida license ends in 90 days",
    ]


@pytest.mark.django_db
def test_nobody_is_written_to_who_should_not_be(owner: User, stranger: User, now: datetime) -> None:
    ends_in(30, user=owner, removed_at=now)
    ends_in(30, user=stranger)
    User.objects.filter(pk=stranger.pk).update(closed_at=now)
    LicenseFactory(user=owner)

    assert reminders.sweep_reminders(NOW) == 0


@pytest.mark.django_db
def test_not_before_it_is_morning_at_the_provider(owner: User) -> None:
    """At nine in New York it is four in Honolulu: the same day everywhere."""
    ends_in(30, user=owner)

    assert reminders.sweep_reminders(datetime(2026, 11, 20, 13, 59, tzinfo=UTC)) == 0
    assert reminders.sweep_reminders(datetime(2026, 11, 20, 14, 0, tzinfo=UTC)) == 1


# ---------------------------------------------------------------- switched off


@pytest.mark.django_db
def test_a_step_can_be_switched_off_and_on(
    owner: User, client_of: Callable[[User], Client]
) -> None:
    row = ends_in(30, user=owner)
    url = reverse("licensing:reminder-switch")

    for _ in range(2):
        assert client_of(owner).post(url, {"days": ["180", "7", "12"]}).status_code == 302
    assert reminders.switches(owner) == [(180, True), (90, False), (30, False), (7, True)]
    assert reminders.sweep_reminders(NOW) == 0
    assert AuditEvent.objects.filter(action="mail-preference.switched").count() == 1

    client_of(owner).post(url, {"days": ["30"]})
    assert reminders.sweep_reminders(NOW) == 1
    row.refresh_from_db()
    assert (row.reminded_of, row.reminded_days) == (row.expires_on, 30)
