"""The real site for browser and crash tests: web server and worker as processes of their own.

The data folder and the database are made once per session (starter course, demo people, static
files) and copied for every site, so that a test may break its own.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from aiosmtpd.controller import Controller

from tests.ready_database import start_from_kept
from tests.ready_static import fill_static_folder

ROOT = Path(__file__).resolve().parent.parent
SECRET = "only-for-tests-" + "y" * 40


def free_port() -> int:
    """Below those that the system gives to whoever asks for any: between now and the start of the
    server nobody else is given it, and two runs side by side hardly meet."""
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Mailbox:
    """A real SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused: set[str] = set()
        """Addresses that there is no mailbox for."""
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 kept"

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def wait_for(self, address: str, *, count: int = 1, seconds: float = 20) -> EmailMessage:
        """The newest message to `address`, once there are `count` of them."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [message for message in self.messages if address in str(message["To"])]
            if len(found) >= count:
                return found[-1]
            time.sleep(0.05)
        raise AssertionError(f"No message number {count} to {address}.")


def environment(
    data: Path, *, database_url: str, port: int, mail_port: int, demo: bool
) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
        "ENV_FILE": str(data / "absent.env"),
        "DATA_DIR": str(data),
        "STATIC_ROOT": str(data / "static"),
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET,
        "PUBLIC_BASE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "DEMO": "yes" if demo else "no",
        "SECOND_STEP_REQUIRED": "no",
        "PYTHONUNBUFFERED": "1",
        "TZ": "Asia/Tokyo",  # The server's own zone must never reach a certificate.
    }


def manage(env: dict[str, str], *command: str) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{command}: {result.stdout}\n{result.stderr}"


# In one process, because starting Django takes longer than most of them.
_SET_UP = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable")
call_command("load_licensing_bodies", quiet=True)
call_command("make_signing_key", "Test key")
call_command("seed_demo")
"""
_TEMPLATE = "site_template"
"""The database of the template, on PostgreSQL."""


def make_template(folder: Path, *, server_url: str = "") -> Path:
    """A data folder with bodies, the starter course and the demo people; its database is on that
    PostgreSQL, or on SQLite in the folder."""
    data = folder / "template"
    data.mkdir()
    url = _new_database(server_url, _TEMPLATE) if server_url else f"sqlite:///{data / 'ce.sqlite3'}"
    env = environment(data, database_url=url, port=1, mail_port=1, demo=True)
    start_from_kept(url)
    fill_static_folder(
        data / "static",
        collect=lambda: manage(env, "collectstatic", "--no-input", "--verbosity", "0"),
    )
    manage(env, "shell", "--verbosity", "0", "--command", _SET_UP)
    with contextlib.suppress(FileNotFoundError):
        (data / "queue.sqlite3").unlink()
    return data


def _new_database(server_url: str, name: str, *, like: str = "template1") -> str:
    """The URL of an empty database, or a copy of another, in place of the one of this name."""
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return urlunsplit(urlsplit(server_url)._replace(path="/" + quote(name)))


@dataclass
class Site:
    """One site with its own data. `kill_*` is SIGKILL: nothing gets to tidy up."""

    data: Path
    mailbox: Mailbox
    demo: bool = True
    database_url: str = ""
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        return environment(
            self.data,
            database_url=self.database_url or f"sqlite:///{self.data / 'ce.sqlite3'}",
            port=self.port,
            mail_port=self.mailbox.port,
            demo=self.demo,
        )

    def start_web(self, *, workers: int = 2, extra: dict[str, str] | None = None) -> None:
        command = [
            "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", str(workers), "--blocking-threads", "4", "--no-ws",
            "ce_platform.wsgi:application",
        ]  # fmt: skip
        self._start("web", command, extra)
        self.wait_until_healthy()

    def start_worker(self, extra: dict[str, str] | None = None) -> None:
        self._start("worker", [sys.executable, "manage.py", "run_worker"], extra)

    def _start(self, name: str, command: list[str], extra: dict[str, str] | None) -> None:
        log = (self.data / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**self.env, **(extra or {})},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()

    def wait_until_healthy(self, seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer,  # noqa: S310
            ):
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError((self.data / "web.log").read_text()[-3000:])

    def kill(self, name: str) -> None:
        """kill -9 the whole process group."""
        process = self.processes.pop(name, None)
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def manage(self, *command: str) -> None:
        manage(self.env, *command)

    def __enter__(self) -> "Site":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in list(self.processes):
            self.kill(name)
        if error is not None:
            for log in self.data.glob("*.log"):
                sys.stderr.write(f"--- {log.name}\n{log.read_text()[-4000:]}\n")


def copy_site(
    template: Path, folder: Path, mailbox: Mailbox, *, demo: bool = True, database_url: str = ""
) -> Site:
    data = folder / "data"
    shutil.copytree(template, data)
    return Site(data=data, mailbox=mailbox, demo=demo, database_url=database_url)


def copy_site_on_postgres(
    template: Path, folder: Path, mailbox: Mailbox, *, server_url: str, name: str
) -> Site:
    """The same with a database of its own on the PostgreSQL that the template was made on."""
    url = _new_database(server_url, name, like=_TEMPLATE)
    return copy_site(template, folder, mailbox, database_url=url)
