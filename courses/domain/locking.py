"""The order of locks: a course before its version, a version before what is in it."""

from courses.models import Course


def locked_course(pk: int) -> Course:
    """One at a time for what concerns the course as a whole: enrolling, publishing, importing.

    Without its key: a draft is written with the lock of the version alone, and a new question or
    upload names the course. It must not wait for somebody who holds the course and waits for the
    version.
    """
    return Course.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
