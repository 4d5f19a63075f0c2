"""Settings from the environment: typed, and a sentence for whoever wrote them wrong."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ce_platform import env

Write = pytest.MonkeyPatch
MAIL = {"schemes": {"smtp", "smtp+tls"}, "example": "smtp+tls://mail.example.com:587"}


@pytest.mark.parametrize(
    ("written", "read"),
    [("yes", True), ("ON", True), (" 1 ", True), ("no", False), ("False", False), ("0", False)],
)
def test_flag_reads_what_people_write(monkeypatch: Write, written: str, read: bool) -> None:
    monkeypatch.setenv("A_FLAG", written)

    assert env.flag("A_FLAG", default=not read) is read


def test_blank_counts_as_absent(monkeypatch: Write) -> None:
    monkeypatch.setenv("BLANK", "  ")

    assert env.text("BLANK", default="x") == "x"
    assert env.flag("BLANK", default=True) is True
    assert env.number("BLANK", default=3) == 3
    assert env.words("BLANK", default="a,b") == ["a", "b"]
    assert env.folder("BLANK", Path("/data")) == Path("/data")
    with pytest.raises(ImproperlyConfigured, match="BLANK is not set"):
        env.text("BLANK")


def test_missing_secret_says_where_to_put_it(monkeypatch: Write) -> None:
    monkeypatch.delenv("SECRET_KEY")

    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY is not set.*\.env.*production\.md"):
        env.text("SECRET_KEY")


def test_malformed_values_are_named(monkeypatch: Write) -> None:
    monkeypatch.setenv("ODD", "perhaps")

    with pytest.raises(ImproperlyConfigured, match=r"ODD is 'perhaps'; write yes or no\."):
        env.flag("ODD", default=False)
    with pytest.raises(ImproperlyConfigured, match=r"ODD is 'perhaps'; write a whole number\."):
        env.number("ODD", default=1)


def test_words_are_separated_by_commas(monkeypatch: Write) -> None:
    monkeypatch.setenv("HOSTS", " a.example , ,b.example")

    assert env.words("HOSTS") == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("value", "host", "port"),
    [
        ("https://learn.example.com", "learn.example.com", None),
        ("https://learn.example.com:8443/", "learn.example.com", 8443),
        ("http://[::1]:8000", "::1", 8000),
    ],
)
def test_address_is_taken_apart(value: str, host: str, port: int | None) -> None:
    parts = env.address("URL", value, schemes={"http", "https"}, example="https://…")

    assert (parts.hostname, parts.port) == (host, port)


@pytest.mark.parametrize(
    "value",
    [
        "learn.example.com",
        "ftp://learn.example.com",
        "https://",
        "https://learn.example.com/academy",
        "https://learn.example.com?x=1",
        "https://learn.example.com:port",
        "https://learn.example.com:99999",
        "https://[::1",
    ],
)
def test_address_that_would_not_work_is_refused(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"URL is .*; write it like https://x"):
        env.address("URL", value, schemes={"http", "https"}, example="https://x")


def test_refused_address_does_not_show_the_password_in_it() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.address("MAIL_URL", "smtps+tls://office:hunter2@mail.example.com", **MAIL)

    assert "hunter2" not in str(refusal.value)
