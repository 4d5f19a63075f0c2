from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from factory import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from courses.domain.publishing import publish_version
from courses.models import (
    Chart,
    ChartPoint,
    ChartView,
    Course,
    CourseAuthor,
    CourseVersion,
    CreditHours,
    Enrollment,
    Figure,
    GlossaryTerm,
    Handout,
    Lesson,
    Module,
    Objective,
    Recording,
    Reference,
)
from tests.factories.accounts import UserFactory
from tests.factories.thaw import thawed

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
EMPTY_SHA256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


class CourseFactory(DjangoModelFactory[Course]):
    class Meta:
        model = Course

    slug = Sequence(lambda n: f"course-{n}")
    created_at = NOW


class VersionFactory(DjangoModelFactory[CourseVersion]):
    """A published version on sale; pass status="draft" for one that is not.

    The other factories may still add to it, in any order, although the database refuses that
    to everybody else. For a version published for real use `publishable` and `publish`.
    """

    class Meta:
        model = CourseVersion

    course = SubFactory(CourseFactory)
    status = "published"
    title = Sequence(lambda n: f"Course {n}")
    summary = "What the course is about."
    credit_hours = Decimal("0.5")
    created_at = NOW
    published_at = NOW
    canonical_text = "{}"
    canonical_sha256 = EMPTY_SHA256

    @classmethod
    def _create(cls, model_class, *args, **kwargs):  # type: ignore[no-untyped-def]
        if kwargs.get("status") in ("draft", "in-review"):
            kwargs |= {"published_at": None, "canonical_text": "", "canonical_sha256": ""}
        version = super()._create(model_class, *args, **kwargs)
        if version.status == "published" and version.course.on_sale_version_id is None:
            version.course.on_sale_version = version
            version.course.save(update_fields=["on_sale_version"])
        return version


class _ChildFactory(DjangoModelFactory[Any]):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):  # type: ignore[no-untyped-def]
        with thawed(model_class._meta.db_table):
            return super()._create(model_class, *args, **kwargs)


class ModuleFactory(_ChildFactory):
    class Meta:
        model = Module

    version = SubFactory(VersionFactory)
    position = Sequence(lambda n: n + 1)
    slug = Sequence(lambda n: f"module-{n}")
    title = Sequence(lambda n: f"Module {n}")


class LessonFactory(_ChildFactory):
    class Meta:
        model = Lesson

    version = SelfAttribute("module.version")
    module = SubFactory(ModuleFactory)
    position = Sequence(lambda n: n + 1)
    slug = Sequence(lambda n: f"lesson-{n}")
    title = Sequence(lambda n: f"Lesson {n}")
    body = "Some text."
    body_html = "<p>Some text.</p>"


class ObjectiveFactory(_ChildFactory):
    class Meta:
        model = Objective

    version = SubFactory(VersionFactory)
    position = Sequence(lambda n: n + 1)
    code = Sequence(lambda n: f"O{n}")
    text = "Find the points of the face."


class CreditHoursFactory(_ChildFactory):
    class Meta:
        model = CreditHours

    version = SubFactory(VersionFactory)
    position = 1
    category = Sequence(lambda n: f"Category {n}")
    credit_hours = Decimal("0.5")


class CourseAuthorFactory(_ChildFactory):
    class Meta:
        model = CourseAuthor

    version = SubFactory(VersionFactory)
    position = 1
    name = "Ana Author"
    credentials = "LMT"


class ReferenceFactory(_ChildFactory):
    class Meta:
        model = Reference

    version = SubFactory(VersionFactory)
    position = Sequence(lambda n: n + 1)
    slug = Sequence(lambda n: f"source{n}")
    text = Sequence(lambda n: f"Somebody. 2020. Source {n}.")


class GlossaryTermFactory(_ChildFactory):
    class Meta:
        model = GlossaryTerm

    version = SubFactory(VersionFactory)
    slug = Sequence(lambda n: f"term-{n}")
    term = Sequence(lambda n: f"Term {n}")
    definition = "What it means."


