"""Which line belongs to which license of a certificate, whatever was corrected since."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ce_platform.licensing.models import LicensingBody
from certificates.models import Certificate, ReportLine
from certificates.reports.numbers import folded


@dataclass(frozen=True)
class Printed:
    """A license as a certificate prints it."""

    body: LicensingBody
    number: str
    key: str


def match_lines(
    wanting: Sequence[Printed], lines: Sequence[ReportLine]
) -> dict[Printed, ReportLine]:
    """The line of each license, found again whatever was corrected since; each line once.

    By the number; by the license; where that was removed or rewritten, by the number that was
    printed when the line was made; and at last, where one of each is left at a body, these two:
    the number was corrected, and the body must not be told of the completion twice.
    """
    matched: dict[Printed, ReportLine] = {}
    free = list(lines)

    def claim(each: Printed, found: list[ReportLine]) -> None:
        if found:
            matched[each] = found[0]
            free.remove(found[0])

    tests: tuple[Callable[[Printed, ReportLine], bool], ...] = (
        lambda each, line: line.license_folded == folded(each.number),
        lambda each, line: line.license_key == each.key,
        lambda each, line: folded(each.number) in printed_numbers(line.certificate, each.body.code),
    )
    for is_same in tests:
        for each in wanting:
            if each not in matched:
                claim(
                    each,
                    [line for line in free if line.body_id == each.body.pk and is_same(each, line)],
                )
    for each in wanting:
        rivals = [
            other for other in wanting if other.body.pk == each.body.pk and other not in matched
        ]
        left = [line for line in free if line.body_id == each.body.pk]
        if each not in matched and len(rivals) == 1 and len(left) == 1:
            claim(each, left)
    return matched


def printed_numbers(certificate: Certificate, body_code: str) -> set[str]:
    """Folded, of one body."""
    return {
        folded(number)
        for code, _, number in json.loads(certificate.licenses_json)
        if code == body_code
    }
