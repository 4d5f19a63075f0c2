"""What the pack holds of one certificate: its PDF, its record, the way there, and what followed."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from ce_platform.core import codes
from ce_platform.core.models import AuditEvent
from ce_platform.core.templatetags.wording import plain_number
from ce_platform.core.zips import PackWriter
from ce_platform.pages.audit_pack import names
from ce_platform.pages.audit_pack.attempts import (
    AttemptLine,
    Renderers,
    asked_questions,
    event_values,
    facts_of,
    name_of,
    outcome_of,
    values_of,
)
from ce_platform.pages.audit_pack.evaluations import answers_of
from ce_platform.pages.audit_pack.gathering import Dossier
from ce_platform.pages.audit_pack.pictures import Pictures
from ce_platform.pages.audit_pack.sheets import Frame
from certificates.domain.record import record_of
from certificates.models import Certificate
from certificates.standing import standing_of

FOLDER: Final = "certificates"
EVENT_WORDS: Final = {
    "certificate.issued": "Issued",
    "certificate.recorded": "Recorded from an earlier system",
    "certificate.revoked": "Revoked",
    "certificate.replaced": "Replaced",
    "certificate.issued-anew": "Issued anew after the revocation",
    "certificate.document-not-made": "The PDF could not be made",
    "correction.asked": "Correction asked by the holder",
    "correction.granted": "Correction granted",
    "correction.refused": "Correction refused",
    "correction.withdrawn": "Correction withdrawn by the holder",
}


def folder_of(certificate: Certificate) -> str:
    return f"{FOLDER}/{names.of_certificate(certificate.holder_name, certificate.serial)}"


def write_dossier(
    dossier: Dossier,
    *,
    writer: PackWriter,
    frame: Frame,
    renderers: Renderers,
    pictures: Pictures,
) -> None:
    certificate = dossier.certificate
    folder = folder_of(certificate)
    _write_certificate(dossier, folder, writer)
    lines = []
    for place, answered in enumerate(dossier.attempts, start=1):
        name = name_of(place, answered)
        questions = asked_questions(answered, renderers.of(answered.attempt.quiz.version_id))
        page = frame.page(
            "attempt",
            answered=answered,
            facts=facts_of(answered),
            questions=questions,
            holder=certificate.holder_name,
        )
        writer.text(f"{folder}/attempts/{name}.html", pictures.standing_alone(page, up="../../../"))
        writer.values(f"{folder}/attempts/{name}.json", values_of(answered))
        lines.append(
            AttemptLine(
                quiz=answered.attempt.quiz.title,
                number=answered.attempt.number,
                outcome=outcome_of(answered),
                started_at=answered.attempt.started_at,
                submitted_at=answered.attempt.submitted_at,
                page=f"attempts/{name}.html",
            )
        )
    _say_what_is_missing(dossier, folder, writer)
    writer.text(
        f"{folder}/summary.html",
        frame.page(
            "person",
            dossier=dossier,
            certificate=certificate,
            standing=standing_of(certificate),
            licenses=json.loads(certificate.licenses_json),
            attempts=lines,
            answers=answers_of(dossier.evaluation) if dossier.evaluation else [],
            history=[(event.at, _words(event)) for event in dossier.events],
            has_pdf=_has_document(certificate),
        ),
    )
    writer.values(f"{folder}/record.json", record_values(dossier))


def _write_certificate(dossier: Dossier, folder: str, writer: PackWriter) -> None:
    """The bytes as issued, and the words they were made of with the hash they were sealed by."""
    certificate = dossier.certificate
    if _has_document(certificate):
        writer.stored(f"{folder}/certificate.pdf", certificate.document.file)
    else:
        writer.missing(f"{folder}/certificate.pdf", _why_no_pdf(dossier))
    record = record_of(certificate)
    writer.text(f"{folder}/printed.json", record.canonical_text())
    if record.sha256() != certificate.sha256:
        writer.missing(
            f"{folder}/printed.json",
            "The record does not agree with the SHA-256 it was sealed by when it was issued.",
        )


def _has_document(certificate: Certificate) -> bool:
    return getattr(certificate, "document", None) is not None


def _why_no_pdf(dossier: Dossier) -> str:
    if dossier.certificate.origin == Certificate.Origin.IMPORTED:
        return "The record was taken over from earlier files; no PDF came with it."
    for event in reversed(dossier.events):
        if event.action == "certificate.document-not-made":
            return f"The PDF could not be made: {json.loads(event.detail).get('problem', '')}"
    return "The PDF was not made yet when this pack was put together."


def _say_what_is_missing(dossier: Dossier, folder: str, writer: PackWriter) -> None:
    is_ours = dossier.certificate.origin == Certificate.Origin.ISSUED_HERE
    earlier = "" if is_ours else " The record was taken over from earlier files."
    attendance = dossier.attendance
    if dossier.attestation is None and attendance is None:
        writer.missing(f"{folder}/summary.html", f"No signed statement is on record.{earlier}")
    is_on_paper = attendance is not None and attendance.session.has_paper_evaluations
    if dossier.evaluation is None and is_on_paper:
        writer.missing(
            f"{folder}/summary.html", "The evaluation was collected on paper, at the session."
        )
    elif dossier.evaluation is None:
        writer.missing(f"{folder}/summary.html", f"No evaluation is on record.{earlier}")
    if not dossier.attempts and attendance is None:
        writer.missing(f"{folder}/attempts", f"No attempt at a quiz is on record.{earlier}")
    for answered in dossier.attempts:
        if not answered.items:
            writer.missing(
                f"{folder}/attempts",
                f"Attempt {answered.attempt.number} at {answered.attempt.quiz.title} has no "
                "questions on record.",
            )


def _words(event: AuditEvent) -> str:
    detail = json.loads(event.detail)
    words = EVENT_WORDS.get(event.action, event.action)
    said = detail.get("reason") or detail.get("problem") or detail.get("answer")
    return f"{words}: {said}" if said else words


def record_values(dossier: Dossier) -> dict[str, Any]:
    """All rows but the attempts, which have files of their own."""
    certificate, statement = dossier.certificate, dossier.attestation
    attendance = dossier.attendance
    enrollment = certificate.enrollment
    document = getattr(certificate, "document", None)
    replaced_by = getattr(certificate, "replaced_by", None)
    return {
        "certificate": {
            "serial": codes.dashed(certificate.serial),
            "status": certificate.status,
            "status_changed_at": _time(certificate.status_changed_at),
            "status_reason": certificate.status_reason,
            "origin": certificate.origin,
            "issued_at": _time(certificate.issued_at),
            "sha256_of_record": certificate.sha256,
            "replaces": codes.dashed(certificate.replaces.serial) if certificate.replaces else None,
            "replaced_by": codes.dashed(replaced_by.serial) if replaced_by else None,
            "verification": certificate.verify_url,
        },
        "document": {
            "sha256": document.sha256,
            "made_at": _time(document.rendered_at),
            "made_with": document.renderer,
            "pages": document.page_count,
        }
        if document
        else None,
        "enrollment": {
            "id": str(enrollment.uid),
            "course": enrollment.course.slug,
            "edition": enrollment.version.number,
            "course_sha256": enrollment.version.canonical_sha256,
            "started_at": _time(enrollment.started_at),
            "completed_at": _time(enrollment.completed_at),
            "completed_on": str(enrollment.completed_on or ""),
            "time_zone": enrollment.completed_zone,
            "lessons_finished": enrollment.finished_lesson_count,
            "seconds_on_pages": enrollment.seconds_on_task,
        }
        if enrollment is not None
        else None,
        "taken_over": _taken_over(certificate),
        "attestation": {
            "statement": statement.statement,
            "name": statement.holder_name,
            "licenses": json.loads(statement.licenses_json),
            "signed_at": _time(statement.made_at),
        }
        if statement
        else None,
        "attendance": {
            "session": attendance.session.when,
            "place": attendance.session.place,
            "minutes": attendance.minutes,
            "minutes_of_session": attendance.session.minutes,
            "recorded_at": _time(attendance.recorded_at),
            "recorded_by": attendance.recorded_by_label,
        }
        if attendance
        else None,
        "evaluation": {
            "submitted_at": _time(dossier.evaluation.submitted_at),
            "answers": [list(answer) for answer in answers_of(dossier.evaluation)],
        }
        if dossier.evaluation
        else None,
        "history": [event_values(event) for event in dossier.events],
        "reports": [
            {**asdict(entry), "due_on": str(entry.due_on or "")} for entry in dossier.reports
        ],
    }


def _taken_over(certificate: Certificate) -> dict[str, Any] | None:
    """What an earlier system had of it; None for what was issued here."""
    taken = getattr(certificate, "imported", None)
    if taken is None:
        return None
    return {
        "old_number": certificate.old_number,
        "source": taken.source,
        "recorded_at": _time(taken.recorded_at),
        "sha256_of_taking_over": taken.sha256,
    }


def course_words(certificate: Certificate) -> str:
    edition = f", edition {certificate.course_edition}" if certificate.course_edition else ""
    return f"{certificate.course_title}{edition}"


def _time(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def roster_rows(dossier: Dossier, *, body_code: str) -> Iterator[list[str]]:
    """One row for each license, or one without; of one body when the pack is for it.

    Course number and hours are those the body gave, as the certificate printed them.
    """
    certificate = dossier.certificate
    bodies = {body.body_code: body for body in certificate.bodies.all()}
    licenses = [
        line
        for line in json.loads(certificate.licenses_json)
        if not body_code or line[0] == body_code
    ]
    document = getattr(certificate, "document", None)
    for code, place, number in licenses or [[body_code, "", ""]]:
        body = bodies.get(code)
        hours = body.credit_hours if body and body.credit_hours else certificate.credit_hours
        yield [
            certificate.holder_name,
            number,
            place,
            (body.title if body else "") or certificate.course_title,
            body.number if body else "",
            certificate.course_edition,
            plain_number(hours),
            certificate.completed_on.isoformat(),
            certificate.delivery,
            codes.dashed(certificate.serial),
            standing_of(certificate).word,
            document.sha256 if document else "",
        ]


def licenses_in_words(certificate: Certificate) -> str:
    return ", ".join(
        f"{place} {number}" for _, place, number in json.loads(certificate.licenses_json)
    )
