"""Wake-up calls of the core app."""

from threading import Lock

from django.utils import timezone
from huey import crontab

from ce_platform.core import jobs, mail, sweep
from ce_platform.core.queue import queue

_sweeping = Lock()


@queue.task()
def send_mail_task(mail_id: int) -> None:
    mail.send_mail_row(mail_id, now=timezone.now())


@queue.task()
def run_job_task(job_id: int) -> None:
    jobs.run(job_id, now=timezone.now())


@queue.periodic_task(crontab(minute="*"))
def sweep_task() -> None:
    """One sweep per process at a time; another host's may run beside it.

    The lock is in memory: one that is kept in the queue outlives a worker that was killed while
    it held it, and no sweep would ever run again.
    """
    if not _sweeping.acquire(blocking=False):
        return
    try:
        sweep.run()
    finally:
        _sweeping.release()
