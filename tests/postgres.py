"""A throw-away PostgreSQL for the suite: `python -m tests.postgres COMMAND …`.

Reached by socket only, in a folder that is removed afterwards. When TEST_DATABASE_URL is given
already, that server is used and nothing is started.
"""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote


def binaries() -> Path:
    """The newest PostgreSQL on this machine."""
    found = sorted(
        glob.glob("/usr/lib/postgresql/*/bin/initdb"),
        key=lambda path: float(path.split("/")[4]),
    )
    if found:
        return Path(found[-1]).parent
    beside = shutil.which("initdb")
    if beside:
        return Path(beside).resolve().parent
    sys.exit("PostgreSQL is not installed: apt-get install postgresql (no server is started).")


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Start a server, yield its URL, stop it and remove it."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="ce-pg-", dir="/tmp"))
    # PostgreSQL refuses to run as root.
    account = None
    if os.geteuid() == 0:
        account = next(name for name in ("postgres", "nobody") if _exists(name))
    if account:
        entry = pwd.getpwnam(account)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    else:
        who = {}
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "HOME": str(folder),
    }

    def run(*command: str) -> None:
        subprocess.run(
            command, check=True, env=environment, cwd=folder, stdout=subprocess.DEVNULL, **who
        )

    data = folder / "data"
    try:
        run(
            str(programs / "initdb"), "-D", str(data), "-U", "ce", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        options = (
            f"-c listen_addresses='' -k {folder} -c max_connections=120"
            # Nothing here outlives a power cut, and nothing lives long enough to be tidied.
            " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
        )
        run(
            str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"),
            "-o", options, "start",
        )  # fmt: skip
        try:
            run(str(programs / "createdb"), "-h", str(folder), "-U", "ce", "ce")
            yield f"postgresql://ce@{quote(str(folder), safe='')}/ce"
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def main() -> int:
    if os.environ.get("TEST_DATABASE_URL"):
        return subprocess.run(sys.argv[1:], check=False).returncode
    # Whoever stops the suite must not leave a server behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with server() as url:
        environment = {**os.environ, "TEST_DATABASE_URL": url}
        return subprocess.run(sys.argv[1:], check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
