from datetime import datetime, timedelta

import pytest
from django.db import transaction

from ce_platform.core import jobs
from ce_platform.core.errors import DomainError
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
        BackgroundJob.objects.filter(pk=job.pk).update(start_count=2)
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


def test_report_in_a_transaction_that_is_taken_back_does_not_lose_the_job(now: datetime) -> None:
    """Refused in its last transaction: the job ends with the sentence, and not at work for ever."""

    def work(parameters: dict[str, str], progress: jobs.JobProgress) -> None:
        progress.total(2)
        with transaction.atomic():
            progress.advance()
            raise DomainError("This cannot be.")

    jobs.register("test-back", work)
    job = jobs.start("test-back", title="Taken back", now=now)

    jobs.run(job.pk, now=now)

    job.refresh_from_db()
    assert (job.status, job.error, job.done_count) == ("failed", "This cannot be.", 0)


def test_job_that_kills_its_worker_each_time_is_given_up(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[int] = []

    class Killed(BaseException):
        pass

    def work(parameters: dict[str, str], progress: jobs.JobProgress) -> None:
        begun.append(1)
        raise Killed

    jobs.register("test-deadly", work)
    job = jobs.start("test-deadly", title="Deadly", now=now)
    for number in range(jobs.MOST_STARTS):
        with pytest.raises(Killed):
            jobs.run(job.pk, now=now + 2 * number * jobs.LEASE)

    assert jobs.sweep_jobs(now + timedelta(days=1)) == 1
    assert jobs.sweep_jobs(now + timedelta(days=2)) == 0

    job.refresh_from_db()
    assert (job.status, job.error, len(begun)) == ("failed", jobs.CUT_OFF, jobs.MOST_STARTS)
    assert str(job.uid) in caplog.text
