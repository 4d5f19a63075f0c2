"""Importing a package: read everything, say what would change, then write all of it or nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import is_registrar
from ce_platform.core import audit
from ce_platform.core.errors import DomainError, NotAllowed
from courses.domain.locking import locked_course
from courses.domain.publishing import back_to_draft, refresh_figures
from courses.models import Course, CourseVersion
from courses.package.content import PackagedCourse
from courses.package.media_files import StoredMedia, recognize_pictures, store_media
from courses.package.plan import accounts_of, changes_of, newest_version
from courses.package.reading import read_course
from courses.package.records import chart_records_of, figure_records_of
from courses.package.source import PackageProblem, PackageSource
from courses.package.writing import drop_modules, write_version
from courses.parts import Change, CoursePart, ImportPlan, parts


class CourseMoved(DomainError):
    """Somebody published or imported the same course in between."""

    def __init__(self) -> None:
        super().__init__("The course was changed in the meantime. Look at the changes again.")


@dataclass(frozen=True)
class ImportResult:
    changes: list[Change]
    problems: list[PackageProblem]
    version: CourseVersion | None
    """The version that says what the package says; None after problems or a dry run."""
    outcome: str
    """One sentence: what was made, would be made, or why nothing was."""
    is_written: bool = False
    is_unchanged: bool = False
    compared_with: CourseVersion | None = None
    """The newest version so far, after a look without problems."""


Plans = list[tuple[CoursePart, ImportPlan]]


def import_package(
    source: PackageSource,
    *,
    by: User | None,
    now: datetime,
    dry_run: bool = False,
    is_typo: bool = False,
) -> ImportResult:
    """Import a course or a newer state of it.

    An identical package changes nothing. A draft as the newest version is rewritten; a published
    one is followed by a new draft: a new edition, or with `is_typo` a new revision. With any
    problem nothing is written. `by=None`: the platform itself. Instructors import new courses and
    their own, the office any. Errors: PackageRefused, NotAllowed, CourseMoved.
    """
    packaged = read_course(source)
    if packaged is None:
        return ImportResult([], sorted(source.problems), None, _told_problems(source))
    known = Course.objects.filter(key=packaged.key).first()
    _check_theirs(known, by)
    _check_slug(source, packaged, known)
    newest = newest_version(known)
    recognized = recognize_pictures(packaged)
    source.charts = chart_records_of(packaged)
    source.figures = figure_records_of(packaged, recognized, newest)
    plans: Plans = [(part, part.plan_import(source, known)) for part in parts()]
    changes = changes_of(packaged, newest)
    for _, plan in plans:
        changes += plan.changes
    if source.problems:
        return ImportResult(changes, sorted(source.problems), None, _told_problems(source))
    if newest is not None and all(change.action == "keep" for change in changes):
        outcome = f"Nothing changes: {newest.label} says all of this already."
        return ImportResult(changes, [], newest, outcome, is_unchanged=True, compared_with=newest)
    edition, revision, replaces = _number(newest, is_typo=is_typo)
    label = f"edition {edition}.{revision}"
    what = f"the draft of {label}" if replaces else f"a new draft, {label}"
    if dry_run:
        verb = "rewrite" if replaces else "make"
        outcome = f"This would {verb} {what}. Nothing is written yet."
        return ImportResult(changes, [], None, outcome, compared_with=newest)
    media = store_media(source, packaged, recognized=recognized, now=now)
    version = _write(
        source, packaged, media, plans, newest, number=(edition, revision), by=by, now=now
    )
    verb = "rewrote" if replaces else "made"
    return ImportResult(changes, [], version, f"This {verb} {what}.", is_written=True)


@transaction.atomic
def _write(
    source: PackageSource,
    packaged: PackagedCourse,
    media: StoredMedia,
    plans: Plans,
    planned: CourseVersion | None,
    *,
    number: tuple[int, int],
    by: User | None,
    now: datetime,
) -> CourseVersion:
    try:
        course, _ = Course.objects.get_or_create(
            key=packaged.key,
            defaults={"slug": packaged.slug, "created_at": now, "owner": _owner(packaged, by)},
        )
    except IntegrityError:  # Another course took the slug at this very moment.
        raise CourseMoved from None
    course = locked_course(course.pk)
    _check_theirs(course, by)
    newest = _locked(newest_version(course))
    if _told(newest) != _told(planned):
        raise CourseMoved
    if newest is not None and not newest.is_frozen:
        version = back_to_draft(newest)
        version.edition, version.revision = number
    else:
        version = CourseVersion.objects.create(
            course=course,
            edition=number[0],
            revision=number[1],
            credit_hours=packaged.credit_hours,
            title=packaged.texts["title"],
            # The package does not know where the course is sold.
            buy_url=newest.buy_url if newest else "",
            created_at=now,
        )
    write_version(version, packaged, media)
    for part, plan in plans:
        part.write_import(version, plan.share, source=source, now=now)
    drop_modules(version, packaged)
    refresh_figures(version)
    audit.record(
        "package.imported",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        course=course.slug,
        label=version.label,
    )
    return version


def _locked(version: CourseVersion | None) -> CourseVersion | None:
    """An author may be saving, or throw the draft away: they are waited for, and wait in turn."""
    if version is None or version.is_frozen:
        return version
    locked = CourseVersion.objects.select_for_update(of=("self",)).filter(pk=version.pk).first()
    if locked is None:
        raise CourseMoved
    return locked


def _told(version: CourseVersion | None) -> tuple[object, ...]:
    """What the plan was made for. Review begun or ended meanwhile is not another draft."""
    if version is None:
        return ()
    return (version.pk, version.is_frozen, version.edition, version.revision)


def _owner(packaged: PackagedCourse, by: User | None) -> User | None:
    """An instructor owns what they bring; the office brings it for the author it names."""
    if by is not None and not is_registrar(by):
        return by
    accounts = accounts_of(packaged)
    return next((accounts[each.email] for each in packaged.authors if each.email in accounts), by)


def _check_theirs(known: Course | None, by: User | None) -> None:
    """Asked with the key as it was read: whoever reads it otherwise would let others in."""
    if known is None or by is None or is_registrar(by) or known.owner_id == by.pk:
        return
    raise NotAllowed("This course belongs to somebody else. Ask the office to import it.")


def _number(newest: CourseVersion | None, *, is_typo: bool) -> tuple[int, int, bool]:
    """Edition, revision, and whether a draft of that number is rewritten."""
    if newest is None:
        return 1, 0, False
    if not newest.is_frozen:
        if newest.revision and not is_typo:
            # More than typing mistakes after all: approvals must not stay with it.
            return newest.edition + 1, 0, True
        return newest.edition, newest.revision, True
    if is_typo:
        return newest.edition, newest.revision + 1, False
    return newest.edition + 1, 0, False


def _check_slug(source: PackageSource, packaged: PackagedCourse, known: Course | None) -> None:
    line = source.line_of("course.toml", "slug")
    if known is not None and known.slug != packaged.slug:
        source.problem(
            "course.toml", line, f"the slug of this course is ‘{known.slug}’ and stays so"
        )
    elif known is None and Course.objects.filter(slug=packaged.slug).exists():
        source.problem(
            "course.toml", line, f"another course has the slug ‘{packaged.slug}’ already"
        )


def _told_problems(source: PackageSource) -> str:
    count = len(source.problems)
    return f"{count} problem{'' if count == 1 else 's'} found. Nothing was written."
