"""Certificates per CPU second: the naive way against ours, same looks."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command


def measure(cpu_ms: Callable[..., float], show: Callable[..., None]) -> None:
    target = Path(tempfile.mkdtemp(prefix="ce-bench-pdf-")) / "specimen.pdf"

    def specimen() -> None:
        call_command("sample_certificate", output=str(target), bodies=8, verbosity=0)

    show("certificate, whole, CPU", cpu_ms(specimen, rounds=10), "ms", 250)
    show("certificate, size", target.stat().st_size / 1024, "kB", None)