def stored_file(content: bytes = b"file", content_type: str = "image/png") -> StoredFile:
    return store_bytes(
        content, area=StoredFile.Area.COURSE_MEDIA, content_type=content_type, now=NOW
    )


class FigureFactory(_ChildFactory):
    class Meta:
        model = Figure

    version = SubFactory(VersionFactory)
    slug = Sequence(lambda n: f"figure-{n}")
    alt = "What the picture shows."
    credit = "Own drawing"
    width = 480
    height = 320
    file = LazyAttribute(lambda _: stored_file())
    sizes_json = LazyAttribute(lambda each: f'{{"480":"{each.file.sha256}"}}')


class RecordingFactory(_ChildFactory):
    """Two minutes of film that lack nothing."""

    class Meta:
        model = Recording

    version = SubFactory(VersionFactory)
    slug = Sequence(lambda n: f"recording-{n}")
    kind = "video"
    title = Sequence(lambda n: f"Recording {n}")
    file = LazyAttribute(lambda _: stored_file(b"0123456789" * 10, "video/mp4"))
    duration_ms = 120_000
    width = 320
    height = 180
    poster = LazyAttribute(lambda _: stored_file(b"poster", "image/webp"))
    captions = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nSlow, light strokes.\n"
    captions_language = "en-US"
    transcript = "Slow, light strokes."
    credit = "Ana Author"


class HandoutFactory(_ChildFactory):
    class Meta:
        model = Handout

    version = SubFactory(VersionFactory)
    slug = Sequence(lambda n: f"handout-{n}")
    title = Sequence(lambda n: f"Handout {n}")
    file = LazyAttribute(lambda _: stored_file(b"%PDF-1.7 sheet %%EOF", "application/pdf"))
    file_name = LazyAttribute(lambda each: f"{each.slug}.pdf")
    credit = "Ana Author"


class ChartFactory(_ChildFactory):
    """With one layer `points`; add a view and points."""

    class Meta:
        model = Chart

    version = SubFactory(VersionFactory)
    slug = Sequence(lambda n: f"chart-{n}")
    title = "Points"
    description = "Points on a face."
    layers_json = '[{"id":"points","kind":"points","on":true,"title":"Points"}]'


class ChartViewFactory(_ChildFactory):
    class Meta:
        model = ChartView

    chart = SubFactory(ChartFactory)
    position = 1
    slug = "front"
    title = "Front"
    drawing = LazyAttribute(lambda _: stored_file(b"<svg/>", "image/svg+xml"))
    width = 1000
    height = 1200
    crop_width = 1000
    crop_height = 1200


class ChartPointFactory(_ChildFactory):
    class Meta:
        model = ChartPoint

    chart = SubFactory(ChartFactory)
    version = SelfAttribute("chart.version")
    position = Sequence(lambda n: n + 1)
    code = Sequence(lambda n: f"ST{n}")
    name = "Juliao"
    layer = "points"
    place = "Under the pupil."
    at_json = '[{"label":"e","view":"front","x":600,"y":500}]'


class EnrollmentFactory(DjangoModelFactory[Enrollment]):
    class Meta:
        model = Enrollment

    user = SubFactory(UserFactory)
    version = SubFactory(VersionFactory)
    course = SelfAttribute("version.course")
    started_at = NOW
    last_activity_at = NOW


def publishable(**kwargs: Any) -> CourseVersion:
    """A draft that lacks nothing of what courses itself asks for: one lesson, half an hour."""
    version: CourseVersion = VersionFactory(status="draft", **kwargs)
    lesson = LessonFactory(module__version=version, counted_words=6_000)
    lesson.objectives.add(ObjectiveFactory(version=version))
    CreditHoursFactory(version=version)
    CourseAuthorFactory(version=version)
    return version


def publish(version: CourseVersion) -> CourseVersion:
    """Publish for real: frozen, sealed, on sale."""
    return publish_version(version, by=None, now=NOW)
