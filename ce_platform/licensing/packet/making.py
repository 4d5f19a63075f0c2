"""Making a packet in the background: asked for, made, kept with the file, told to the audit."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs
from ce_platform.core.errors import DomainError
from ce_platform.core.jobs import JobProgress
from ce_platform.core.keeping import keep_result
from ce_platform.core.models import BackgroundJob, StoredFile
from ce_platform.licensing.domain.submissions import note_packet
from ce_platform.licensing.models import Submission
from ce_platform.licensing.packet.contents import PARTS, Packet, gather, version_of
from ce_platform.licensing.packet.document import packet_pdf, packet_zip, piece_count
from courses.models import Course, CourseVersion

KIND: Final = "licensing.packet"
FORMS: Final = {"pdf": "application/pdf", "zip": "application/zip"}


class PacketRefused(DomainError):
    """There is nothing to make."""


def start_packet(
    *,
    course: Course,
    edition: int,
    submission: Submission | None,
    parts: Collection[str],
    form: str,
    by: User,
    now: datetime,
) -> BackgroundJob:
    """Have the packet made. Asked for twice while it is being made, it is made once.

    `form`: pdf | zip. Errors: PacketRefused.
    """
    wanted = [part for part in PARTS if part in parts]
    version = version_of(course, edition)
    if not wanted or form not in FORMS or version is None:
        raise PacketRefused("Choose at least one part.")
    parameters = {
        "version": version.pk,
        "submission": submission.pk if submission else None,
        "parts": wanted,
        "form": form,
        "by": by.pk,
    }
    with transaction.atomic():
        # Two clicks at once meet here.
        Course.objects.select_for_update().get(pk=course.pk)
        for job in BackgroundJob.objects.filter(
            kind=KIND,
            created_by_id=by.pk,
            status__in=[BackgroundJob.Status.QUEUED, BackgroundJob.Status.RUNNING],
        ):
            said = json.loads(job.parameters)
            if {key: said.get(key) for key in parameters} == parameters:
                return job
        where = submission.body.place if submission else f"edition {edition}"
        job = jobs.start(
            KIND,
            title=f"Packet for {where}: {version.title}"[:200],
            now=now,
            created_by_id=by.pk,
            made_at=now.isoformat(),
            **parameters,
        )
        _audit("asked", version, submission, by=by, now=now, parts=wanted, form=form)
    return job


def make_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    """The work of the job. Safe to start again: what is kept with the file is kept once, together
    with it."""
    if progress.job.result_file_id is not None:
        return  # It was done, and the worker died before it could say so.
    version = CourseVersion.objects.select_related("course").get(pk=parameters["version"])
    submission = (
        Submission.objects.select_related("body", "course").get(pk=parameters["submission"])
        if parameters["submission"]
        else None
    )
    made_at = datetime.fromisoformat(parameters["made_at"])
    packet = gather(version, submission=submission, parts=parameters["parts"], made_at=made_at)
    form = parameters["form"]
    content = _made(packet, form, progress)
    by = User.objects.get(pk=parameters["by"])

    def tell(file: StoredFile, now: datetime) -> None:
        if submission is not None:
            note_packet(submission, file=file, parts=packet.parts, by=by, now=made_at)
        else:
            _audit("made", version, None, by=by, now=made_at, sha256=file.sha256, form=form)

    keep_result(
        progress,
        content,
        content_type=FORMS[form],
        name=packet_name(version, submission, form),
        tell=tell,
    )


def _made(packet: Packet, form: str, progress: JobProgress) -> bytes:
    if form == "zip":
        progress.total(piece_count(packet) + 1)
        progress.advance()
        return packet_zip(packet, tell=progress.advance)
    progress.total(2)
    progress.advance()
    content = packet_pdf(packet)
    progress.advance()
    return content


def packet_name(version: CourseVersion, submission: Submission | None, form: str) -> str:
    where = f"-{submission.body.code.lower()}" if submission else ""
    draft = "" if version.is_frozen else "-DRAFT"
    return f"packet-{version.course.slug}-{version.number}{where}{draft}.{form}"[-200:]


def _audit(
    verb: str,
    version: CourseVersion,
    submission: Submission | None,
    *,
    by: User,
    now: datetime,
    **detail: Any,
) -> None:
    audit.record(
        f"packet.{verb}",
        subject_type="submission" if submission else "course-version",
        subject_id=submission.uid if submission else version.pk,
        by=by,
        now=now,
        course=version.course.slug,
        version=version.number,
        **detail,
    )
