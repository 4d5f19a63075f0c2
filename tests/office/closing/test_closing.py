"""Closing an account: who may, what stands in the way, what the database lets happen."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.erasing import needle_of, redacted, without
from ce_platform.core.files import store_bytes
from ce_platform.core.models import (
    AccountEnding,
    AuditEvent,
    BackgroundJob,
    OutgoingMail,
    StoredFile,
)
from ce_platform.licensing.packet import making
from ce_platform.licensing.planner import document
from ce_platform.office.closing.closing import (
    CannotClose,
    ReasonMissing,
    close_account,
    kept_until,
)
from ce_platform.office.closing.search import finish, sweep_endings
from certificates.models import Certificate
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_certificate, make_provider

ClientOf = Callable[[User], Client]

DETAIL = '{"note":"Lena Ortiz called","number":3,"status":"revoked"}'


@pytest.mark.parametrize(
    ("is_theirs", "after"),
    [
        (False, '{"erased":true,"note":"[erased] called","number":3,"status":"revoked"}'),
        (True, '{"erased":true,"note":"[erased]","number":3,"status":"revoked"}'),
    ],
)
def test_the_log_keeps_facts_and_loses_words(is_theirs: bool, after: str) -> None:
    assert redacted(DETAIL, ["lena ortiz"], is_theirs=is_theirs) == after


def test_only_whole_words_are_taken_out() -> None:
    assert without("Ann Lee, Joann Leeds, ANN LEE.", ["Ann Lee"]) == (
        "[erased], Joann Leeds, [erased]."
    )
    assert (needle_of("short"), needle_of("a\nthe longest line of it\nb")) == (
        "",
        "the longest line of it",
    )


@pytest.mark.django_db
def test_the_person_closes_their_own_account_and_is_signed_out(
    owner: User, client_of: ClientOf
) -> None:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    client, elsewhere = client_of(owner), client_of(owner)
    page = reverse("office:account-close")

    assert client.post(page).status_code == 422
    assert client.post(page, {"is_sure": "on"}).status_code == 302

    owner.refresh_from_db()
    assert (owner.is_active, owner.email, owner.name_on_certificates) == (
        False,
        owner.closed_email,
        "",
    )
    for each in (client, elsewhere):
        assert each.get(page).status_code == 302
    mail = OutgoingMail.objects.get(kind="account_closed")
    assert (mail.to_email, mail.is_secret) == ("owner@example.com", False)


@pytest.mark.django_db
def test_the_office_closes_an_account_with_a_reason_that_names_nobody(
    owner: User, registrar: User, now: datetime, client_of: ClientOf
) -> None:
    page = reverse("office:person-close", args=[owner.uid])
    client = client_of(registrar)
    assert client.post(page, {"is_sure": "on"}).status_code == 422
    client.post(page, {"is_sure": "on", "reason": "Olivia Owner asked by phone."})
    ending = AccountEnding.objects.get()
    assert (ending.user_id, ending.by_label, ending.reason) == (
        owner.pk,
        registrar.email,
        "[erased] asked by phone.",
    )
    # Twice equals once, also for whoever asks without a reason.
    assert close_account(owner, by=registrar, reason="Again.", now=now) == ending
    assert client.get(page).status_code == 200


@pytest.mark.django_db
def test_reason_and_last_registrar(owner: User, registrar: User, now: datetime) -> None:
    with pytest.raises(ReasonMissing):
        close_account(owner, by=registrar, reason=" ", now=now)
    with pytest.raises(CannotClose, match="last registrar"):
        close_account(registrar, by=registrar, now=now)
    UserFactory().groups.add(Group.objects.get(name="registrar"))
    close_account(registrar, by=registrar, now=now)
    assert not registrar.groups.exists()


@pytest.mark.django_db
def test_the_search_waits_for_the_last_message(owner: User, now: datetime) -> None:
    close_account(owner, by=owner, now=now)
    assert sweep_endings(now + timedelta(minutes=5)) == 0
    assert OutgoingMail.objects.get().to_email == "owner@example.com"
    assert sweep_endings(now + timedelta(days=2)) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.to_email, mail.status) == (owner.closed_email, "failed")
    assert not finish(AccountEnding.objects.get(), now=now)
    assert sweep_endings(now + timedelta(days=3)) == 0


@pytest.mark.django_db
def test_the_log_is_changed_only_while_an_account_is_being_closed(
    owner: User, stranger: User, now: datetime
) -> None:
    event = AuditEvent.objects.create(
        at=now, action="any.thing", subject_type="user", subject_id="1", detail='{"a":"b"}'
    )
    erased = '{"a":"[erased]","erased":true}'

    def write(**values: object) -> None:
        with transaction.atomic():
            AuditEvent.objects.filter(pk=event.pk).update(**values)

    with pytest.raises(IntegrityError):
        write(detail=erased)
    ending = AccountEnding.objects.create(
        user_id=owner.pk, began_at=now, by_id=owner.pk, looked_for_json="{}"
    )
    for values in ({"detail": "{}"}, {"detail": erased, "action": "other"}, {"subject_id": "2"}):
        with pytest.raises(IntegrityError):
            write(**values)
    write(detail=erased)
    AccountEnding.objects.filter(pk=ending.pk).update(finished_at=now, looked_for_json="[]")
    for refused in (
        lambda: write(detail='{"erased":true}'),
        lambda: AccountEnding.objects.filter(pk=ending.pk).update(finished_at=None),
        lambda: AccountEnding.objects.filter(pk=ending.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            refused()


@pytest.mark.django_db
def test_a_closing_moves_nobodys_records(owner: User, stranger: User, now: datetime) -> None:
    """What opens the log for a closing opens no certificate, and not to anybody's account."""
    make_provider()
    certificate = make_certificate(user=owner)
    AccountEnding.objects.create(user_id=owner.pk, began_at=now, by_id=1)
    for values in ({"user": stranger}, {"holder_name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Certificate.objects.filter(pk=certificate.pk).update(**values)


@pytest.mark.django_db
def test_kept_for_seven_years_after_the_last_completion(owner: User, client_of: ClientOf) -> None:
    assert kept_until(owner) is None
    make_provider()
    certificate = make_certificate(user=owner)
    day = certificate.completed_on
    assert kept_until(owner) == date(day.year + 7, day.month, day.day)
    page = client_of(owner).get(reverse("office:account-close")).content.decode()
    assert f"{day.year + 7}" in page


@pytest.mark.django_db
def test_a_packet_stays_and_what_a_job_made_of_the_person_goes(
    owner: User, registrar: User, now: datetime
) -> None:
    kept = {
        kind: BackgroundJob.objects.create(
            kind=kind,
            title="Made",
            created_at=now,
            created_by_id=owner.pk,
            status=BackgroundJob.Status.DONE,
            finished_at=now,
            result_file=store_bytes(
                kind.encode(),
                area=StoredFile.Area.PRIVATE,
                content_type="application/zip",
                now=now,
            ),
            result_name="made.zip",
        )
        for kind in (making.KIND, document.KIND)
    }

    close_account(owner, by=registrar, reason="Retired.", now=now)

    for job in kept.values():
        job.refresh_from_db()
    assert (kept[making.KIND].result_name, kept[document.KIND].result_name) == ("made.zip", "")
    assert kept[making.KIND].result_file is not None
    assert kept[document.KIND].result_file is None
