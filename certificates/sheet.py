"""How a record is set on the page: its words in order, and how large they may be.

The PDF, the preview before the last step and the public verification page all show a `Sheet`, so
what a verifier compares is what was printed. Nothing here asks the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from ce_platform.core import codes
from ce_platform.core.templatetags.wording import ce_hours, long_date
from certificates.domain.record import ACHIEVEMENT, CertificateRecord, RecordBody
from certificates.look import COURSE, DEFAULT, FIRST, Look, Settings
from certificates.pdf.lettering import width_in_em

SPECIMEN_LINE: Final = "SPECIMEN – not valid for CE"
NO_PREAPPROVAL: Final = "no-preapproval"
NAME_WIDTH: Final = 640.0
"""Points between the margins of the name."""
NAME_SIZES: Final = (40, 36, 32, 28, 25, 22, 20)
# For a name that would take more than two lines; the first design knows the others only.
_LONGEST_NAME_SIZES: Final = (16, 13)
# Up to this many bodies stand on the first page; more continue as a table.
MOST_BODIES_ON_FIRST_PAGE: Final = 12
FACT_COLUMNS: Final = 4
# How tightly the page is set, by the most bodies that are expected to fit.
DENSITIES: Final = {
    "grand": 2,
    "airy": 4,
    "regular": 7,
    "close": 9,
    "dense": MOST_BODIES_ON_FIRST_PAGE,
}


@dataclass(frozen=True)
class Fact:
    code: str
    label: str
    value: str
    span: int = 1
    """Columns of four."""
    is_first: bool = False
    """Begins a row."""


@dataclass(frozen=True)
class BodyLine:
    where: str
    """The jurisdiction or approver, for the eye that looks for its own state."""
    license: str
    """"license MA 12345" for a body where the holder has one. The second design prints licenses
    once, below the name."""
    sentence: str
    title: str
    """Set when the body approved the course under another title."""
    body: RecordBody


@dataclass(frozen=True)
class Block:
    code: str
    heading: str
    column_heading: str
    """Of the words in the table on the second page."""
    lines: tuple[BodyLine, ...]

    @property
    def columns(self) -> tuple[tuple[BodyLine, ...], ...]:
        """Two columns of about the same length, read down the first, then the second."""
        if len(self.lines) < 2:
            return (self.lines,)
        weights = [1 + len(line.sentence + line.license + line.title) // 78 for line in self.lines]
        best, cut = sum(weights), 1
        for index in range(1, len(weights)):
            higher = max(sum(weights[:index]), sum(weights[index:]))
            if higher <= best:
                best, cut = higher, index
        return (self.lines[:cut], self.lines[cut:])


@dataclass(frozen=True)
class Signature:
    name: str
    title: str
    picture: str
    """Address of the picture; empty: only the line and the name."""


@dataclass(frozen=True)
class Sheet:
    record: CertificateRecord
    look: Look
    heading: str
    opening: str
    """Before the name."""
    name: str
    name_size: int
    """Points; with `name_size` 20 a name may take two lines, below that more."""
    license_line: str
    deed: str
    """What the person did, between name and title."""
    title: str
    title_size: int
    subtitle: str
    facts: tuple[Fact, ...]
    blocks: tuple[Block, ...]
    is_continued: bool
    status_line: str
    note: str
    """A line of the provider's own; mostly empty."""
    signatures: tuple[Signature, ...]
    serial: str
    verify_url: str
    verify_words: str
    density: str
    """One of DENSITIES: how tightly the first page is set."""
    document_title: str
    specimen_line: str

    @property
    def first_page_blocks(self) -> tuple[Block, ...]:
        """Beyond twelve bodies the first page keeps the holder's own; the table has them all."""
        if not self.is_continued:
            return self.blocks
        return tuple(
            replace(block, lines=tuple(line for line in block.lines if line.body.is_own)[:4])
            for block in self.blocks
        )

    @property
    def continued_line(self) -> str:
        bodies = [line.body for block in self.blocks for line in block.lines]
        pending = sum(body.block == "pending" for body in bodies)
        undecided = sum(body.status == NO_PREAPPROVAL for body in bodies)
        approved = len(bodies) - pending - undecided
        said = []
        if approved:
            said.append(f"{_bodies(approved)} approved or accepted")
        if undecided:
            said.append(f"{_bodies(undecided)} without pre-approval")
        if pending:
            said.append(f"{_bodies(pending)} submitted, decision pending")
        return f"All {len(bodies)} with numbers and hours on the next page: " + "; ".join(said)

    @property
    def whose_line(self) -> str:
        """Says on every further page whose certificate it belongs to."""
        if self.look.template == FIRST:
            return f"{self.heading} {self.serial} · {self.name} · {self.title}"
        return f"{self.name} · {self.serial}"

    def all_texts(self) -> list[str]:
        """Every text from outside that is printed, for the check of letters."""
        return [
            self.name,
            self.license_line,
            self.opening,
            self.deed,
            self.status_line,
            self.note,
            self.title,
            self.subtitle,
            *(fact.value for fact in self.facts),
            *(
                f"{line.where} {line.license} {line.sentence} {line.title}"
                for block in self.blocks
                for line in block.lines
            ),
            *(f"{signature.name} {signature.title}" for signature in self.signatures),
        ]


