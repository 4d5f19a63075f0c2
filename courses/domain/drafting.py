"""A course begun, a draft made of what is published, a draft thrown away."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from ce_platform.accounts.instructors import profile_of
from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import clean
from courses.domain.copying import copy_version
from courses.domain.errors import DraftExists, NotADraft, SlugTaken, WrongState
from courses.domain.locking import locked_course
from courses.domain.publishing import back_to_draft, refresh_figures
from courses.models import (
    Chart,
    ChartPoint,
    ChartView,
    Course,
    CourseAuthor,
    CourseVersion,
    CreditHours,
    Figure,
    GlossaryTerm,
    Handout,
    Lesson,
    Module,
    Objective,
    Recording,
    Reference,
)
from courses.parts import parts

LONGEST_SLUG = 80


def begin_course(*, title: str, by: User, now: datetime, language: str = "en-US") -> CourseVersion:
    """A new course of `by` with an empty first draft: one module, so that there is a place to
    write. Errors: SlugTaken when the address cannot be made free.
    """
    slug = free_slug(title)
    for _ in range(5):
        try:
            return _begin(slug, title=title, by=by, now=now, language=language)
        except IntegrityError:  # Somebody began a course of this title at the same moment.
            slug = free_slug(title)
    raise SlugTaken(slug)


@transaction.atomic
def _begin(slug: str, *, title: str, by: User, now: datetime, language: str) -> CourseVersion:
    course = Course.objects.create(slug=slug, owner=by, created_at=now)
    version = CourseVersion.objects.create(
        course=course,
        title=clean(title),
        language=language,
        credit_hours=Decimal(0),
        created_at=now,
    )
    # An address is nobody's name, and a course page is public; the author is asked for later.
    if by.name_on_certificates:
        profile = profile_of(by)
        CourseAuthor.objects.create(
            version=version,
            position=1,
            name=profile.display_name,
            credentials=profile.credentials,
            biography=profile.biography,
            user=by,
        )
    Module.objects.create(version=version, position=1, slug="module-1", title="Module 1")
    audit.record(
        "course.begun",
        subject_type="course",
        subject_id=course.pk,
        by=by,
        now=now,
        slug=course.slug,
    )
    return version


def free_slug(title: str) -> str:
    """An address for a course of this title that no other course has. Errors: SlugTaken."""
    wanted = slugify(title)[: LONGEST_SLUG - 4].strip("-") or "course"
    taken = set(Course.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    for number in range(1, 1000):
        slug = wanted if number == 1 else f"{wanted}-{number}"
        if slug not in taken:
            return slug
    raise SlugTaken(wanted)


@transaction.atomic
def begin_draft(course: Course, *, is_typo: bool, by: User, now: datetime) -> CourseVersion:
    """A draft of what was published last, to be changed and published in its place.

    A typo makes the next revision of the edition, to which all submissions keep belonging; any
    other change makes a new edition. Errors: DraftExists, WrongState when nothing is published.
    """
    course = locked_course(course.pk)
    newest = course.versions.order_by("-edition", "-revision").first()
    if newest is None:
        raise WrongState("This course has nothing published yet.")
    if not newest.is_frozen:
        raise DraftExists(newest)
    number = (newest.edition, newest.revision + 1) if is_typo else (newest.edition + 1, 0)
    try:
        version = copy_version(newest, edition=number[0], revision=number[1], now=now)
    except IntegrityError:  # An import made the same number between our look and our write.
        raise DraftExists(newest) from None
    audit.record(
        "draft.begun",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        course=course.slug,
        label=version.label,
        copied_from=newest.label,
    )
    return version


@transaction.atomic
def change_kind(version: CourseVersion, *, is_typo: bool, by: User, now: datetime) -> CourseVersion:
    """Say that the draft holds typing mistakes only, or more than that. Its number follows.

    Errors: NotADraft, WrongState when there is nothing published that it could be a revision of.
    """
    version = locked_draft(version)
    newest = (
        version.course.versions.exclude(pk=version.pk).order_by("-edition", "-revision").first()
    )
    if newest is None:
        raise WrongState("The first edition of a course is no correction of another.")
    number = (newest.edition, newest.revision + 1) if is_typo else (newest.edition + 1, 0)
    if (version.edition, version.revision) == number:
        return version
    version.edition, version.revision = number
    version.save(update_fields=["edition", "revision"])
    audit.record(
        "draft.kind-changed",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        label=version.label,
    )
    return version


@transaction.atomic
def discard_draft(version: CourseVersion, *, by: User, now: datetime) -> None:
    """Throw a draft away, with its history. What is published stays. A course that never was
    published stands in no list any more; its bank of questions stays, as banks do.

    Errors: NotADraft.
    """
    version = locked_draft(version)
    course = version.course
    audit.record(
        "draft.discarded",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        course=course.slug,
        label=version.label,
    )
    for part in parts():
        part.discard(version)
    ChartView.objects.filter(chart__version=version).delete()
    for model in (ChartPoint, Chart, Figure, Recording, Handout, Lesson, Module, Objective,
                  Reference, GlossaryTerm, CreditHours, CourseAuthor):  # fmt: skip
        model._default_manager.filter(version=version).delete()
    version.delete()


def locked_draft(version: CourseVersion) -> CourseVersion:
    """The draft, locked for a change, taken out of review. Errors: NotADraft."""
    locked = (
        CourseVersion.objects.select_for_update(of=("self",))
        .select_related("course")
        .filter(pk=version.pk)
        .first()
    )
    if locked is None or locked.is_frozen:
        raise NotADraft
    return back_to_draft(locked)


def changed(version: CourseVersion) -> None:
    """Count the draft's words, minutes and questions anew after a change."""
    refresh_figures(version)


def record_change(
    action: str, version: CourseVersion, *, by: User, now: datetime, **detail: object
) -> None:
    """Who changed what of a draft, for what has no audit row of its own."""
    audit.record(
        action,
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        label=version.label,
        **detail,
    )
