"""The office's pages: who is past their time, a look, keeping, and purging for good."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.models import AccountEnding, BackgroundJob, RecordHold, RecordPurge
from certificates.models import Certificate
from tests.office.purging.test_purging import closed, person

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]

LIST = reverse("office:purge-list")
CONFIRM = reverse("office:purge-confirm")
SURE = {"reason": "Yearly review", "is_sure": "on"}


def people(count: int) -> list[Certificate]:
    found = [person(f"Past{number} Theirtime") for number in range(count)]
    for each in found:
        closed(each.user)
    return found


def test_the_list_costs_the_same_for_one_and_three(
    registrar: User, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(registrar)
    people(1)
    client.get(LIST)
    with django_assert_num_queries(9):
        assert client.get(LIST).context["rows"][0]["certificate_count"] == 1
    people(2)
    with django_assert_num_queries(9):
        assert len(client.get(LIST).context["rows"]) == 3


def test_one_is_looked_at_and_purged_and_the_number_still_answers(
    registrar: User, client_of: ClientOf, client: Client
) -> None:
    (certificate,) = people(1)
    uid, serial = certificate.user.uid, certificate.serial
    office = client_of(registrar)

    look = office.get(CONFIRM, {"person": uid})
    assert ("Certificates", 1) in look.context["counts"]
    assert office.post(CONFIRM, {"person": uid, "reason": "x"}).status_code == 422
    assert Certificate.objects.count() == 1
    office.post(CONFIRM, {"person": uid, **SURE})
    assert office.post(CONFIRM, {"person": uid, **SURE}).status_code == 302  # Sent twice.

    assert RecordPurge.objects.get().reason == "Yearly review"
    page = client.get(reverse("certificates:verify-detail", args=[serial]))
    assert page.status_code == 410
    assert "There was a certificate with this number; its record was deleted on" in (
        page.content.decode()
    )
    transcript = client.get(reverse("certificates:verify-transcript", args=[serial]))
    assert transcript.status_code == 302


def test_what_is_held_stays_until_it_is_let_go(registrar: User, client_of: ClientOf) -> None:
    (certificate,) = people(1)
    uid = certificate.user.uid
    hold = reverse("office:purge-hold", args=[uid])
    office = client_of(registrar)

    assert office.post(hold, {"reason": "", "what": "keep"}).status_code == 422
    office.post(hold, {"reason": "Audit of Texas", "what": "keep"})
    office.post(hold, {"reason": "Sent twice", "what": "keep"})
    refused = office.post(CONFIRM, {"person": uid, **SURE})
    assert refused.status_code == 422
    assert "The office keeps these records: Audit of Texas" in refused.content.decode()
    office.post(hold, {"reason": "Closed", "what": "lift"})
    office.post(CONFIRM, {"person": uid, **SURE})

    assert (RecordPurge.objects.count(), RecordHold.objects.count()) == (1, 0)


def test_many_go_in_the_background_and_a_living_person_never(
    registrar: User, client_of: ClientOf
) -> None:
    found = people(4)
    living = person("Living Person")
    chosen = [each.user.uid for each in found] + [living.user.uid]

    client_of(registrar).post(CONFIRM, {"person": chosen, **SURE})
    RecordHold.objects.create(
        user_id=found[0].user_id, reason="Late", set_at=timezone.now(), set_by_id=1
    )
    job = BackgroundJob.objects.get(kind="purge-records")
    jobs.run(job.pk, now=datetime.now(tz=UTC))

    job.refresh_from_db()
    assert (job.status, job.error[:6], job.done_count) == ("failed", "1 were", 4)
    assert {each.user_id for each in Certificate.objects.all()} == {
        living.user_id,
        found[0].user_id,
    }
    assert AccountEnding.objects.count() == 1
