"""Every state of a person × everything the office can do to them × who presses the button.

The words are those of tests/office/cells.py. What says `yes` is offered on the page where it
stands, and nothing else is.
"""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import Settings

from ce_platform.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.office import cells
from tests.office.people.lives import STATES, life_of, presses

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]

BY_A_REGISTRAR = cells.read("""
            never here proved bounced 2-step off closed merged teacher author office machine oneself
enroll      yes   yes  yes    yes     yes    no  no     no     yes     yes    yes    yes     yes
withdraw    yes   yes  yes    yes     yes    yes no     no     yes     yes    yes    yes     yes
attempts    yes   yes  yes    yes     yes    yes no     no     yes     yes    yes    yes     yes
time        yes   yes  yes    yes     yes    yes no     no     yes     yes    yes    yes     yes
refund      yes   yes  yes    yes     yes    yes yes    yes    yes     yes    yes    yes     yes
resend      yes   yes  yes    yes     yes    yes no     no     yes     yes    yes    yes     yes
works       –     –    –      yes     –      –   no     no     –       –      –      –       –
address     yes   yes  yes    yes     yes    yes no     no     yes     yes    no     no      no
name        yes   yes  yes    yes     yes    yes no     no     yes     yes    yes    yes     yes
correction  yes   yes  yes    yes     yes    yes no     no     yes     yes    yes    yes     yes
second-step –     –    –      –       yes    –   no     no     –       –      –      –       no
sign-ins    yes   yes  yes    yes     yes    yes no     no     yes     yes    yes    yes     no
invite      yes   no   no     no      no     no  no     no     no      no     no     no      no
role        yes   yes  yes    yes     yes    no  404    404    yes     yes    yes    yes     yes
close       yes   yes  yes    yes     yes    yes –      –      no      no     no     no      no
stays       yes   yes  yes    yes     yes    no  no     no     no      no     no     no      no
goes        yes   yes  yes    yes     yes    no  no     –      no      no     no     no      no
answer      yes   yes  yes    yes     yes    yes no     yes    yes     yes    yes    yes     yes
note        yes   yes  yes    yes     yes    yes no     yes    yes     yes    yes    yes     yes
said        yes   yes  yes    yes     yes    yes no     yes    yes     yes    yes    yes     yes
told        yes   yes  yes    yes     yes    yes no     yes    yes     yes    yes    yes     yes
done-with   yes   yes  yes    yes     yes    yes yes    yes    yes     yes    yes    yes     yes
call        yes   yes  yes    yes     yes    yes no     no     yes     yes    yes    yes     yes
attach      yes   yes  yes    yes     yes    yes no     no     yes     yes    yes    yes     yes
""")


@pytest.mark.parametrize("state", STATES)
def test_every_state_and_every_action(
    state: str, owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    registrar.groups.add(Group.objects.get(name="registrar"))
    person = registrar if state == "oneself" else owner
    UserFactory().groups.add(Group.objects.get(name="registrar"))  # Nobody is the last one.
    User.objects.update(last_login=now)
    life = life_of(person, now=now)
    STATES[state](life, registrar, now)
    life.person.refresh_from_db()
    buttons, client = presses(life), client_of(registrar)

    found = cells.words_for(client, buttons)

    expected = BY_A_REGISTRAR[state]
    assert found == expected
    assert cells.offered_by(client, buttons) == cells.where(expected, "yes", among=buttons)


@pytest.mark.parametrize("who", cells.WHO)
def test_every_role_and_every_action(
    who: str, owner: User, stranger: User, now: datetime, settings: Settings
) -> None:
    """Who is no registrar, or is one no longer, gets nothing, and no state changes that."""
    life = life_of(owner, now=now)
    client = cells.browser_of(who, of=owner if who == "the person" else stranger, settings=settings)

    found = cells.words_for(client, presses(life))

    assert set(found.values()) == {cells.WHO[who]}, found
