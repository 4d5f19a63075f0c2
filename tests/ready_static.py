"""The static files of a site, collected and compressed once and kept: it takes as long as twenty
starts of the server, and every run in a browser and every crash test needs the result.

They are kept in var/test-static under a digest of all that they are made from.
"""

import shutil
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from tests.ready_database import alone

FOLDER = settings.BASE_DIR / "var" / "test-static"


def fill_static_folder(folder: Path, *, collect: Callable[[], None]) -> None:
    """From what is kept, or by collecting, and then that is kept."""
    with alone(FOLDER):
        kept = FOLDER / _digest()
        if kept.exists():
            shutil.copytree(kept, folder)
            return
        collect()
        unfinished = FOLDER / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(folder, unfinished)
        for former in FOLDER.glob("*.static"):
            shutil.rmtree(former)
        unfinished.rename(kept)


def _digest() -> str:
    """Of every file that is collected, and of what collects and compresses them."""
    programs = [f"{name} {version(name)}" for name in ("django", "whitenoise", "brotli")]
    found = sha256(" ".join([*programs, settings.STATIC_URL]).encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list(ignore_patterns=[]), key=itemgetter(0)):
            found.update(b"\0" + name.encode() + b"\0" + Path(storage.path(name)).read_bytes())
    return f"{found.hexdigest()[:32]}.static"
