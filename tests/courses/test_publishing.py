from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core import verification
from ce_platform.core.models import AuditEvent, StoredFile
from ce_platform.core.text import canonical_json, sha256_text
from ce_platform.core.verification import Tally
from courses.domain.canonical import canonical_data, canonical_text_of
from courses.domain.counters import recount
from courses.domain.errors import NotReady, WrongState
from courses.domain.publishing import missing, publish_version, retire_version
from courses.domain.verification import check_versions
from courses.models import Course, CourseVersion, CreditHours, Lesson, PromoSnapshot
from courses.parts import CoursePart, Item
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.factories.courses import (
    ChartViewFactory,
    EnrollmentFactory,
    FigureFactory,
    GlossaryTermFactory,
    LessonFactory,
    ReferenceFactory,
    VersionFactory,
    publish,
    publishable,
)
from tests.factories.live import SessionFactory
from tests.factories.thaw import thawed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def test_publishing_freezes_seals_and_puts_on_sale(instructor: User) -> None:
    draft = publishable()

    version = publish_version(draft, by=instructor, now=NOW)

    stored = CourseVersion.objects.get()
    assert version == stored
    assert (stored.status, stored.published_at, stored.published_by_id) == (
        "published",
        NOW,
        instructor.pk,
    )
    assert stored.canonical_text == canonical_text_of(stored)
    assert stored.canonical_sha256 == sha256_text(stored.canonical_text)
    assert Course.objects.get().on_sale_version == stored
    assert AuditEvent.objects.get(action="version.published").actor_id == instructor.pk
    assert (stored.counted_words, stored.lesson_count) == (6_000, 1)


def test_publishing_twice_is_publishing_once() -> None:
    draft = publishable()
    publish(draft)
    publish(draft)

    assert PromoSnapshot.objects.count() == 1
    assert AuditEvent.objects.filter(action="version.published").count() == 1


def test_newer_version_retires_the_one_it_replaces() -> None:
    first = publish(publishable())
    second = publish(publishable(course=first.course, edition=2))

    first.refresh_from_db()
    assert (first.status, second.status) == ("retired", "published")
    assert Course.objects.get().on_sale_version == second


def test_retired_version_is_off_sale_and_stays_so() -> None:
    version = publish(publishable())

    retire_version(version, by=None, now=NOW)
    retire_version(version, by=None, now=NOW)

    assert Course.objects.get().on_sale_version is None
    assert AuditEvent.objects.filter(action="version.retired").count() == 1
    with pytest.raises(WrongState, match="This version is retired; it cannot become published"):
        publish(version)


def test_draft_cannot_be_retired() -> None:
    with pytest.raises(WrongState, match="This version is draft; it cannot become retired"):
        retire_version(publishable(), by=None, now=NOW)


def _no_lessons(version: CourseVersion) -> None:
    version.lessons.all().delete()


def _too_many(version: CourseVersion) -> None:
    CourseVersion.objects.filter(pk=version.pk).update(credit_hours=Decimal("1.0"))
    CreditHours.objects.update(credit_hours=Decimal("1.0"))


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (_no_lessons, {"no-lessons", "too-many-hours"}),
        (lambda version: version.lessons.update(body=" "), {"empty-lesson"}),
        (lambda version: version.objectives.all().delete(), {"no-objectives"}),
        (lambda version: version.authors.all().delete(), {"no-author"}),
        (lambda version: version.credits.all().delete(), {"hours-do-not-add-up"}),
        (lambda version: version.lessons.update(counted_words=5_999), {"too-many-hours"}),
        (_too_many, {"too-many-hours"}),
        (
            lambda version: CourseVersion.objects.update(summary="", credit_hours=0),
            {"no-summary", "no-hours", "hours-do-not-add-up"},
        ),
    ],
)
def test_what_is_missing_stops_publishing(
    spoil: Callable[[CourseVersion], Any], codes: set[str]
) -> None:
    version = publishable()
    spoil(version)
    version.refresh_from_db()

    with pytest.raises(NotReady) as error:
        publish(version)

    assert {item.code for item in error.value.items} == codes
    assert CourseVersion.objects.get().status == "draft"


