from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def test_profile_saves_name_and_zone(owner: User, client_of: ClientOf) -> None:
    answer = client_of(owner).post(
        reverse("accounts:profile"),
        {
            "name_on_certificates": "  Olivia \n Ann  Owner ",
            "time_zone": "Pacific/Honolulu",
            "phone": " 303 555-0142",
        },
    )

    owner.refresh_from_db()
    assert answer.status_code == 302
    assert (owner.name_on_certificates, owner.time_zone, owner.phone) == (
        "Olivia Ann Owner",
        "Pacific/Honolulu",
        "303 555-0142",
    )
    assert AuditEvent.objects.filter(action="person.changed").count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"name_on_certificates": "x" * 121, "time_zone": "America/New_York"},
        {"name_on_certificates": "Olivia", "time_zone": "Mars/Olympus"},
        {"name_on_certificates": "Ann", "time_zone": "America/New_York", "phone": "call me"},
        {},
    ],
)
def test_profile_with_bad_input_keeps_what_was_there(
    owner: User, client_of: ClientOf, data: dict[str, str]
) -> None:
    answer = client_of(owner).post(reverse("accounts:profile"), data)

    owner.refresh_from_db()
    assert (answer.status_code, owner.name_on_certificates) == (422, "Olivia Owner")


def test_roles_exist_after_migrating() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {
        "instructor",
        "registrar",
        "operator",
    }


def test_database_refuses_the_same_address_in_other_case(owner: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="OWNER@example.com")])
