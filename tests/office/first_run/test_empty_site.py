"""Every page of a site that nobody has set up: no provider, no body, no course."""

from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

from ce_platform.accounts.models import User
from ce_platform.core.models import Provider
from ce_platform.core.provider import forget_provider_facts
from tests.pages.test_permissions import TABLE

pytestmark = pytest.mark.django_db
TEXTS = ("x", "1.0", "A" * 17, "a" * 64, "US-FL", "csv", "refund")


def address(name: str) -> str:
    """With made-up arguments: whatever converter each of them has."""
    resolver: Any = get_resolver()
    namespace, _, rest = name.rpartition(":")
    inner = resolver.namespace_dict[namespace][1] if namespace else resolver
    for ((_, parameters),), _pattern, _defaults, converters in inner.reverse_dict.getlist(rest):
        for texts in product(TEXTS, repeat=len(parameters)):
            values = {
                each: made_up(converters.get(each), text)
                for each, text in zip(parameters, texts, strict=True)
            }
            try:
                return reverse(name, kwargs=values)
            except NoReverseMatch:
                continue
    raise AssertionError(f"No made-up address for {name}.")


def made_up(converter: object, text: str) -> object:
    match converter:
        case UUIDConverter():
            return UUID(int=1)
        case IntConverter():
            return 1
        case _:
            return text


def test_every_page_survives(registrar: User) -> None:
    Provider.objects.all().delete()
    forget_provider_facts()
    office, visitor = Client(), Client()
    office.force_login(registrar)
    fallen = []
    looked = 0

    for line in (each for each in TABLE if each.method == "GET"):
        url = address(line.name)
        # Where one must sign in, a visitor is sent away before anything is asked.
        clients = (office,) if line.statuses.startswith("login") else (visitor, office)
        for client in clients:
            client.raise_request_exception = False
            looked += 1
            if (answer := client.get(url)).status_code >= 500:
                fallen.append((line.name, answer.status_code))

    assert fallen == []
    assert looked > len(TABLE) / 2
