"""What one query says there is of a person, so that the page asks for no more."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import (
    AccountEnding,
    BouncedAddress,
    PolicyAcceptance,
    PolicyDocument,
)
from ce_platform.office.people import present
from ce_platform.office.people.parts import person_parts
from tests.accounts.second_steps import add_app
from tests.factories.access import closed_course, invitation_to
from tests.factories.accounts import UserFactory
from tests.factories.reports import owed_line, reporting_body
from tests.office.whole_life import tell_everything
from tests.pages.world import make_world

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def all_kinds() -> set[str]:
    return {name for part in person_parts() for name in part.rows}


def test_of_whom_nothing_is_known_little_is_asked(
    owner: User, registrar: User, client_of: ClientOf
) -> None:
    assert present.kinds_of(owner) == set()
    client = client_of(registrar)
    client.get(url_of(owner))
    with CaptureQueriesContext(connection) as captured:
        client.get(url_of(owner))
    assert len(captured) < 10


def test_nothing_is_withheld_of_a_person_who_has_everything(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    world = make_world()
    owner, registrar = world.people["owner"], world.people["registrar"]
    tell_everything(owner, registrar)
    give_the_rest(owner, now)
    client = client_of(registrar)
    assert all_kinds() - present.kinds_of(owner) == set()
    shown = text_of(client, owner)
    with CaptureQueriesContext(connection) as captured:
        assert text_of(client, owner) == shown
    assert len(captured) <= 35
    monkeypatch.setattr(present, "kinds_of", lambda person: frozenset(all_kinds()))
    assert shown == text_of(client, owner)


def test_what_another_address_bought_and_was_invited_to_is_theirs_once_it_is_proved(
    owner: User, registrar: User, client_of: ClientOf
) -> None:
    second = "second@example.net"
    invitation_to(closed_course(), second)
    assert present.kinds_of(owner) == set()

    EmailAddress.objects.create(user=owner, email=second, verified=True)

    assert present.kinds_of(owner) == {"invitations"}
    assert "Invited to" in text_of(client_of(registrar), owner)


def give_the_rest(owner: User, now: datetime) -> None:
    add_app(owner)
    owner.groups.add(Group.objects.get(name="instructor"))
    owed_line(reporting_body("US-ZZ"), holder={"user": owner})
    BouncedAddress.objects.create(email=owner.email, reason="550 no such mailbox", bounced_at=now)
    PolicyAcceptance.objects.create(
        user_id=owner.pk,
        policy=PolicyDocument.objects.filter(kind="refund", version=1).get(),
        accepted_at=now,
        where=PolicyAcceptance.Where.ENROLLING,
    )
    AccountEnding.objects.create(
        user_id=UserFactory().pk, into_id=owner.pk, began_at=now, finished_at=now, by_id=owner.pk
    )


def url_of(person: User) -> str:
    return reverse("office:person-detail", args=[person.uid])


def text_of(client: Client, person: User) -> str:
    page = client.get(url_of(person)).content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
