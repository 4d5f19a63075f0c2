"""What a certificate says: one frozen value, its canonical text and the SHA-256 of it.

`build_record` is pure: the preview before the last step, the issued row and the specimen of a new
installation all come out of it, so none can read differently from the others.
"""

import json
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from ce_platform.core.text import canonical_json, plain_value, sha256_text
from certificates.domain.headings import WORDS
from certificates.models import Certificate, CertificateBody

# Joiners belong to the spelling of Persian and Indic names; every other format character
# (bidirectional marks above all) could make a name read differently from what is stored.
_JOINERS: Final = "\u200c\u200d"

ACHIEVEMENT: Final = "Certificate of Achievement"
COMPLETION: Final = "Certificate of Completion"
HOME_STUDY: Final = "home-study"
LIVE_CLASS: Final = "live-class"
LONGEST_PLACE: Final = 200


def printable(text: str) -> str:
    """One line without control, format or unassigned characters."""
    kept = "".join(
        " "
        if letter.isspace()
        else letter
        if letter in _JOINERS or not unicodedata.category(letter).startswith("C")
        else ""
        for letter in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


def printable_lines(text: str) -> str:
    return "\n".join(line for line in map(printable, text.splitlines()) if line)


class PrintedBodyFacts(Protocol):
    """What `licensing.domain.standing.printed_bodies` says of one body."""

    @property
    def body_code(self) -> str: ...
    @property
    def body_name(self) -> str: ...
    @property
    def jurisdiction(self) -> str: ...
    @property
    def block(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def status_word(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def hours(self) -> Decimal | None: ...
    @property
    def title(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def license_number(self) -> str: ...
    @property
    def is_own(self) -> bool: ...


@dataclass(frozen=True)
class CourseFacts:
    title: str
    subtitle: str
    edition: str
    """Edition and revision, e.g. "1.0"."""
    credit_hours: Decimal
    credits: tuple[tuple[str, Decimal], ...]
    """(category, CE hours), adding up to `credit_hours`."""
    subjects: tuple[str, ...]
    delivery: str
    """A value of CourseVersion.Delivery."""
    delivery_label: str
    has_test: bool
    language: str
    instructors: tuple[tuple[str, str], ...]
    """(name, credentials)"""
    place: str = ""
    """Of the session that was attended; empty: home study, or no session is known yet."""


@dataclass(frozen=True)
class ProviderFacts:
    name: str
    address: str
    city: str
    email: str
    website: str
    numbers: tuple[tuple[str, str], ...]
    """(body, number)"""
    signatories: tuple[tuple[str, str, str], ...]
    """(name, title, SHA-256 of the signature or empty)"""


@dataclass(frozen=True)
class Completion:
    at: datetime
    on: date
    """The learner's local date, of a live course the session's: the one date that is printed."""
    zone: str


@dataclass(frozen=True)
class RecordBody:
    block: str
    body_code: str
    body_name: str
    jurisdiction: str
    status: str
    status_word: str
    number: str
    credit_hours: Decimal | None
    title: str
    license_number: str
    sentence: str
    is_own: bool


@dataclass(frozen=True)
class CertificateRecord:
    """Everything printed. Field names are those of the row, so that neither forgets one."""

    serial: str
    """Empty in a preview: it is drawn when the certificate is issued."""
    verify_url: str
    design: int
    heading: str
    holder_name: str
    licenses: tuple[tuple[str, str, str], ...]
    """(body code, body as printed, number)"""
    course_title: str
    course_subtitle: str
    course_edition: str
    credit_hours: Decimal
    credits: tuple[tuple[str, Decimal], ...]
    subjects: str
    delivery: str
    place: str
    completed_on: date
    completed_at: datetime
    completed_zone: str
    issued_at: datetime
    as_of: date
    provider_name: str
    provider_address: str
    provider_email: str
    provider_website: str
    provider_numbers: tuple[tuple[str, str], ...]
    instructors: tuple[tuple[str, str], ...]
    signatories: tuple[tuple[str, str, str], ...]
    language: str
    is_specimen: bool
    bodies: tuple[RecordBody, ...]

    def canonical_text(self) -> str:
        return canonical_json(plain_value(asdict(self)))

    def sha256(self) -> str:
        return sha256_text(self.canonical_text())

    def preview_sha256(self) -> str:
        """Of the words alone, without what is only known at the moment of issuing."""
        plain = plain_value(asdict(self))
        for name in ("serial", "verify_url", "completed_at", "issued_at", "completed_zone"):
            del plain[name]
        return sha256_text(canonical_json(plain))

    def with_serial(self, *, serial: str, verify_url: str) -> "CertificateRecord":
        return replace(self, serial=serial, verify_url=verify_url)


def heading_for(delivery: str, *, has_test: bool, body_codes: Collection[str] = ()) -> str:
    """NCBTMB: achievement when a test was passed, completion when somebody sat through it all.

    Home study must have a test, so every home-study document is one of achievement (facts of the
    field 1.1, N-ADM and N-LIVE). `body_codes`: the bodies that are printed and those of the
    holder's licenses. Where all of them call the live document by a word of their own, it is
    headed by that word; where they differ, the general heading stands and each says its own word
    in its line.
    """
    if delivery == HOME_STUDY or has_test:
        return ACHIEVEMENT
    words = {word.heading if (word := WORDS.get(code)) else "" for code in body_codes}
    return words.pop() if len(words) == 1 and "" not in words else COMPLETION


def place_for(delivery: str, delivery_label: str, city: str, place: str = "") -> str:
    """Where it was: of a class the address of the session that was attended.

    No source says what Texas, North Carolina and Iowa take as the place of home study.
    """
    if delivery == LIVE_CLASS and place:
        return place[:LONGEST_PLACE]
    where = delivery_label if delivery == LIVE_CLASS else f"{delivery_label} (online)"
    return f"{where}, {city}" if city else where


class NamedBody(Protocol):
    @property
    def body_code(self) -> str: ...
    @property
    def body_name(self) -> str: ...
    @property
    def jurisdiction(self) -> str: ...


def own_word(body: NamedBody, *, delivery: str, heading: str) -> str:
    """What ends the line of a body that calls a live document otherwise than its heading."""
    word = WORDS.get(body.body_code)
    if word is None or delivery == HOME_STUDY or word.heading == heading:
        return ""
    return f" {body.jurisdiction or body.body_name} calls this a {word.in_words}."


def sentence_for(body: "PrintedBodyFacts", *, delivery: str, heading: str) -> str:
    return body.sentence + own_word(body, delivery=delivery, heading=heading)


def build_record(
    *,
    holder_name: str,
    licenses: Iterable[tuple[str, str, str]],
    course: CourseFacts,
    provider: ProviderFacts,
    bodies: Sequence[PrintedBodyFacts],
    completion: Completion,
    design: int,
    is_specimen: bool,
    issued_at: datetime,
    serial: str = "",
    verify_url: str = "",
) -> CertificateRecord:
    """Put together what will be printed. Approvals are those of the day of completion."""
    licenses = list(licenses)
    heading = heading_for(
        course.delivery,
        has_test=course.has_test,
        body_codes={*(body.body_code for body in bodies), *(code for code, _, _ in licenses)},
    )
    return CertificateRecord(
        serial=serial,
        verify_url=verify_url,
        design=design,
        heading=heading,
        holder_name=printable(holder_name),
        licenses=tuple((code, printable(body), printable(no)) for code, body, no in licenses),
        course_title=printable(course.title),
        course_subtitle=printable(course.subtitle),
        course_edition=course.edition,
        credit_hours=course.credit_hours,
        credits=tuple((printable(category), hours) for category, hours in course.credits),
        subjects=_fitting(map(printable, course.subjects), 300),
        delivery=course.delivery_label,
        place=place_for(
            course.delivery,
            course.delivery_label,
            printable(provider.city),
            printable(course.place),
        ),
        completed_on=completion.on,
        completed_at=completion.at,
        completed_zone=completion.zone,
        issued_at=issued_at,
        as_of=completion.on,
        provider_name=printable(provider.name),
        provider_address=printable_lines(provider.address),
        provider_email=provider.email,
        provider_website=provider.website,
        provider_numbers=tuple((printable(body), printable(no)) for body, no in provider.numbers),
        instructors=tuple(
            (printable(name), printable(credentials)) for name, credentials in course.instructors
        ),
        signatories=tuple(
            (printable(name), printable(title), sha256)
            for name, title, sha256 in provider.signatories
        ),
        language=course.language,
        is_specimen=is_specimen,
        bodies=tuple(
            record_body(body, delivery=course.delivery, heading=heading) for body in bodies
        ),
    )


def record_body(body: PrintedBodyFacts, *, delivery: str, heading: str) -> RecordBody:
    return RecordBody(
        block=body.block,
        body_code=body.body_code,
        body_name=printable(body.body_name),
        jurisdiction=printable(body.jurisdiction),
        status=body.status,
        status_word=printable(body.status_word),
        number=printable(body.number),
        credit_hours=body.hours,
        title=printable(body.title),
        license_number=printable(body.license_number),
        sentence=printable(sentence_for(body, delivery=delivery, heading=heading)),
        is_own=body.is_own,
    )


def _fitting(words: Iterable[str], size: int) -> str:
    """Joined by commas, whole words only, at most `size` letters."""
    text = ""
    for word in words:
        longer = f"{text}, {word}" if text else word
        if len(longer) > size:
            break
        text = longer
    return text


# ---------------------------------------------------------------- rows

_JSON: Final = ("licenses", "credits", "provider_numbers", "instructors", "signatories")
_NOT_COLUMNS: Final = {"design", "bodies", *_JSON}


def certificate_row(record: CertificateRecord) -> dict[str, Any]:
    """The record as columns of Certificate (without enrollment, user and design)."""
    columns = {
        field.name: getattr(record, field.name)
        for field in fields(record)
        if field.name not in _NOT_COLUMNS
    }
    for name in _JSON:
        columns[f"{name}_json"] = canonical_json(plain_value(getattr(record, name)))
    return columns | {"sha256": record.sha256()}


def body_rows(record: CertificateRecord, certificate: Certificate) -> list[CertificateBody]:
    return [
        CertificateBody(certificate=certificate, position=position, **asdict(body))
        for position, body in enumerate(record.bodies, start=1)
    ]


def record_of(
    certificate: Certificate, bodies: Iterable[CertificateBody] | None = None
) -> CertificateRecord:
    """The record as the rows tell it. `design` must be selected with the certificate."""
    values = {
        field.name: getattr(certificate, field.name)
        for field in fields(CertificateRecord)
        if field.name not in _NOT_COLUMNS
    }
    if bodies is None:
        bodies = certificate.bodies.all()
    return CertificateRecord(
        **values,
        design=certificate.design.number,
        licenses=_tuples(certificate.licenses_json),
        credits=tuple(
            (category, Decimal(hours)) for category, hours in json.loads(certificate.credits_json)
        ),
        provider_numbers=_tuples(certificate.provider_numbers_json),
        instructors=_tuples(certificate.instructors_json),
        signatories=_tuples(certificate.signatories_json),
        bodies=tuple(
            RecordBody(**{field.name: getattr(body, field.name) for field in fields(RecordBody)})
            for body in bodies
        ),
    )


def _tuples(text: str) -> Any:
    return tuple(tuple(row) for row in json.loads(text))
