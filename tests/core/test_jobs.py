from datetime import datetime, timedelta

import pytest

from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob

pytestmark = pytest.mark.django_db


def test_worker_that_was_silent_too_long_stops_when_another_has_the_job(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """Two workers in the same job: the first was held up for longer than its lease."""
    steps: list[str] = []

    def work(parameters: dict[str, str], progress: jobs.JobProgress) -> None:
        who = "second" if steps else "first"
        steps.append(who)
        if who == "first":
            jobs.run(job.pk, now=now + jobs.LEASE + timedelta(seconds=1))
        progress.advance()
        steps.append(f"{who} goes on")

    jobs.register("test-lease", work)
    job = jobs.start("test-lease", title="Lease", now=now)

    jobs.run(job.pk, now=now)

    job.refresh_from_db()
    assert steps == ["first", "second", "second goes on"]
    assert (job.status, job.done_count, job.error) == ("done", 1, "")
    assert "taken up by another worker" in caplog.text


def test_worker_that_lost_its_lease_does_not_mark_the_other_ones_job(now: datetime) -> None:
    def work(parameters: dict[str, str], progress: jobs.JobProgress) -> None:
        BackgroundJob.objects.filter(pk=job.pk).update(lease_until=now + timedelta(hours=1))
        raise RuntimeError("broken here")

    jobs.register("test-fence", work)
    job = jobs.start("test-fence", title="Fence", now=now)

    jobs.run(job.pk, now=now)

    job.refresh_from_db()
    assert (job.status, job.error) == ("running", "")


def test_job_that_runs_is_not_started_a_second_time(now: datetime) -> None:
    begun: list[int] = []

    def work(parameters: dict[str, str], progress: jobs.JobProgress) -> None:
        begun.append(1)
        jobs.run(job.pk, now=now)

    jobs.register("test-once", work)
    job = jobs.start("test-once", title="Once", now=now)

    jobs.run(job.pk, now=now)
    jobs.run(job.pk, now=now)

    assert begun == [1]


def test_job_of_an_unknown_kind_fails_with_a_sentence(now: datetime) -> None:
    job = jobs.start("test-nobody-knows", title="Unknown", now=now)

    jobs.run(job.pk, now=now)

    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "Something went wrong here.")
