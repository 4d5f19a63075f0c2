"""The permission table: every URL of the resolver × who asks.

A URL that is missing here fails the suite. Columns: anonymous, stranger, owner, instructor,
registrar. `login` means: sent to sign in. GET unless the line says POST; a line marked POST is
also asked by GET and must answer 405 (or `login`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ce_platform.accounts.models import User
from tests.pages.world import World, make_world

ROLES = ("anonymous", "stranger", "owner", "instructor", "registrar")


@dataclass(frozen=True)
class Line:
    name: str
    statuses: str
    method: str = "GET"
    key: str = ""
    """Which arguments of the world the URL takes."""


def line(name: str, statuses: str, method: str = "GET", key: str = "") -> Line:
    return Line(name=name, statuses=statuses, method=method, key=key)


ALL = "200 200 200 200 200"
PEOPLE = "login 200 200 200 200"
OWNER = "login 404 200 404 404"
OWNER_POST = "login 404 302 404 404"
REGISTRAR = "login 403 403 403 200"
REGISTRAR_POST = "login 403 403 403 302"
STAFF = "login 403 403 200 200"
NOT_A_DEMO = "404 404 404 404 404"

TABLE = [
    # ---- pages
    line("pages:home", ALL),
    line("pages:healthz", ALL),
    line("pages:learning", PEOPLE),
    line("pages:office", REGISTRAR),
    line("pages:mail-list", REGISTRAR),
    line("pages:mail-detail", REGISTRAR, key="mail"),
    line("pages:mail-resend", REGISTRAR_POST, "POST", key="mail"),
    line("pages:job-detail", STAFF, key="job"),
    line("pages:components", STAFF),
    line("pages:teach", "login 403 403 200 403"),
    line("pages:demo-look-around", NOT_A_DEMO, "POST"),
    line("pages:demo-mailbox", NOT_A_DEMO),
    line("pages:demo-mail", NOT_A_DEMO, key="mail"),
    # ---- accounts
    line("accounts:profile", PEOPLE),
    line("account_login", "200 302 302 302 302"),
    line("account_signup", "200 302 302 302 302"),
    line("account_logout", "302 200 200 200 200"),
    line("account_inactive", ALL),
    line("account_change_password", PEOPLE),
    line("account_set_password", "login 302 302 302 302"),
    line("account_reauthenticate", PEOPLE),
    line("account_email", PEOPLE),
    line("account_email_verification_sent", ALL),
    line("account_reset_password", ALL),
    line("account_reset_password_done", ALL),
]


def names(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield f"{prefix}{pattern.name}"


def test_every_url_is_in_the_table() -> None:
    known = {line.name for line in TABLE}
    found = {name for name in names() if not name.startswith("admin:")}

    assert found - known == set(), "not in the permission table"
    assert known - found == set(), "in the permission table, but no such URL"


@pytest.fixture
def world(db: None, client_of: Callable[[User], Client]) -> World:
    return make_world()


def clients(world: World) -> dict[str, Client]:
    made = {"anonymous": Client()}
    for role in ROLES[1:]:
        made[role] = Client()
        made[role].force_login(world.people[role])
    return made


@pytest.mark.parametrize("asked", TABLE, ids=lambda asked: asked.name)
def test_permission(asked: Line, world: World) -> None:
    url = reverse(asked.name, kwargs=world.arguments[asked.key])

    seen = []
    for client in clients(world).values():
        if asked.method == "POST":
            assert client.get(url).status_code in (302, 403, 404, 405), "GET must change nothing"
            answer = client.post(url, world.forms.get(asked.name, {}))
        else:
            answer = client.get(url)
        to_login = answer.status_code == 302 and urlsplit(answer.url).path == reverse(
            "account_login"
        )
        seen.append("login" if to_login else str(answer.status_code))

    assert dict(zip(ROLES, seen, strict=True)) == dict(
        zip(ROLES, asked.statuses.split(), strict=True)
    )


@pytest.mark.django_db
def test_admin_is_for_operators_only(world: World) -> None:
    admin_names = [name for name in names() if name.startswith("admin:")]
    index = reverse("admin:index")

    assert len(admin_names) > 10
    for client in clients(world).values():
        assert client.get(index).status_code == 302
