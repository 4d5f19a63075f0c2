"""The limiter of public pages."""

from datetime import datetime, timedelta

import pytest
from django.test import RequestFactory

from ce_platform.core.ratelimit import Limit, client_address

LIMIT = Limit("test", count=2, seconds=60)


@pytest.mark.django_db
def test_counts_per_key_and_window(now: datetime) -> None:
    assert [LIMIT.is_exceeded("a", now=now) for _ in range(3)] == [False, False, True]
    assert LIMIT.is_exceeded("b", now=now) is False
    assert LIMIT.is_exceeded("a", now=now + timedelta(seconds=60)) is False


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, "192.0.2.1", "", "192.0.2.1"),
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, "", "", "unknown"),
        (1, "10.0.0.1", "nonsense", "unknown"),
    ],
)
def test_client_address(
    settings: object, proxies: int, remote: str, forwarded: str, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies  # type: ignore[attr-defined]
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == address