@pytest.mark.parametrize("change", [{"credit_hours": Decimal("1.0")}, {"delivery": "live-class"}])
def test_a_revision_keeps_the_hours_of_its_edition(change: dict[str, Any]) -> None:
    """Bodies approved the edition: more hours are not a typing mistake."""
    first = publish(publishable())
    revision = publishable(course=first.course, revision=1)
    Lesson.objects.filter(version=revision).update(counted_words=12_000)
    CourseVersion.objects.filter(pk=revision.pk).update(**change)
    CreditHours.objects.filter(version=revision).update(
        credit_hours=change.get("credit_hours", Decimal("0.5"))
    )
    revision.refresh_from_db()
    for edition in (1, 2):
        SessionFactory(course=revision.course, edition=edition)

    with pytest.raises(NotReady) as error:
        publish(revision)

    assert [item.code for item in error.value.items] == ["not-a-revision"]

    CourseVersion.objects.filter(pk=revision.pk).update(edition=2, revision=0)
    revision.refresh_from_db()
    assert publish(revision).status == "published"


def test_a_picture_that_is_gone_is_a_finding(published: CourseVersion) -> None:
    figure = published.figures.get()
    smallest = figure.sizes[min(figure.sizes)]
    assert not list(check_versions(Tally()))
    lost = StoredFile.objects.filter(sha256=smallest)
    lost._raw_delete("default")  # type: ignore[attr-defined]

    assert [each.sentence for each in check_versions(Tally())] == [
        "a picture of it is not kept any more"
    ]


class Part(CoursePart):
    name = "part"

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.frozen: list[int] = []

    def missing(self, version: CourseVersion) -> list[Item]:
        return self.items

    def freeze(self, version: CourseVersion, *, now: datetime) -> None:
        self.frozen.append(version.pk)

    def canonical(self, version: CourseVersion) -> Any:
        return {"quizzes": [1, 2]}

    def question_count(self, version: CourseVersion) -> int:
        return 30

    def requirement_sentences(self, version: CourseVersion) -> list[str]:
        return ["Pass the quiz with 80 %"]


def test_parts_take_part_in_publishing(alone: list[CoursePart]) -> None:
    part = Part()
    alone.append(part)
    part.items = [Item("quiz-empty", "The quiz has no questions.")]
    draft = publishable()

    with pytest.raises(NotReady, match="The quiz has no questions"):
        publish(draft)
    part.items = []
    version = publish(draft)

    assert part.frozen == [version.pk]
    assert canonical_data(version)["parts"] == {"part": {"quizzes": [1, 2]}}
    assert version.question_count == 30
    assert "- Pass the quiz with 80 %" in PromoSnapshot.objects.get().text


def test_advice_keeps_nobody_from_publishing(alone: list[CoursePart]) -> None:
    part = Part()
    alone.append(part)
    part.items = [Item("untested-objective", "Nothing asks for O1.", is_blocking=False)]
    draft = publishable()
    draft.objectives.get().lessons.clear()

    items = missing(draft)

    assert [item.code for item in items if not item.is_blocking] == [
        "untaught-objective",
        "untested-objective",
    ]
    assert publish(draft).status == "published"


