"""An invitation is for one address, once, for seven days, and holds no secret."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts import staff_invitations as invitations
from ce_platform.accounts.models import StaffInvitation, User
from ce_platform.accounts.staffing import set_roles
from ce_platform.core.errors import NotAllowed
from ce_platform.core.models import AuditEvent, OutgoingMail
from tests.factories.accounts import UserFactory
from tests.office.staff.test_roles import roles, somebody

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
WHO = "lena@example.com"


def lena(email: str = WHO, *, verified: bool = True) -> User:
    user: User = UserFactory(email=email)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def invited(
    by: User, *, now: datetime, wanted: tuple[str, ...] = ("instructor",)
) -> StaffInvitation:
    return invitations.invite_to_staff(WHO.upper(), roles=wanted, by=by, now=now)


def page_of(row: StaffInvitation) -> str:
    return reverse("office:staff-invitation", args=[row.uid])


def test_accepting_gives_the_roles_and_is_told(registrar: User, client_of: ClientOf) -> None:
    client_of(registrar).post(
        reverse("office:staff-invite"), {"email": WHO, "roles": ["instructor", "registrar"]}
    )
    row = StaffInvitation.objects.get()
    person = lena()
    client = client_of(person)

    shown = client.get(page_of(row)).content.decode()
    refused_before = client.get("/office/").status_code
    answer = client.post(page_of(row))

    assert "Registrar: the whole office" in shown
    assert "Instructor: writes courses" in shown
    assert "Operator:" not in shown
    assert (refused_before, answer.status_code, answer.url) == (403, 302, "/office/")
    assert roles(person) == {"instructor", "registrar"}
    assert client.get("/office/").status_code == 200
    assert set(OutgoingMail.objects.values_list("kind", "to_email")) == {
        ("staff_invited", WHO),
        ("roles_changed", WHO),
        ("staff_roles_changed", registrar.email),
    }
    mail = OutgoingMail.objects.get(kind="staff_invited")
    assert page_of(row) in mail.body
    assert AuditEvent.objects.filter(action="staff-invitation.accepted").count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("another person", 404),
        ("with the address not proved", 404),
        ("an address that only looks alike", 404),
        ("whose own it is", 302),
    ],
)
def test_only_who_proved_the_address_sees_it(
    registrar: User, client_of: ClientOf, who: str, status: int
) -> None:
    row = invited(registrar, now=timezone.now())
    person = {
        "another person": lambda: lena("other@example.com"),
        "with the address not proved": lambda: lena(verified=False),
        "an address that only looks alike": lambda: lena("lena@example.com.example.org"),
        "whose own it is": lena,
    }[who]()
    client = client_of(person)

    answer = client.get(page_of(row))
    assert answer.status_code == (404 if status == 404 else 200)
    # No word of the invitation, but whose sign-in may be the wrong one.
    told = f"You are signed in as {person.email}. Was the link sent to another address"
    assert (told in answer.content.decode()) is (status == 404)
    assert client.post(page_of(row)).status_code == status
    assert roles(person) == (set() if status == 404 else {"instructor"})


def test_address_that_was_given_up_no_longer_opens_it(registrar: User, now: datetime) -> None:
    person = lena()
    row = invited(registrar, now=now)
    EmailAddress.objects.filter(user=person).update(email="new@example.com")

    with pytest.raises(NotAllowed):
        invitations.accept(row, by=person, now=now)


@pytest.mark.parametrize("state", ["expired", "withdrawn", "accepted by somebody else"])
def test_closed_invitation_is_refused(registrar: User, client_of: ClientOf, state: str) -> None:
    now = timezone.now()
    old = now - timedelta(days=7, seconds=1) if state == "expired" else now
    row = invited(registrar, now=old)
    if state == "withdrawn":
        invitations.withdraw(row, by=registrar, now=now)
    elif state == "accepted by somebody else":
        first = lena()
        invitations.accept(row, by=first, now=now)
        # The address goes to another account: what was used stays used.
        EmailAddress.objects.filter(user=first).delete()
        User.objects.filter(pk=first.pk).update(email="first@example.com")
    person = lena()

    answer = client_of(person).post(page_of(row))

    assert answer.status_code == 422
    assert "no longer open" in answer.content.decode()
    assert roles(person) == set()


def test_used_again_by_the_same_person_gives_nothing_back(registrar: User, now: datetime) -> None:
    """A removed role is not taken back with the old mail."""
    person = lena()
    row = invited(registrar, now=now)
    invitations.accept(row, by=person, now=now)
    set_roles(person, roles=[], by=registrar, now=now)

    assert invitations.accept(row, by=person, now=now) == frozenset()
    assert roles(person) == set()


def test_invitation_is_worth_what_its_sender_may_give_now(registrar: User, now: datetime) -> None:
    thief, person = somebody("registrar"), lena()
    row = invited(thief, now=now, wanted=("registrar",))
    set_roles(thief, roles=[], by=registrar, now=now)

    with pytest.raises(invitations.InvitationRefused):
        invitations.accept(row, by=person, now=now)
    assert roles(person) == set()


def test_sent_again_it_lives_longer_and_stays_one(registrar: User, now: datetime) -> None:
    row = invited(registrar, now=now)
    later = now + timedelta(days=30)

    invitations.send_again(row, by=registrar, now=later)
    invitations.send_again(row, by=registrar, now=later)
    again = invited(registrar, now=later, wanted=("registrar",))

    assert (again.pk, again.roles) == (row.pk, "registrar")
    assert again.expires_at == later + timedelta(days=7)
    assert OutgoingMail.objects.filter(kind="staff_invited").count() == 2  # One per minute.
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffInvitation.objects.create(
            email=WHO.title(), roles="instructor", invited_by=registrar, sent_at=now,
            expires_at=later,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "by_role", "error"),
    [
        ((), "registrar", invitations.InvitationRefused),
        (("owner of everything",), "registrar", invitations.InvitationRefused),
        (("operator",), "registrar", NotAllowed),
        (("instructor",), "instructor", NotAllowed),
        (("instructor",), "", NotAllowed),
    ],
)
def test_who_may_invite_as_what(
    wanted: tuple[str, ...], by_role: str, error: type[Exception], now: datetime
) -> None:
    with pytest.raises(error):
        invited(somebody(by_role), now=now, wanted=wanted)
    assert StaffInvitation.objects.count() == OutgoingMail.objects.count() == 0


def test_who_works_here_already_or_left_is_not_invited(registrar: User, now: datetime) -> None:
    person = lena()
    set_roles(person, roles=["instructor"], by=registrar, now=now)
    with pytest.raises(invitations.InvitationRefused, match="already"):
        invited(registrar, now=now)

    User.objects.filter(pk=person.pk).update(closed_at=now)
    with pytest.raises(invitations.InvitationRefused, match="closed"):
        invited(registrar, now=now, wanted=("registrar",))


@pytest.mark.django_db(transaction=True)
def test_accepted_and_withdrawn_at_once_is_one_of_both(now: datetime) -> None:
    office, person = somebody("registrar"), lena()
    row = invited(office, now=now)
    gate = Barrier(2)

    def run(work: Callable[[], object]) -> str:
        gate.wait()
        try:
            work()
        except invitations.InvitationRefused:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(
            pool.map(
                run,
                [
                    lambda: invitations.accept(row, by=person, now=now),
                    lambda: invitations.withdraw(row, by=office, now=now),
                ],
            )
        )

    row.refresh_from_db()
    assert said == ["done", "refused"]
    assert (row.accepted_at is None) == (row.withdrawn_at is not None)
    assert roles(person) == ({"instructor"} if row.accepted_at else set())
