"""Work whose worker is killed in the middle, within one process.

What `finally` and `except` would tidy up after a real kill -9 does not happen there, so what tests
here is that the next worker finds its way: `tests/crash` kills real ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from ce_platform.core import jobs, keeping
from ce_platform.core.models import BackgroundJob


class Killed(BaseException):
    """Nothing catches it."""


@contextmanager
def killed(owner: Any, name: str, *, call: int = 1, before: bool = False) -> Iterator[None]:
    """The process dies right after (or before) so many calls of a function; a test in which it
    does not die fails."""
    real, calls = getattr(owner, name), []

    def dies(*args: Any, **values: Any) -> Any:
        calls.append(name)
        if len(calls) == call and before:
            raise Killed
        found = real(*args, **values)
        if len(calls) == call:
            raise Killed
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, name, dies)
        # Nobody tidies up after a kill.
        patched.setattr(keeping, "discard", lambda row, sha256: None)
        with pytest.raises(Killed):
            yield
    assert len(calls) == call


def next_worker(job_id: int | None, *, now: datetime) -> BackgroundJob:
    """The lease of the dead one is over, and the sweep finds its job."""
    BackgroundJob.objects.filter(pk=job_id, status="running").update(lease_until=now)
    jobs.sweep_jobs(now + timedelta(seconds=1))
    job = BackgroundJob.objects.get(pk=job_id)
    assert (job.status, job.error, job.start_count) == ("done", "", 2)
    return job