def test_every_item_leads_to_where_it_is_mended() -> None:
    draft = publishable(course__slug="face", summary="", credit_hours=Decimal("0.7"))
    lesson = draft.lessons.get()
    lesson.body = ""
    lesson.save()
    draft.authors.all().delete()
    draft.objectives.get().lessons.clear()
    draft.refresh_from_db()

    found = {item.code: item.url for item in missing(draft)}

    page = "/studio/face/course-page/"
    assert found == {
        "empty-lesson": f"/studio/face/lessons/{lesson.key}/",
        "untaught-objective": "/studio/face/matrix/",
        "no-author": f"{page}#authors",
        "no-summary": f"{page}#id_summary",
        "odd-hours": f"{page}#hours",
        "hours-do-not-add-up": f"{page}#hours",
        "too-many-hours": f"{page}#hours",
    }
    bare = VersionFactory(status="draft", course__slug="bare", credit_hours=0)
    assert {item.code: item.url for item in missing(bare)} == {
        "no-lessons": "/studio/bare/",
        "no-objectives": "/studio/bare/objectives/",
        "no-author": "/studio/bare/course-page/#authors",
        "no-hours": "/studio/bare/course-page/#hours",
    }


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("Fine.\n\nSo it is [supported].", ["line 3: the grade ‘supported’ names no reference."]),
        ("[@nobody]", ["line 1: there is no reference ‘nobody’."]),
        ("A [word](glossary:nothing)", ["line 1: there is no term in the glossary ‘nothing’."]),
        ("A\n\n![](figure:gone)", ["line 3: there is no figure ‘gone’."]),
        ("::: chart gone\n:::", ["line 1: there is no chart ‘gone’."]),
        (
            "::: chart face layers=points,flow view=back\n:::",
            [
                "line 1: the chart ‘face’ has no layer ‘flow’.",
                "line 1: the chart ‘face’ has no view ‘back’.",
            ],
        ),
        ("::: chart face layers=points view=front\n:::", []),
        ("::: claim C05 unsupported\nX\n:::", ["line 1: a claim names at least one reference"]),
        ("[@known] [w](glossary:known)\n\n![](figure:known)", []),
        (
            "\n\n".join(f"[@n{number}]" for number in range(7)),
            [
                *(f"line {2 * n + 1}: there is no reference ‘n{n}’." for n in range(5)),
                "has 2 more places to mend.",
            ],
        ),
    ],
)
def test_lesson_that_cannot_be_understood_is_not_published(body: str, sentences: list[str]) -> None:
    draft = publishable(course__slug="face")
    ReferenceFactory(version=draft, slug="known")
    GlossaryTermFactory(version=draft, slug="known")
    FigureFactory(version=draft, slug="known")
    ChartViewFactory(chart__version=draft, chart__slug="face", slug="front")
    draft.lessons.update(body=body, title="Points")
    CourseVersion.objects.update(counted_words=6_000)
    draft.refresh_from_db()

    items = [item for item in missing(draft) if item.code == "lesson-problem"]

    assert len(items) == len(sentences)
    for item, sentence in zip(items, sentences, strict=True):
        assert item.sentence.startswith("The lesson “Points”")
        assert sentence in item.sentence
        assert item.url == f"/studio/face/lessons/{draft.lessons.get().key}/"
    if items:
        with pytest.raises(NotReady):
            publish(draft)
    else:
        assert publish(draft).status == "published"


def test_figures_do_not_stand_on_the_course_page() -> None:
    draft = publishable(description="Look:\n\n![](figure:known)")
    FigureFactory(version=draft, slug="known")
    CourseVersion.objects.update(counted_words=6_000)
    draft.refresh_from_db()

    assert [(item.code, item.sentence) for item in missing(draft)] == [
        (
            "description-problem",
            "The description of the course, line 3: a figure cannot stand here.",
        )
    ]


def test_what_is_missing_costs_the_same_for_any_number_of_lessons() -> None:
    draft = publishable()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            missing(draft)
        counts.append(len(captured))
        for _ in range(20):
            LessonFactory(module=draft.modules.get(), body="[@nobody]")

    assert counts[0] == counts[1]


def test_ready_version_lacks_nothing() -> None:
    version = publishable()
    CourseVersion.objects.update(counted_words=6_000)
    version.refresh_from_db()

    assert [item for item in missing(version) if item.is_blocking] == []


# ---------------------------------------------------------------- canonical text


def test_canonical_text_says_everything(package: Package) -> None:
    version = package.load().version
    assert version is not None

    data = canonical_data(version)

    assert data["format"] == 1
    assert data["course"]["slug"] == "sample-course"
    assert data["credit_hours"] == "1"
    assert [each["title"] for each in data["modules"]] == ["The face", "The neck"]
    assert "[tradition: @who2008]" in data["modules"][0]["lessons"][0]["body"]
    assert data["modules"][0]["lessons"][0]["media_minutes"] == "30"
    assert data["figures"][0]["sha256"] == version.figures.get().file.sha256
    assert [point["code"] for point in data["charts"][0]["points"]] == ["ST3", "ST9"]
    assert data["references"][0]["doi"] == "10.1111/jhn.12286"
    assert canonical_text_of(version) == canonical_json(data)


def test_canonical_text_is_the_same_when_read_again(package: Package) -> None:
    draft = package.load().version
    assert draft is not None
    version = publish(draft)

    again = CourseVersion.objects.get(pk=version.pk)

    assert canonical_text_of(again) == version.canonical_text
    assert '"credit_hours":"1"' in version.canonical_text


def test_canonical_text_takes_a_constant_number_of_queries(
    package: Package, django_assert_num_queries: Any
) -> None:
    version = package.load().version
    assert version is not None
    version = CourseVersion.objects.select_related("course").get()

    with django_assert_num_queries(16):
        canonical_text_of(version)