def make_sheet(
    record: CertificateRecord,
    *,
    look: Look = DEFAULT,
    pictures: dict[str, str] | None = None,
    density: str = "",
    is_continued: bool = False,
) -> Sheet:
    """`look` is the design of the certificate's day, with its words. `pictures` maps the SHA-256
    of a signature to an address the page can load. `is_continued` asks for the table on a second
    page though there are few bodies.
    """
    name_size = _name_size(record.holder_name, look)
    blocks = tuple(
        block
        for block in (
            _block(record, "approved"),
            _block(record, "pending"),
        )
        if block.lines
    )
    is_continued = is_continued or len(record.bodies) > MOST_BODIES_ON_FIRST_PAGE
    settings = look.settings
    return Sheet(
        record=record,
        look=look,
        heading=record.heading,
        opening=settings.opening,
        name=record.holder_name,
        name_size=name_size,
        license_line=_licenses(record.licenses),
        deed=_deed(record, settings),
        title=record.course_title,
        title_size=_largest(record.course_title, (22, 20, 18, 16), 620),
        subtitle=record.course_subtitle,
        facts=_facts(record),
        blocks=blocks,
        is_continued=is_continued,
        status_line=f"Status as of {long_date(record.as_of)}. {settings.closing}",
        note=settings.note,
        signatures=tuple(
            Signature(name=name, title=title, picture=(pictures or {}).get(sha256, ""))
            for name, title, sha256 in record.signatories[
                : 2 if settings.shows_second_signature else 1
            ]
        ),
        serial=codes.dashed(record.serial) if record.serial else "",
        verify_url=record.verify_url,
        verify_words=record.verify_url.partition("/verify/")[0].partition("//")[2] + "/verify"
        if record.verify_url
        else "",
        density=density or _density(0 if is_continued else len(record.bodies)),
        document_title=f"{record.heading} – {record.course_title} – {record.holder_name}",
        specimen_line=SPECIMEN_LINE if record.is_specimen else "",
    )


def tighter(sheet: Sheet, *, pictures: dict[str, str] | None = None) -> Sheet | None:
    """The same words set tighter, at last with the bodies on a second page; None: no way left."""
    names = list(DENSITIES)
    following = names[names.index(sheet.density) + 1 :]
    if following:
        return make_sheet(
            sheet.record,
            look=sheet.look,
            pictures=pictures,
            density=following[0],
            is_continued=sheet.is_continued,
        )
    if sheet.is_continued or not sheet.blocks:
        return None
    return make_sheet(sheet.record, look=sheet.look, pictures=pictures, is_continued=True)


def _density(body_count: int) -> str:
    """A first guess; the renderer goes on to the next when the page overflows."""
    return next(name for name, most in DENSITIES.items() if body_count <= most)


def _largest(text: str, sizes: Sequence[int], width: float) -> int:
    em = width_in_em(text)
    return next((size for size in sizes if em * size <= width), sizes[-1])


