"""The life of one completion's certificates: every version, and what happened to it, in words."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ce_platform.accounts.models import User
from ce_platform.core import codes
from ce_platform.core.models import AuditEvent
from certificates.models import Certificate, CertificateDocument
from certificates.standing import Standing, standing_of

MOST_EVENTS: Final = 300
_FOR_OFFICE: Final = frozenset({"certificate.document-not-made"})


@dataclass(frozen=True)
class Happening:
    at: datetime
    words: str
    note: str
    who: str
    serial: str


@dataclass(frozen=True)
class Version:
    """One certificate of the chain."""

    certificate: Certificate
    standing: Standing
    number: int
    """1 is the first."""
    document: CertificateDocument | None
    happenings: list[Happening]
    """Newest first."""
    is_newest: bool


def _dashed(detail: Mapping[str, Any], name: str) -> str:
    return codes.dashed(str(detail.get(name, "")))


def _issued(detail: Mapping[str, Any]) -> str:
    replaces = detail.get("replaces")
    return f"Issued in the place of {codes.dashed(str(replaces))}" if replaces else "Issued"


_WORDS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "certificate.issued": _issued,
    "certificate.recorded": lambda detail: "Recorded from an earlier system",
    "certificate.replaced": lambda detail: f"Replaced by {_dashed(detail, 'successor')}",
    "certificate.issued-anew": (
        lambda detail: f"Issued anew as {_dashed(detail, 'successor')} after the revocation"
    ),
    "certificate.revoked": lambda detail: "Revoked",
    "certificate.document-not-made": lambda detail: "PDF could not be made",
    "correction.asked": lambda detail: "Correction asked",
    "correction.granted": (
        lambda detail: "Correction granted" if detail.get("why") else "Corrected at once, by rule"
    ),
    "correction.refused": lambda detail: "Correction refused",
    "correction.withdrawn": lambda detail: "Correction withdrawn",
}


def versions_of(certificate: Certificate, *, viewer: User | None) -> list[Version]:
    """Newest first; two queries. `viewer` is the holder, who is not told names of the office and
    not of trouble with making the PDF; None: the office looks."""
    chain = list(
        Certificate.objects.filter(certificate.of_same_completion)
        .select_related("document", "replaced_by", "replaces")
        .order_by("-issued_at", "-pk")
    )
    happened: dict[str, list[Happening]] = {}
    for event in AuditEvent.objects.filter(
        subject_type="certificate", subject_id__in=[row.serial for row in chain]
    ).order_by("-id")[:MOST_EVENTS]:
        if viewer is not None and (event.action not in _WORDS or event.action in _FOR_OFFICE):
            continue
        happened.setdefault(event.subject_id, []).append(_happening(event, viewer))
    return [
        Version(
            certificate=row,
            standing=standing_of(row),
            number=len(chain) - place,
            document=getattr(row, "document", None),
            happenings=happened.get(row.serial, []),
            is_newest=place == 0,
        )
        for place, row in enumerate(chain)
    ]


def _happening(event: AuditEvent, viewer: User | None) -> Happening:
    detail = json.loads(event.detail)
    words = _WORDS.get(event.action)
    return Happening(
        at=event.at,
        words=words(detail) if words else event.action,
        note=_note(event.action, detail),
        who=_who(event, viewer),
        serial=event.subject_id,
    )


def _note(action: str, detail: Mapping[str, Any]) -> str:
    if action == "certificate.document-not-made":
        return str(detail.get("problem", ""))
    if action == "correction.asked":
        wanted = [str(detail.get("holder_name", ""))]
        wanted += [
            f"{place} {number}" for _, place, number in json.loads(detail.get("licenses", "[]"))
        ]
        return "To read: " + ", ".join(filter(None, wanted))
    return str(detail.get("answer") or detail.get("reason") or "")


def _who(event: AuditEvent, viewer: User | None) -> str:
    if event.actor_id is None:
        return "the platform"
    if viewer is None:
        return event.actor_label
    return "you" if event.actor_id == viewer.pk else "the office"
