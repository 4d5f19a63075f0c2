"""Reads a stranger's PDF in a process of its own: what breaks the reader breaks nothing else."""

import json
import logging
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ce_platform.core.errors import DomainError
from certificates.checking.reading import (
    MOST_LETTERS,
    MOST_NUMBERS,
    MOST_SECONDS,
    MOST_SIGNATURES,
    read_signatures,
)

logger = logging.getLogger(__name__)

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_LONGEST: Final = 3 * MOST_SECONDS
"""Seconds on the clock: a busy machine may need more than the processor's."""
# A web process has few threads (WEB_THREADS, 2). A reader holds one of them, and whoever waits for
# it another: so one reads, the next waits hardly longer than an honest file takes, and however
# many strangers send files, the pages of everybody else go on.
_AT_ONCE: Final = threading.BoundedSemaphore(1)
_PATIENCE: Final = 0.5
_STATES: Final = frozenset({"whole", "part", "broken", "unknown"})


class Busy(DomainError):
    """Too many files are being read just now; nothing was said about this one."""


@dataclass(frozen=True)
class Signature:
    signer: str
    """Subject of the certificate it was made with, as that certificate says."""
    fingerprint: str
    """SHA-256 of that certificate."""
    signed_at: datetime | None
    """As the signer's clock said."""
    state: str
    """whole | part | broken | unknown: what of the file is as it was when it was signed"""


@dataclass(frozen=True)
class Seen:
    """What could be found out; a hostile file may keep any of it from us."""

    numbers: tuple[str, ...] = ()
    """Serials that can be ours, each once."""
    text: str | None = None
    """None: it could not be read. Empty: there is none, as in a scan."""
    signatures: tuple[Signature, ...] | None = None
    """None: it could not be found out."""
    is_encrypted: bool = False
    is_readable: bool = False
    """It has pages, as far as the reader could tell."""


def read_apart(content: bytes) -> Seen:
    """Errors: Busy."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise Busy
    try:
        return _seen(_run(content))
    finally:
        _AT_ONCE.release()


def signatures_of(content: bytes) -> tuple[Signature, ...] | None:
    """Of bytes that we issued ourselves: no process is needed, so the page comes at once."""
    try:
        told = list(read_signatures(content))
    except Exception:  # Told as unknown; the verdict does not hang on it.
        logger.exception("The signature of a document of ours cannot be read.")
        return None
    return tuple(_signature(each) for part in told for each in part["signatures"])


def _run(content: bytes) -> bytes:
    process = subprocess.Popen(
        [sys.executable, "-m", "certificates.checking.reading"],
        cwd=_ROOT,
        # Of the environment nothing: it holds the secrets of the site.
        env={"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        answer, _ = process.communicate(content, timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        answer, _ = process.communicate()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return answer


def _seen(answer: bytes) -> Seen:
    """Line by line: the last one may be cut off by the end of the process."""
    numbers: dict[str, None] = {}
    said: dict[str, Any] = {}
    for line in answer.splitlines():
        with suppress(ValueError):
            told = json.loads(line)
            numbers |= dict.fromkeys(map(str, told.pop("numbers", [])[:MOST_NUMBERS]))
            said |= told
    signatures = said.get("signatures")
    text = said.get("text")
    return Seen(
        numbers=tuple(numbers)[:MOST_NUMBERS],
        text=None if text is None else str(text)[:MOST_LETTERS],
        signatures=None
        if signatures is None
        else tuple(map(_signature, signatures[:MOST_SIGNATURES])),
        is_encrypted=bool(said.get("is_encrypted")),
        is_readable=bool(said.get("page_count")),
    )


def _signature(told: dict[str, Any]) -> Signature:
    signed_at = None
    with suppress(ValueError):
        signed_at = datetime.fromisoformat(str(told.get("signed_at")))
    state = str(told.get("state"))
    return Signature(
        signer=" ".join(str(told.get("signer")).split()),
        fingerprint=str(told.get("fingerprint")),
        signed_at=signed_at if signed_at is not None and signed_at.tzinfo else None,
        state=state if state in _STATES else "unknown",
    )
