"""What holds for every URL: refused is refused by every method, HEAD writes nothing, no token no
write, no NUL reaches the database. What GET does is in test_permissions.py."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from ce_platform.pages.views import errors
from tests.pages.test_permissions import ROLES, TABLE, Line, clients
from tests.pages.watching import written
from tests.pages.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def short_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages that say why are laid out in test_permissions.py, for everybody and every URL."""

    def render(request: HttpRequest, template: str, *_: Any, status: int) -> HttpResponse:
        return HttpResponse(template, status=status)

    monkeypatch.setattr(errors, "render", render)


def url_of(line: Line, world: World) -> str:
    return reverse(line.name, kwargs=world.arguments[line.key])


def refusal(answer: Any) -> bool:
    if answer.status_code == 302:
        return urlsplit(answer.url).path == reverse("account_login")
    return answer.status_code in (403, 404, 405)


@pytest.mark.usefixtures("short_refusals")
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


@pytest.mark.usefixtures("short_refusals")
def test_nothing_is_written_without_a_token(world: World) -> None:
    accepted = []
    for role in ("owner", "instructor", "registrar"):
        client = Client(enforce_csrf_checks=True)
        client.cookies[settings.SESSION_COOKIE_NAME] = world.signed_in[role]
        for line in TABLE:
            if line.name in SIGNED:
                continue
            with written() as tables:
                answer = client.post(url_of(line, world), world.forms.get(line.name, {}))
            refused = (422,) if line.name in WITHOUT_A_TOKEN else (403, 404, 405)
            if tables or answer.status_code not in refused:
                accepted.append((role, line.name, answer.status_code, tables))

    assert accepted == []


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
