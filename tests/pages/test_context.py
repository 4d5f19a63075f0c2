"""What every page carries costs a fixed number of queries, and none where nothing needs one."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.template import RequestContext, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from ce_platform.accounts.models import User
from ce_platform.core.models import Provider
from ce_platform.core.provider import forget_provider_facts
from ce_platform.pages.context_processors import platform

pytestmark = pytest.mark.django_db
EVERYTHING = (
    "{{ platform.provider_name }}|{{ platform.provider_email }}|{{ platform.demo }}|"
    "{{ platform.is_registrar }}|{{ platform.is_instructor }}|{{ platform.is_registrar }}"
)


def rendered(source: str, user: User | AnonymousUser) -> str:
    request = RequestFactory().get("/")
    request.user = user
    request.session = {}
    return Template(source).render(RequestContext(request))


def test_context_that_nobody_reads_asks_nothing(
    registrar: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = RequestFactory().get("/")
    request.user = registrar

    with django_assert_num_queries(0):
        platform(request)


def test_all_facts_of_a_page_take_two_queries_and_the_next_page_one(
    registrar: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Provider.objects.create(pk=1, name="Margin & Hand", email="office@example.com")
    forget_provider_facts()

    with django_assert_num_queries(2):  # the provider; the roles
        first = rendered(EVERYTHING, registrar)
    again = User.objects.get(pk=registrar.pk)
    with django_assert_num_queries(1):  # the roles
        second = rendered(EVERYTHING, again)

    assert first == second == "Margin &amp; Hand|office@example.com|False|True|False|True"


def test_visitors_pages_ask_for_no_roles(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    rendered(EVERYTHING, AnonymousUser())

    with django_assert_num_queries(0):
        rendered(EVERYTHING, AnonymousUser())


def test_changed_provider_is_shown_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("ce_platform.core.provider.time.monotonic", lambda: clock[0])
    provider = Provider.objects.create(pk=1, name="Before", email="office@example.com")
    name = "{{ platform.provider_name }}"
    seen = [rendered(name, AnonymousUser())]

    provider.name = "After"
    provider.save()
    seen.append(rendered(name, AnonymousUser()))
    clock[0] += 61
    seen.append(rendered(name, AnonymousUser()))

    assert seen == ["Before", "Before", "After"]


@pytest.mark.parametrize("count", [0, 3])
def test_frame_of_a_page_takes_three_queries_whatever_the_roles(
    owner: User,
    client_of: Callable[[User], Client],
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    owner.groups.set(Group.objects.order_by("pk")[:count])
    client = client_of(owner)
    client.get(reverse("accounts:profile"))

    with django_assert_num_queries(3):  # session, person, roles
        client.get(reverse("accounts:profile"))


def test_refusal_says_for_whom_the_page_is(
    owner: User, client_of: Callable[[User], Client]
) -> None:
    answer = client_of(owner).get(reverse("pages:teach"))

    assert answer.status_code == 403
    assert "This page is for instructors." in answer.content.decode()


def test_visitors_page_is_whole_outside_and_inside_a_demo(
    client: Client, settings: Settings
) -> None:
    outside = client.get(reverse("account_login")).content.decode()
    settings.DEMO = True
    inside = client.get(reverse("account_login")).content.decode()

    assert (reverse("pages:demo-look-around") in outside) is False
    assert (reverse("pages:demo-look-around") in inside) is True
