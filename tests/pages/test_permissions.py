"""Every URL of the permission table (ce_platform/office/staff/permissions.py) asked as everybody.

A URL that is missing there fails the suite.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ce_platform.office.staff.permissions import ROLES, TABLE, Line
from tests.pages.watching import tells_a_secret, text_of, written
from tests.pages.world import World

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


def clients(world: World) -> dict[str, Client]:
    made = {"anonymous": Client()}
    for role in ROLES[1:]:
        made[role] = Client()
        made[role].cookies[settings.SESSION_COOKIE_NAME] = world.signed_in[role]
    return made


# The attempt is submitted and its rule shows the answers then: the search finds what is there.
# Authors see the answers of their own course, where they write them.
TOLD = {"quizzes:attempt-review": {"owner"}} | {
    f"quizzes:studio-quiz-{name}": {"instructor", "registrar"}
    for name in ("question", "bank-question", "bank-edit", "bank-compare")
}


@pytest.mark.parametrize("asked", TABLE, ids=lambda asked: asked.name)
def test_permission(asked: Line, world: World) -> None:
    """Nor does looking write anything or tell a secret, whoever looks."""
    url = reverse(asked.name, kwargs=world.arguments[asked.key])
    everybody = clients(world)
    looked = {}
    tables = {}
    told = set()

    for role, client in everybody.items():
        with written() as tables[role]:
            looked[role] = client.get(url)
            if tells_a_secret(text_of(looked[role])):
                told.add(role)
    answers = looked
    if asked.method == "POST":
        form = world.forms.get(asked.name, {})
        answers = {role: client.post(url, form) for role, client in everybody.items()}

    assert {role: status_of(answer) for role, answer in answers.items()} == dict(
        zip(ROLES, asked.statuses.split(), strict=True)
    )
    assert tables == {role: [] for role in ROLES}
    assert told == TOLD.get(asked.name, set())
    if asked.method == "POST":
        for answer in looked.values():
            assert answer.status_code in (302, 403, 404, 405), "GET must change nothing"


def status_of(answer: Any) -> str:
    to_login = answer.status_code == 302 and urlsplit(answer.url).path == reverse("account_login")
    return "login" if to_login else str(answer.status_code)


def test_what_is_told_is_in_the_table() -> None:
    assert set(TOLD) - {line.name for line in TABLE} == set()


@pytest.mark.django_db
def test_admin_is_for_operators_only(world: World) -> None:
    admin_names = [name for name in names() if name.startswith("admin:")]
    index = reverse("admin:index")

    assert len(admin_names) > 10
    for client in clients(world).values():
        assert client.get(index).status_code == 302