def _name_size(name: str, look: Look) -> int:
    size = _largest(name, NAME_SIZES, NAME_WIDTH)
    if look.template == FIRST or width_in_em(name) * size <= 2 * NAME_WIDTH:
        return size
    return _largest(name, _LONGEST_NAME_SIZES, 3 * NAME_WIDTH)


def _licenses(licenses: Sequence[tuple[str, str, str]]) -> str:
    return " · ".join(f"{body} license {number}" for _, body, number in licenses)


def _deed(record: CertificateRecord, settings: Settings) -> str:
    kind = {"Home study": "home-study course"}.get(record.delivery, record.delivery.lower())
    is_tested = record.heading == ACHIEVEMENT
    phrase = settings.deed_achievement if is_tested else settings.deed_completion
    return phrase.replace(COURSE, kind)


def _delivery_words(record: CertificateRecord) -> str:
    """A record of an earlier system has no edition."""
    edition = f", edition {record.course_edition}" if record.course_edition else ""
    return f"{record.delivery}{edition}"


def _facts(record: CertificateRecord) -> tuple[Fact, ...]:
    """The strict grid: first what a board looks for, then who stands behind it."""
    categories = "; ".join(f"{category}: {_hours(hours)}" for category, hours in record.credits)
    instructors = "; ".join(
        f"{name}, {credentials}" if credentials else name
        for name, credentials in record.instructors
    )
    address = record.provider_address.replace("\n", ", ")
    facts = (
        Fact("hours", "Credit", _hours(record.credit_hours)),
        Fact("completed", "Completed on", _date(record.completed_on)),
        Fact("delivery", "Delivery", _delivery_words(record)),
        Fact("place", "Place", record.place),
        Fact("category", "Category", categories),
        Fact("subjects", "Subjects", record.subjects, span=2),
        Fact("instructor", "Instructor", instructors),
        Fact("provider", "Provider", f"{record.provider_name}, {address}".strip(", "), span=2),
        Fact(
            "contact",
            "Contact",
            " · ".join(filter(None, (record.provider_email, _bare(record.provider_website)))),
        ),
        Fact(
            "numbers",
            "Provider numbers",
            " · ".join(f"{body} {number}" for body, number in record.provider_numbers),
        ),
    )
    placed, column = [], 0
    for fact in facts:
        is_first = column == 0 or column + fact.span > FACT_COLUMNS
        column = (0 if is_first else column) + fact.span
        placed.append(replace(fact, value=fact.value or "–", is_first=is_first))
    return tuple(placed)


def _bare(url: str) -> str:
    return url.partition("//")[2].rstrip("/")


def _block(record: CertificateRecord, code: str) -> Block:
    lines = []
    for body in record.bodies:
        if body.block != code:
            continue
        title = body.title if body.title and body.title != record.course_title else ""
        lines.append(
            BodyLine(
                where=body.jurisdiction or body.body_name,
                license=f"license {body.license_number}" if body.license_number else "",
                sentence=body.sentence,
                title=f"Title there: {title}" if title else "",
                body=body,
            )
        )
    heading, column = _headings(code, {line.body.status for line in lines})
    return Block(code=code, heading=heading, column_heading=column, lines=tuple(lines))


def _headings(code: str, statuses: set[str]) -> tuple[str, str]:
    """Of a block, and of its column in the table.

    A body that approves nothing beforehand must not stand under words that say it did.
    """
    if code == "pending":
        return "Submitted, decision pending – not approved", "What was submitted"
    if NO_PREAPPROVAL not in statuses:
        return "Approved and accepted", "What was approved or accepted"
    if statuses == {NO_PREAPPROVAL}:
        return "No pre-approval: left to the licensee", "What the body says"
    return "Approved, accepted, or left to the licensee", "What the body says"


def _bodies(count: int) -> str:
    return f"{count} bod{'y' if count == 1 else 'ies'}"


def _hours(hours: Decimal) -> str:
    return ce_hours(hours)


def _date(day: date) -> str:
    return long_date(day)
