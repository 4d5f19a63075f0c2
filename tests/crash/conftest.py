"""Servers that are killed, on SQLite or on the PostgreSQL that the run was given."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Mailbox, Site, copy_site, make_template, postgres_site

_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/crash/" in str(item.path):
            item.add_marker(pytest.mark.crash)
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def site(template: Path, mailbox: Mailbox, tmp_path: Path) -> Iterator[Site]:
    """A site of its own for every test; nothing is started yet."""
    server_url = os.environ.get("TEST_DATABASE_URL", "")
    if server_url:
        made = postgres_site(server_url, f"crash_{next(_numbers)}", template, tmp_path, mailbox)
    else:
        made = copy_site(template, tmp_path, mailbox)
    with made as site:
        yield site
