from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from pytest_django import Settings

from ce_platform.core.cache import sweep_cache
from ce_platform.core.ratelimit import Limit, client_address

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


def rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM shared_cache")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_sweep_removes_what_has_expired_and_nothing_else() -> None:
    really_now = datetime.now(UTC)
    cache.set("short", 1, timeout=60)
    cache.set("long", 2, timeout=3600)

    removed = sweep_cache(really_now + timedelta(minutes=5))

    assert (removed, rows(), cache.get("long")) == (1, 1, 2)


@pytest.mark.django_db
def test_limit_counts_each_key_and_each_window_for_itself() -> None:
    limit = Limit(scope="test", count=2, seconds=60)

    same = [limit.is_exceeded("a", now=NOW) for _ in range(3)]
    other = limit.is_exceeded("b", now=NOW)
    later = limit.is_exceeded("a", now=NOW + timedelta(seconds=60))

    assert (same, other, later) == ([False, False, True], False, False)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),  # Without a proxy of ours nobody is believed.
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),  # Only the last entry is ours.
        (2, "10.0.0.1, 203.0.113.9, 198.51.100.2", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),  # One person has a whole /64.
        (1, "no address", "unknown"),
    ],
)
def test_client_address_believes_our_own_proxies_only(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == address
