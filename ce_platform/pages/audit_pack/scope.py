"""Whose certificates a pack is about.

`AuditPack.parameters` by way: {"user"}; {"course", "edition"}; {"body", "is_for_all"};
{"numbers", "body"} and, once it was asked for, {"people", "not_found", "undecided"}.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from ce_platform.core.models import AuditPack
from ce_platform.core.text import canonical_json
from certificates.models import Certificate, CertificateBody

MOST_CERTIFICATES: Final = 20_000
"""The list of what is in a zip is held in memory while the zip is written."""

Way = AuditPack.Way


@dataclass(frozen=True)
class Scope:
    way: str
    parameters: dict[str, Any]
    first_on: date | None
    last_on: date | None

    @property
    def body_code(self) -> str:
        """Set when the pack is for one body: it sees its own files and no other body's."""
        return str(self.parameters.get("body", ""))

    def certificates(self) -> "QuerySet[Certificate]":
        """Revoked and replaced ones too: a board asks what became of them."""
        found = Certificate.objects.filter(self._whose())
        if self.first_on:
            found = found.filter(completed_on__gte=self.first_on)
        if self.last_on:
            found = found.filter(completed_on__lte=self.last_on)
        return found

    def _whose(self) -> Q:
        match self.way:
            case Way.LEARNER:
                return Q(user_id=self.parameters["user"])
            case Way.COURSE:
                return Q(
                    enrollment__course_id=self.parameters["course"],
                    enrollment__version__edition=self.parameters["edition"],
                )
            case Way.BODY:
                return _of_body(self.body_code, is_for_all=self.parameters["is_for_all"])
            case Way.LICENSES:
                return Q(user_id__in=self.parameters.get("people", []))
        raise ValueError(f"No such way: {self.way}")


def scope_of(pack: AuditPack) -> Scope:
    return Scope(pack.way, json.loads(pack.parameters), pack.first_on, pack.last_on)


def _of_body(code: str, *, is_for_all: bool) -> Q:
    """Of those who hold its license by their own word on the certificate, or of everybody whose
    certificate names the body."""
    # As canonical JSON writes the first of [code, body, number].
    holds = Q(licenses_json__contains=f"[{canonical_json(code)},")
    if not is_for_all:
        return holds
    names = Q(Exists(CertificateBody.objects.filter(certificate=OuterRef("pk"), body_code=code)))
    return holds | names
