"""Publishing and retiring a version. Nobody else assigns the status of a version."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import fold, sha256_text
from courses.domain.canonical import canonical_text_of
from courses.domain.errors import NotReady, WrongState
from courses.domain.media_time import count_media
from courses.domain.missing_media import missing_of_recordings
from courses.domain.promo import promo_text
from courses.hours import worksheet_of
from courses.models import Course, CourseVersion, Figure, Lesson, Objective, PromoSnapshot
from courses.parts import Item, parts

Status = CourseVersion.Status


def missing(version: CourseVersion) -> list[Item]:
    """What is missing before this version may be published, the parts' share included."""
    items = []
    lessons = list(Lesson.objects.filter(version=version).only("id", "title", "body_html"))
    if not lessons:
        items.append(Item("no-lessons", "The course has no lessons."))
    items += [
        Item("empty-lesson", f"The lesson “{lesson.title}” is empty.")
        for lesson in lessons
        if not lesson.body_html.strip()
    ]
    if not Objective.objects.filter(version=version).exists():
        items.append(Item("no-objectives", "The course has no learning objectives."))
    if not version.authors.exists():
        items.append(Item("no-author", "The course names no author."))
    if not version.summary:
        items.append(Item("no-summary", "The course has no summary for the catalogue."))
    if Figure.objects.filter(version=version, alt="").exists():
        items.append(Item("no-alt", "A figure has no alternative text."))
    items += missing_of_recordings(version)
    items += _missing_hours(version)
    for part in parts():
        items += part.missing(version)
    return items


def _missing_hours(version: CourseVersion) -> list[Item]:
    items = []
    if version.credit_hours <= 0:
        items.append(Item("no-hours", "The course claims no credit hours."))
    if version.credit_hours * 2 != int(version.credit_hours * 2):
        items.append(Item("odd-hours", "Credit hours come in whole or half hours."))
    by_category = sum((row.credit_hours for row in version.credits.all()), Decimal(0))
    if by_category != version.credit_hours:
        items.append(
            Item("hours-do-not-add-up", "The hours per category do not add up to the claim.")
        )
    items += _not_a_revision(version)
    worksheet = worksheet_of(version)
    if not worksheet.is_within:
        items.append(
            Item(
                "too-many-hours",
                f"The course claims {version.credit_hours} hours; {worksheet.words:,} counted "
                f"words and {worksheet.media_minutes} minutes allow {worksheet.claimable}.",
            )
        )
    return items


def _not_a_revision(version: CourseVersion) -> list[Item]:
    """Bodies approve an edition: what they were told of it is the same in every revision."""
    earlier = (
        CourseVersion.objects.filter(
            course=version.course_id,
            edition=version.edition,
            status__in=[Status.PUBLISHED, Status.RETIRED],
        )
        .exclude(pk=version.pk)
        .only("credit_hours", "delivery")
        .order_by("-revision")
        .first()
    )
    if earlier is None or (earlier.credit_hours, earlier.delivery) == (
        version.credit_hours,
        version.delivery,
    ):
        return []
    return [
        Item(
            "not-a-revision",
            "A revision has the hours and the kind of delivery of its edition. Import this as a "
            "new edition.",
        )
    ]


@transaction.atomic
def publish_version(version: CourseVersion, *, by: User | None, now: datetime) -> CourseVersion:
    """Freeze a version and put it on sale; the version it replaces is retired.

    Publishing what is published already changes nothing. `by=None`: the platform itself (a
    command). Errors: WrongState, NotReady.
    """
    course = Course.objects.select_for_update(of=("self",)).get(pk=version.course_id)
    version = CourseVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status == Status.PUBLISHED:
        return version
    _move(version, Status.PUBLISHED)
    refresh_figures(version)
    items = missing(version)
    if items:
        raise NotReady(items)
    for part in parts():
        part.freeze(version, now=now)
    version.canonical_text = canonical_text_of(version)
    version.canonical_sha256 = sha256_text(version.canonical_text)
    version.published_at = now
    version.published_by_id = by.pk if by is not None else None
    version.save()
    text = promo_text(version)
    PromoSnapshot.objects.create(version=version, taken_at=now, text=text, sha256=sha256_text(text))
    before = course.on_sale_version
    course.on_sale_version = version
    course.save(update_fields=["on_sale_version"])
    if before is not None and before.status == Status.PUBLISHED:
        _move(before, Status.RETIRED)
        before.save(update_fields=["status"])
    audit.record(
        "version.published",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        course=course.slug,
        label=version.label,
        sha256=version.canonical_sha256,
    )
    return version


@transaction.atomic
def retire_version(version: CourseVersion, *, by: User | None, now: datetime) -> CourseVersion:
    """Take a published version off sale. Its learners go on. Errors: WrongState."""
    course = Course.objects.select_for_update(of=("self",)).get(pk=version.course_id)
    version = CourseVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status == Status.RETIRED:
        return version
    _move(version, Status.RETIRED)
    version.save(update_fields=["status"])
    if course.on_sale_version_id == version.pk:
        course.on_sale_version = None
        course.save(update_fields=["on_sale_version"])
    audit.record(
        "version.retired",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        course=course.slug,
        label=version.label,
    )
    return version


def back_to_draft(version: CourseVersion) -> CourseVersion:
    """Take a version out of review because its text changes. Errors: WrongState."""
    if version.status != Status.DRAFT:
        _move(version, Status.DRAFT)
        version.save(update_fields=["status"])
    return version


def refresh_figures(version: CourseVersion) -> None:
    """Count what the worksheet and the lists show of a draft, and save it."""
    count_media(version)
    lessons = Lesson.objects.filter(version=version).values_list("counted_words", "media_minutes")
    version.lesson_count = len(lessons)
    version.counted_words = sum(words for words, _ in lessons)
    version.media_minutes = sum((minutes for _, minutes in lessons), Decimal(0))
    version.question_count = sum(part.question_count(version) for part in parts())
    version.search_text = fold(" ".join(_searched(version)))
    version.save(
        update_fields=[
            "lesson_count",
            "counted_words",
            "media_minutes",
            "question_count",
            "search_text",
        ]
    )


def _searched(version: CourseVersion) -> Sequence[str]:
    """What the catalogue's search looks at; the body of lessons is not for sale by the word."""
    return [
        version.title,
        version.subtitle,
        version.summary,
        *version.subjects.values_list("name", flat=True),
        *version.modules.values_list("title", flat=True),
        *version.lessons.values_list("title", flat=True),
        *version.authors.values_list("name", flat=True),
    ]


def _move(version: CourseVersion, status: str) -> None:
    if status not in CourseVersion.MOVES[version.status]:
        raise WrongState(
            f"This version is {version.get_status_display().lower()}; it cannot become {status}."
        )
    version.status = status
