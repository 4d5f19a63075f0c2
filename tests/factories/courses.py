from datetime import UTC, datetime
from decimal import Decimal

from factory import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from courses.models import Course, CourseVersion, Enrollment, Lesson, Module
from tests.factories.accounts import UserFactory

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


class CourseFactory(DjangoModelFactory[Course]):
    class Meta:
        model = Course

    slug = Sequence(lambda n: f"course-{n}")
    created_at = NOW


class VersionFactory(DjangoModelFactory[CourseVersion]):
    """A published version on sale; pass status="draft" for one that is not."""

    class Meta:
        model = CourseVersion

    course = SubFactory(CourseFactory)
    status = "published"
    title = Sequence(lambda n: f"Course {n}")
    credit_hours = Decimal("0.5")
    created_at = NOW
    published_at = NOW
    canonical_text = "{}"
    canonical_sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):  # type: ignore[no-untyped-def]
        if kwargs.get("status") in ("draft", "in-review"):
            kwargs |= {"published_at": None, "canonical_text": "", "canonical_sha256": ""}
        version = super()._create(model_class, *args, **kwargs)
        if version.status == "published" and version.course.on_sale_version_id is None:
            version.course.on_sale_version = version
            version.course.save(update_fields=["on_sale_version"])
        return version


class ModuleFactory(DjangoModelFactory[Module]):
    class Meta:
        model = Module

    version = SubFactory(VersionFactory)
    position = Sequence(lambda n: n + 1)
    slug = Sequence(lambda n: f"module-{n}")
    title = Sequence(lambda n: f"Module {n}")


class LessonFactory(DjangoModelFactory[Lesson]):
    class Meta:
        model = Lesson

    version = SelfAttribute("module.version")
    module = SubFactory(ModuleFactory)
    position = Sequence(lambda n: n + 1)
    slug = Sequence(lambda n: f"lesson-{n}")
    title = Sequence(lambda n: f"Lesson {n}")
    body = "Some text."
    body_html = "<p>Some text.</p>"


class EnrollmentFactory(DjangoModelFactory[Enrollment]):
    class Meta:
        model = Enrollment

    user = SubFactory(UserFactory)
    version = SubFactory(VersionFactory)
    course = SelfAttribute("version.course")
    started_at = NOW
    last_activity_at = NOW
