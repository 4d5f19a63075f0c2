"""What the first run starts and nobody should wait for: the bodies, the starter course."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.errors import DomainError
from ce_platform.core.models import BackgroundJob
from ce_platform.core.text import canonical_json
from ce_platform.licensing.domain.loading import load_files
from ce_platform.office.first_run.models import FirstRun
from courses.domain.publishing import publish_version
from courses.models import Course
from courses.package.importing import import_package
from courses.package.source import PackageSource

BODIES: Final = "first-run.licensing-bodies"
COURSE: Final = "first-run.course"
CATALOGUE: Final = Path(settings.BASE_DIR) / "content"


class NoSuchCourse(DomainError):
    pass


@dataclass(frozen=True)
class Starter:
    """A course that comes with the platform."""

    folder: str
    title: str
    summary: str
    key: str


def starters() -> list[Starter]:
    """The folders of `content/` that hold a course."""
    found = []
    for file in sorted(CATALOGUE.glob("*/course.toml")):
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        found.append(
            Starter(
                folder=file.parent.name,
                title=str(said.get("title", file.parent.name)),
                summary=str(said.get("summary", "")),
                key=str(said.get("key", "")),
            )
        )
    return found


def starter_named(folder: str) -> Starter:
    """Only what is in the list: a name from a form never becomes a path."""
    for starter in starters():
        if starter.folder == folder:
            return starter
    raise NoSuchCourse("There is no such course among those that come with the platform.")


@transaction.atomic
def start_bodies(*, by: User, now: datetime) -> BackgroundJob:
    return _start(BODIES, title="Licensing bodies and their rules", by=by, now=now)


@transaction.atomic
def start_course(starter: Starter, *, is_published: bool, by: User, now: datetime) -> BackgroundJob:
    return _start(
        COURSE,
        title=f"Course: {starter.title}",
        by=by,
        now=now,
        folder=starter.folder,
        is_published=is_published,
    )


def _start(kind: str, *, title: str, by: User, now: datetime, **parameters: Any) -> BackgroundJob:
    """One job at a time: pressed twice, the second press finds the first one's."""
    FirstRun.objects.get_or_create(pk=1)
    FirstRun.objects.select_for_update().get(pk=1)
    running = BackgroundJob.objects.filter(
        kind=kind,
        parameters=canonical_json(parameters),
        status__in=[BackgroundJob.Status.QUEUED, BackgroundJob.Status.RUNNING],
    ).first()
    return running or jobs.start(kind, title=title, now=now, created_by_id=by.pk, **parameters)


def load_bodies(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    progress.total(1)
    load_files(now=timezone.now())
    progress.advance()


def import_starter(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    """Doing it again changes nothing that is there."""
    progress.total(1)
    starter = starter_named(parameters["folder"])
    by = User.objects.filter(pk=progress.job.created_by_id or 0).first()
    if not Course.objects.filter(key=starter.key, on_sale_version__isnull=False).exists():
        _import(starter, is_published=bool(parameters["is_published"]), by=by)
    progress.advance()


def _import(starter: Starter, *, is_published: bool, by: User | None) -> None:
    now = timezone.now()
    result = import_package(PackageSource.open(CATALOGUE / starter.folder), by=by, now=now)
    if result.version is None:
        raise DomainError("; ".join(str(problem) for problem in result.problems)[:400])
    if not is_published:
        return
    try:
        publish_version(result.version, by=by, now=now)
    except DomainError as error:
        raise DomainError(
            f"The course is there as a draft, but cannot be published yet: {error}"
        ) from error
