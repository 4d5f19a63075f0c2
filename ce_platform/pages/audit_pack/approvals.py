"""What the pack holds of licensing bodies: each file of a course edition, its history, its letters,
and the provider's own numbers."""

import json
from collections.abc import Callable, Collection
from typing import Any, Final

from django.db.models import Prefetch, Q

from ce_platform.core.csv_text import csv_lines
from ce_platform.core.models import StoredFile
from ce_platform.core.zips import PackWriter
from ce_platform.licensing.domain.letters import EXTENSIONS
from ce_platform.licensing.domain.submissions import event_letter, event_packet
from ce_platform.licensing.models import ProviderNumber, Submission, SubmissionEvent
from ce_platform.pages.audit_pack import names
from ce_platform.pages.audit_pack.sheets import Frame

FOLDER: Final = "approvals"
ENDINGS: Final = {**EXTENSIONS, "application/zip": "zip"}
FACT_LABELS: Final = {
    "submitted_on": "Submitted on",
    "channel": "Sent by",
    "reference": "Reference",
    "answer_due_on": "Answer due on",
    "decided_on": "Decided on",
    "number": "Number",
    "title_approved": "Title approved",
    "hours_granted": "Hours granted",
    "category": "Category",
    "valid_from": "Valid from",
    "valid_to": "Valid to",
    "conditions": "Conditions",
    "through": "Through the list of",
    "letter": "File, SHA-256",
}


def write_approvals(
    editions: Collection[tuple[int, int]],
    *,
    body_code: str,
    writer: PackWriter,
    frame: Frame,
    alive: Callable[[], None],
) -> None:
    """`editions`: (course id, edition). With a body, its files alone, and those of the bodies whose
    list it accepts: its acceptance rests on them. `alive` is called after each file."""
    _write_numbers(body_code, writer)
    found = _submissions(editions, body_code)
    letters = _letters(found)
    for submission in found:
        _write_submission(submission, letters, writer=writer, frame=frame)
        alive()
    if not found:
        writer.missing(FOLDER, "No file at a licensing body is on record for these courses.")


def _submissions(editions: Collection[tuple[int, int]], body_code: str) -> list[Submission]:
    rows = (
        Submission.objects.filter(course__in={course for course, _ in editions})
        .select_related("course", "body", "through", "letter")
        .prefetch_related(Prefetch("events", queryset=SubmissionEvent.objects.order_by("pk")))
        .order_by("body__code", "course__slug", "edition")
    )
    if body_code:
        through = Submission.objects.filter(
            course__in={course for course, _ in editions},
            body__code=body_code,
            through__isnull=False,
        ).values("through")
        rows = rows.filter(Q(body__code=body_code) | Q(body__in=through))
    return [row for row in rows if (row.course_id, row.edition) in editions]


def _letters(submissions: Collection[Submission]) -> dict[str, StoredFile]:
    """Present and past letters by SHA-256; one query."""
    wanted = {
        sha256
        for submission in submissions
        for event in submission.events.all()
        for sha256 in (event_letter(event), event_packet(event))
        if sha256
    }
    found = {
        file.sha256: file
        for file in StoredFile.objects.filter(area=StoredFile.Area.PRIVATE, sha256__in=wanted)
    }
    for submission in submissions:
        if submission.letter is not None:
            found[submission.letter.sha256] = submission.letter
    return found


def _write_submission(
    submission: Submission, letters: dict[str, StoredFile], *, writer: PackWriter, frame: Frame
) -> None:
    folder = (
        f"{FOLDER}/{names.plain(submission.body.code, empty='body')}/"
        f"{submission.course.slug}-edition-{submission.edition}"
    )
    # What the office notes for itself is no record of what passed between it and the body.
    events = [event for event in submission.events.all() if not _is_own_note(event)]
    wanted = [("letter", event_letter(event)) for event in events]
    if submission.letter is not None:
        wanted.append(("letter", submission.letter.sha256))
    wanted += [("packet", event_packet(event)) for event in events]
    kept = []
    for place, (kind, sha256) in enumerate(
        dict.fromkeys(each for each in wanted if each[1]), start=1
    ):
        file = letters.get(sha256)
        if file is None:
            writer.missing(f"{folder}/{kind}-{place}", f"The file {sha256} is not there.")
            continue
        name = f"{kind}-{place}.{ENDINGS.get(file.content_type, 'bin')}"
        if writer.stored(f"{folder}/{name}", file):
            kept.append((name, sha256))
    if submission.status == Submission.Status.APPROVED and not kept:
        writer.missing(
            f"{folder}/letter",
            f"{submission.body.name} approved the course, and no letter of it is on file.",
        )
    writer.text(
        f"{folder}/history.html",
        frame.page(
            "submission",
            submission=submission,
            facts=_facts(submission),
            events=[
                {
                    "event": event,
                    "status": _label(event.to_status),
                    "direction": event.get_direction_display(),
                    "facts": [
                        (FACT_LABELS.get(name, name), value)
                        for name, value in json.loads(event.facts_json).items()
                        if value not in ("", None)
                    ],
                }
                for event in events
            ],
            letters=kept,
        ),
    )
    writer.values(
        f"{folder}/history.json",
        {
            "body": submission.body.code,
            "course": submission.course.slug,
            "edition": submission.edition,
            "status": submission.status,
            "facts": {name: _plain(getattr(submission, name)) for name in FACT_LABELS},
            "events": [
                {
                    "at": event.at.isoformat(),
                    "by": event.by_label,
                    "from": event.from_status,
                    "to": event.to_status,
                    "note": event.note,
                    "direction": event.direction,
                    "contact": event.contact,
                    "happened_on": str(event.happened_on or ""),
                    "facts": json.loads(event.facts_json),
                }
                for event in events
            ],
        },
    )


def _is_own_note(event: SubmissionEvent) -> bool:
    return event.direction == SubmissionEvent.Direction.INTERNAL and not event.to_status


def _facts(submission: Submission) -> list[tuple[str, Any]]:
    return [
        (label, getattr(submission, name))
        for name, label in FACT_LABELS.items()
        if name != "letter" and getattr(submission, name) not in ("", None)
    ]


def _label(status: str) -> str:
    return str(Submission.Status(status).label) if status in Submission.Status.values else ""


def _plain(value: Any) -> Any:
    if isinstance(value, StoredFile):
        return value.sha256
    return None if value in ("", None) else str(value)


def _write_numbers(body_code: str, writer: PackWriter) -> None:
    numbers = ProviderNumber.objects.select_related("body").order_by("body__code", "-valid_from")
    if body_code:
        numbers = numbers.filter(body__code=body_code)
    rows = [
        (row.body.code, row.body.name, row.number, row.valid_from or "", row.valid_to or "")
        for row in numbers
    ]
    if rows:
        writer.content(
            f"{FOLDER}/provider-numbers.csv",
            b"".join(csv_lines(("Body", "Name", "Our number", "From", "To"), rows)),
        )
