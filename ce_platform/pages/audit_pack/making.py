"""The background job: reads page by page, writes piece by piece, and keeps the zip when it is
whole. Cut off at any moment it starts again; what it had written had no name and is gone."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final

from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import zone_named
from ce_platform.core import audit, codes, keeping, mail
from ce_platform.core.csv_text import csv_lines
from ce_platform.core.jobs import JobProgress
from ce_platform.core.models import AuditPack, Provider, StoredFile
from ce_platform.core.templatetags.wording import long_date, moment, plain_number, zone_name
from ce_platform.core.zips import PackWriter, Spool
from ce_platform.pages.audit_pack import approvals, courses, people, policies, reports
from ce_platform.pages.audit_pack.attempts import Renderers
from ce_platform.pages.audit_pack.gathering import Dossier, pages_of
from ce_platform.pages.audit_pack.index import write_index
from ce_platform.pages.audit_pack.packs import asker_of, kept_for
from ce_platform.pages.audit_pack.pictures import Pictures
from ce_platform.pages.audit_pack.scope import Scope, scope_of
from ce_platform.pages.audit_pack.sheets import Frame
from ce_platform.pages.audit_pack.tables import ROSTER
from ce_platform.pages.audit_pack.words import period_of
from certificates.standing import standing_of
from courses.models import CourseVersion

CONTENT_TYPE: Final = "application/zip"


def make_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    pack = AuditPack.objects.get(pk=parameters["pack"])
    if pack.made_at is not None:
        return  # It was done, and the worker died before it could say so.
    keeping.discard(pack, pack.unfinished_sha256)
    now = timezone.now()
    provider = Provider.objects.filter(pk=1).first()
    zone = zone_named(provider.time_zone if provider else "UTC")
    with timezone.override(zone), keeping.nameless_file() as file:
        making = _Making(pack, provider, file, workplace=keeping.workplace(), now=now)
        try:
            counts = making.write(progress)
        finally:
            making.close()
        keeping.keep(
            pack,
            file,
            content_type=CONTENT_TYPE,
            kept_for=kept_for(),
            progress=progress,
            tell=lambda stored, now: _tell(pack, stored, counts, now),
            **counts,
        )


class _Making:
    """One pack on its way into a file."""

    def __init__(
        self,
        pack: AuditPack,
        provider: Provider | None,
        file: IO[bytes],
        *,
        workplace: Path,
        now: datetime,
    ) -> None:
        self.pack = pack
        self.provider = provider
        self.now = now
        self.scope: Scope = scope_of(pack)
        self.writer = PackWriter(file, folder=folder_of(pack), at=now, workplace=workplace)
        self.frame = Frame(
            provider=provider.name if provider else "Continuing education",
            pack=pack.title,
            made=f"{moment(now)} {zone_name(now)}",
        )
        self.pictures = Pictures()
        self.renderers = Renderers()
        self.roster = Spool(workplace)
        self.people = Spool(workplace)
        self.reports = Spool(workplace)
        self.names: dict[int, str] = {}
        self.completed: set[date] = set()
        self.versions: set[int] = set()
        self.editions: set[tuple[int, int]] = set()

    def close(self) -> None:
        for spool in (self.roster, self.people, self.reports, self.writer):
            spool.close()

    def write(self, progress: JobProgress) -> dict[str, int]:
        progress.total(self.scope.certificates().count())
        for page in pages_of(self.scope):
            for dossier in page:
                self._add(dossier)
                progress.advance()
        alive = keeping.keep_alive(progress)
        self._write_courses(alive)
        approvals.write_approvals(
            self.editions,
            body_code=self.scope.body_code,
            writer=self.writer,
            frame=self.frame,
            alive=alive,
        )
        self._write_policies(alive)
        self._write_reports(alive)
        self._write_roster(alive)
        for path, sha256, kept in self.pictures.files():
            if kept is None:
                self.writer.missing(path, f"The picture {sha256} is not there.")
            else:
                self.writer.stored(path, kept)
            alive()
        counts = {
            "certificate_count": self.people.count,
            "missing_count": self.writer.missing_count,
        }
        write_index(
            self.writer,
            self.frame,
            facts=self._facts(),
            people=self.people,
            courses=self._courses,
            notes=notes_of(self.scope),
            alive=alive,
        )
        self.writer.finish()
        return counts

    def _add(self, dossier: Dossier) -> None:
        certificate = dossier.certificate
        people.write_dossier(
            dossier,
            writer=self.writer,
            frame=self.frame,
            renderers=self.renderers,
            pictures=self.pictures,
        )
        for row in people.roster_rows(dossier, body_code=self.scope.body_code):
            self.roster.add(row)
        for entry in dossier.reports:
            self.reports.add(reports.row_of(certificate, entry))
        self.names[certificate.user_id] = certificate.holder_name
        self.completed.add(certificate.completed_on)
        if certificate.enrollment is not None:
            version = certificate.enrollment.version
            self.versions.add(version.pk)
            self.editions.add((version.course_id, version.edition))
        # Before somebody moved to a newer version they answered questions of the older one.
        self.versions.update(each.attempt.quiz.version_id for each in dossier.attempts)
        self.people.add(
            {
                "name": certificate.holder_name,
                "licenses": people.licenses_in_words(certificate),
                "course": people.course_words(certificate),
                "hours": plain_number(certificate.credit_hours),
                "completed": long_date(certificate.completed_on),
                "serial": codes.dashed(certificate.serial),
                "standing": standing_of(certificate).word,
                "folder": people.folder_of(certificate),
            }
        )

    def _write_courses(self, alive: Callable[[], None]) -> None:
        self._courses: list[dict[str, Any]] = []
        for version_id in sorted(self.versions):
            version = CourseVersion.objects.select_related("course").get(pk=version_id)
            courses.write_version(
                version, writer=self.writer, frame=self.frame, pictures=self.pictures
            )
            self._courses.append(
                {
                    "title": version.title,
                    "edition": version.number,
                    "published_at": version.published_at,
                    "hours": plain_number(version.credit_hours),
                    "sha256": version.canonical_sha256,
                    "folder": courses.folder_of(version),
                }
            )
            alive()

    def _write_policies(self, alive: Callable[[], None]) -> None:
        """What was in force from the first completion, or the period asked for, to its end."""
        today = self.now.date()
        first = self.pack.first_on or min(self.completed, default=today)
        last = self.pack.last_on or max(self.completed, default=today)
        for path, text in policies.files_of(first, last):
            self.writer.text(path, text)
        for name in policies.missing_of(first, last):
            self.writer.missing(
                "policies", f"{name}: none was published for that time. Add the one that held."
            )
        accepted = iter(policies.acceptances_of(self.names))
        begun = next(accepted, None)
        if begun is not None:
            with self.writer.opened("policies/accepted.csv") as out:
                for line in csv_lines(policies.COLUMNS, chain([begun], accepted)):
                    alive()
                    out.write(line)

    def _write_reports(self, alive: Callable[[], None]) -> None:
        if self.reports.count:
            with self.writer.opened("reporting-log.csv") as out:
                for line in csv_lines(reports.COLUMNS, self.reports):
                    alive()
                    out.write(line)
        else:
            self.writer.missing(
                "reporting-log.csv", "No report of these certificates to a body is on record."
            )

    def _write_roster(self, alive: Callable[[], None]) -> None:
        with self.writer.opened("roster.csv") as out:
            for line in csv_lines(ROSTER, self.roster):
                alive()
                out.write(line)

    def _facts(self) -> list[tuple[str, Any]]:
        pack, provider = self.pack, self.provider
        asker = asker_of(pack)
        facts: list[tuple[str, Any]] = [
            ("About", pack.title),
            ("Completed", period_of(pack)),
            ("Case", pack.reference or "–"),
            ("Provider", self.frame.provider),
        ]
        if provider is not None:
            facts += [
                ("Address", ", ".join(provider.address.split("\n"))),
                ("E-mail", provider.email),
            ]
        return [
            *facts,
            ("Put together", self.frame.made),
            ("By", asker),
            ("Pack", folder_of(pack)),
        ]


def folder_of(pack: AuditPack) -> str:
    """Also the name of the zip."""
    return f"audit-pack-{pack.created_at:%Y-%m-%d}-{pack.uid.hex[:8]}"


def notes_of(scope: Scope) -> list[str]:
    """Of a list of license numbers: what became of those that lead to nobody."""
    not_found = scope.parameters.get("not_found", [])
    undecided = scope.parameters.get("undecided", [])
    notes = []
    if not_found:
        notes.append(f"No learner with one of these license numbers: {', '.join(not_found)}.")
    if undecided:
        notes.append(
            "These numbers belong to several people, and none of them was chosen: "
            f"{', '.join(undecided)}."
        )
    return notes


def _tell(pack: AuditPack, stored: StoredFile, counts: dict[str, int], now: datetime) -> None:
    audit.record(
        "audit-pack.made",
        subject_type="audit-pack",
        subject_id=pack.uid,
        by=None,
        now=now,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        **counts,
    )
    mail.write_mail(
        "audit_pack_ready",
        to_email=pack.created_by_label,
        to_user_id=pack.created_by_id,
        cause=f"audit-pack-ready:{pack.uid.hex}",
        now=now,
        pack=pack,
        certificate_count=counts["certificate_count"],
        missing_count=counts["missing_count"],
        kept_until=now + kept_for(),
        url=reverse("pages:audit-pack-detail", args=[pack.uid]),
    )
