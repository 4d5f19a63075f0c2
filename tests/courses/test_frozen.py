"""The database refuses every write in a published version, whoever tries."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction

from ce_platform.core import triggers
from courses.domain.evaluation import AGREEMENTS, submit_evaluation
from courses.domain.progress import finish_lesson
from courses.models import (
    Chart,
    ChartPoint,
    ChartView,
    Course,
    CourseAuthor,
    CourseVersion,
    CreditHours,
    Enrollment,
    Evaluation,
    Figure,
    GlossaryTerm,
    InstructorSnapshot,
    Lesson,
    LessonProgress,
    Module,
    Objective,
    PromoSnapshot,
    Reference,
    Subject,
)
from courses.refusals import REFUSALS, RENDERED
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.factories.accounts import UserFactory
from tests.factories.courses import EnrollmentFactory, LessonFactory, VersionFactory, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]

CHILDREN = [
    Module,
    Lesson,
    Figure,
    Chart,
    ChartView,
    ChartPoint,
    Objective,
    Reference,
    GlossaryTerm,
    CreditHours,
    CourseAuthor,
]


@pytest.fixture(params=["published", "retired"])
def frozen(request: pytest.FixtureRequest, package: Package) -> CourseVersion:
    draft = package.load().version
    assert draft is not None
    version = publish(draft)
    if request.param == "retired":
        CourseVersion.objects.filter(pk=version.pk).update(status="retired")
        version.refresh_from_db()
    return version


def refused(
    write: Callable[[], object], sentence: str = "A published version is never changed"
) -> None:
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        write()


def other(field: models.Field[Any, Any], value: Any) -> Any:
    """A value of the same kind that differs."""
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return "2001-01-01T00:00:00Z"
    if isinstance(field, models.UUIDField):
        return "00000000-0000-4000-8000-000000000000"
    if isinstance(field, (models.CharField, models.TextField)):
        return f"{value}x"[-(field.max_length or 1_000_000) :]
    if field.name == "difficulty":
        return 1 if value != 1 else 2
    return (value or 0) + 1


def test_no_column_can_be_changed(frozen: CourseVersion) -> None:
    for model in (CourseVersion, *CHILDREN, PromoSnapshot, InstructorSnapshot):
        allowed = {"status", "id", *RENDERED.get(model._meta.db_table, ())}
        fields = [
            field
            for field in model._meta.concrete_fields
            if field.name not in allowed and not isinstance(field, models.ForeignKey)
        ]
        assert fields
        row = first(model)

        for field in fields:
            value = other(field, getattr(row, field.attname))
            rows = model._default_manager.filter(pk=row.pk)
            assert is_refused(rows, field.name, value), f"{model.__name__}.{field.name}"


def test_nothing_can_be_taken_away(frozen: CourseVersion) -> None:
    for model in CHILDREN:
        rows = model._default_manager.filter(pk=first(model).pk)

        refused(lambda rows=rows: rows._raw_delete("default"))  # type: ignore[misc]


def test_nothing_can_be_added(frozen: CourseVersion) -> None:
    for model in CHILDREN:
        row = first(model)
        row.pk = None
        row._state.adding = True
        for field in ("key", "slug", "code", "category"):
            if hasattr(row, field):
                setattr(row, field, other(model._meta.get_field(field), getattr(row, field)))

        refused(row.save)


def is_refused(rows: "models.QuerySet[Any]", name: str, value: Any) -> bool:
    try:
        with transaction.atomic():
            rows.update(**{name: value})
    except IntegrityError:
        return True
    return False


def first(model: type[models.Model]) -> Any:
    row = model._default_manager.first()
    assert row is not None
    return row


def test_lists_between_rows_cannot_change(frozen: CourseVersion) -> None:
    lesson = frozen.lessons.get(slug="points")
    objective = frozen.objectives.get(code="O2")

    refused(lambda: lesson.objectives.add(objective))
    refused(lambda: lesson.objectives.clear())
    refused(lambda: frozen.subjects.add(Subject.objects.create(slug="x", name="x")))
    refused(lambda: frozen.subjects.clear())


def test_version_cannot_be_deleted(frozen: CourseVersion) -> None:
    refused(
        lambda: CourseVersion.objects.filter(pk=frozen.pk)._raw_delete("default"),  # type: ignore[attr-defined]
        "never deleted",
    )


@pytest.mark.parametrize("status", ["draft", "in-review"])
def test_version_cannot_become_a_draft_again(frozen: CourseVersion, status: str) -> None:
    refused(
        lambda: CourseVersion.objects.filter(pk=frozen.pk).update(status=status),
        "can only be retired|version_published_is_frozen",
    )


def test_retired_version_cannot_be_published_again(frozen: CourseVersion) -> None:
    CourseVersion.objects.filter(pk=frozen.pk).update(status="retired")

    refused(
        lambda: CourseVersion.objects.filter(pk=frozen.pk).update(status="published"),
        "can only be retired",
    )


def test_row_of_a_draft_cannot_be_moved_into_a_published_version(
    frozen: CourseVersion, package: Package
) -> None:
    draft = package.replace("course.toml", "A small", "A short").load().version
    assert draft is not None
    module = draft.modules.first()
    assert module is not None

    refused(lambda: Module.objects.filter(pk=module.pk).update(version=frozen, slug="x"))


def test_rendered_html_may_be_made_again(frozen: CourseVersion) -> None:
    assert frozen.lessons.update(body_html="<p>x</p>") == 3
    assert CourseVersion.objects.filter(pk=frozen.pk).update(description_html="x") == 1


def test_kept_course_page_cannot_be_deleted(frozen: CourseVersion) -> None:
    refused(
        lambda: PromoSnapshot.objects.all()._raw_delete("default"),  # type: ignore[attr-defined]
        "never deleted",
    )


def test_draft_can_be_changed_and_thrown_away(package: Package) -> None:
    version = package.load().version
    assert version is not None

    CourseVersion.objects.filter(pk=version.pk).update(title="Other")
    version.lessons.update(title="Other")
    version.lessons.all().delete()

    assert not version.lessons.exists()


def test_every_trigger_is_in_the_database() -> None:
    assert triggers.missing(connection, REFUSALS) == []


# -------------------------------------------------------------------------- what versions share


def test_subject_of_a_published_version_keeps_its_name(frozen: CourseVersion, client_of) -> None:
    """It is part of what the version says, and it is printed on certificates."""
    subject = frozen.subjects.first()
    assert subject is not None
    rows = Subject.objects.filter(pk=subject.pk)
    operator = UserFactory(is_staff=True, is_superuser=True)

    refused(lambda: rows.update(name="Other"))
    refused(lambda: rows._raw_delete("default"))  # type: ignore[attr-defined]
    page = f"/operator/courses/subject/{subject.pk}/change/"
    assert client_of(operator).post(page, {"slug": "x", "name": "Other"}).status_code == 403
    assert client_of(operator).get(page).status_code == 200

    unused = Subject.objects.create(slug="unused", name="Unused")
    Subject.objects.filter(pk=unused.pk).update(name="Renamed")
    unused.delete()


@pytest.mark.parametrize("change", [{"slug": "other"}, {"key": uuid4()}])
def test_course_of_a_published_version_keeps_its_name(
    frozen: CourseVersion, change: dict[str, Any]
) -> None:
    refused(lambda: Course.objects.filter(pk=frozen.course_id).update(**change))

    Course.objects.filter(pk=frozen.course_id).update(enrollment_count=5)


# ------------------------------------------------------------------------------- completions


@pytest.fixture
def completed() -> Enrollment:
    lesson = LessonFactory()
    enrollment = EnrollmentFactory(version=lesson.version)
    finish_lesson(enrollment, lesson, now=NOW)
    submit_evaluation(
        enrollment.pk,
        answers={**dict.fromkeys(AGREEMENTS, 5), "minutes_taken": 5},
        by=enrollment.user,
        now=NOW,
    )
    enrollment.refresh_from_db()
    assert enrollment.status == "completed"
    return enrollment


def test_completion_is_never_rewritten(completed: Enrollment) -> None:
    rows = Enrollment.objects.filter(pk=completed.pk)
    other_version = VersionFactory(course=completed.course, edition=2)
    kept = "keeps the record as it is|completed_has_date|stays with its person"
    for change in (
        {"completed_on": date(2026, 1, 1)},
        {"completed_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"completed_zone": "UTC"},
        {"version": other_version},
        {"user": UserFactory()},
        {"course": VersionFactory().course},
        {"started_at": datetime(2025, 1, 1, tzinfo=UTC)},
        {"uid": uuid4()},
        {
            "status": "open",
            "completed_at": None,
            "completed_on": None,
            "completed_zone": "",
        },
    ):
        refused(lambda change=change: rows.update(**change), kept)  # type: ignore[misc]

    rows.update(last_activity_at=datetime(2026, 12, 1, tzinfo=UTC))


def test_completion_is_never_deleted(completed: Enrollment) -> None:
    for rows in (
        LessonProgress.objects.filter(enrollment=completed),
        Evaluation.objects.filter(enrollment=completed),
        Enrollment.objects.filter(pk=completed.pk),
    ):
        refused(lambda rows=rows: rows._raw_delete("default"), "keeps the record as it is")  # type: ignore[misc]


def test_what_a_completion_rests_on_is_never_rewritten(completed: Enrollment) -> None:
    refused(
        lambda: LessonProgress.objects.filter(enrollment=completed).update(finished_at=None),
        "keeps the record as it is",
    )
    refused(
        lambda: Evaluation.objects.filter(enrollment=completed).update(objectives_met=1),
        "An evaluation is never changed",
    )


def test_open_enrollment_stays_with_its_person_and_moves_on() -> None:
    enrollment = EnrollmentFactory()
    rows = Enrollment.objects.filter(pk=enrollment.pk)

    refused(lambda: rows.update(user=UserFactory()), "stays with its person")
    rows.update(status="withdrawn", seconds_on_task=9)
    rows.update(version=VersionFactory(course=enrollment.course, edition=2))
