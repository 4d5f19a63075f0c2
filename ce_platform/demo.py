"""`make demo`: set up everything that is missing, fill in demo people, and serve.

Runs before settings can be read (it writes the `.env`), so it imports nothing of Django.
Safe to run twice: what is there is kept. `--reset` throws the demo's data away first.
"""

import argparse
import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
DATA = ROOT / "var"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true")
    parser.add_argument("--no-serve", action="store_true", help="set up only")
    options = parser.parse_args()

    if not 0 < options.port < 65536:
        return complain(f"PORT is {options.port}; choose a number from 1 to 65535.")
    if not options.no_serve and is_taken(options.port):
        return complain(
            f"Port {options.port} is taken, perhaps by a demo that still runs. "
            f"Stop it, or choose another: make demo PORT={options.port + 1}"
        )
    write_env_file(options.port)
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


def write_env_file(port: int) -> None:
    """A fresh secret in a file that only its owner reads; an existing file is kept."""
    if ENV_FILE.exists():
        return
    text = (
        "# Made by `make demo`. A real installation has its own: see docs/production.md\n"
        f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
        f"PUBLIC_BASE_URL=http://localhost:{port}\n"
        "DEMO=yes\n"
        "MAIL_FROM=Margin & Hand Continuing Education <office@example.com>\n"
    )
    handle = os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


def is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def serve(port: int) -> int:
    """Web and worker from the Procfile, until Ctrl-C."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PORT": str(port)}
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
    sys.exit(main())
