"""Wake-up calls of the people desk."""

from ce_platform.core.queue import queue
from ce_platform.office.people import index


@queue.task()
def refresh_task(user_ids: list[int]) -> None:
    index.refresh(user_ids)
