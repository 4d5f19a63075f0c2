"""`make demo`: refuses politely, keeps secrets, never touches a real installation."""

import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ce_platform import demo


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout; commands are noted, not run."""
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    monkeypatch.setattr(demo, "ENV_FILE", tmp_path / ".env")
    monkeypatch.setattr(demo, "DATA", tmp_path / "var")
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    ran: list[str] = []

    def run(command: list[str], **kwargs: object) -> subprocess.CompletedProcess[str]:
        ran.append(command[2])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return ran


@pytest.fixture(params=["127.0.0.1", "::1"])
def taken_port(request: pytest.FixtureRequest) -> Iterator[int]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as server:
        try:
            server.bind((request.param, 0))
        except OSError:
            pytest.skip("This machine has no IPv6.")
        server.listen()
        yield server.getsockname()[1]


def test_env_file_is_for_its_owner_and_has_a_secret_of_its_own(checkout: Path) -> None:
    secrets = []
    for _ in range(2):
        demo.write_env_file(8000)
        secrets.append(demo.dotenv_values(checkout / ".env")["SECRET_KEY"])
        mode = stat.S_IMODE((checkout / ".env").stat().st_mode)
        (checkout / ".env").unlink()

    assert mode == 0o600
    assert secrets[0] != secrets[1]
    assert min(len(secret or "") for secret in secrets) >= 50


def test_env_file_that_is_there_is_kept(checkout: Path) -> None:
    (checkout / ".env").write_text("DEMO=yes\nSECRET_KEY=mine\n")

    demo.write_env_file(8000)

    assert (checkout / ".env").read_text() == "DEMO=yes\nSECRET_KEY=mine\n"


def test_env_file_says_what_a_demo_needs(checkout: Path) -> None:
    demo.write_env_file(8123)

    written = demo.dotenv_values(checkout / ".env")
    assert (written["DEMO"], written["PUBLIC_BASE_URL"], written["MAIL_FROM"]) == (
        "yes",
        "http://localhost:8123",
        "Margin & Hand Continuing Education <office@example.com>",
    )


def test_taken_port_is_refused_with_a_way_out(
    checkout: Path, commands: list[str], taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """IPv6 too: `localhost` in a browser may lead to whoever listens there."""
    status = demo.main(["--port", str(taken_port)])

    said = capsys.readouterr().err
    assert (status, commands, list(checkout.iterdir())) == (1, [], [])
    assert f"Port {taken_port} is taken" in said
    assert f"make demo PORT={taken_port + 1}" in said or taken_port == 65535


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_impossible_port_is_refused(
    checkout: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.main([f"--port={port}"]) == 1
    assert "choose a number from 1 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--reset"]])
def test_real_installation_is_not_touched(
    checkout: Path, commands: list[str], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / ".env").write_text("SECRET_KEY=x\nPUBLIC_BASE_URL=https://learn.example.com\n")
    (checkout / "var").mkdir()
    (checkout / "var" / "ce.sqlite3").write_text("records of law")

    status = demo.main(["--no-serve", *arguments])

    assert (status, commands) == (1, [])
    assert (checkout / "var" / "ce.sqlite3").exists()
    assert "not a demo's" in capsys.readouterr().err


def test_reset_refuses_data_that_it_would_not_remove(
    checkout: Path, commands: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / ".env").write_text("DEMO=yes\nDATABASE_URL=postgresql:///demo\n")

    assert demo.main(["--no-serve", "--reset"]) == 1
    assert demo.main(["--no-serve"]) == 0
    assert "DATABASE_URL" in capsys.readouterr().err


def test_reset_removes_the_demos_data_and_nothing_else(checkout: Path, commands: list[str]) -> None:
    data = checkout / "var"
    for name in ("ce.sqlite3", "ce.sqlite3-wal", "queue.sqlite3", "private/ab/x", "notes.txt"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text("x")

    demo.main(["--no-serve", "--reset"])

    assert [path.name for path in data.iterdir()] == ["notes.txt"]


def test_shells_settings_for_another_site_do_not_reach_the_demo(
    checkout: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[dict[str, str]] = []
    monkeypatch.setattr(os, "execve", lambda program, command, env: served.append(env))
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    monkeypatch.setattr(demo, "why_not_on", lambda port: "")
    os.environ.update(
        {
            "DATABASE_URL": "postgresql://production/ce",
            "DATA_DIR": "/srv/ce",
            "HOST": "machine.example",
            "PORT": "3000",
            "PUBLIC_BASE_URL": "https://learn.example.com",
            "WEB_WORKERS": "1",
        }
    )

    demo.main(["--port", "8123"])

    (env,) = served
    assert "DATABASE_URL" not in env
    assert "DATA_DIR" not in env
    assert (env["HOST"], env["PORT"]) == ("127.0.0.1", "8123")
    assert env["PUBLIC_BASE_URL"] == "http://localhost:8123"
    assert env["WEB_WORKERS"] == "1"


def test_set_up_stops_at_the_first_command_that_fails(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def fail(command: list[str], **kwargs: object) -> subprocess.CompletedProcess[str]:
        ran.append(command[2])
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(subprocess, "run", fail)

    assert (demo.main(["--no-serve"]), ran) == (3, ["migrate"])
