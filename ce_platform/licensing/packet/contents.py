"""What stands in a packet: gathered from the frozen version, or from the draft and marked so."""

import io
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Final

from django.db.models import Case, IntegerField, Value, When
from django.utils.safestring import SafeString, mark_safe

from ce_platform.core.models import Provider, StoredFile
from ce_platform.core.pdf import RenderingFailed
from ce_platform.core.templatetags.wording import long_date
from ce_platform.core.text import sha256_text
from ce_platform.licensing.domain.letters import EXTENSIONS
from ce_platform.licensing.domain.submissions import event_letter
from ce_platform.licensing.models import Submission, SubmissionEvent
from ce_platform.licensing.packet.samples import certificate_sample
from ce_platform.licensing.queries import provider_numbers_on
from courses.domain.canonical import canonical_data
from courses.domain.instructing import Held, held_by_authors
from courses.forms import EvaluationForm
from courses.hours import HoursWorksheet, worksheet_of
from courses.models import Course, CourseVersion, Evaluation
from quizzes.exam import ExamQuiz, exam_of, grading_of

# In the order in which they stand in the packet.
PARTS: Final[Mapping[str, str]] = {
    "description": "Course description",
    "objectives": "Learning objectives",
    "outline": "Content outline with minutes",
    "hours": "Hours worksheet",
    "references": "References",
    "instructors": "Instructors, CVs and licenses",
    "evaluation": "Evaluation form",
    "grading": "Grading scale",
    "exam": "Exam with key (for the body only)",
    "certificate": "Sample certificate",
    "letters": "Letters on file",
}
FILES_ALONE: Final = ("certificate", "letters")
# NCBTMB: an average reader, 200 words a minute (home-study page, domain notes of 2026-11-20).
WORDS_PER_MINUTE: Final = 200
# A page scanned at 600 dots an inch has 34 million.
MOST_PIXELS: Final = 50_000_000
_PICTURE: Final = re.compile(r"<img\b[^>]*>")


@dataclass(frozen=True)
class OutlineLesson:
    title: str
    minutes: int
    objectives: str
    """Their codes."""


@dataclass(frozen=True)
class OutlineModule:
    title: str
    summary: str
    lessons: Sequence[OutlineLesson]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True)
class ShownInstructor:
    held: Held
    licenses: Sequence[tuple[str, str, str, str]]
    """State, number, until when, when the office found it in the register."""


@dataclass(frozen=True)
class Enclosure:
    """A file that goes along as it is."""

    part: str
    label: str
    file_name: str
    content: bytes
    content_type: str

    @cached_property
    def is_picture(self) -> bool:
        """A picture that can be laid out on a page; of letters only the first bytes were looked
        at when they were kept."""
        return self.content_type in ("image/png", "image/jpeg") and _can_be_shown(self.content)


@dataclass(frozen=True)
class Packet:
    """Everything that is shown, fetched. Templates ask for nothing more."""

    version: CourseVersion
    submission: Submission | None
    parts: Sequence[str]
    made_at: datetime
    provider: Provider | None
    provider_number: str
    says: Mapping[str, Any]
    """The canonical data of the version."""
    description: SafeString
    outline: Sequence[OutlineModule]
    worksheet: HoursWorksheet
    instructors: Sequence[ShownInstructor]
    evaluation: Sequence[tuple[str, Sequence[str]]]
    """Question and the answers offered; none: written freely."""
    grading: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    exam: Sequence[ExamQuiz]
    enclosures: Sequence[Enclosure] = field(default_factory=list)

    @property
    def is_draft(self) -> bool:
        return not self.version.is_frozen

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.outline)


