"""What the licensing app keeps of a person: licenses and hours earned elsewhere.

A license that was reported under stays as a row without its number; certificates and report lines
have the number of their day printed in their own rows.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from ce_platform.accounts.models import User
from ce_platform.accounts.shares import Share
from ce_platform.core import files
from ce_platform.licensing.models import (
    BodyRule,
    ExternalCredit,
    License,
    RuleProposalLine,
    SubmissionEvent,
)


def erase(user: User, *, now: datetime) -> None:
    credits = ExternalCredit.objects.filter(user=user).select_related("proof")
    proofs = {credit.proof for credit in credits if credit.proof is not None}
    credits.delete()
    for proof in proofs:
        files.let_go(proof, now=now)
    for row in License.objects.filter(user=user):
        if row.report_lines.exists() or row.report_consents.exists():
            row.number = row.name_on_license = ""
            row.removed_at = row.removed_at or now
            row.save(update_fields=["number", "name_on_license", "removed_at"])
        else:
            row.delete()
    SubmissionEvent.objects.filter(by_id=user.pk).exclude(by_label="").update(by_label="")
    BodyRule.objects.filter(checked_by_id=user.pk).update(checked_by_label="")
    RuleProposalLine.objects.filter(decided_by_id=user.pk).update(decided_by_label="")


def move(old: User, into: User, *, now: datetime) -> None:
    ExternalCredit.objects.filter(user=old).update(user=into)
    known = {
        (row.body_id, row.number)
        for row in License.objects.filter(user=into, removed_at__isnull=True)
    }
    for row in License.objects.filter(user=old):
        row.user = into
        if row.removed_at is None and (row.body_id, row.number) in known:
            row.removed_at = now  # The same card was typed into both.
        row.save(update_fields=["user", "removed_at"])


def export(user: User) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "licenses.json": list(
            License.objects.filter(user=user)
            .order_by("pk")
            .values(
                "number",
                "name_on_license",
                "first_issued_on",
                "expires_on",
                "hours_due_on",
                "created_at",
                "removed_at",
                body_code=F("body__code"),
                body_name=F("body__name"),
            )
        ),
    }
    credits = []
    rows = ExternalCredit.objects.filter(user=user).select_related("proof").order_by("pk")
    for credit in rows.prefetch_related("hours", "approvals__body"):
        name = ""
        if credit.proof is not None:
            name = f"hours-elsewhere/{credit.uid}{_ending(credit.proof.content_type)}"
            found[name] = credit.proof
        credits.append(
            {
                "title": credit.title,
                "provider": credit.provider,
                "completed_on": credit.completed_on,
                "delivery": credit.delivery,
                "has_exam": credit.has_exam,
                "notes": credit.notes,
                "hours": [[each.subject, str(each.credit_hours)] for each in credit.hours.all()],
                "approvals": [[each.body.code, each.number] for each in credit.approvals.all()],
                "proof": name,
                "removed_at": credit.removed_at,
            }
        )
    found["hours-elsewhere.json"] = credits
    return found


def _ending(content_type: str) -> str:
    known = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
    return known.get(content_type, ".bin")


def says(user: User) -> Iterable[str]:
    for credit in ExternalCredit.objects.filter(user=user):
        yield from (credit.title, credit.notes)


def names(user: User) -> Iterable[str]:
    return License.objects.filter(user=user).values_list("name_on_license", flat=True)


SHARE = Share("licensing", erase, move, export, says, names)
