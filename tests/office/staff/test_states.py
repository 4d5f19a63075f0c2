"""Every state of an invitation and of somebody who works here × every action × who does it.

The words are those of tests/office/cells.py.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from ce_platform.accounts import staff_invitations as invitations
from ce_platform.accounts.models import StaffInvitation, User
from ce_platform.accounts.staffing import set_roles
from ce_platform.office.closing.closing import close_account
from tests.accounts.second_steps import add_app
from tests.factories.accounts import UserFactory
from tests.office import cells
from tests.office.cells import Press
from tests.office.staff.test_roles import somebody

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
WHO = "lena@example.com"
WHY = "Called from the number on file."


def lena() -> User:
    user: User = UserFactory(email=WHO)
    EmailAddress.objects.create(user=user, email=WHO, verified=True, primary=True)
    return user


# ---------------------------------------------------------------- invitations

INVITATION = cells.read("""
          waiting accepted ended withdrawn
invite    yes     no       yes   yes
again     yes     no       yes   no
withdraw  yes     no       yes   –
""")
INVITED = cells.read("""
          waiting accepted ended withdrawn sender-left
accept    yes     –        no    no        no
""")


def invitation_in(state: str, *, by: User) -> StaffInvitation:
    """For Lena, as an instructor."""
    now = timezone.now()
    sent = now - timedelta(days=8) if state == "ended" else now
    row = invitations.invite_to_staff(WHO, roles=["instructor"], by=by, now=sent)
    if state == "accepted":
        invitations.accept(row, by=User.objects.get(email=WHO), now=now)
    elif state == "withdrawn":
        invitations.withdraw(row, by=by, now=now)
    elif state == "sender-left":
        set_roles(by, roles=[], by=somebody("registrar"), now=now)
    return row


def of_invitation(row: StaffInvitation) -> dict[str, Press]:
    staff = reverse("office:staff-list")
    return {
        "invite": Press(
            reverse("office:staff-invite"), {"email": WHO.upper(), "roles": ["instructor"]}
        ),
        "again": Press(reverse("office:staff-invitation-send", args=[row.uid]), page=staff),
        "withdraw": Press(reverse("office:staff-invitation-withdraw", args=[row.uid]), page=staff),
    }


@pytest.mark.parametrize("state", INVITED)
def test_every_state_of_an_invitation(state: str, registrar: User, client_of: ClientOf) -> None:
    person = lena()
    row = invitation_in(state, by=registrar)
    theirs = reverse("office:staff-invitation", args=[row.uid])
    accepting = {"accept": Press(theirs, page=theirs, mark="Accept the invitation")}
    buttons = of_invitation(row)

    mine = client_of(person)
    assert cells.words_for(mine, accepting) == INVITED[state]
    assert cells.offered_by(mine, accepting) == cells.where(INVITED[state], "yes", among=accepting)
    if state in INVITATION:
        office = client_of(registrar)
        assert cells.words_for(office, buttons) == INVITATION[state]
        assert cells.offered_by(office, buttons) == cells.where(
            INVITATION[state], "yes", among=buttons
        )


# ---------------------------------------------------------------- who works here

MEMBER = cells.read("""
            step no-step teacher machine removed last oneself off closed
promote     yes  yes     yes     yes     yes     yes  yes     no  404
remove      yes  yes     yes     –       –       no   yes     yes 404
smuggle     no   no      no      no      no      no   no      no  404
second-step yes  –       –       –       –       no   no      –   no
sign-ins    yes  yes     yes     yes     yes     no   no      yes no
invite      yes  yes     no      yes     yes     yes  yes     no  no
close       no   no      no      no      yes     no   no      no  –
""")


def member_in(state: str, *, registrar: User, now: datetime) -> User:
    """The one whom `registrar` deals with."""
    if state in ("last", "oneself"):
        if state == "oneself":
            somebody("registrar")
        return registrar
    roles = {"teacher": ["instructor"], "machine": ["operator"], "closed": []}
    person = somebody(*roles.get(state, ["registrar"]), last_login=now)
    if state == "machine":
        somebody("operator")
    elif state == "step":
        add_app(person)
    elif state == "removed":
        set_roles(person, roles=[], by=registrar, now=now)
    elif state == "off":
        User.objects.filter(pk=person.pk).update(is_active=False)
    elif state == "closed":
        close_account(person, reason=WHY, by=registrar, now=now)
    person.refresh_from_db()
    return person


def of_member(person: User) -> dict[str, Press]:
    roles = reverse("office:staff-roles", args=[person.uid])
    page = reverse("office:person-detail", args=[person.uid])
    close = reverse("office:person-close", args=[person.uid])
    return {
        "promote": Press(roles, {"roles": ["instructor", "registrar"]}),
        "remove": Press(roles, {"roles": []}),
        "smuggle": Press(roles, {"roles": ["operator"]}),
        "second-step": Press(
            reverse("office:person-second-step", args=[person.uid]), {"reason": WHY}, page
        ),
        "sign-ins": Press(reverse("office:person-sign-ins-end", args=[person.uid]), {}, page),
        "invite": Press(
            reverse("office:staff-invite"), {"email": person.email, "roles": ["instructor"]}
        ),
        "close": Press(close, {"reason": WHY, "is_sure": "on"}, close, mark='name="is_sure"'),
    }


@pytest.mark.parametrize("state", MEMBER)
def test_every_state_of_a_member(
    state: str, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    buttons = of_member(member_in(state, registrar=registrar, now=now))
    client = client_of(registrar)

    assert cells.words_for(client, buttons) == MEMBER[state]
    assert cells.offered_by(client, buttons) == cells.where(MEMBER[state], "yes", among=buttons)


# ---------------------------------------------------------------- roles


@pytest.mark.parametrize("who", cells.WHO)
def test_every_role_and_every_action(
    who: str, registrar: User, owner: User, stranger: User, now: datetime, settings: Settings
) -> None:
    """Also of Lena's invitation, which is not there for anybody but her."""
    lena()
    row = invitation_in("waiting", by=registrar)
    person = owner if who == "the person" else member_in("step", registrar=registrar, now=now)
    client = cells.browser_of(who, of=owner if who == "the person" else stranger, settings=settings)
    accept = {"accept": Press(reverse("office:staff-invitation", args=[row.uid]))}

    found = cells.words_for(client, {**of_invitation(row), **of_member(person)})

    assert set(found.values()) == {cells.WHO[who]}, found
    hidden = "login" if who == "nobody" else "404"
    assert cells.words_for(client, accept) == {"accept": hidden}
