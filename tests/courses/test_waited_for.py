"""What a write finds that had to wait for the row it needs."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from courses.domain.completion import lock_enrollment
from courses.models import Enrollment
from tests.factories.courses import EnrollmentFactory, VersionFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="Only there rows are waited for."),
]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


def test_an_enrollment_that_moved_meanwhile_is_found_where_it_is_now() -> None:
    """PostgreSQL reads the row anew after waiting, but what is joined to it as it was before."""
    enrollment = EnrollmentFactory()
    newer = VersionFactory(course=enrollment.course, edition=2)
    held = Event()

    def wait() -> int:
        try:
            held.wait(10)
            with transaction.atomic():
                return lock_enrollment(enrollment.pk).version.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(wait)
        with transaction.atomic():
            lock_enrollment(enrollment.pk)
            Enrollment.objects.filter(pk=enrollment.pk).update(version=newer)
            held.set()
            while not somebody_waits():
                time.sleep(0.01)

    assert found.result() == newer.pk
