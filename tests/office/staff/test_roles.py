"""Roles are given and removed by who may, and somebody is always left to do it."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ce_platform.accounts.models import User
from ce_platform.accounts.staffing import CannotWorkHere, LastRegistrar, in_words, set_roles
from ce_platform.core.errors import NotAllowed
from ce_platform.core.models import AuditEvent, OutgoingMail
from tests.accounts.second_steps import PASSWORD, can_sign_in, sign_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
ALL = ("registrar", "instructor", "operator")


def somebody(*roles: str, **fields: object) -> User:
    user: User = UserFactory(**fields)
    for role in ALL:  # Tests with real transactions empty the table of groups.
        Group.objects.get_or_create(name=role)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def roles(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


@pytest.mark.parametrize("held", [(), ("registrar",), ("instructor",), ("operator",)])
@pytest.mark.parametrize("role", ALL)
@pytest.mark.parametrize("acting", [(), ("instructor",), ("registrar",), ("operator",)])
def test_every_role_by_everybody(
    held: tuple[str, ...], role: str, acting: tuple[str, ...], now: datetime
) -> None:
    """Whoever acts may change exactly what their role lets them give, and nothing else moves."""
    somebody("registrar")  # Somebody is left, whatever happens.
    user, by = somebody(*held), somebody(*acting)
    may = {
        (): set(),
        ("instructor",): set(),
        ("registrar",): {"registrar", "instructor"},
        ("operator",): {"registrar", "instructor", "operator"},
    }[acting]
    moved = set(held) ^ {role}

    if moved and not moved <= may:
        with pytest.raises(NotAllowed):
            set_roles(user, roles=[role], by=by, now=now)
        assert roles(user) == set(held)
    else:
        assert set_roles(user, roles=[role], by=by, now=now) == moved
        assert roles(user) == {role}


@pytest.mark.parametrize(
    "colleague",
    [
        {},
        {"is_active": False, "roles": ("registrar",)},
        {"is_closed": True, "roles": ("registrar",)},
    ],
)
def test_last_registrar_stays(colleague: dict, now: datetime) -> None:
    """A colleague whose account is closed or switched off is nobody who is left."""
    only = somebody("registrar")
    other = somebody(*colleague.pop("roles", ("instructor",)))
    User.objects.filter(pk=other.pk).update(
        is_active=colleague.get("is_active", True),
        closed_at=now if colleague.get("is_closed") else None,
    )

    with pytest.raises(LastRegistrar):
        set_roles(only, roles=[], by=only, now=now)
    assert roles(only) == {"registrar"}

    set_roles(only, roles=["registrar", "instructor"], by=only, now=now)
    assert roles(only) == {"registrar", "instructor"}


def test_closed_account_gets_no_role(now: datetime) -> None:
    with pytest.raises(CannotWorkHere):
        set_roles(somebody(closed_at=now), roles=["instructor"], by=somebody("registrar"), now=now)


@pytest.mark.django_db(transaction=True)
def test_of_two_registrars_who_remove_each_other_one_remains(now: datetime) -> None:
    pair = [somebody("registrar"), somebody("registrar")]
    gate = Barrier(2)

    def remove(by: User, other: User) -> str:
        gate.wait()
        try:
            set_roles(other, roles=[], by=by, now=now)
        except (NotAllowed, LastRegistrar) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "removed"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(remove, pair, reversed(pair)))

    assert said == ["NotAllowed", "removed"]
    assert User.objects.filter(groups__name="registrar").count() == 1


def test_removed_role_acts_at_once_is_kept_and_told_to_all(
    registrar: User, client_of: ClientOf
) -> None:
    colleague, third = somebody("registrar", "instructor"), somebody("registrar")
    theirs, mine = client_of(colleague), client_of(registrar)
    before = theirs.get("/office/").status_code

    answer = mine.post(
        reverse("office:staff-roles", args=[colleague.uid]), {"roles": ["instructor"]}
    )

    assert answer.status_code == 302
    assert (before, theirs.get("/office/").status_code) == (200, 403)
    event = AuditEvent.objects.get(action="role.removed")
    assert (event.subject_id, event.actor_id) == (str(colleague.uid), registrar.pk)
    assert event.detail == '{"role":"registrar"}'
    told = OutgoingMail.objects.filter(kind="roles_changed").get()
    assert (told.to_email, "You no longer have: Registrar." in told.body) == (colleague.email, True)
    assert set(
        OutgoingMail.objects.filter(kind="staff_roles_changed").values_list("to_email", flat=True)
    ) == {registrar.email, third.email}


def test_form_waiting_for_a_fresh_sign_in_is_refused_once_the_role_is_gone(
    registrar: User, settings: Settings, now: datetime
) -> None:
    """What the session keeps is a form, not a permission."""
    can_sign_in(registrar)
    colleague = somebody("registrar")
    client, _ = sign_in(registrar)
    settings.FRESH_SIGN_IN_SECONDS = -1
    asked = client.post(reverse("office:staff-roles", args=[colleague.uid]), {"roles": []})
    settings.FRESH_SIGN_IN_SECONDS = 900
    set_roles(registrar, roles=[], by=colleague, now=now)

    answer = client.post(asked.url, {"password": PASSWORD}, follow=True)

    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert answer.status_code == 403
    assert roles(colleague) == {"registrar"}


def test_nobody_gives_up_the_last_place_by_the_page(registrar: User, client_of: ClientOf) -> None:
    answer = client_of(registrar).post(reverse("office:staff-roles", args=[registrar.uid]), {})

    assert answer.status_code == 422
    assert "This is the only registrar." in answer.content.decode()
    assert roles(registrar) == {"registrar"}


def test_registrar_cannot_smuggle_in_a_role_that_is_not_offered(
    registrar: User, client_of: ClientOf
) -> None:
    machine = somebody("operator", "instructor")
    client = client_of(registrar)

    smuggled = client.post(
        reverse("office:staff-roles", args=[registrar.uid]), {"roles": ["registrar", "operator"]}
    )
    client.post(reverse("office:staff-roles", args=[machine.uid]), {"roles": []})

    assert smuggled.status_code == 422
    assert roles(registrar) == {"registrar"}
    assert roles(machine) == {"operator"}  # What the page cannot give, it cannot take either.


def test_list_shows_who_works_here_in_a_constant_number_of_queries(
    registrar: User, client_of: ClientOf, django_assert_num_queries: Callable
) -> None:
    client = client_of(registrar)
    somebody()  # Does not work here.
    client.get(reverse("office:staff-list"))
    for _ in range(3):
        somebody("instructor", "registrar")
        with django_assert_num_queries(6):
            page = client.get(reverse("office:staff-list"))

    assert [member.roles for member in page.context["members"]].count(
        ["Registrar", "Instructor"]
    ) == 3
    assert len(page.context["members"]) == 4


def test_roles_in_words() -> None:
    said = {
        in_words(chosen)
        for count in range(4)
        for chosen in itertools.combinations(sorted(ALL), count)
    }

    assert said == {
        "",
        "Registrar",
        "Instructor",
        "Operator",
        "Registrar and Instructor",
        "Registrar and Operator",
        "Instructor and Operator",
        "Registrar, Instructor and Operator",
    }
