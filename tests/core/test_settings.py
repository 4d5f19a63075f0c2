"""The real settings with other environments, each in a process of its own."""

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import allauth.account.app_settings
import allauth.app_settings
import pytest
from django.conf import settings as django_settings

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = {"SECRET_KEY": "x" * 50, "PUBLIC_BASE_URL": "https://learn.example.com"}


def run(names: list[str], tmp_path: Path, **written: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import json; from ce_platform import settings as s; "
        f"print(json.dumps({{n: getattr(s, n, None) for n in {names!r}}}, default=str))"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": str(tmp_path / "absent.env"),
        "DATA_DIR": str(tmp_path),
        **REQUIRED,
        **written,
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )


def read(names: list[str], tmp_path: Path, **written: str) -> dict[str, Any]:
    result = run(names, tmp_path, **written)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_https_site_has_host_bound_cookies(tmp_path: Path) -> None:
    found = read(
        [
            "SESSION_COOKIE_NAME",
            "CSRF_COOKIE_NAME",
            "SESSION_COOKIE_SECURE",
            "CSRF_COOKIE_SECURE",
            "SECURE_SSL_REDIRECT",
            "ALLOWED_HOSTS",
            "CSRF_TRUSTED_ORIGINS",
        ],
        tmp_path,
    )

    assert found == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "ALLOWED_HOSTS": ["learn.example.com"],
        "CSRF_TRUSTED_ORIGINS": ["https://learn.example.com"],
    }


def test_own_machine_answers_to_all_its_names(tmp_path: Path) -> None:
    found = read(["ALLOWED_HOSTS"], tmp_path, PUBLIC_BASE_URL="http://[::1]:8000")

    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_mail_url_may_hold_name_and_password(tmp_path: Path) -> None:
    names = ["EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS"]

    found = read(names, tmp_path, MAIL_URL="smtp+tls://office:p%40ss@mail.example.com")

    assert list(found.values()) == ["mail.example.com", 587, "office", "p@ss", True]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("PUBLIC_BASE_URL", ""),
        ("PUBLIC_BASE_URL", "https://learn.example.com/academy"),
        # Taken for no mail server, every message would be lost without a word.
        ("MAIL_URL", "mail.example.com:587"),
    ],
)
def test_start_stops_with_a_sentence(tmp_path: Path, name: str, value: str) -> None:
    result = run([], tmp_path, **{name: value})

    assert result.returncode == 1
    assert re.search(rf"ImproperlyConfigured: {name} is ", result.stderr)


def test_every_setting_for_allauth_is_one_it_reads() -> None:
    """A misspelled setting would be ignored silently."""
    sources = {
        "ACCOUNT_": inspect.getsource(allauth.account.app_settings),
        "ALLAUTH_": inspect.getsource(allauth.app_settings),
    }
    unknown = [
        name
        for name in dir(django_settings)
        for prefix, source in sources.items()
        if name.startswith(prefix) and f'"{name.removeprefix(prefix)}"' not in source
    ]

    assert unknown == []
