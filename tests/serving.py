"""The real site for browser and crash tests: web server and worker as processes of their own.

The data folder is made once per session (database, starter course, static files) and copied for
every site, so that a test may break its own.
"""

import contextlib
import os
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

ROOT = Path(__file__).resolve().parent.parent
SECRET = "only-for-tests-" + "y" * 40


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


def make_template(folder: Path) -> Path:
    """A data folder on SQLite with bodies, the starter course and the demo people."""
    data = folder / "template"
    data.mkdir()
    env = environment(
        data, database_url=f"sqlite:///{data / 'ce.sqlite3'}", port=1, mail_port=1, demo=True
    )
    start_from_kept(data / "ce.sqlite3")
    for command in (
        ["migrate", "--verbosity", "0"],
        ["createcachetable"],
        ["collectstatic", "--no-input", "--verbosity", "0"],
        ["load_licensing_bodies", "--quiet"],
        ["make_signing_key", "Test key"],
        ["seed_demo"],
    ):
        manage(env, *command)
    with contextlib.suppress(FileNotFoundError):
        (data / "queue.sqlite3").unlink()
    return data


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


def copy_site(template: Path, folder: Path, mailbox: Mailbox, *, demo: bool = True) -> Site:
    data = folder / "data"
    shutil.copytree(template, data)
    return Site(data=data, mailbox=mailbox, demo=demo)


def postgres_site(
    server_url: str, name: str, template: Path, folder: Path, mailbox: Mailbox
) -> Site:
    """The same on PostgreSQL: a database of its own, filled by the same commands."""
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    parts = urlsplit(server_url)
    url = urlunsplit(parts._replace(path="/" + quote(name)))
    data = folder / "data"
    data.mkdir()
    shutil.copytree(template / "static", data / "static")
    site = Site(data=data, mailbox=mailbox, database_url=url)
    for command in (
        ["migrate", "--verbosity", "0"],
        ["createcachetable"],
        ["load_licensing_bodies", "--quiet"],
        ["make_signing_key", "Test key"],
        ["seed_demo"],
    ):
        site.manage(*command)
    return site
