"""The README of an archive, in plain words. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from ce_platform.office.moving_out.left_out import LEFT_OUT
from ce_platform.office.moving_out.writing import Description

_HEAD = """# Everything that {provider} holds

Made on {day} at {time} UTC. All of it shows the database at this one moment. Every file
is in an open form: nothing here needs the program that wrote it.

**Keep it like the records of a doctor.** It holds names, addresses, licenses, answers and the keys
of exams. Store it encrypted, and delete it when it has been moved.

## How to read it

- `.csv`: a table for any spreadsheet (UTF-8, comma, one head line). A cell that would be taken for
  a formula begins with an apostrophe. What a column means stands in `columns.csv`.
- `.jsonl`: one row a line, each line JSON. Any programming language reads it; so does a text
  editor. Moments are in UTC (`2026-11-20T17:30:00Z`), decimal numbers stand as text and are exact.
- `.json`, `.toml`, `.md`, `.xml`: text, for people and programs.
- `.pdf`, pictures, sound and film: the bytes as they were kept. A certificate's PDF is the signed
  document as it was issued; its signature still holds.

## What is here

| where | what |
|---|---|
{files}

`records/` holds every table of the database row by row, and so everything that the tables for
people say, and more. Rows name each other by id: `user_id` in one is `id` in
`records/accounts.user.jsonl`; a file's id is in `files/index.csv`.

## How to check that it is whole

In this folder: `sha256sum -c SHA256SUMS` (Linux, macOS: `shasum -a 256 -c SHA256SUMS`), or with
Python on any system: `python verify_archive.py .`. `manifest.json` names every file with its size
and SHA-256. {missing}

## How to bring a course back

Each folder `courses/COURSE/VERSION/` is a course package: `manage.py import_course FOLDER`, or zip
the folder and hand it to *Office → Import a course*. `questions/` holds the same questions for
other systems: Moodle XML, QTI 2.1 and plain JSON.

## What is not here

{left_out}
- Columns that hold a secret: passwords (not even scrambled), keys and shared secrets, bodies of
  messages with a sign-in code that had not left yet. People choose a new password at a new place.
- The keys that sign certificates, the settings of the installation, and its cache: they are not in
  the database. Keep the signing key apart (docs/production.md).
- Archives like this one, audit packs and bundles of certificates: made of what is here.
- Unfinished uploads.
"""


def readme_of(
    descriptions: Iterable[Description],
    *,
    provider: str,
    at: datetime,
    counts: Mapping[str, int],
    missing_count: int,
) -> str:
    moment = at.astimezone(UTC)
    rows = [
        f"| `{each.path}` | {each.about}"
        + (_rows(counts[each.path]) if each.path in counts else "")
        + " |"
        for each in descriptions
    ]
    if not missing_count:
        missing = "Nothing that belongs in it is missing."
    else:
        things = "One thing is" if missing_count == 1 else f"{missing_count:,} things are"
        missing = f"**{things} missing:** `missing.csv` says what, and why."
    return _HEAD.format(
        provider=provider or "the provider",
        day=f"{moment:%B} {moment.day}, {moment.year}",
        time=f"{moment:%H:%M}",
        files="\n".join(rows),
        missing=missing,
        left_out="\n".join(f"- `{label}`: {reason}." for label, reason in LEFT_OUT.items()),
    )


def _rows(count: int) -> str:
    return " 1 row." if count == 1 else f" {count:,} rows."
