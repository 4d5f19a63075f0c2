"""What was built for licensing, at the scale of a large provider: pages, files and idle sweeps.

BENCH_THERAPISTS says how many therapists there are, with three certificates each; the figures of
docs/performance.md are of 100,000.
"""

import os
from collections.abc import Callable
from typing import Any, Final

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench import licensing_fill as fill
from ce_platform.accounts.models import User
from ce_platform.core import statistics, sweep
from certificates.models import ReportChannel, ReportLine
from certificates.reports.domain.export import make_batch

THERAPISTS: Final = int(os.environ.get("BENCH_THERAPISTS", "5000"))
BUDGET: Final = 50
MOST_ROUNDS: Final = 500
Page = tuple[str, str]


def measure(cpu_ms: Callable[..., float], show: Callable[..., None]) -> None:
    now = timezone.now()
    site = fill.prepare(now, therapists=THERAPISTS)
    therapist, registrar = fill.measured_therapist(site), fill.registrar()
    planner = page_of(therapist, reverse("licensing:planner"))
    few = cpu_ms(planner, rounds=15)
    fill.people(site)
    if connection.vendor == "postgresql":  # It would have done so by itself in all those years.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    else:
        cache.clear()
        statistics.sweep_statistics(now)
        connection.close()
    many = cpu_ms(planner, rounds=15)
    show(f"planner among {THERAPISTS:,} therapists against one", many / few, "×", 1.3)
    show("planner, HTML", len(planner().content) / 1000, "kB", 60)
    for person, pages in ((therapist, therapist_pages(site)), (registrar, office_pages())):
        for name, url in pages:
            _show_page(name, page_of(person, url), cpu_ms, show)
    _show_export(registrar, cpu_ms, show)
    _show_sweeps(cpu_ms, show)


def page_of(person: User, url: str) -> Callable[[], Any]:
    client = Client()
    client.force_login(person)

    def get() -> Any:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return answer

    return get


def therapist_pages(site: fill.Site) -> list[Page]:
    slug = site.versions[7].course.slug
    return [
        ("planner, 3 licenses, 30 certificates", reverse("licensing:planner")),
        ("course page, 3 licenses", reverse("courses:course-detail", args=[slug])),
        ("catalogue, what counts for me", f"{reverse('courses:course-list')}?state=mine"),
    ]


def office_pages() -> list[Page]:
    submissions = reverse("licensing:office-submission-list")
    table = reverse("licensing:office-submission-table")
    reports = reverse("certificates:office-report-list")
    return [
        ("office", reverse("pages:office")),
        ("submissions, list and what is due", submissions),
        ("submissions, board", reverse("licensing:office-submission-board")),
        ("submissions, table", table),
        ("submissions, table by day", f"{table}?sort=due"),
        ("submissions, table, a word", f"{table}?q=drainage"),
        ("reports, what waits", reports),
        ("reports, what waits at one body", f"{reports}?body=US-FL"),
        ("reports, overdue", f"{reports}?when=overdue"),
        ("reports, accepted at one body", f"{reports}?status=accepted&body=US-GA"),
        ("reports, sent to one body", f"{reports}?status=exported&body=US-NC"),
        ("reports, check and send", reverse("certificates:office-report-check")),
    ]


def _show_page(
    name: str, get: Callable[[], Any], cpu_ms: Callable[..., float], show: Callable[..., None]
) -> None:
    with CaptureQueriesContext(connection) as captured:
        get()
    queries = len(captured)
    took = cpu_ms(get, rounds=9)
    show(f"{name}, {queries} queries, CPU", took, "ms", BUDGET)


def _show_export(registrar: User, cpu_ms: Callable[..., float], show: Callable[..., None]) -> None:
    """A whole file, undone again: it is made of up to 2,000 lines."""
    counts = []

    def export() -> None:
        with transaction.atomic():
            batch = make_batch(ReportChannel.CE_BROKER, body=None, by=registrar, now=timezone.now())
            counts.append(batch.line_count)
            transaction.set_rollback(True)

    took = cpu_ms(export, rounds=3)
    waiting = ReportLine.objects.filter(status="pending").count()
    show(f"export of {counts[0]:,} of {waiting:,} lines, CPU", took, "ms", None)
    show("export, CPU for a line", took / counts[0], "ms", 1)


def _show_sweeps(cpu_ms: Callable[..., float], show: Callable[..., None]) -> None:
    """With nothing to do: they run every minute."""
    now = timezone.now().replace(hour=16)
    for name, finder in sorted(sweep.finders().items()):
        if not name.startswith(("certificates.", "licensing.")):
            continue
        for _ in range(MOST_ROUNDS):  # What the fill left to do.
            if not finder(now):
                break
        took = cpu_ms(lambda finder=finder: finder(now), rounds=9)
        show(f"idle sweep {name}, CPU", took, "ms", BUDGET)
