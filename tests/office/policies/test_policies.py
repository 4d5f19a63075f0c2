"""A policy is drafted, published from a day on, frozen; who agreed to what is kept."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import policies
from ce_platform.core.models import PolicyAcceptance, PolicyDocument
from ce_platform.core.text import sha256_text
from ce_platform.office.policies.parts import SHARE
from ce_platform.office.policies.starters import starter_text
from courses.models import Enrollment
from tests.factories.access import closed_course, code_for, invitation_to, proved
from tests.factories.accounts import UserFactory
from tests.factories.courses import VersionFactory
from tests.factories.office import PolicyFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
Kind = PolicyDocument.Kind


def in_force(kind: str, version: int = 1, *, since: date = date(2026, 1, 1)) -> PolicyDocument:
    policies.forget_policies()
    return PolicyFactory(kind=kind, version=version, effective_on=since)


def accepted(user: User) -> list[tuple[str, int, str]]:
    rows = PolicyAcceptance.objects.filter(user_id=user.pk).order_by("policy__kind")
    return [(row.policy.kind, row.policy.version, row.where) for row in rows]


def test_draft_becomes_a_version_that_never_changes(registrar: User, now: datetime) -> None:
    draft = policies.save_draft("refund", text="All.", changes="", seen="", by=registrar, now=now)
    on = policies.provider_today(now)

    row = policies.publish(
        "refund", seen=sha256_text("All."), effective_on=on, by=registrar, now=now
    )

    assert (row.pk, row.version, row.effective_on) == (draft.pk, 1, on)
    for change in (
        lambda: PolicyDocument.objects.update(text="Nothing."),
        lambda: PolicyDocument.objects.update(effective_on=date(2020, 1, 1)),
        lambda: PolicyDocument.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("text", "seen", "days", "sentence"),
    [
        ("Money back in [FILL IN: number] days.", None, 0, "left to fill in"),
        ("All.", "what another tab showed", 0, "changed since you read it"),
        ("All.", None, -1, "today or later"),
        ("All.", None, 1, "cannot begin"),
        ("Text 1.", None, 40, "the same as in version 1"),
    ],
)
def test_what_is_not_published(
    registrar: User, now: datetime, text: str, seen: str | None, days: int, sentence: str
) -> None:
    today = policies.provider_today(now)
    in_force("refund", since=today + timedelta(days=30) if days == 1 else date(2026, 1, 1))
    policies.save_draft("refund", text=text, changes="", seen="", by=registrar, now=now)

    with pytest.raises((policies.PolicyRefused, policies.ChangedMeanwhile), match=sentence):
        policies.publish(
            "refund",
            seen=sha256_text(text) if seen is None else seen,
            effective_on=today + timedelta(days=days),
            by=registrar,
            now=now,
        )


def test_starter_texts_cannot_be_published_as_they_are() -> None:
    assert [kind for kind in Kind if policies.FILL_IN not in starter_text(kind)] == []


def test_what_was_in_force_on_a_day_and_in_a_period() -> None:
    for version, day in ((1, date(2025, 1, 1)), (2, date(2026, 3, 1)), (3, date(2026, 3, 1))):
        in_force("refund", version, since=day)

    on = [policies.in_force_on("refund", day) for day in (date(2024, 1, 1), date(2026, 2, 28))]
    held = policies.in_force_between(date(2026, 2, 1), date(2026, 12, 31))

    assert [row.version if row else None for row in on] == [None, 1]
    # The second was replaced on its first day.
    assert [row.version for row in held] == [1, 3]


def test_two_tabs_do_not_write_over_each_other(registrar: User, client_of: ClientOf) -> None:
    client = client_of(registrar)
    url = reverse("office:office-policy-edit", args=["refund"])
    client.post(url, {"text": "First.", "seen": ""})

    late = client.post(url, {"text": "Second.", "seen": ""})

    assert late.status_code == 422
    assert "Somebody saved this draft" in late.content.decode()
    assert "Second." in late.content.decode()  # what was typed stays
    assert PolicyDocument.objects.get().text == "First."


def test_public_pages_show_what_is_published_and_no_draft(client: Client) -> None:
    in_force("refund")
    PolicyFactory(kind="refund", version=2, effective_on=date(2099, 1, 1))
    PolicyFactory(kind="refund", version=3, is_draft=True)
    PolicyFactory(kind="privacy", version=1, is_draft=True)

    page = client.get(reverse("office:policy-detail", args=["refund"])).content.decode()
    to_come = client.get(reverse("office:policy-version", args=["refund", 2])).content.decode()
    before = client.get(reverse("office:policy-detail", args=["refund"]) + "?on=2025-12-31")

    assert ("Text 1." in page, "A draft." in page) == (True, False)
    assert "not in force yet" in to_come
    assert "On December 31, 2025 we had no such policy" in before.content.decode()
    for path in ("refund/3/", "privacy/", "refund/1/changes/", "nonsense/"):
        assert client.get(f"/policies/{path}").status_code == 404
    changes = client.get("/policies/refund/2/changes/").content.decode()
    assert "(removed) </span>1.<" in changes


def test_links_stand_in_the_footer_only_when_something_is_in_force(client: Client) -> None:
    address = f'href="{reverse("office:policy-list")}"'
    empty = client.get("/courses/").content.decode()
    in_force("privacy")
    filled = client.get("/courses/").content.decode()

    with CaptureQueriesContext(connection) as captured:
        client.get("/courses/")

    assert (address in empty, address in filled) == (False, True)
    assert [each for each in captured.captured_queries if "policy" in each["sql"]] == []


def test_sign_up_keeps_what_was_accepted_and_asks_anew_when_it_changed(client: Client) -> None:
    in_force("registration")
    in_force("privacy")
    form = {
        "name_on_certificates": "New Person",
        "email": "new@example.com",
        "password1": "correct-horse-battery",
        "policies": "registration:1 privacy:1",
    }
    url = reverse("account_signup")

    refused = client.post(url, form).content.decode()
    in_force("privacy", 2, since=date(2026, 2, 1))
    stale = client.post(url, form | {"accepts_policies": "on"}).content.decode()
    assert not User.objects.filter(email="new@example.com").exists()
    client.post(url, form | {"policies": "registration:1 privacy:2", "accepts_policies": "on"})

    assert "only with your yes" in refused
    assert "was renewed while this page was open" in stale
    assert 'value="registration:1 privacy:2"' in stale
    assert accepted(User.objects.get(email="new@example.com")) == [
        ("privacy", 2, "sign-up"),
        ("registration", 1, "sign-up"),
    ]


def test_enrolling_accepts_what_the_page_showed(owner: User, client_of: ClientOf) -> None:
    course = VersionFactory(course__slug="face").course
    in_force("refund")
    client = client_of(owner)
    url = reverse("courses:course-enroll", args=["face"])

    page = client.get(course.get_absolute_url()).content.decode()
    client.post(url)  # from a page that was older than the policy
    assert not Enrollment.objects.exists()
    client.post(url, {"policies": "refund:1"})
    client.post(url, {"policies": "refund:1"})

    assert 'value="refund:1"' in page
    assert Enrollment.objects.filter(user=owner).count() == 1
    assert accepted(owner) == [("refund", 1, "enrolling")]


@pytest.mark.parametrize("door", ["code", "invitation"])
def test_bought_and_invited_courses_accept_the_same(
    door: str, owner: User, client_of: ClientOf
) -> None:
    course = closed_course(door)
    in_force("refund")
    if door == "code":
        url, form = reverse("courses:redeem"), {"code": code_for(course).printed}
    else:
        invited = invitation_to(course, proved(owner).email)
        url, form = reverse("courses:invitation", args=[invited.uid]), {}
    client = client_of(owner)

    page = client.get(url, form).content.decode()
    client.post(url, form)  # from a page that was older than the policy
    assert not Enrollment.objects.exists()
    client.post(url, form | {"policies": "refund:1"})

    assert 'value="refund:1"' in page
    assert Enrollment.objects.filter(user=owner, course=course).count() == 1
    assert accepted(owner) == [("refund", 1, "enrolling")]


def test_newer_version_is_told_quietly_and_accepted_once(owner: User, client_of: ClientOf) -> None:
    policies.accept(owner.pk, [_shown(in_force("privacy"))], where="sign-up", now=timezone.now())
    in_force("privacy", 2, since=date(2026, 2, 1))
    client = client_of(owner)
    words = "New or changed since you last agreed"

    before = client.get("/").content.decode()
    client.post(reverse("office:policy-accept"), {"policies": "privacy:1"})
    assert len(accepted(owner)) == 1  # an old page agrees to nothing
    client.post(reverse("office:policy-accept"), {"policies": "privacy:2"})
    after = client.get("/").content.decode()

    assert (words in before, words in after) == (True, False)
    assert ("privacy", 2, "notice") in accepted(owner)


def test_merged_accounts_keep_the_earlier_acceptance(owner: User, now: datetime) -> None:
    other = UserFactory()
    both, theirs = in_force("privacy"), in_force("refund")
    for user, policy, days in ((owner, both, 5), (other, both, 9), (other, theirs, 1)):
        PolicyAcceptance.objects.create(
            user_id=user.pk, policy=policy, accepted_at=now - timedelta(days=days), where="sign-up"
        )

    SHARE.move(other, owner, now=now)

    rows = PolicyAcceptance.objects.filter(user_id=owner.pk).order_by("accepted_at")
    assert [row.accepted_at for row in rows] == [now - timedelta(days=9), now - timedelta(days=1)]
    assert PolicyAcceptance.objects.count() == 2
    assert len(SHARE.export(owner)["policies.json"]) == 2
    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        PolicyAcceptance.objects.update(accepted_at=now)


def _shown(row: PolicyDocument) -> policies.InForce:
    assert row.effective_on
    return policies.InForce(row.pk, row.kind, row.version, row.effective_on, "/")
