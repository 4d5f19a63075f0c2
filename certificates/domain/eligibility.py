"""What certificates ask of a learner: the last step is a signed statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse

from certificates.domain.facts import is_other_name, name_of_attended
from certificates.domain.issue import issue_certificate
from certificates.models import Attestation
from courses.models import Attendance, CourseVersion, Enrollment
from courses.parts import ChecklistLine, CoursePart, Item

ATTESTATION_MISSING: Final = "attestation-missing"
EVALUATION_MISSING: Final = "evaluation-missing"
NAME_MISSING: Final = "name-missing"
NAME_DIFFERS: Final = "name-differs"
# The steps that may be taken while the certificate is looked at; everything else comes first.
LAST_STEPS: Final = frozenset({ATTESTATION_MISSING, EVALUATION_MISSING, NAME_MISSING})


def finish_url(enrollment: Enrollment) -> str:
    return enrollment.address("certificates:finish")


def before_last_steps(items: Sequence[Item]) -> list[Item]:
    """What must be done before the certificate can be signed for."""
    return [item for item in items if item.code not in LAST_STEPS]


def _names_to_look_at(enrollments: Sequence[Enrollment]) -> dict[int, list[Item]]:
    """Of those who attended a live course: the name is missing, or is not the one recorded.

    Nobody signs there, so a name that was changed after the session could be anybody's. One query
    where a course is live, none else.
    """
    live = {row.pk: row for row in enrollments if row.pk is not None and row.version.is_live}
    if not live:
        return {}
    found = {}
    for pk, recorded, of_account in Attendance.objects.filter(enrollment__in=live).values_list(
        "enrollment_id", "holder_name", "user__name_on_certificates"
    ):
        if not name_of_attended(recorded, of_account):
            sentence = "You still need: to write your name as it stands on your license."
            found[pk] = [Item(code=NAME_MISSING, sentence=sentence, url=finish_url(live[pk]))]
        elif is_other_name(recorded, of_account):
            sentence = (
                f"The office must look at your name: it recorded {recorded} at the session, and "
                f"your account says {of_account}."
            )
            url = reverse("accounts:profile")
            found[pk] = [Item(code=NAME_DIFFERS, sentence=sentence, url=url)]
    return found


class CertificatesPart(CoursePart):
    name = "certificates"
    is_after_evaluation = True

    def unmet(self, enrollments: Sequence[Enrollment]) -> Mapping[int, list[Item]]:
        signed = set(
            Attestation.objects.filter(enrollment__in=[row.pk for row in enrollments]).values_list(
                "enrollment_id", flat=True
            )
        )
        found = _names_to_look_at(enrollments)
        return found | {
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
            return [
                ChecklistLine(
                    code=item.code,
                    text=item.sentence.removeprefix("You still need: "),
                    is_met=False,
                    url=item.url,
                )
                for item in _names_to_look_at([enrollment]).get(enrollment.pk, [])
            ]
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
