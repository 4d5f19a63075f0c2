"""Servers that are killed, on SQLite or on the PostgreSQL that the run was given."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Mailbox, Site, copy_site, copy_site_on_postgres, make_template

_SERVER_URL = os.environ.get("TEST_DATABASE_URL", "")
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/crash/" in str(item.path):
            item.add_marker(pytest.mark.crash)
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("site"), server_url=_SERVER_URL)


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def site(template: Path, mailbox: Mailbox, tmp_path: Path) -> Iterator[Site]:
    """A site of its own for every test; nothing is started yet."""
    if _SERVER_URL:
        made = copy_site_on_postgres(
            template, tmp_path, mailbox, server_url=_SERVER_URL, name=f"crash_{next(_numbers)}"
        )
    else:
        made = copy_site(template, tmp_path, mailbox)
    with made as site:
        yield site
