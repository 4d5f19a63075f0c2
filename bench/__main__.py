"""Prints each figure beside the number to build to (docs/performance.md).

Runs in a data folder of its own, on SQLite unless DATABASE_URL names an empty PostgreSQL database.
Ratios and CPU milliseconds only: wall time says more about the machine than about the code.
Licensing is measured among 5,000 therapists; BENCH_THERAPISTS=100000 takes ten minutes more.
"""

import io
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="ce-bench-"))
os.environ |= {
    "ENV_FILE": str(FOLDER / "absent.env"),
    "DATA_DIR": str(FOLDER),
    "SECRET_KEY": "only-for-measuring-" + "z" * 40,
    "PUBLIC_BASE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver",
    "DEMO": "yes",
    "QUEUE_IMMEDIATE": "no",
    "DJANGO_SETTINGS_MODULE": "ce_platform.settings",
}
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER / 'bench.sqlite3'}")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402


def cpu_ms(work: Callable[[], object], *, rounds: int) -> float:
    """Median CPU milliseconds of one call, after a warm-up."""
    work()
    return statistics.median(spent_ms(work) for _ in range(rounds))


def spent_ms(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def show(
    what: str,
    figure: float,
    unit: str,
    budget: float | None,
    *,
    more: bool = False,
    note: str = "",
) -> None:
    """One line; `more` means that the budget is a floor."""
    verdict = note
    if budget is not None:
        kept = figure >= budget if more else figure <= budget
        verdict = (
            f"{'at least' if more else 'at most'} {budget:g} {unit}: {'kept' if kept else 'MISSED'}"
        )
    sys.stdout.write(f"{what:<52} {figure:>9.2f} {unit:<6} {verdict}".rstrip() + "\n")
    sys.stdout.flush()


def main() -> int:
    for command in (["migrate"], ["createcachetable"], ["collectstatic", "--no-input"]):
        call_command(*command, verbosity=0)
    call_command("load_licensing_bodies", quiet=True)
    call_command("seed_demo", stdout=io.StringIO())
    from bench import (
        answers,
        audit_pack,
        bulk,
        certificates,
        interchange,
        licensing,
        pages,
        people,
        quiz,
    )

    pages.measure(cpu_ms, show)
    quiz.measure(spent_ms, show)
    interchange.measure(spent_ms, show)
    certificates.measure(spent_ms, show)
    answers.measure(cpu_ms, spent_ms, show)
    licensing.measure(cpu_ms, show)
    audit_pack.measure(show)
    bulk.measure(show)
    people.measure(cpu_ms, show)
    return 0


if __name__ == "__main__":
    try:
        code = main()
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    sys.exit(code)
