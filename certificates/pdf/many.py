"""Many certificates of a kind: the first ones are laid out, the others fill the page again.

Two records are of a kind when they differ only in what stands on lines of its own: name, license
numbers, dates, serial. The second of a kind makes the frozen page, so that a lone certificate
costs nothing extra; whatever cannot be filled is laid out anew.
"""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from ce_platform.core import pdf
from certificates.domain.record import CertificateRecord
from certificates.look import DEFAULT, FIRST, Look
from certificates.pdf import weasy
from certificates.pdf.filling import EUROPEAN, Align, Frozen, NotFillable, Slot
from certificates.pdf.renderer import Picture, Rendered
from certificates.sheet import NAME_WIDTH, Sheet, make_sheet

logger = logging.getLogger(__name__)

_KEPT: Final = 12
"""Frozen pages in memory, of about 200 kB each."""
_SEEN: Final = 400
_NO_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NO_DAY: Final = date(2000, 1, 1)


class FillingRenderer:
    """Keeps frozen pages: one per process."""

    def __init__(self) -> None:
        self._frozen: OrderedDict[str, tuple[Frozen, int]] = OrderedDict()
        # How often a kind was asked for; minus one: it cannot be frozen.
        self._seen: OrderedDict[str, int] = OrderedDict()
        self.filled_count = 0
        self.laid_out_count = 0

    @property
    def name(self) -> str:
        return weasy.WeasyRenderer().name

    def render(
        self, record: CertificateRecord, *, pictures: Mapping[str, Picture], look: Look = DEFAULT
    ) -> Rendered:
        sheet = make_sheet(record, look=look)
        kind = _kind(record, sheet)
        with pdf.rendering():
            known = self._frozen.get(kind)
            if known is not None:
                self._frozen.move_to_end(kind)
            elif self._is_wanted_again(kind):
                known = self._freeze(kind, record, pictures=pictures, look=look)
            if known is not None:
                frozen, page_count = known
                content = frozen.fill(
                    {slot.name: slot.text for slot in slots_of(sheet)},
                    texts=_texts(sheet),
                    qr_text=record.verify_url,
                    identifier=weasy.identifier_of(record),
                )
                if content is not None:
                    self.filled_count += 1
                    return Rendered(content=content, page_count=page_count, is_laid_out=False)
        self.laid_out_count += 1
        return weasy.WeasyRenderer().render(record, pictures=pictures, look=look)

    def _is_wanted_again(self, kind: str) -> bool:
        count = self._seen.get(kind, 0)
        if count < 0:
            return False
        self._seen[kind] = count + 1
        self._seen.move_to_end(kind)
        while len(self._seen) > _SEEN:
            self._seen.popitem(last=False)
        return count > 0

    def _freeze(
        self, kind: str, record: CertificateRecord, *, pictures: Mapping[str, Picture], look: Look
    ) -> tuple[Frozen, int] | None:
        page = weasy.lay_out(record, pictures=pictures, look=look)
        try:
            frozen = Frozen.of(
                page.document,
                slots_of(page.sheet),
                texts=_texts(page.sheet),
                qr_text=record.verify_url,
                **weasy.options_of(record),
            )
        except NotFillable as reason:
            # Such as a holder who signs too, so that one name stands on two lines. The next record
            # of the kind may do; after a few that do not, the kind is left alone.
            logger.info("The page cannot be filled again: %s.", reason)
            if self._seen[kind] > 3:
                self._seen[kind] = -1
            return None
        self._frozen[kind] = (frozen, len(page.document.pages))
        while len(self._frozen) > _KEPT:
            self._frozen.popitem(last=False)
        return self._frozen[kind]


def slots_of(sheet: Sheet) -> list[Slot]:
    """The lines that differ within a kind, as the designs set them."""
    completed = next(fact.value for fact in sheet.facts if fact.code == "completed")
    is_first = sheet.look.template == FIRST
    # Dates are of about the same width; a longer month has room where a shorter one stood.
    slots = [
        Slot("name", sheet.name, Align.CENTER, NAME_WIDTH, letters=EUROPEAN),
        Slot("licenses", sheet.license_line, Align.CENTER, NAME_WIDTH),
        Slot("completed", completed, Align.LEFT, 150),
        Slot("serial", sheet.serial, Align.RIGHT if is_first else Align.CENTER, 130),
    ]
    if sheet.blocks:
        slots.append(Slot("status", sheet.status_line, Align.RIGHT, 400, times=0))
    if sheet.is_continued:
        slots.append(Slot("whose", sheet.whose_line, Align.LEFT, 640, letters=EUROPEAN, times=0))
    return slots


def _texts(sheet: Sheet) -> dict[str, str]:
    """Values inside strings of the file: its title, the addresses, when it was made."""
    stamp = sheet.record.issued_at
    return {
        "title": sheet.document_title,
        "url": sheet.verify_url,
        "serial": sheet.serial,
        "created": stamp.strftime("%Y%m%d%H%M%S"),
    }


def _kind(record: CertificateRecord, sheet: Sheet) -> str:
    """Of everything that is not on a line of its own. The row of the size of the name is part of
    it, and whether there is a line of licenses."""
    blank = replace(
        record,
        serial="",
        verify_url="",
        holder_name="",
        licenses=(),
        completed_on=_NO_DAY,
        as_of=_NO_DAY,
        completed_at=_NO_TIME,
        completed_zone="",
        issued_at=_NO_TIME,
    )
    if sheet.look.template != FIRST:  # The first design repeats the numbers among the bodies.
        bodies = tuple(replace(body, license_number="") for body in record.bodies)
        blank = replace(blank, bodies=bodies)
    said = repr(
        (blank, sheet.name_size, bool(sheet.license_line), bool(sheet.verify_url), sheet.look)
    )
    return hashlib.sha256(said.encode()).hexdigest()
