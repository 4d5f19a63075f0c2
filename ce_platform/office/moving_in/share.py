"""What imports keep of a person, and what the person's page tells of them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.accounts.people import addresses_of
from ce_platform.accounts.shares import Share
from ce_platform.core import codes
from ce_platform.office.moving_in import reading
from ce_platform.office.moving_in.drafts import person_key
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.kinds import kind_named
from ce_platform.office.moving_in.models import ImportLine, ImportRun
from ce_platform.office.moving_in.throwing_away import blank_lines, delete_file_of
from ce_platform.office.people.asked import certificates_of, has
from ce_platform.office.people.parts import Event, PersonPart
from certificates.models import Certificate


def _of(user: User) -> Q:
    """Lines of a run that was only looked at know the address alone."""
    return Q(user=user) | Q(person_key__in=[person_key(each) for each in addresses_of(user)])


def erase(user: User, *, now: datetime) -> None:
    """A run that was not brought in ends, for its file says who they are; else only that a line was
    there stays."""
    found = _of(user)
    waiting = ImportRun.objects.filter(applied_at__isnull=True, file__isnull=False)
    lines = ImportLine.objects.filter(found, run__applied_at__isnull=True)
    for run in waiting.filter(pk__in=lines.values("run")).order_by("pk"):
        delete_file_of(run, now=now)
    if user.closed_at is None:  # Afterwards, nobody knows the addresses any more.
        for run in waiting.filter(state=ImportRun.State.COLUMNS).order_by("pk"):
            if _holds(run, addresses_of(user)):
                delete_file_of(run, now=now)
    ImportLine.objects.filter(found, run__applied_at__isnull=True).delete()
    ids = list(ImportLine.objects.filter(found).values_list("pk", flat=True))
    blank_lines(Q(pk__in=ids))
    ImportLine.objects.filter(pk__in=ids).update(user=None, person_key="", key="")


def _holds(run: ImportRun, addresses: Collection[str]) -> bool:
    """Of a table whose columns nobody has named yet no line is known."""
    if run.file is None:
        return False
    try:
        with reading.opened(run.file) as source:
            return any(
                address in reading.text_of_cell(cell).lower()
                for _, cells in source.lines()
                for cell in cells
                for address in addresses
            )
    except ImportRefused:
        return False


def move(old: User, into: User, *, now: datetime) -> None:
    ImportLine.objects.filter(user=old).update(user=into)


def export(user: User) -> Mapping[str, Any]:
    lines = ImportLine.objects.filter(_of(user)).select_related("run").order_by("pk")
    return {
        "moved-in.json": [
            {
                "kind": line.run.kind,
                "file": line.run.file_name,
                "row": line.row,
                "brought_in_at": line.run.applied_at.isoformat() if line.run.applied_at else None,
                "values": line.values,
            }
            for line in lines
        ]
    }


def events(user: User, most: int, before: datetime | None) -> list[Event]:
    """What was brought in for this person; records of the earlier system by themselves."""
    records = [
        row
        for row in certificates_of(user)
        if row.origin == Certificate.Origin.IMPORTED and (before is None or row.issued_at < before)
    ]
    found = [
        Event(
            at=row.issued_at,
            sentence=f"Recorded from the old system: {row.course_title}, completed "
            f"{row.completed_on.isoformat()}",
            kind="certificate",
            url=reverse("certificates:office-certificate-detail", args=[row.serial]),
            note=f"Old number {row.old_number}" if row.old_number else codes.dashed(row.serial),
        )
        for row in reversed(records)
    ]
    if has(user, "import-lines"):
        found += [_event(line) for line in _brought_in(user, before)[:most]]
    return sorted(found, key=lambda event: event.at, reverse=True)[:most]


def _brought_in(user: User, before: datetime | None) -> "QuerySet[ImportLine]":
    lines = ImportLine.objects.filter(user=user, run__applied_at__isnull=False).exclude(
        run__kind="completions"
    )
    if before is not None:
        lines = lines.filter(run__applied_at__lt=before)
    return (
        lines.filter(action__in=(ImportLine.Action.NEW, ImportLine.Action.CHANGE))
        .select_related("run")
        .order_by("-run__applied_at", "-pk")
    )


def _event(line: ImportLine) -> Event:
    run: ImportRun = line.run
    kind = kind_named(run.kind)
    return Event(
        at=run.applied_at or run.created_at,
        sentence=f"Brought in from the old system: {kind.title if kind else run.kind}",
        kind="license" if run.kind == "licenses" else "account",
        url=run.get_absolute_url(),
        note=f"{run.file_name}, row {line.row}",
        actor=run.applied_by_label,
    )


SHARE = Share(name="moving-in", erase=erase, move=move, export=export)
PART = PersonPart(
    name="moving-in",
    events=events,
    rows={"import-lines": lambda: [ImportLine.objects.filter(user=OuterRef("pk"))]},
)
