"""Licensing bodies with their rules as the office edited them, submissions with letters, provider
numbers, who signs."""

from typing import Final

from ce_platform.licensing.models import (
    BodyRule,
    LicensingBody,
    ProviderNumber,
    Signatory,
    Submission,
    SubmissionEvent,
)
from ce_platform.office.moving_out.kept import ending_of
from ce_platform.office.moving_out.names import file_name
from ce_platform.office.moving_out.parts import ArchivePart, Table, part_of_tables
from ce_platform.office.moving_out.writing import ArchiveWriter

TABLES: Final = part_of_tables(
    "licensing",
    Table(
        "licensing/bodies.csv",
        "Licensing bodies. Their rules are in licensing/rules/.",
        lambda: LicensingBody.objects.all(),
        (
            ("body", "code", "other tables name it"),
            ("name", "name", ""),
            ("jurisdiction", "jurisdiction", ""),
            ("website", "website", ""),
            ("remarks", "remarks", ""),
        ),
    ),
    Table(
        "licensing/provider-numbers.csv",
        "The numbers that bodies gave the provider.",
        lambda: ProviderNumber.objects.all(),
        (
            ("body", "body__code", ""),
            ("number", "number", ""),
            ("valid_from", "valid_from", ""),
            ("valid_to", "valid_to", ""),
        ),
    ),
    Table(
        "licensing/submissions.csv",
        "Course editions at licensing bodies. Letters are in licensing/letters/.",
        lambda: Submission.objects.all(),
        (
            ("submission", "uid", "begins the name of its letter"),
            ("course", "course__slug", "as in its address"),
            ("edition", "edition", ""),
            ("body", "body__code", ""),
            ("status", "status", ""),
            ("through", "through__code", "accepted through whose list"),
            ("submitted_on", "submitted_on", ""),
            ("answer_due_on", "answer_due_on", ""),
            ("decided_on", "decided_on", ""),
            ("number", "number", "of the course at that body"),
            ("title_approved", "title_approved", ""),
            ("hours_granted", "hours_granted", ""),
            ("valid_from", "valid_from", ""),
            ("valid_to", "valid_to", ""),
            ("conditions", "conditions", ""),
        ),
    ),
    Table(
        "licensing/submission-history.csv",
        "Every move, message and note of a submission.",
        lambda: SubmissionEvent.objects.all(),
        (
            ("submission", "submission__uid", "licensing/submissions.csv"),
            ("at", "at", "UTC"),
            ("by", "by_label", ""),
            ("from_status", "from_status", ""),
            ("to_status", "to_status", ""),
            ("direction", "direction", "from the body, to the body, or a note of the office"),
            ("contact", "contact", ""),
            ("happened_on", "happened_on", ""),
            ("note", "note", ""),
            ("facts", "facts_json", "what was recorded, JSON; files by SHA-256: files/index.csv"),
        ),
    ),
    Table(
        "licensing/signatories.csv",
        "Who signs certificates. Signatures are in licensing/signatures/.",
        lambda: Signatory.objects.all(),
        (
            ("id", "pk", "begins the name of the signature"),
            ("name", "name", ""),
            ("title", "title", ""),
            ("is_active", "is_active", ""),
        ),
    ),
    order=40,
)


def _files(writer: ArchiveWriter) -> None:
    writer.describe(
        "licensing/letters/SUBMISSION-BODY-COURSE",
        "The letter of each submission. Older letters and packets are in files/; the history "
        "names them by SHA-256.",
    )
    submissions = Submission.objects.filter(letter__isnull=False)
    for submission in (
        submissions.select_related("letter", "body", "course")
        .order_by("pk")
        .iterator(chunk_size=500)
    ):
        if submission.letter is not None:
            name = file_name(submission.body.code, submission.course.slug)
            ending = ending_of(submission.letter)
            writer.stored(f"licensing/letters/{submission.uid}-{name}{ending}", submission.letter)
        writer.step()
    writer.describe("licensing/signatures/ID-NAME", "Signatures as printed on certificates.")
    for signatory in Signatory.objects.filter(signature__isnull=False).select_related("signature"):
        if signatory.signature is not None:
            name = f"{signatory.pk}-{file_name(signatory.name)}{ending_of(signatory.signature)}"
            writer.stored(f"licensing/signatures/{name}", signatory.signature)
    writer.describe(
        "licensing/rules/BODY/DAY-ID.json",
        "What a body asks from a day on, with sources, and who wrote and who checked it. The keys "
        "are those of docs/licensing-rules.md.",
    )
    for rule in BodyRule.objects.select_related("body").order_by("pk").iterator(chunk_size=200):
        writer.values(
            f"licensing/rules/{rule.body.code}/{rule.valid_from}-{rule.pk}.json",
            {
                "body": rule.body.code,
                "valid_from": rule.valid_from,
                "rule": rule.rule,
                "sources": rule.sources,
                "as_of": rule.as_of,
                "confidence": rule.confidence,
                "notes": rule.notes,
                "written_at": rule.created_at,
                "written_by": rule.written_by_label,
                "reason": rule.reason,
                "checked_at": rule.checked_at,
                "checked_by": rule.checked_by_label,
            },
        )
        writer.step()


FILES: Final = ArchivePart(
    "licensing-files",
    _files,
    count=lambda: (
        Submission.objects.filter(letter__isnull=False).count() + BodyRule.objects.count()
    ),
    order=41,
)
