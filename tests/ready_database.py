"""The empty test database, migrated once and kept: applying all migrations takes a quarter of a
minute, and every process of every run needs the result.

It is kept in var/test-databases under a digest of all that it was made from, so that a changed
migration makes a new one. Django looks again in every run whether a migration is missing.
"""

import fcntl
import re
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.db import connection

from tests.postgres import binaries

FOLDER = settings.BASE_DIR / "var" / "test-databases"
OURS = re.compile(
    r"^\s*(?:from|import) ((?:ce_platform|courses|quizzes|certificates)[\w.]*)", re.MULTILINE
)


def make_test_database() -> str:
    """Make the test database from the copy that is kept, or keep one. Its former name is given."""
    creation: Any = connection.creation
    former = str(connection.settings_dict["NAME"])
    with alone(FOLDER):
        copy = _copy_of(connection.vendor, _url(former))
        if is_kept := copy.exists():
            _restore(copy, creation)
        creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=is_kept)
        if not is_kept:
            _keep(copy)
    return former


def start_from_kept(url: str) -> None:
    """Give an empty database of a site the kept one to begin with, if there is one: the site
    migrates the rest itself."""
    vendor, _, place = url.partition("://")
    with alone(FOLDER):
        copy = _copy_of(vendor, url)
        if not copy.exists():
            return
        if vendor == "sqlite":
            Path(place.removeprefix("/")).write_bytes(copy.read_bytes())
        else:
            _fill(url, copy)


def remove_test_database(former: str) -> None:
    connection.creation.destroy_test_db(former, verbosity=0)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process makes the copy, the others wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copy_of(vendor: str, url: str) -> Path:
    server = sqlite3.sqlite_version if vendor == "sqlite" else _server_version(url)
    return FOLDER / f"{_digest(server)}.{vendor}"


def _digest(server: str) -> str:
    """Of every migration, of what they import from us, and of the models: those say which
    permissions there are."""
    found = sha256(f"{version('django')} {server}".encode())
    folders = [Path(app.path) for app in apps.get_app_configs()]
    files = {
        file
        for folder in folders
        for pattern in ("migrations/*.py", "models.py", "models/**/*.py")
        for file in folder.glob(pattern)
    }
    for file in sorted(_with_imported(files)):
        found.update(b"\0" + str(file).encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:32]


def _with_imported(files: Iterable[Path]) -> set[Path]:
    """These files and those of ours that they import, and so on."""
    seen: set[Path] = set()
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        if settings.BASE_DIR in file.parents and ".venv" not in file.parts:
            for name in OURS.findall(file.read_text()):
                path = settings.BASE_DIR.joinpath(*name.split("."))
                waiting += [each for each in (path.with_suffix(".py"), path / "__init__.py")
                            if each.exists()]  # fmt: skip
    return seen


def _server_version(url: str) -> str:
    import psycopg

    with psycopg.connect(url) as server:
        return str(server.execute("SHOW server_version").fetchall()[0][0])


def _restore(copy: Path, creation: Any) -> None:
    name = creation._get_test_db_name()
    if connection.vendor == "sqlite":
        Path(name).write_bytes(copy.read_bytes())
        return
    with creation._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    _fill(_url(name), copy)


def _fill(url: str, copy: Path) -> None:
    # One transaction: a copy that is spoiled leaves nothing half made.
    _run("psql", "-qX", "-1", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", str(copy), url=url)


def _keep(copy: Path) -> None:
    unfinished = copy.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(unfinished)])
    else:
        name = str(connection.settings_dict["NAME"])
        _run("pg_dump", "--no-owner", "-f", str(unfinished), url=_url(name))
    for former in FOLDER.glob(f"*.{connection.vendor}"):
        former.unlink()
    unfinished.rename(copy)


def _run(program: str, *arguments: str, url: str) -> None:
    subprocess.run([binaries() / program, *arguments, "-d", url], check=True)


def _url(database: str) -> str:
    """Of a database of the PostgreSQL that the settings name."""
    server = connection.settings_dict
    user = quote(server["USER"] or "", safe="")
    if server["PASSWORD"]:
        user += ":" + quote(server["PASSWORD"], safe="")
    port = f":{server['PORT']}" if server["PORT"] else ""
    place = f"{quote(server['HOST'] or '', safe='')}{port}/{quote(database, safe='')}"
    return f"postgresql://{user}@{place}" if user else f"postgresql://{place}"
