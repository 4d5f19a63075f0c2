"""What the certificates app keeps of a person.

Certificates, attestations, documents, transcripts that were handed out and report lines are
records of law and stay as they were printed. What was written to the office about a correction,
shared pages, and lists of a group that the office typed are not.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q

from ce_platform.accounts.models import User
from ce_platform.accounts.people import addresses_of
from ce_platform.accounts.shares import Share
from ce_platform.core import codes, files
from certificates.domain.corrections import withdraw_correction
from certificates.models import (
    Attestation,
    Certificate,
    CertificateBundle,
    CertificateDocument,
    CorrectionRequest,
    GroupIssue,
    GroupIssueLine,
    ReportBatch,
    ReportEvent,
    ReportLine,
    SharedPage,
    Transcript,
)
from certificates.sharing.switching import switch_off

CLOSED: Final = "The account was closed."
Status = CorrectionRequest.Status


def erase(user: User, *, now: datetime) -> None:
    asked = CorrectionRequest.objects.filter(enrollment__user=user)
    for request in asked.filter(status=Status.ASKED):
        withdraw_correction(request, by=user, now=now)
    proofs = {each.proof for each in asked.filter(proof__isnull=False).select_related("proof")}
    # What was granted stands on the certificate; what was not, nowhere.
    asked.update(message="", why_json="[]", proof=None)
    asked.exclude(status=Status.GRANTED).update(holder_name="", licenses_json="[]")
    asked.filter(status=Status.REFUSED).update(answer=CLOSED)
    asked.exclude(status=Status.REFUSED).update(answer="")
    for proof in proofs:
        files.let_go(proof, now=now)
    for page in SharedPage.objects.filter(user=user, switched_off_at__isnull=True):
        switch_off(page, by=user, now=now)
    _erase_lists(user, now=now)
    _erase_labels(user)


def _erase_lists(user: User, *, now: datetime) -> None:
    """Attendance is the record; the list is what the office typed to make it."""
    lines = GroupIssueLine.objects.filter(
        Q(email__in=addresses_of(user)) | Q(enrollment__user=user)
    )
    lines.filter(outcome=GroupIssueLine.Outcome.PENDING).update(
        outcome=GroupIssueLine.Outcome.FAILED, done_at=now
    )
    for issue, pk in lines.values_list("issue", "pk"):
        # An enrollment is on a list once, but two addresses of one person may both be.
        del issue
        GroupIssueLine.objects.filter(pk=pk).update(
            name="", email=f"{pk}-{user.closed_email}", license_number="", note=""
        )


def _erase_labels(user: User) -> None:
    ReportBatch.objects.filter(made_by_id=user.pk).exclude(made_by_label="").update(
        made_by_label=""
    )
    ReportEvent.objects.filter(by_id=user.pk).exclude(by_label="").update(by_label="")
    Transcript.objects.filter(asked_by_id=user.pk).exclude(asked_by_label="").update(
        asked_by_label=""
    )
    GroupIssue.objects.filter(created_by_id=user.pk).update(created_by_label="")
    CertificateBundle.objects.filter(created_by_id=user.pk).update(created_by_label="")


def move(old: User, into: User, *, now: datetime) -> None:
    pages = SharedPage.objects.filter(user=old)
    # A link that is out keeps what it shows; of two pages of the person the one that stays counts.
    if pages.filter(certificate__isnull=True, switched_off_at__isnull=True).exists() and (
        SharedPage.objects.filter(
            user=into, certificate__isnull=True, switched_off_at__isnull=True
        ).exists()
    ):
        for page in pages.filter(certificate__isnull=True, switched_off_at__isnull=True):
            switch_off(page, by=old, now=now)
    pages.update(user=into)
    Certificate.objects.filter(user=old).update(user=into)
    Transcript.objects.filter(user=old).update(user=into)


def export(user: User) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    rows = list(
        Certificate.objects.filter(user=user).prefetch_related("bodies").order_by("issued_at", "pk")
    )
    documents = {
        document.certificate_id: document
        for document in CertificateDocument.objects.filter(certificate__in=rows).select_related(
            "file"
        )
    }
    certificates = []
    for row in rows:
        document = documents.get(row.pk)
        name = f"certificates/{codes.dashed(row.serial)}.pdf" if document else ""
        if document:
            found[name] = document.file
        certificates.append(_facts(row) | {"file": name})
    found["certificates.json"] = certificates
    transcripts = []
    for each in Transcript.objects.filter(user=user).select_related("file").order_by("pk"):
        name = f"transcripts/{codes.dashed(each.code)}.pdf" if each.file else ""
        if each.file:
            found[name] = each.file
        transcripts.append({"code": each.code, "asked_at": each.asked_at, "file": name})
    found["transcripts.json"] = transcripts
    corrections = []
    for request in CorrectionRequest.objects.filter(enrollment__user=user).order_by("pk"):
        name = f"corrections/{request.uid}" if request.proof_id else ""
        if request.proof is not None:
            found[name] = request.proof
        corrections.append(
            {
                "asked_at": request.asked_at,
                "state": request.status,
                "holder_name": request.holder_name,
                "licenses": request.licenses,
                "message": request.message,
                "answer": request.answer,
                "decided_at": request.decided_at,
                "proof": name,
            }
        )
    found["corrections.json"] = corrections
    found["reports.json"] = list(
        ReportLine.objects.filter(root__user=user)
        .order_by("pk")
        .values(
            "license_number",
            "state",
            "completed_on",
            "due_on",
            "status",
            "exported_at",
            body_code=F("body__code"),
        )
    )
    found["shared-pages.json"] = list(
        SharedPage.objects.filter(user=user)
        .order_by("pk")
        .values("switched_on_at", "switched_off_at", "has_licenses", "has_email")
    )
    return found


def _facts(row: Certificate) -> dict[str, Any]:
    return {
        "serial": codes.dashed(row.serial),
        "status": row.status,
        "issued_at": row.issued_at,
        "holder_name": row.holder_name,
        "course_title": row.course_title,
        "credit_hours": str(row.credit_hours),
        "completed_on": row.completed_on,
        "verify_url": row.verify_url,
        "bodies": [
            {"body": body.body_name, "status": body.status_word, "number": body.number}
            for body in row.bodies.all()
        ],
    }


def says(user: User) -> Iterable[str]:
    for request in CorrectionRequest.objects.filter(enrollment__user=user):
        yield from (request.message, request.answer)


def names(user: User) -> Iterable[str]:
    for model, owner in (
        (CorrectionRequest, "enrollment__user"),
        (Attestation, "enrollment__user"),
        (Certificate, "user"),
    ):
        rows = model._default_manager.filter(**{owner: user})
        yield from rows.order_by().values_list("holder_name", flat=True).distinct()


SHARE = Share("certificates", erase, move, export, says, names)
