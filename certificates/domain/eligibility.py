"""What certificates ask of a learner: the last step is a signed statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from certificates.domain.issue import issue_certificate
from certificates.models import Attestation
from courses.models import CourseVersion, Enrollment
from courses.parts import ChecklistLine, CoursePart, Item

ATTESTATION_MISSING: Final = "attestation-missing"
EVALUATION_MISSING: Final = "evaluation-missing"
# The steps that may be taken while the certificate is looked at; everything else comes first.
LAST_STEPS: Final = frozenset({ATTESTATION_MISSING, EVALUATION_MISSING})


def finish_url(enrollment: Enrollment) -> str:
    return enrollment.address("certificates:finish")


def before_last_steps(items: Sequence[Item]) -> list[Item]:
    """What must be done before the certificate can be signed for."""
    return [item for item in items if item.code not in LAST_STEPS]


class CertificatesPart(CoursePart):
    name = "certificates"
    is_after_evaluation = True

    def unmet(self, enrollments: Sequence[Enrollment]) -> Mapping[int, list[Item]]:
        signed = set(
            Attestation.objects.filter(enrollment__in=[row.pk for row in enrollments]).values_list(
                "enrollment_id", flat=True
            )
        )
        return {
            row.pk: [
                Item(
                    code=ATTESTATION_MISSING,
                    sentence="You still need: to check your name and sign the statement.",
                    url=finish_url(row),
                )
            ]
            for row in enrollments
            # Of a live course the office's record of attendance is what a signature is here.
            if row.pk not in signed and not row.version.is_live
        }

    def checklist(self, enrollment: Enrollment) -> list[ChecklistLine]:
        if enrollment.version.is_live:
            return []
        return [
            ChecklistLine(
                code="attestation",
                text="Check your name and sign the statement",
                is_met=Attestation.objects.filter(enrollment=enrollment).exists(),
                url=finish_url(enrollment),
                detail="the certificate is issued at once",
            )
        ]

    def hindrances_to_moving(self, enrollment: Enrollment, *, now: datetime) -> list[Item]:
        """The statement is about the version that was studied, with its title and hours."""
        if not Attestation.objects.filter(enrollment=enrollment).exists():
            return []
        return [
            Item(
                code="statement-signed",
                sentence="You have signed the statement for the certificate of your version. "
                "Finish that version; what is still open stands on the page of your course.",
                url=enrollment.get_absolute_url(),
            )
        ]

    def requirement_sentences(self, version: CourseVersion) -> list[str]:
        if version.is_live:
            return []
        return ["Sign a statement that you did the work yourself."]

    def completed(self, enrollment: Enrollment, *, now: datetime) -> None:
        issue_certificate(enrollment, now=now)