def version_of(course: Course, edition: int) -> CourseVersion | None:
    """What a body would see of an edition: its newest published revision, else the draft."""
    return (
        CourseVersion.objects.filter(course=course, edition=edition)
        .select_related("course")
        .annotate(
            rank=Case(
                When(status=CourseVersion.Status.PUBLISHED, then=Value(0)),
                When(status=CourseVersion.Status.RETIRED, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "-revision")
        .first()
    )


def gather(
    version: CourseVersion,
    *,
    submission: Submission | None,
    parts: Collection[str],
    made_at: datetime,
) -> Packet:
    """A constant number of queries, and the files that go along.

    Errors: RenderingFailed when the record of a published version has been altered.
    """
    says = _says(version)
    wanted = [part for part in PARTS if part in parts]
    held = held_by_authors(version) if "instructors" in wanted else []
    enclosures = [
        *_cvs(held),
        *(_sample(version, made_at) if "certificate" in wanted else []),
        *(_letters(version, submission) if "letters" in wanted else []),
    ]
    with_files = {enclosure.part for enclosure in enclosures}
    return Packet(
        version=version,
        submission=submission,
        # What is files alone and has none is not promised on the cover.
        parts=[part for part in wanted if part not in FILES_ALONE or part in with_files],
        made_at=made_at,
        provider=Provider.objects.filter(pk=1).first(),
        provider_number=_number_at(submission, made_at),
        says=says,
        description=_without_pictures(version.description_html),
        outline=_outline(says),
        worksheet=worksheet_of(version),
        instructors=[_shown(each) for each in held],
        evaluation=_evaluation(),
        grading=grading_of(version),
        exam=exam_of(version) if "exam" in wanted else [],
        enclosures=enclosures,
    )


def _says(version: CourseVersion) -> dict[str, Any]:
    if not version.is_frozen:
        return canonical_data(version)
    if sha256_text(version.canonical_text) != version.canonical_sha256:
        raise RenderingFailed(
            f"The record of {version.label} does not agree with its SHA-256. Nothing was made."
        )
    return dict(json.loads(version.canonical_text))


def _without_pictures(html: str) -> SafeString:
    """Sanitized when it was written; pictures of the site are not sent along."""
    return mark_safe(_PICTURE.sub("", html))  # noqa: S308


def _outline(says: Mapping[str, Any]) -> list[OutlineModule]:
    codes = {row["key"]: row["code"] for row in says["objectives"]}
    return [
        OutlineModule(
            title=module["title"],
            summary=module["summary"],
            lessons=[
                OutlineLesson(
                    title=lesson["title"],
                    minutes=lesson_minutes(
                        lesson["counted_words"], Decimal(lesson["media_minutes"])
                    ),
                    objectives=", ".join(
                        sorted(codes[key] for key in lesson["objectives"] if key in codes)
                    ),
                )
                for lesson in module["lessons"]
            ],
        )
        for module in says["modules"]
    ]


def lesson_minutes(words: int, media_minutes: Decimal) -> int:
    """Reading time and the length of what is watched or heard, to the minute."""
    minutes = Decimal(words) / WORDS_PER_MINUTE + media_minutes
    return int(minutes.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _shown(held: Held) -> ShownInstructor:
    profile = held.says["profile"] or {}
    return ShownInstructor(
        held=held,
        licenses=[
            (
                row["state"],
                row["number"],
                long_date(date.fromisoformat(row["valid_until"])),
                long_date(datetime.fromisoformat(row["checked_at"])) if row["checked_at"] else "–",
            )
            for row in profile.get("licenses", ())
        ],
    )


def _evaluation() -> list[tuple[str, list[str]]]:
    scale = [str(label) for _, label in Evaluation.Agreement.choices]
    return [
        (str(field.label), scale if hasattr(field, "choices") else [])
        for field in EvaluationForm().fields.values()
    ]


def _number_at(submission: Submission | None, made_at: datetime) -> str:
    if submission is None:
        return ""
    numbers = [
        row.number
        for row in provider_numbers_on(made_at.date())
        if row.body_id == submission.body_id
    ]
    return numbers[0] if numbers else ""


# ---------------------------------------------------------------- files that go along


def _cvs(held: Sequence[Held]) -> list[Enclosure]:
    return [
        _enclosed("instructors", f"CV of {each.says['name']}", each.cv, name=f"cv-{number}")
        for number, each in enumerate(held, start=1)
        if each.cv is not None
    ]


def _sample(version: CourseVersion, made_at: datetime) -> list[Enclosure]:
    content = certificate_sample(version, now=made_at)
    if content is None:
        return []
    return [
        Enclosure(
            part="certificate",
            label="Sample certificate",
            file_name="sample-certificate.pdf",
            content=content,
            content_type="application/pdf",
        )
    ]


def _letters(version: CourseVersion, submission: Submission | None) -> list[Enclosure]:
    """Of this file, or of all files of the edition; each once, the oldest first."""
    events = SubmissionEvent.objects.filter(facts_json__contains='"letter":"')
    if submission is not None:
        events = events.filter(submission=submission)
    else:
        events = events.filter(
            submission__course=version.course_id, submission__edition=version.edition
        )
    found: dict[str, str] = {}
    for event in events.select_related("submission__body").order_by("pk"):
        found.setdefault(event_letter(event), event.submission.body.place)
    files = {
        file.sha256: file
        for file in StoredFile.objects.filter(
            area=StoredFile.Area.PRIVATE, sha256__in=[sha256 for sha256 in found if sha256]
        )
    }
    return [
        _enclosed("letters", f"Letter, {place}", files[sha256], name=f"letter-{number}")
        for number, (sha256, place) in enumerate(found.items(), start=1)
        if sha256 in files
    ]


def _can_be_shown(content: bytes) -> bool:
    from PIL import Image

    try:
        # Reads the head alone: a file of a few bytes may unfold into gigabytes.
        with Image.open(io.BytesIO(content)) as picture:
            return picture.width * picture.height <= MOST_PIXELS
    except Exception:  # Somebody's file may be broken in any way there is.
        return False


def _enclosed(part: str, label: str, file: StoredFile, *, name: str) -> Enclosure:
    extension = EXTENSIONS.get(file.content_type, "bin")
    return Enclosure(
        part=part,
        label=label,
        file_name=f"{name}.{extension}",
        content=file.read(),
        content_type=file.content_type,
    )
