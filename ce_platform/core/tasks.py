"""Wake-up calls of the core app."""

from django.utils import timezone
from huey import crontab

from ce_platform.core import jobs, mail, sweep
from ce_platform.core.queue import queue


@queue.task()
def send_mail_task(mail_id: int) -> None:
    mail.send_mail_row(mail_id, now=timezone.now())


@queue.task()
def run_job_task(job_id: int) -> None:
    jobs.run(job_id, now=timezone.now())


@queue.periodic_task(crontab(minute="*"))
@queue.lock_task("sweep")
def sweep_task() -> None:
    sweep.run()
