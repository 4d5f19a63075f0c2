"""A Word document into a draft: what it would do, and doing it.

Reading takes time, so a background job does it; its result is kept as a file until the author has
looked at it. A lesson that came from the document before is merged: what Word changed is taken,
what the studio added stays.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs
from ce_platform.core.errors import DomainError
from ce_platform.core.files import store_bytes
from ce_platform.core.jobs import JobProgress
from ce_platform.core.models import BackgroundJob, StoredFile
from ce_platform.core.text import canonical_json
from courses.domain import outline
from courses.domain.drafting import locked_draft
from courses.domain.errors import OutlineRefused
from courses.domain.lessons import check_length, replace_text, text_of
from courses.domain.picturing import add_figure
from courses.models import CourseVersion, Lesson, OutlineStep, WordText
from courses.word import read_docx
from courses.word.merging import Change, merge_lesson

KIND: Final = "word"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST_FILE: Final = 60_000_000


@dataclass(frozen=True)
class ReadLesson:
    title: str
    body: str


@dataclass(frozen=True)
class ReadDocument:
    """What a document says, as the job kept it."""

    file_name: str
    title: str
    lessons: list[ReadLesson]
    pictures: Mapping[str, tuple[bytes, str]]
    """Slug → bytes and alternative text."""
    notes: list[str]


@dataclass(frozen=True)
class LessonPlan:
    """What would happen to one lesson of the document."""

    action: str
    """add | change | keep"""
    read: ReadLesson
    lesson: Lesson | None
    changes: list[Change]
    body: str
    """What the lesson would say."""

    @property
    def conflicts(self) -> list[Change]:
        return [each for each in self.changes if each.kind == "conflict"]


# ---------------------------------------------------------------- reading


def start_reading(
    version: CourseVersion, content: bytes, *, file_name: str, by: User, now: datetime
) -> BackgroundJob:
    """Keep the document and have it read. Call it outside a transaction."""
    document = store_bytes(content, area=StoredFile.Area.PRIVATE, content_type=DOCX, now=now)
    return jobs.start(
        KIND,
        title=f"Reading {file_name[:150]}",
        now=now,
        created_by_id=by.pk,
        sha256=document.sha256,
        file_name=file_name[:200],
        version=version.pk,
        language=version.language,
    )


def read_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    """The work of the job: safe to start again."""
    document = StoredFile.objects.get(area=StoredFile.Area.PRIVATE, sha256=parameters["sha256"])
    shown = 0

    def tell(done: int, total: int) -> None:
        nonlocal shown
        if done == 0 or total < 1:
            return
        if shown == 0:
            progress.total(100)
        percent = done * 100 // total
        if percent > shown:
            progress.advance(percent - shown)
            shown = percent

    read = read_docx(document.read(), language=parameters["language"], progress=tell)
    text = canonical_json(
        {
            "file_name": parameters["file_name"],
            "title": read.title,
            "lessons": [{"title": each.title, "body": each.body_markdown} for each in read.lessons],
            "pictures": {
                slug: [b64encode(picture.content).decode(), picture.alt]
                for slug, picture in read.pictures.items()
            },
            "notes": list(read.notes),
        }
    )
    kept = store_bytes(
        text.encode(),
        area=StoredFile.Area.PRIVATE,
        content_type="application/json",
        now=timezone.now(),
    )
    progress.result(kept, "word.json")


def version_of(job: BackgroundJob) -> int:
    """The draft the document was read for."""
    return int(json.loads(job.parameters).get("version", 0))


def document_of(job: BackgroundJob) -> ReadDocument | None:
    """What was read; None while it is not."""
    if job.kind != KIND or job.result_file is None:
        return None
    told = json.loads(job.result_file.read())
    return ReadDocument(
        file_name=told["file_name"],
        title=told["title"],
        lessons=[ReadLesson(each["title"], each["body"]) for each in told["lessons"]],
        pictures={
            slug: (b64decode(content), alt) for slug, (content, alt) in told["pictures"].items()
        },
        notes=told["notes"],
    )


# ---------------------------------------------------------------- planning and doing


def plan(version: CourseVersion, document: ReadDocument) -> list[LessonPlan]:
    """What the document would do to the draft; nothing is written. A constant number of queries.

    A lesson is known by its heading in the document of the last import, whatever it is called in
    the course by now.
    """
    known = _known(version)
    plans = []
    for read in document.lessons:
        found = _next_known(known, read.title)
        if found is None:
            plans.append(LessonPlan("add", read, None, [], text_of(read.body)))
            continue
        text, lesson = found
        merged = merge_lesson(lesson.body, text_of(read.body), text.body)
        action = "keep" if merged.text == lesson.body and not merged.changes else "change"
        plans.append(LessonPlan(action, read, lesson, merged.changes, merged.text))
    return plans


def refusal_of(version: CourseVersion, plans: Sequence[LessonPlan]) -> str:
    """Why a plan cannot be carried out, as a sentence; empty: it can."""
    new = sum(each.action == "add" for each in plans)
    if version.lessons.count() + new > outline.MOST_LESSONS:
        return f"A course has at most {outline.MOST_LESSONS} lessons. Nothing was changed."
    for each in plans:
        # One that is too long already and stays as it is hinders nobody.
        if each.action != "keep":
            try:
                check_length(each.lesson.title if each.lesson else each.read.title, each.body)
            except OutlineRefused as error:
                return str(error)
    return ""


def apply(
    version: CourseVersion,
    document: ReadDocument,
    *,
    module_key: UUID,
    by: User,
    now: datetime,
) -> list[str]:
    """Make lessons of the document, new ones at the end of a module; returns what could not be
    taken over, one sentence each. Doing it twice makes nothing twice.

    Call it outside a transaction: pictures are encoded first. Errors: NotADraft, OutlineRefused.
    """
    notes: list[str] = []
    # Asked before pictures are added, and again with the lock for what was written meanwhile.
    refusal = refusal_of(version, plan(version, document))
    if refusal:
        raise OutlineRefused(refusal)
    slugs = _add_pictures(version, document, notes, by=by, now=now)
    with transaction.atomic():
        draft = locked_draft(version)
        known = _known(draft)
        step = outline.last_step(draft)
        for read in document.lessons:
            body = text_of(_with_pictures(read.body, slugs))
            found = _next_known(known, read.title)
            if found is None:
                key = outline.add_lesson(
                    draft, module_key, title=read.title[:200], body=body, by=by, now=now
                ).key
            else:
                text, lesson = found
                key = lesson.key
                merged = merge_lesson(lesson.body, body, text.body)
                notes += [
                    f"In “{lesson.title}” a paragraph was changed here and in Word; yours stays."
                    for _ in merged.conflicts
                ]
                if merged.text != lesson.body:
                    replace_text(
                        draft,
                        key,
                        title=lesson.title,
                        body=merged.text,
                        note=f"From {document.file_name}"[:200],
                        by=by,
                        now=now,
                    )
            WordText.objects.update_or_create(
                version=draft,
                lesson_key=key,
                defaults={
                    "file_name": document.file_name,
                    "title": read.title[:200],
                    "body": body,
                    "imported_at": now,
                },
            )
        _one_step(draft, document, after=step)
        audit.record(
            "word.imported",
            subject_type="version",
            subject_id=draft.pk,
            by=by,
            now=now,
            file_name=document.file_name,
            lessons=len(document.lessons),
        )
    return notes


def _one_step(version: CourseVersion, document: ReadDocument, *, after: OutlineStep | None) -> None:
    """The new lessons of a document are taken back together, not one by one."""
    steps = list(
        version.outline_steps.filter(
            number__gt=after.number if after else 0, undone_at__isnull=True
        ).order_by("number")
    )
    if len(steps) > 1:
        first, *others = steps
        first.sentence = f"Took {len(steps)} lessons from “{document.file_name}”"[:300]
        first.save(update_fields=["sentence"])
        OutlineStep.objects.filter(pk__in=[each.pk for each in others]).delete()


def _known(version: CourseVersion) -> dict[str, list[tuple[WordText, Lesson]]]:
    """Heading in the last import → its text and the lesson it became, if that is still there.

    Several when the document says one heading more than once; the first stands for the first.
    """
    lessons = {each.key: each for each in Lesson.objects.filter(version=version)}
    known: dict[str, list[tuple[WordText, Lesson]]] = {}
    for text in WordText.objects.filter(version=version).order_by("pk"):
        if text.lesson_key in lessons:
            known.setdefault(_name(text.title), []).append((text, lessons[text.lesson_key]))
    return known


def _next_known(
    known: dict[str, list[tuple[WordText, Lesson]]], title: str
) -> tuple[WordText, Lesson] | None:
    """The next one of this heading, which is taken out; None when there is no other."""
    found = known.get(_name(title))
    return found.pop(0) if found else None


def _name(title: str) -> str:
    return " ".join(title.split()).casefold()[:200]


def _add_pictures(
    version: CourseVersion,
    document: ReadDocument,
    notes: list[str],
    *,
    by: User,
    now: datetime,
) -> dict[str, str]:
    """Slug in the document → slug in the course; empty: the picture could not be taken."""
    slugs = {}
    for slug, (content, alt) in document.pictures.items():
        try:
            figure = add_figure(version, content, file_name=slug, alt=alt, by=by, now=now)
        except DomainError as refusal:
            notes.append(f"A picture was left out: {refusal}")
            slugs[slug] = ""
        else:
            slugs[slug] = figure.slug
    return slugs


def _with_pictures(body: str, slugs: Mapping[str, str]) -> str:
    """The body with the names that pictures got here; what was refused leaves no gap."""
    blocks = []
    for block in body.split("\n\n"):
        for slug, taken in slugs.items():
            if f"(figure:{slug})" in block:
                block = block.replace(f"(figure:{slug})", f"(figure:{taken})") if taken else ""
        if block.strip():
            blocks.append(block)
    return "\n\n".join(blocks)
