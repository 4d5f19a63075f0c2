"""What a certificate says after a correction: everything copied but what was wrong. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from ce_platform.licensing.domain.printing import (
    APPROVED_BLOCK,
    LONGEST_NUMBER,
    WITHOUT_DECISION,
)
from certificates.domain.record import (
    ACHIEVEMENT,
    LIVE_CLASS,
    CertificateRecord,
    RecordBody,
    heading_for,
    own_word,
    printable,
)

LicenseLine = tuple[str, str, str]
"""(body code, body as printed, number)"""

NAME: Final = "name"
LICENSES: Final = "licenses"
BODIES: Final = "bodies"


@dataclass(frozen=True)
class Correction:
    """The name and the license numbers as they should read."""

    holder_name: str
    licenses: tuple[LicenseLine, ...]

    @classmethod
    def of(cls, holder_name: str, licenses: Iterable[Sequence[str]]) -> "Correction":
        """Cleaned as for print; a line said twice is one, one without a number is none."""
        lines = ((code, place, printable(number)) for code, place, number in licenses)
        return cls(printable(holder_name), tuple(dict.fromkeys(line for line in lines if line[2])))


def correction_in(record: CertificateRecord) -> Correction:
    """As printed."""
    return Correction(record.holder_name, record.licenses)


def corrected(record: CertificateRecord, correction: Correction) -> CertificateRecord:
    """Bodies keep their words of that day; the license numbers beside them follow.

    A body that has decided nothing is printed for holders of its license only, so it goes with
    the license. None comes in: what it would say of that day was not printed that day. The heading
    of a live course hangs on the bodies, and with it what a body adds where it says another word.
    """
    bodies = _bodies(record.bodies, correction.licenses)
    heading = heading_after(record, licenses=correction.licenses, bodies=bodies)
    if heading != record.heading:
        bodies = tuple(replace(body, sentence=_sentence(body, heading)) for body in bodies)
    return replace(
        record,
        heading=heading,
        holder_name=correction.holder_name,
        licenses=correction.licenses,
        bodies=bodies,
    )


class HasCode(Protocol):
    @property
    def body_code(self) -> str: ...


def heading_after(
    record: CertificateRecord, *, licenses: Sequence[LicenseLine], bodies: Sequence[HasCode]
) -> str:
    """As for a new certificate with these. The same bodies keep the heading as it was, whatever
    has been learned of their words since."""
    codes = _codes(licenses, bodies)
    if record.heading == ACHIEVEMENT or codes == _codes(record.licenses, record.bodies):
        return record.heading
    # Without a test it was live: home study always has one.
    return heading_for(LIVE_CLASS, has_test=False, body_codes=codes)


def _codes(licenses: Sequence[LicenseLine], bodies: Sequence[HasCode]) -> set[str]:
    return {*(code for code, _, _ in licenses), *(body.body_code for body in bodies)}


def _sentence(body: RecordBody, heading: str) -> str:
    """What it said, with the word of the body at its end where that is not the heading."""
    ending = own_word(body, delivery=LIVE_CLASS, heading="")
    plain = body.sentence.removesuffix(ending) if ending else body.sentence
    return plain + own_word(body, delivery=LIVE_CLASS, heading=heading)


def _bodies(
    bodies: Sequence[RecordBody], licenses: Sequence[LicenseLine]
) -> tuple[RecordBody, ...]:
    numbers = _numbers(licenses)
    kept = tuple(
        replace(
            body,
            license_number=numbers.get(body.body_code, ""),
            is_own=body.body_code in numbers,
        )
        for body in bodies
        if body.status not in WITHOUT_DECISION or body.body_code in numbers or not body.is_own
    )
    if {body.body_code for body in kept if body.is_own} == {
        body.body_code for body in bodies if body.is_own
    }:
        return kept
    # The holder's own come first, as on every certificate.
    return tuple(
        sorted(
            kept,
            key=lambda body: (
                body.block != APPROVED_BLOCK,
                not body.is_own,
                body.jurisdiction,
                body.body_name,
            ),
        )
    )


def _numbers(licenses: Sequence[LicenseLine]) -> dict[str, str]:
    """Per body the numbers, as many as fit into print."""
    numbers: dict[str, str] = {}
    for code, _, number in licenses:
        joined = f"{numbers[code]}, {number}" if code in numbers else number
        if code not in numbers or len(joined) <= LONGEST_NUMBER:
            numbers[code] = joined
    return numbers


def changes(before: CertificateRecord, after: CertificateRecord) -> list[str]:
    """What differs: NAME, LICENSES, BODIES (the words about bodies, or their day)."""
    found = []
    if before.holder_name != after.holder_name:
        found.append(NAME)
    if before.licenses != after.licenses:
        found.append(LICENSES)
    if before.as_of != after.as_of or _said(before) != _said(after):
        found.append(BODIES)
    return found


def _said(record: CertificateRecord) -> list[RecordBody]:
    """Of bodies alone, without what follows from the holder's licenses."""
    return sorted(
        (replace(body, license_number="", is_own=False) for body in record.bodies),
        key=lambda body: (body.body_code, body.sentence),
    )


def says_the_same(one: CertificateRecord, other: CertificateRecord) -> bool:
    """In every printed word, whatever number and design carry them."""
    return replace(one, design=0).preview_sha256() == replace(other, design=0).preview_sha256()


_WORDS: Final = {
    (NAME,): "The name was corrected.",
    (LICENSES,): "The license numbers were corrected.",
    (NAME, LICENSES): "The name and the license numbers were corrected.",
}


def reason_for(before: CertificateRecord, correction: Correction) -> str:
    """For everybody who verifies: what was corrected, and never what it said before."""
    after = corrected(before, correction)
    found = tuple(code for code in changes(before, after) if code != BODIES)
    return _WORDS.get(found, "It was issued again.")
