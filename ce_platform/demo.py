"""`make demo`: set up everything that is missing, fill in demo people, and serve.

Runs before settings can be read (it writes the `.env`), so it imports nothing of Django.
Safe to run twice: what is there is kept. `--reset` throws the demo's data away first.
"""

import argparse
import errno
import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
DATA = ROOT / "var"
# What a shell may hold for another site (a database, above all) must not reach the demo; its own
# `.env` decides. HOST is what some shells call the machine, and would open the demo to a network.
NOT_FROM_THE_SHELL = (
    "ALLOWED_HOSTS",
    "CACHE_URL",
    "DATABASE_URL",
    "DATA_DIR",
    "DEBUG",
    "DEMO",
    "DJANGO_SETTINGS_MODULE",
    "HOST",
    "MAIL_FROM",
    "MAIL_PASSWORD",
    "MAIL_URL",
    "MAIL_USER",
    "QUEUE_IMMEDIATE",
    "QUEUE_URL",
    "SECRET_KEY",
    "SIGNING_CERTIFICATES",
    "SIGNING_CERTIFICATES_FILE",
    "SIGNING_KEY",
    "SIGNING_KEY_FILE",
    "SIGNING_KEY_PASSWORD",
    "STATIC_ROOT",
    "TRUSTED_PROXY_COUNT",
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true")
    parser.add_argument("--no-serve", action="store_true", help="set up only")
    options = parser.parse_args(arguments)

    if not 0 < options.port < 65536:
        return complain(f"PORT is {options.port}; choose a number from 1 to 65535.")
    refusal = why_not_here(reset=options.reset)
    if not refusal and not options.no_serve:
        refusal = why_not_on(options.port)
    if refusal:
        return complain(refusal)
    write_env_file(options.port)
    for name in NOT_FROM_THE_SHELL:
        os.environ.pop(name, None)
    os.environ["ENV_FILE"] = str(ENV_FILE)
    # Links in mails and QR codes lead to where the demo is served this time.
    os.environ["PUBLIC_BASE_URL"] = f"http://localhost:{options.port}"
    os.environ["PYTHONUNBUFFERED"] = "1"
    if options.reset:
        say("Removing the demo's data …")
        for name in ("private", "course-media", "static"):
            shutil.rmtree(DATA / name, ignore_errors=True)
        for file in DATA.glob("*.sqlite3*"):
            file.unlink()
    DATA.mkdir(exist_ok=True)

    for words, command in (
        ("Preparing the database …", ["migrate", "--verbosity", "0"]),
        ("", ["createcachetable"]),
        ("Collecting static files …", ["collectstatic", "--no-input", "--verbosity", "0"]),
        ("Loading licensing bodies …", ["load_licensing_bodies", "--quiet"]),
        ("Loading the starter course and the demo people …", ["seed_demo"]),
    ):
        if words:
            say(words)
        result = subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=False)  # noqa: S603
        if result.returncode:
            return result.returncode
    if options.no_serve:
        return 0
    return serve(options.port)


def why_not_here(*, reset: bool) -> str:
    """A real installation is never migrated, filled with demo people or emptied by this."""
    if not ENV_FILE.exists():
        return ""
    written = dotenv_values(ENV_FILE)
    if (written.get("DEMO") or "").strip().lower() not in {"1", "true", "yes", "on"}:
        return (
            f"{ENV_FILE.name} here is not a demo's (it does not say DEMO=yes), so nothing was "
            "touched. Run the demo in a checkout of its own."
        )
    elsewhere = [name for name in ("DATABASE_URL", "DATA_DIR") if written.get(name)]
    if reset and elsewhere:
        return (
            f"{ENV_FILE.name} sets {' and '.join(elsewhere)}: only data in {DATA.name}/ is "
            "removed by this. Remove that data yourself, or the line."
        )
    return ""


def write_env_file(port: int) -> None:
    """A fresh secret in a file that only its owner reads; an existing file is kept."""
    if ENV_FILE.exists():
        return
    text = (
        "# Made by `make demo`. A real installation has its own: see docs/production.md\n"
        f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
        f"PUBLIC_BASE_URL=http://localhost:{port}\n"
        "DEMO=yes\n"
        'MAIL_FROM="Margin & Hand Continuing Education <office@example.com>"\n'
    )
    handle = os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


def why_not_on(port: int) -> str:
    """Somebody else has the port, on either address that `localhost` stands for."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = port + 1 if port < 65535 else port - 1
                return (
                    f"Port {port} is taken, perhaps by a demo that still runs. "
                    f"Stop it, or choose another: make demo PORT={other}"
                )
            if error.errno in (errno.EACCES, errno.EPERM):
                return f"Port {port} is kept for the system: make demo PORT={8000 + port}"
            # Anything else, such as a machine without IPv6, does not stand in the way.
    return ""


def serve(port: int) -> int:
    """Web and worker from the Procfile, until Ctrl-C."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # Its passwords are known: it is for this machine alone.
    environment = {**os.environ, "PATH": path, "PORT": str(port), "HOST": "127.0.0.1"}
    command = [sys.executable, "-m", "honcho", "--env", os.devnull, "start", "--no-prefix"]
    os.chdir(ROOT)
    os.execve(sys.executable, command, environment)  # noqa: S606
    return 0


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def complain(words: str) -> int:
    sys.stderr.write(words + "\n")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
