"""The database refuses every write in a published version, whoever tries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from ce_platform.core import triggers
from courses.models import (
    Chart,
    ChartPoint,
    ChartView,
    CourseAuthor,
    CourseVersion,
    CreditHours,
    Figure,
    GlossaryTerm,
    Lesson,
    Module,
    Objective,
    PromoSnapshot,
    Reference,
    Subject,
)
from courses.refusals import REFUSALS, RENDERED
from tests.courses.conftest import Package
from tests.factories.courses import publish

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
    for model in (CourseVersion, *CHILDREN, PromoSnapshot):
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
