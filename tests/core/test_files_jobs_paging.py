import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ce_platform.core import jobs, sweep
from ce_platform.core.errors import DomainError
from ce_platform.core.files import store_bytes, store_file
from ce_platform.core.models import AuditEvent, BackgroundJob, StoredFile
from ce_platform.core.paging import newest_first
from ce_platform.core.text import canonical_json, clean, fold

pytestmark = pytest.mark.django_db
PRIVATE = StoredFile.Area.PRIVATE


def test_same_bytes_are_stored_once_and_read_back(now: datetime) -> None:
    first = store_bytes(b"same", area=PRIVATE, content_type="text/plain", now=now)
    second = store_bytes(b"same", area=PRIVATE, content_type="text/plain", now=now)

    assert first == second
    assert (first.sha256, first.read()) == (hashlib.sha256(b"same").hexdigest(), b"same")


def test_bytes_that_vanished_are_written_again(now: datetime) -> None:
    row = store_bytes(b"lost", area=PRIVATE, content_type="text/plain", now=now)
    row.storage.delete(row.path)

    again = store_bytes(b"lost", area=PRIVATE, content_type="text/plain", now=now)

    assert (again.pk, again.read()) == (row.pk, b"lost")


def test_job_reports_progress_and_finishes(now: datetime) -> None:
    def work(parameters: dict[str, int], progress: jobs.JobProgress) -> None:
        progress.total(parameters["pages"])
        for _ in range(parameters["pages"]):
            progress.advance()

    jobs.register("test-count", work)
    job = jobs.start("test-count", title="Count", now=now, pages=3)

    jobs.run(job.pk, now=now)

    job.refresh_from_db()
    assert (job.status, job.done_count, job.total_count) == ("done", 3, 3)


def test_job_that_refuses_says_why(now: datetime) -> None:
    def work(parameters: dict[str, int], progress: jobs.JobProgress) -> None:
        raise DomainError("The list is empty.")

    jobs.register("test-refuse", work)
    job = jobs.start("test-refuse", title="Refuse", now=now)

    jobs.run(job.pk, now=now)

    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "The list is empty.")


def test_job_whose_worker_died_is_taken_up_by_the_sweep_and_not_before(now: datetime) -> None:
    done: list[int] = []
    jobs.register("test-again", lambda parameters, progress: done.append(1))
    job = jobs.start("test-again", title="Again", now=now)
    BackgroundJob.objects.filter(pk=job.pk).update(
        status="running", lease_until=now + timedelta(minutes=1)
    )

    jobs.sweep_jobs(now)
    before = list(done)
    jobs.sweep_jobs(now + timedelta(minutes=2))

    job.refresh_from_db()
    assert (before, done, job.status) == ([], [1], "done")


def test_sweep_goes_on_after_a_finder_that_fails(
    now: datetime, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(now: datetime) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(sweep, "_finders", {"a-broken": fail, "b-whole": lambda now: 7})

    assert sweep.run(now) == {"b-whole": 7}
    assert "a-broken" in caplog.text


def test_pages_are_newest_first_without_overlap_or_gap(now: datetime) -> None:
    made = [
        AuditEvent.objects.create(at=now, action="a", subject_type="t", subject_id=str(n)).pk
        for n in range(7)
    ]

    first = newest_first(AuditEvent.objects.all(), after=None, size=3)
    second = newest_first(AuditEvent.objects.all(), after=str(first.older_after), size=3)
    third = newest_first(AuditEvent.objects.all(), after=str(second.older_after), size=3)

    seen = [row.pk for page in (first, second, third) for row in page.rows]
    assert seen == sorted(made, reverse=True)
    assert (first.is_first, third.older_after) == (True, None)


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40, "²"])
def test_page_with_a_malformed_key_is_the_first_page(now: datetime, after: str) -> None:
    AuditEvent.objects.create(at=now, action="a", subject_type="t", subject_id="1")

    assert newest_first(AuditEvent.objects.all(), after=after).is_first


@pytest.mark.parametrize(
    ("typed", "folded"),
    [("  Đặng  Thị ", "dang thi"), ("ÉTÉ", "ete"), ("Müller-Łuk", "muller-luk"), ("ﬁ", "fi")],
)
def test_fold_ignores_case_accents_and_spaces(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_clean_removes_nul_and_joins_letters_with_their_accents() -> None:
    assert clean(" e\u0301\x00\r\nx ") == "é\nx"


def test_canonical_json_has_one_spelling() -> None:
    assert (
        canonical_json({"b": 1, "a": "é"})
        == canonical_json({"a": "é", "b": 1})
        == '{"a":"é","b":1}'
    )


def test_large_file_is_kept_in_pieces_and_stays_where_it_was(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "film"
    path.write_bytes(b"0123456789" * 20_000)

    row = store_file(path, area=PRIVATE, content_type="video/mp4", now=now)

    assert (row.read(), row.size_bytes) == (path.read_bytes(), 200_000)
    assert store_bytes(path.read_bytes(), area=PRIVATE, content_type="x/y", now=now) == row
