"""Every page of a site that nobody has set up: no provider, no body, no course."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import Provider
from ce_platform.core.provider import forget_provider_facts
from tests.pages.test_permissions import TABLE

pytestmark = pytest.mark.django_db
ANY = {
    "uid": UUID(int=1), "key": UUID(int=1), "quiz": UUID(int=1), "question": UUID(int=1),
    "draw": UUID(int=1), "other": UUID(int=1), "enrollment": UUID(int=1), "pk": 1, "position": 1,
    "edition": 1, "revision": 1, "slug": "x", "old": "1.0", "new": "1.0",
}  # fmt: skip


def address(name: str) -> str:
    """With made-up arguments: whatever converter each of them has."""
    resolver: Any = get_resolver()
    namespace, _, rest = name.rpartition(":")
    inner = resolver.namespace_dict[namespace][1] if namespace else resolver
    for ((_, parameters),), *_ in inner.reverse_dict.getlist(rest):
        for text in ("x", "1.0", "A" * 17, "a" * 64, "US-FL", "csv", "refund"):
            for typed in ({}, {"number": 1}, {"quiz": text, "other": text, "lesson": text}):
                values = {each: {**ANY, **typed}.get(each, text) for each in parameters}
                try:
                    return reverse(name, kwargs=values)
                except NoReverseMatch:
                    continue
    raise AssertionError(f"No made-up address for {name}.")


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
