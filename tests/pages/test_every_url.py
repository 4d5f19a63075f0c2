"""What holds for every URL: refused is refused by every method, GET writes nothing, no token no
write, nothing that a quiz keeps secret is shown, no NUL reaches the database."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.pages.test_permissions import ROLES, TABLE, Line, clients
from tests.pages.world import World, make_world

pytestmark = pytest.mark.django_db

# What opening a page may write besides: where the learner is (said so in the lesson), sessions,
# rate limits.
HARMLESS = re.compile(
    r"(courses_enrollment|courses_lessonprogress|django_session|shared_cache)\b", re.IGNORECASE
)
WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# Of the questions in the world (tests/factories/quizzes.py).
SECRETS = ("Level with the lower edge", "That is GB14")


@pytest.fixture
def world() -> World:
    return make_world()


def url_of(line: Line, world: World) -> str:
    return reverse(line.name, kwargs=world.arguments[line.key])


def refusal(answer: Any) -> bool:
    if answer.status_code == 302:
        return urlsplit(answer.url).path == reverse("account_login")
    return answer.status_code in (403, 404, 405)


def test_who_may_not_look_may_not_send_either(world: World) -> None:
    """Also by the methods that the permission table does not try."""
    let_in = []
    for role, client in clients(world).items():
        for line in TABLE:
            status = dict(zip(ROLES, line.statuses.split(), strict=True))[role]
            if status not in ("login", "403", "404"):
                continue
            sent = world.forms.get(line.name, {})
            methods = [client.post]
            if role == "stranger":  # Who asks matters before how: one role tries the rare ones.
                methods += [client.options, client.put, client.delete, client.patch]
            for method in methods:
                if not refusal(answer := method(url_of(line, world), sent)):
                    let_in.append((role, line.name, answer.request["REQUEST_METHOD"]))

    # A class of django-allauth that says which methods it has, whoever asks, and nothing else.
    assert let_in == [("stranger", "mfa_view_recovery_codes", "OPTIONS")]


@contextmanager
def written() -> Iterator[list[str]]:
    """The tables that are written to."""
    tables: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if (found := WRITE.match(sql)) and not HARMLESS.match(found[1]):
            tables.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables


def test_looking_writes_nothing_and_tells_no_secret(world: World) -> None:
    """Every role opens every page once: that takes long enough."""
    by_url = {}
    told = set()
    for role, client in clients(world).items():
        for line in TABLE:
            with written() as tables:
                text = text_of(client.get(url_of(line, world)))
            if tables:
                by_url[line.name] = sorted(set(tables))
            if any(secret in text for secret in SECRETS):
                told.add((role, line.name))

    assert by_url == {}
    # The attempt is submitted and its rule shows the answers then: the search finds what is there.
    # Authors see the answers of their own course, where they write them.
    assert told == {
        ("owner", "quizzes:attempt-review"),
        *(
            (role, f"quizzes:studio-quiz-{name}")
            for role in ("instructor", "registrar")
            for name in ("question", "bank-question", "bank-edit", "bank-compare")
        ),
    }


def test_asking_for_the_head_of_a_page_writes_nothing(world: World) -> None:
    client = clients(world)["registrar"]
    by_url = {}
    for line in TABLE:
        with written() as tables:
            client.head(url_of(line, world))
        if tables:
            by_url[line.name] = sorted(set(tables))

    assert by_url == {}


# The address itself is the token, as RFC 8058 wants it; what shops tell is signed, and every call
# is noted (tests/courses/test_shop.py).
SIGNED = {"pages:stop-mail", "courses:shop-sale", "courses:shop-refund"}
# They only look at what is sent: see certificates/views/verify_file.py.
WITHOUT_A_TOKEN = {"certificates:verify-file", "certificates:verify-file-json"}


def test_nothing_is_written_without_a_token(world: World) -> None:
    accepted = []
    for role in ("owner", "instructor", "registrar"):
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.people[role])
        for line in TABLE:
            if line.name in SIGNED:
                continue
            with written() as tables:
                answer = client.post(url_of(line, world), world.forms.get(line.name, {}))
            refused = (422,) if line.name in WITHOUT_A_TOKEN else (403, 404, 405)
            if tables or answer.status_code not in refused:
                accepted.append((role, line.name, answer.status_code, tables))

    assert accepted == []


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


def test_no_nul_reaches_the_database(world: World) -> None:
    names = ("q", "kind", "subject", "state", "status", "body", "course", "after", "package",
             "show", "edition", "code", "next", "checked", "hidden", "page",
             "quiz", "type", "from", "to", "removed", "license", "tag", "objective", "difficulty",
             "question")  # fmt: skip
    registrar = clients(world)["registrar"]

    for line in TABLE:
        if line.method == "GET" and line.name != "certificates:verify-detail":
            address = f"{url_of(line, world)}?{'&'.join(f'{name}=a%00b' for name in names)}"
            answer = registrar.get(address)
            assert answer.status_code < 500, address


@pytest.mark.parametrize(
    "path",
    [
        "/licensing-bodies/US%00/",
        "/courses/a%00/",
        "/certificates/%00/",
        "/verify/%00/",
        "/office/licensing-bodies/%00/pending/",
        "/media/figures/%00.png",
    ],
)
def test_no_nul_in_a_path_reaches_the_database(client: Client, path: str) -> None:
    assert client.get(path).status_code in (302, 404, 405)
    assert client.post(path).status_code in (302, 404, 405)
