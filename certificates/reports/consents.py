"""The therapist's answer for a line, also when the license was removed and typed in again."""

from collections.abc import Iterable

from ce_platform.licensing.models import ReportConsent
from certificates.models import ReportLine
from certificates.reports.numbers import folded


def consents_of(lines: Iterable[ReportLine]) -> dict[int, ReportConsent]:
    """The newest answer, or question, by line id; one query, none where nothing needs consent.

    `certificate` must be selected with the lines. An answer counts for the license it was given
    for, and for another row of the same person with the same number at the same body.
    """
    asking = [line for line in lines if line.needs_consent]
    if not asking:
        return {}
    answers: dict[tuple[int, int], list[ReportConsent]] = {}
    for row in (
        ReportConsent.objects.filter(
            license__user__in={line.certificate.user_id for line in asking},
            license__body__in={line.body_id for line in asking},
        )
        .select_related("license")
        .order_by("id")
    ):
        answers.setdefault((row.license.user_id, row.license.body_id), []).append(row)
    found = {}
    for line in asking:
        for row in answers.get((line.certificate.user_id, line.body_id), []):
            is_same = folded(row.license.number) == line.license_folded
            if row.license_id == line.license_id or is_same:
                found[line.pk] = row
    return found
