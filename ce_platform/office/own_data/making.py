"""The background job: what every app exports of the person, in one zip."""

from contextlib import closing
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import zone_named
from ce_platform.accounts.shares import shares
from ce_platform.core import audit, keeping, mail
from ce_platform.core.csv_text import csv_text
from ce_platform.core.jobs import JobProgress
from ce_platform.core.models import Provider, StoredFile
from ce_platform.core.text import plain_value
from ce_platform.core.zips import PackWriter
from ce_platform.office.own_data.asking import SUBJECT, kept_for
from ce_platform.office.own_data.models import OwnData

FORMAT: Final = "own-data 1"
MANIFEST: Final = "manifest.json"
README: Final = "README.txt"


def make_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    row = OwnData.objects.select_related("user").get(uid=parameters["own_data"])
    if row.made_at is not None:
        return  # It was done, and the worker died before it could say so.
    keeping.discard(row, row.unfinished_sha256)
    with timezone.override(zone_named(row.user.time_zone)), keeping.nameless_file() as file:
        place = keeping.workplace()
        writer = PackWriter(file, folder=row.name, at=timezone.localtime(), workplace=place)
        with closing(writer):
            _write(row, writer, progress)
        keeping.keep(
            row,
            file,
            content_type="application/zip",
            kept_for=kept_for(),
            progress=progress,
            tell=lambda stored, now: _tell(row, stored, now),
        )


def _write(row: OwnData, writer: PackWriter, progress: JobProgress) -> None:
    found = {
        name: content for share in shares() for name, content in share.export(row.user).items()
    }
    progress.total(len(found))
    writer.text(README, _readme(row))
    for name, content in sorted(found.items()):
        _write_one(writer, name, content)
        progress.advance()
    writer.values(
        MANIFEST,
        {
            "format": FORMAT,
            "account": str(row.user.uid),
            "made_at": plain_value(row.asked_at),
            "files": [
                {"path": each.path, "size_bytes": each.size_bytes, "sha256": each.sha256}
                for each in writer.files()
            ],
            "missing": [list(each) for each in writer.missing_things()],
        },
    )
    writer.finish()


def _write_one(writer: PackWriter, name: str, content: Any) -> None:
    match content:
        case StoredFile():
            writer.stored(name, content)
        case bytes():
            writer.content(name, content)
        case _:
            plain = _plain(content)
            writer.values(name, plain)
            if table := _table(plain):
                writer.text(f"{name.removesuffix('.json')}.csv", table)


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case UUID():
            return str(value)
    return plain_value(value)


def _table(value: Any) -> str:
    """The same for a spreadsheet; lists inside a line stay in the JSON alone."""
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        return ""
    columns = [name for name, each in value[0].items() if not isinstance(each, list | dict)]
    return csv_text(
        columns,
        [["" if line.get(name) is None else str(line[name]) for name in columns] for line in value],
    )


def _readme(row: OwnData) -> str:
    return render_to_string(
        "office/own_data/readme.txt",
        {
            "row": row,
            "provider": Provider.objects.filter(pk=1).first(),
            "days": kept_for().days,
        },
    )


def _tell(row: OwnData, stored: StoredFile, now: datetime) -> None:
    audit.record(
        "own-data.made",
        subject_type=SUBJECT,
        subject_id=row.uid,
        by=None,
        now=now,
        sha256=stored.sha256,
    )
    mail.write_mail(
        "own_data_ready",
        to_email=row.user.email,
        to_user_id=row.user_id,
        cause=f"own-data-ready:{row.uid.hex}",
        now=now,
        person=row.user,
        kept_until=now + kept_for(),
        url=reverse("office:own-data"),
    )