def test_promo_text_is_what_the_course_page_says(package: Package) -> None:
    draft = package.load().version
    assert draft is not None
    publish(draft)

    promo = PromoSnapshot.objects.get()

    assert promo.sha256 == sha256_text(promo.text)
    for words in (
        "A sample course",
        "Home study, en-US, edition 1.0",
        "- O1 Find three points.",
        "- Ana Author, LMT. Writes for tests.",
        "- Ethics: 0.5",
        "- Claimed: 1 CE hour",
        "Cost\n- No charge.",
    ):
        assert words in promo.text


# ---------------------------------------------------------------- verification


def findings() -> list[str]:
    return [finding.sentence for finding in check_versions(Tally())]


@pytest.fixture
def published(package: Package) -> CourseVersion:
    draft = package.load().version
    assert draft is not None
    return publish(draft)


def test_verification_finds_nothing_in_an_untouched_version(published: CourseVersion) -> None:
    tally = Tally()

    assert list(check_versions(tally)) == []
    assert tally.count == 3


@pytest.mark.parametrize(
    ("table", "change", "sentence"),
    [
        (
            "courses_lesson",
            lambda: Lesson.objects.filter(slug="away").update(body="Press hard."),
            "its rows no longer say what its canonical text says",
        ),
        (
            "courses_courseversion",
            lambda: CourseVersion.objects.update(credit_hours=9),
            "its rows no longer say what its canonical text says",
        ),
        (
            "courses_courseversion",
            lambda: CourseVersion.objects.update(canonical_text="{}"),
            "its canonical text does not have its SHA-256",
        ),
        (
            "courses_promosnapshot",
            lambda: PromoSnapshot.objects.update(text="Free!"),
            "its text does not have its SHA-256",
        ),
    ],
)
def test_verification_finds_what_was_tampered_with(
    published: CourseVersion, table: str, change: Callable[[], int], sentence: str
) -> None:
    with thawed(table):
        assert change() == 1

    assert sentence in findings()


def test_verification_finds_html_that_differs_and_rendering_mends_it(
    published: CourseVersion,
) -> None:
    published.lessons.filter(slug="away").update(body_html="<p>Press hard.</p>")

    assert [sentence.split(";")[0] for sentence in findings()] == [
        f"body_html of lesson {published.lessons.get(slug='away').pk} is not what its text gives"
    ]
    call_command("render_lessons", stdout=StringIO())
    assert findings() == []


def test_command_verifies_everything_and_fails_on_a_finding(
    published: CourseVersion, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_records", "--only", "versions")
    assert "Everything agrees." in capsys.readouterr().out
    with thawed("courses_courseversion"):
        CourseVersion.objects.update(title="Other")

    with pytest.raises(CommandError, match="1 finding"):
        call_command("verify_records", "--only", "versions")


def test_missing_trigger_is_a_finding() -> None:
    with thawed("courses_lesson"), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER refuse_delete_courses_lesson ON courses_lesson")
            expected = ["refuse_delete_courses_lesson"]
        else:
            expected = [
                "refuse_delete_courses_lesson",
                "refuse_insert_courses_lesson",
                "refuse_update_courses_lesson",
            ]

        found = [finding.what for finding in verification.missing_triggers()]

    assert found == [f"trigger {name}" for name in expected]


# ---------------------------------------------------------------- counters


def test_recount_finds_no_drift_after_real_work(published: CourseVersion) -> None:
    EnrollmentFactory(version=published)
    Course.objects.update(enrollment_count=1)

    assert recount() == []


def test_recount_finds_and_mends_drift() -> None:
    enrollment = EnrollmentFactory(finished_lesson_count=3, seconds_on_task=7)
    LessonFactory(module__version=enrollment.version)

    drifts = [(drift.field, drift.stored, drift.counted) for drift in recount(fix=True)]

    assert drifts == [
        ("enrollment_count", 0, 1),
        ("finished_lesson_count", 3, 0),
        ("seconds_on_task", 7, 0),
    ]
    assert recount() == []


def test_recount_command_fails_on_drift(capsys: pytest.CaptureFixture[str]) -> None:
    EnrollmentFactory()

    with pytest.raises(CommandError, match="1 wrong; run again with --fix"):
        call_command("recount")
    call_command("recount", "--fix")
    call_command("recount")

    assert capsys.readouterr().out.endswith("1 set right.\nNo drift.\n")


def test_factory_gives_a_published_version_on_sale() -> None:
    version = VersionFactory()

    assert version.course.on_sale_version == version
