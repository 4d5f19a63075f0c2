"""A package comes in while somebody writes in the studio."""

from threading import Event

import pytest
from django.db import connection, transaction

from ce_platform.accounts.models import User
from courses.domain import lessons, objectives
from courses.domain.drafting import locked_draft
from courses.domain.errors import LessonMoved
from courses.domain.locking import locked_course
from courses.domain.uploading import begin_upload
from courses.models import Course, CourseVersion, Upload
from courses.package import importing
from courses.package.importing import CourseMoved
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.courses.test_concurrency import together
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]


@pytest.fixture
def author() -> User:
    return UserFactory()


@pytest.fixture
def draft(package: Package) -> CourseVersion:
    version = package.load().version
    assert version is not None
    package.replace("01-face/01-points.md", "# ", "# New ")
    return version


def test_import_waits_for_a_save_that_names_the_course(
    package: Package, draft: CourseVersion, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import has the course and waits for the version; the save has the version, and its new
    row names the course."""
    has_version, has_course = Event(), Event()

    def lock_and_tell(pk: int) -> Course:
        course = locked_course(pk)
        has_course.set()
        return course

    monkeypatch.setattr(importing, "locked_course", lock_and_tell)

    def save() -> str:
        with transaction.atomic():
            version = locked_draft(draft)
            has_version.set()
            # SQLite lets nobody else begin before this one is done.
            if connection.vendor == "postgresql":
                assert has_course.wait(10)
            begin_upload(
                version, file_name="a.mp4", size_bytes=1, fingerprint="", by=author, now=NOW
            )
        return "saved"

    def bring_in() -> str:
        assert has_version.wait(10)
        return package.load().outcome

    assert together(save, bring_in) == ["saved", "This rewrote the draft of edition 1.0."]
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_import_and_saves_at_once_end_without_an_error(
    package: Package, draft: CourseVersion, author: User, _round: int
) -> None:
    lesson = draft.lessons.order_by("position").first()
    objective = draft.objectives.first()
    assert lesson is not None
    assert objective is not None

    def write() -> None:
        lessons.save_lesson(
            draft, lesson.key, title="Mine", body="Mine.", based_on=0, by=author, now=NOW
        )

    def reword() -> None:
        objectives.save_objective(draft, objective.key, text="Mine.", by=author, now=NOW)

    found = together(write, lambda: package.load().outcome, reword)

    # Whoever comes later may be told that something moved; nobody gets an error page.
    assert [
        each
        for each in found
        if isinstance(each, Exception) and not isinstance(each, LessonMoved | CourseMoved)
    ] == []
