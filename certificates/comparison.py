"""Two records side by side, with what differs marked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ce_platform.core.templatetags.wording import long_date
from certificates.domain.record import CertificateRecord, RecordBody

Piece = tuple[str, bool]
"""(text, whether it differs from the other side)"""


@dataclass(frozen=True)
class Compared:
    label: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    is_changed: bool


def compared_holder(before: CertificateRecord, after: CertificateRecord) -> list[Compared]:
    """Name, and a line for each license on either side; the heading where it changes with them."""
    found = [*_heading(before, after), _line("Name", before.holder_name, after.holder_name)]
    old = {code: f"{place} {number}" for code, place, number in _merged(before)}
    new = {code: f"{place} {number}" for code, place, number in _merged(after)}
    found += [
        _line("License", old.get(code, ""), new.get(code, ""))
        for code in dict.fromkeys([*old, *new])
    ]
    return found


def _heading(before: CertificateRecord, after: CertificateRecord) -> list[Compared]:
    is_same = before.heading == after.heading
    return [] if is_same else [_line("Heading", before.heading, after.heading)]


def _merged(record: CertificateRecord) -> list[tuple[str, str, str]]:
    """Several numbers of one body on one line."""
    numbers: dict[str, tuple[str, list[str]]] = {}
    for code, place, number in record.licenses:
        numbers.setdefault(code, (place, []))[1].append(number)
    return [(code, place, ", ".join(found)) for code, (place, found) in numbers.items()]


def compared_bodies(before: CertificateRecord, after: CertificateRecord) -> list[Compared]:
    """The day, then what is said of each body; those that change first."""
    old = {body.body_code: body for body in before.bodies}
    new = {body.body_code: body for body in after.bodies}
    lines = [
        _line(
            _where(new.get(code) or old[code]),
            old[code].sentence if code in old else "",
            new[code].sentence if code in new else "",
            # What is pending names the day, and that alone is no news of the body.
            apart_from=(long_date(before.as_of), long_date(after.as_of)),
        )
        for code in dict.fromkeys([*old, *new])
    ]
    lines.sort(key=lambda line: not line.is_changed)
    return [
        *_heading(before, after),
        _line("As of", long_date(before.as_of), long_date(after.as_of)),
        *lines,
    ]


def _where(body: RecordBody) -> str:
    return body.jurisdiction or body.body_name


def _line(
    label: str, before: str, after: str, *, apart_from: tuple[str, str] | None = None
) -> Compared:
    if apart_from is not None and before.replace(*apart_from) == after:
        return Compared(label, ((before, False),), ((after, False),), is_changed=False)
    old, new = before.split(), after.split()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        is_changed = kind != "equal"
        _add(left, old[start:end], is_changed)
        _add(right, new[other_start:other_end], is_changed)
    return Compared(label, tuple(left), tuple(right), before != after)


def _add(pieces: list[Piece], words: Sequence[str], is_changed: bool) -> None:
    if words:
        pieces.append((" ".join(words), is_changed))
