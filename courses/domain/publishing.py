"""Publishing and retiring a version. Nobody else assigns the status of a version."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import fold, sha256_text
from courses.domain.canonical import canonical_text_of
from courses.domain.chart_values import unfinished_charts
from courses.domain.errors import NotReady, WrongState
from courses.domain.instructing import keep_instructors, missing_of_instructors
from courses.domain.locking import locked_course
from courses.domain.media_time import count_media
from courses.domain.missing_media import missing_of_recordings
from courses.domain.promo import promo_text
from courses.domain.rendered import render_version
from courses.domain.using import lesson_url, names_in, text_problems
from courses.domain.wording import missing_of_wording, wording_of
from courses.hours import HoursWorksheet, worksheet_of
from courses.markdown import Problem
from courses.models import Course, CourseVersion, Lesson, Objective, PromoSnapshot
from courses.parts import Item, parts

Status = CourseVersion.Status
# The course page has no place for figures and charts.
ON_THE_COURSE_PAGE: Final = frozenset({"reference", "glossary"})
MOST_PROBLEMS_TOLD: Final = 5


def missing(version: CourseVersion) -> list[Item]:
    """What is missing before this version may be published, the parts' share included.

    Items that are not blocking are advice. Each leads to where it is mended.
    """
    return [*missing_but_wording(version), *missing_of_wording(wording_of(version))]


def missing_but_wording(version: CourseVersion) -> list[Item]:
    """The same without the check of wording, for a page that shows its findings by themselves."""
    pages = _Pages(version.course.slug)
    items = _missing_lessons(version, pages)
    items += _missing_objectives(version, pages)
    if not version.authors.exists():
        items.append(Item("no-author", "The course names no author.", pages.of_course("authors")))
    items += missing_of_instructors(version)
    if not version.summary:
        items.append(
            Item(
                "no-summary",
                "The course has no summary for the catalogue.",
                pages.of_course("id_summary"),
            )
        )
    items += _missing_of_figures(version)
    items += _missing_of_charts(version)
    items += missing_of_recordings(version)
    items += _missing_hours(version, pages)
    for part in parts():
        items += part.missing(version)
    return items


class _Pages:
    """Where things of a draft are mended."""

    def __init__(self, slug: str) -> None:
        self._slug = slug

    @property
    def outline(self) -> str:
        return reverse("courses:studio-outline", args=[self._slug])

    def lesson(self, lesson: Lesson) -> str:
        return lesson_url(self._slug, lesson)

    @property
    def objectives(self) -> str:
        return reverse("courses:studio-objectives", args=[self._slug])

    @property
    def matrix(self) -> str:
        return reverse("courses:studio-matrix", args=[self._slug])

    def of_course(self, fragment: str) -> str:
        return reverse("courses:studio-course-page", args=[self._slug]) + f"#{fragment}"


def _missing_lessons(version: CourseVersion, pages: _Pages) -> list[Item]:
    lessons = list(Lesson.objects.filter(version=version).only("id", "key", "title", "body"))
    if not lessons and not version.is_live:
        return [Item("no-lessons", "The course has no lessons.", pages.outline)]
    names = names_in(version)
    items = []
    for lesson in lessons:
        if not lesson.body.strip():
            items.append(
                Item("empty-lesson", f"The lesson “{lesson.title}” is empty.", pages.lesson(lesson))
            )
        items += _problems(
            "lesson-problem",
            f"The lesson “{lesson.title}”",
            text_problems(lesson.body, names),
            pages.lesson(lesson),
        )
    items += _problems(
        "description-problem",
        "The description of the course",
        text_problems(version.description, names, only=ON_THE_COURSE_PAGE),
        pages.of_course("id_description"),
    )
    return items


def _problems(code: str, what: str, problems: Sequence[Problem], url: str) -> list[Item]:
    """One item for each of the first; a text that is wrong in fifty places is mended from its
    own page, which shows them all."""
    items = [
        Item(code, f"{what}, line {problem.line + 1}: {problem.sentence}.", url)
        for problem in problems[:MOST_PROBLEMS_TOLD]
    ]
    more = len(problems) - MOST_PROBLEMS_TOLD
    if more > 0:
        items.append(
            Item(code, f"{what} has {more} more place{'' if more == 1 else 's'} to mend.", url)
        )
    return items


def _missing_objectives(version: CourseVersion, pages: _Pages) -> list[Item]:
    objectives = list(Objective.objects.filter(version=version))
    if not objectives:
        return [Item("no-objectives", "The course has no learning objectives.", pages.objectives)]
    taught = set(
        Lesson.objectives.through.objects.filter(lesson__version=version).values_list(
            "objective_id", flat=True
        )
    )
    return [
        Item(
            "untaught-objective",
            f"No lesson says that it teaches {objective.code}: {objective.text}",
            pages.matrix,
            is_blocking=False,
        )
        for objective in objectives
        if objective.pk not in taught
    ]


def _missing_of_figures(version: CourseVersion) -> list[Item]:
    """Texts that pictures lack, and pictures that lessons lack."""
    items = []
    figures = list(
        version.figures.order_by("slug").only("version_id", "key", "slug", "alt", "credit")
    )
    for figure in figures:
        url = reverse("courses:studio-picture", args=[version.course.slug, figure.key])
        if not figure.alt:
            items.append(
                Item("no-alt", f"The picture “{figure.slug}” has no alternative text.", url)
            )
        if not figure.credit:
            items.append(Item("no-credit", f"The picture “{figure.slug}” has no credit.", url))
    return items


def _missing_of_charts(version: CourseVersion) -> list[Item]:
    """What charts lack, the first of it: the page of the chart says the rest."""
    return [
        Item(
            "unfinished-chart",
            f"The chart “{chart.title}” is not finished. {sentences[0]}",
            reverse("courses:studio-chart", args=[version.course.slug, chart.key]),
        )
        for chart, sentences in unfinished_charts(version)
    ]


def _missing_hours(version: CourseVersion, pages: _Pages) -> list[Item]:
    url = pages.of_course("hours")
    items = []
    if version.credit_hours <= 0:
        items.append(Item("no-hours", "The course claims no credit hours.", url))
    if version.credit_hours * 2 != int(version.credit_hours * 2):
        items.append(Item("odd-hours", "Credit hours come in whole or half hours.", url))
    by_category = sum((row.credit_hours for row in version.credits.all()), Decimal(0))
    if by_category != version.credit_hours:
        items.append(
            Item("hours-do-not-add-up", "The hours per category do not add up to the claim.", url)
        )
    items += _not_a_revision(version, url)
    worksheet = worksheet_of(version)
    if worksheet.live_minutes is not None:
        items += _missing_of_sessions(version, worksheet)
    elif not worksheet.is_within:
        items.append(
            Item(
                "too-many-hours",
                f"The course claims {version.credit_hours} hours; {worksheet.words:,} counted "
                f"words and {worksheet.media_minutes} minutes allow {worksheet.claimable}.",
                url,
            )
        )
    return items


def _missing_of_sessions(version: CourseVersion, worksheet: HoursWorksheet) -> list[Item]:
    """When and where: without it nobody can attend, and nothing says how long it is."""
    url = reverse("courses:studio-session-list", args=[version.course.slug])
    if not worksheet.live_minutes:
        return [Item("no-session", "The course is held live but has no session yet.", url)]
    if worksheet.is_within:
        return []
    return [
        Item(
            "too-many-hours",
            f"The course claims {version.credit_hours} hours; its shortest session has "
            f"{worksheet.live_minutes} minutes, which allow {worksheet.claimable}.",
            url,
        )
    ]


def published_in_edition(version: CourseVersion) -> CourseVersion | None:
    """The newest version of the same edition that was published before: this one is its
    revision."""
    return (
        CourseVersion.objects.filter(
            course=version.course_id,
            edition=version.edition,
            status__in=[Status.PUBLISHED, Status.RETIRED],
        )
        .exclude(pk=version.pk)
        .only("credit_hours", "delivery", "edition", "revision")
        .order_by("-revision")
        .first()
    )


def _not_a_revision(version: CourseVersion, url: str) -> list[Item]:
    """Bodies approve an edition: what they were told of it is the same in every revision."""
    earlier = published_in_edition(version)
    if earlier is None or (earlier.credit_hours, earlier.delivery) == (
        version.credit_hours,
        version.delivery,
    ):
        return []
    return [
        Item(
            "not-a-revision",
            "A revision has the hours and the kind of delivery of its edition. Make this a new "
            "edition.",
            url,
        )
    ]


@transaction.atomic
def publish_version(
    version: CourseVersion, *, by: User | None, now: datetime, keeps_edition_on_sale: bool = False
) -> CourseVersion:
    """Freeze a version and put it on sale; the version it replaces is retired.

    With `keeps_edition_on_sale` a new edition waits until `put_on_sale`: what bodies approved
    stays in the catalogue until the office switches. A revision of the edition on sale always
    takes its place. Publishing what is published already changes nothing. `by=None`: the platform
    itself (a command). Errors: WrongState, NotReady.
    """
    course = locked_course(version.course_id)
    version = CourseVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status == Status.PUBLISHED:
        return version
    _move(version, Status.PUBLISHED)
    refresh_figures(version)
    render_version(version)
    version.refresh_from_db(fields=["description_html"])
    items = [item for item in missing(version) if item.is_blocking]
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
    keep_instructors(version, now=now)
    before = course.on_sale_version
    if before is None or before.edition == version.edition or not keeps_edition_on_sale:
        _sell(course, version)
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
def put_on_sale(version: CourseVersion, *, by: User, now: datetime) -> CourseVersion:
    """What new learners get from now on; every other published version is retired.

    Doing it twice changes nothing. Errors: WrongState.
    """
    course = locked_course(version.course_id)
    version = CourseVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if course.on_sale_version_id == version.pk:
        return version
    if version.status != Status.PUBLISHED:
        raise WrongState("Only a published version can be put on sale.")
    _sell(course, version)
    audit.record(
        "version.put-on-sale",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        course=course.slug,
        label=version.label,
    )
    return version


def _sell(course: Course, version: CourseVersion) -> None:
    course.on_sale_version = version
    course.save(update_fields=["on_sale_version"])
    others = CourseVersion.objects.filter(course=course, status=Status.PUBLISHED)
    for other in others.exclude(pk=version.pk).only("status", "course_id"):
        _move(other, Status.RETIRED)
        other.save(update_fields=["status"])


@transaction.atomic
def retire_version(version: CourseVersion, *, by: User | None, now: datetime) -> CourseVersion:
    """Take a published version off sale. Its learners go on. Errors: WrongState."""
    course = locked_course(version.course_id)
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


@transaction.atomic
def send_to_review(version: CourseVersion, *, by: User, now: datetime) -> CourseVersion:
    """Ask the reviewers to look. Any change takes the draft back out of review.

    Errors: WrongState.
    """
    version = CourseVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status == Status.IN_REVIEW:
        return version
    _move(version, Status.IN_REVIEW)
    version.save(update_fields=["status"])
    audit.record(
        "version.sent-to-review",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
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
