"""Wake-up calls of certificates. The rows say what is to be done."""

from django.utils import timezone

from ce_platform.core.queue import queue
from certificates.domain.documents import make_document


@queue.task()
def make_document_task(certificate_id: int) -> None:
    make_document(certificate_id, now=timezone.now())
