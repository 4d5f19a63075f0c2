"""The first registrar: by a code that only the machine gives away, once, and only one."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from threading import Barrier

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.office.first_run import owner
from ce_platform.office.first_run.models import FirstRun
from tests.factories.accounts import UserFactory
from tests.office.staff.test_roles import roles, somebody

pytestmark = pytest.mark.django_db
PAGE = "/set-up/"
PERSON = {"name": "Ruth Calloway", "email": "Ruth@Example.com", "password": "calm hands 2026"}


@pytest.fixture(autouse=True)
def _no_tries() -> None:
    cache.clear()


def code_from_the_machine() -> str:
    said = StringIO()
    call_command("first_run_code", stdout=said)
    address, code = said.getvalue().split()
    assert address == f"http://testserver{PAGE}"
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}", code)
    return code


def test_code_makes_the_owner_and_signs_them_in(client: Client, settings: Settings) -> None:
    settings.FRESH_SIGN_IN_SECONDS = 900
    code = code_from_the_machine()

    answer = client.post(PAGE, {"code": f" {code.lower()} ", **PERSON})

    user = User.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("office:first-run"))
    assert (user.email, roles(user), user.is_superuser) == (
        "ruth@example.com",
        {"registrar"},
        False,
    )
    assert client.get(answer.url).status_code == 200
    assert client.get(reverse("office:staff-invite")).status_code == 200  # Freshly signed in.
    assert FirstRun.objects.get().code_sha256 == ""
    assert code not in "".join(AuditEvent.objects.values_list("detail", flat=True))
    assert Client().get(PAGE).status_code == 404
    with pytest.raises(CommandError):
        call_command("first_run_code")


def test_owner_is_led_to_a_second_step_first(client: Client, settings: Settings) -> None:
    settings.SECOND_STEP_REQUIRED = True

    answer = client.post(PAGE, {"code": code_from_the_machine(), **PERSON}, follow=True)

    assert [url for url, _ in answer.redirect_chain] == [
        reverse("office:first-run"),
        reverse("accounts:security"),
    ]


def test_somebody_with_an_account_needs_the_code_too(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    code = code_from_the_machine()

    without = client.post(PAGE, {"code": "0000-0000-0000-00000"})
    refused = roles(user)
    answer = client.post(PAGE, {"code": code})

    assert (without.status_code, refused) == (422, set())
    assert (answer.status_code, roles(user)) == (302, {"registrar"})


@pytest.mark.parametrize("case", ["none was made", "wrong", "expired", "replaced", "empty"])
def test_other_codes_make_nobody(client: Client, case: str, now: datetime) -> None:
    code = "" if case == "none was made" else code_from_the_machine()
    if case in ("none was made", "wrong"):
        code = "1111-1111-1111-1111" + "1"
    elif case == "expired":
        FirstRun.objects.update(code_expires_at=timezone.now() - timedelta(seconds=1))
    elif case == "replaced":
        code_from_the_machine()
    elif case == "empty":
        code = " "

    answer = client.post(PAGE, {"code": code, **PERSON})

    assert answer.status_code == 422
    assert User.objects.count() == 0


def test_code_survives_a_form_with_a_mistake(client: Client) -> None:
    """An address that is taken is only told to who has the code, and does not use it up."""
    UserFactory(email="ruth@example.com")
    code = code_from_the_machine()

    taken = client.post(PAGE, {"code": code, **PERSON})
    weak = client.post(PAGE, {"code": code, **PERSON, "password": "password12"})
    answer = client.post(PAGE, {"code": code, **PERSON, "email": "other@example.com"})

    assert "There is an account with this address" in taken.content.decode()
    assert [each.status_code for each in (taken, weak, answer)] == [422, 422, 302]


def test_tries_are_limited(client: Client) -> None:
    code = code_from_the_machine()
    for _ in range(10):
        client.post(PAGE, {"code": "0", **PERSON})

    answer = client.post(PAGE, {"code": code, **PERSON})

    assert answer.status_code == 422
    assert "Too many tries" in answer.content.decode()
    assert User.objects.count() == 0


def test_who_is_signed_in_without_the_role_finds_no_page_afterwards(client: Client) -> None:
    somebody("registrar")
    client.force_login(UserFactory())

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"code": "0"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_at_once_one_remains(now: datetime) -> None:
    somebody()
    User.objects.all().delete()
    code = owner.new_code(now=now)
    gate = Barrier(2)

    def become(number: int) -> str:
        gate.wait()
        try:
            owner.make_owner(
                code,
                user=None,
                email=f"owner{number}@example.com",
                name="An Owner",
                password="calm hands 2026",
                now=now,
            )
        except (owner.AlreadySetUp, owner.WrongCode) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(become, range(2)))

    assert said == ["AlreadySetUp", "made"]
    assert User.objects.count() == 1
