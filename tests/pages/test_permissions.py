"""Every URL of the permission table (ce_platform/office/staff/permissions.py) asked as everybody.

A URL that is missing there fails the suite.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from ce_platform.office.staff.permissions import ROLES, TABLE, Line
from tests.pages.shared import made_once
from tests.pages.world import World, make_world

__all__ = ["ROLES", "TABLE", "Line", "clients"]


def names(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            # The admin has one nameless address, a redirect of its own.
            assert pattern.name or prefix == "admin:", f"{pattern.pattern} has no name"
            yield f"{prefix}{pattern.name}"


def test_every_url_is_in_the_table() -> None:
    known = {line.name for line in TABLE}
    found = {name for name in names() if not name.startswith("admin:")}

    assert found - known == set(), "not in the permission table"
    assert known - found == set(), "in the permission table, but no such URL"


@pytest.fixture(scope="module")
def _world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with made_once(make_world, blocker=django_db_blocker) as world:
        yield world


@pytest.fixture
def world(_world: World, db: None) -> World:
    return _world


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
