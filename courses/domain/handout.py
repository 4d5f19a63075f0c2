"""Handouts of a draft: files to take along, PDF or a picture, offered by a link in a lesson."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from ce_platform.core.text import clean
from courses import pictures
from courses.domain.drafting import locked_draft
from courses.domain.errors import RecordingInUse, RecordingTextRefused
from courses.domain.media_time import used_in
from courses.domain.recording import free_slug
from courses.domain.unseen import is_news, state_of, texts_of
from courses.models import CourseVersion, Handout

LARGEST_FILE: Final = 20_000_000
LONGEST_TITLE: Final = 200
LONGEST_CREDIT: Final = 300
MOST_HANDOUTS: Final = 200
TEXTS: Final = ("title", "credit")
PDF: Final = "application/pdf"
EXTENSIONS: Final = {PDF: "pdf", "image/png": "png", "image/webp": "webp"}
# What runs or opens something by itself when the file is opened.
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")


class HandoutRefused(DomainError):
    """Not a file that we hand out."""


@dataclass(frozen=True)
class PreparedHandout:
    content: bytes
    content_type: str


def prepare_handout(content: bytes) -> PreparedHandout:
    """A PDF as it came, looked over; a picture made anew. Errors: HandoutRefused."""
    if not content:
        raise HandoutRefused("The file is empty.")
    if len(content) > LARGEST_FILE:
        raise HandoutRefused(f"A handout has at most {LARGEST_FILE // 1_000_000} MB.")
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return PreparedHandout(content, PDF)
    if content.startswith(b"PK"):
        raise HandoutRefused("Word files look different everywhere. Save it as PDF and send that.")
    try:
        picture = pictures.make_sizes(content)
    except pictures.PictureRefused as error:
        raise HandoutRefused(
            f"A handout is a PDF or a picture (JPEG, PNG, WebP): {error}."
        ) from None
    return PreparedHandout(picture.largest, picture.content_type)


def _check_pdf(content: bytes) -> None:
    """What can be seen without a reader of PDF; browsers get it as a download, never as a page."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise HandoutRefused("The PDF ends in the middle. Save it once more.")
    if content[end + 5 :].strip(b"\r\n\t \0"):
        raise HandoutRefused("Something that is no PDF hangs on this file. Save it once more.")
    if b"/Encrypt" in content:
        raise HandoutRefused("The PDF is locked with a password. Save it without one.")
    if _ACTIVE.search(content):
        raise HandoutRefused(
            "The PDF holds a program or other files. Print it to a PDF and send that."
        )


def keep_handout(prepared: PreparedHandout, *, now: datetime) -> StoredFile:
    """Before the transaction that names it."""
    return store_bytes(
        prepared.content,
        area=StoredFile.Area.COURSE_MEDIA,
        content_type=prepared.content_type,
        now=now,
    )


@transaction.atomic
def add_handout(
    version: CourseVersion, file: StoredFile, *, title: str, credit: str, by: User, now: datetime
) -> Handout:
    """Errors: NotADraft, RecordingTextRefused."""
    version = locked_draft(version)
    slugs = set(version.handouts.values_list("slug", flat=True))
    if len(slugs) >= MOST_HANDOUTS:
        raise RecordingTextRefused(f"A course has at most {MOST_HANDOUTS} handouts.")
    title = _title(title)
    slug = free_slug(title, slugs, "handout")
    handout = Handout.objects.create(
        version=version,
        slug=slug,
        title=title,
        file=file,
        file_name=file_name_of(slug, file),
        credit=_line(credit)[:LONGEST_CREDIT],
    )
    _recorded("handout.added", handout, by=by, now=now)
    return handout


def file_name_of(slug: str, file: StoredFile) -> str:
    """As it is called on the reader's computer."""
    return f"{slug}.{EXTENSIONS[file.content_type]}"


@transaction.atomic
def save_handout(
    version: CourseVersion,
    key: UUID,
    *,
    title: str,
    credit: str,
    file: StoredFile | None = None,
    based_on: str = "",
    by: User,
    now: datetime,
) -> Handout:
    """Title, credit, and with `file` another file.

    Errors: NotADraft, RecordingTextRefused, ChangedMeanwhile.
    """
    version = locked_draft(version)
    handout = _handout(version, key)
    before = texts_of(handout, TEXTS)
    handout.title = _title(title)
    handout.credit = _line(credit)[:LONGEST_CREDIT]
    if is_news(handout, before, based_on=based_on, by=by) or file is not None:
        if file is not None:
            handout.file = file
            handout.file_name = file_name_of(handout.slug, file)
        handout.save()
        _recorded("handout.changed", handout, by=by, now=now, state=state_of(handout, TEXTS))
    return handout


@transaction.atomic
def remove_handout(version: CourseVersion, key: UUID, *, by: User, now: datetime) -> str:
    """Returns its title. Errors: NotADraft, RecordingTextRefused, RecordingInUse."""
    version = locked_draft(version)
    handout = _handout(version, key)
    lessons = used_in(version, "handout").get(handout.slug, [])
    if lessons:
        raise RecordingInUse(f"“{handout.title}”", [each.title for each in lessons])
    _recorded("handout.removed", handout, by=by, now=now)
    handout.delete()
    return handout.title


def title_from(file_name: str) -> str:
    return Path(file_name).stem.replace("_", " ").replace("-", " ").strip()


def _title(title: str) -> str:
    title = _line(title)
    if not title:
        raise RecordingTextRefused("Give it a title.")
    return title[:LONGEST_TITLE]


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _handout(version: CourseVersion, key: UUID) -> Handout:
    handout = Handout.objects.filter(version=version, key=key).first()
    if handout is None:
        raise RecordingTextRefused("That handout is not there any more.")
    return handout


def _recorded(action: str, handout: Handout, *, by: User, now: datetime, **detail: str) -> None:
    audit.record(
        action,
        subject_type="handout",
        subject_id=handout.key,
        by=by,
        now=now,
        version=handout.version_id,
        slug=handout.slug,
        sha256=handout.file.sha256,
        **detail,
    )
